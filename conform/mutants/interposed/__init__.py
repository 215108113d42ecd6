"""Defects that are planted in the array operations of a numpy method, as it runs."""
