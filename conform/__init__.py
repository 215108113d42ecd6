"""Says, with a derivation, whether a backend computes what a Lean specification defines."""

__version__ = "0.1.0"
