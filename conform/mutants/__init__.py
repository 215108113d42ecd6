"""Deliberate defects of a reference implementation, and correct variants of it: what the vectors would catch."""
