"""Backends, and how one is named, loaded and checked."""
