"""Decides, exactly, whether a result is one that the specification allows."""
