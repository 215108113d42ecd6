"""How to install what is missing, in the words of every hint."""

from __future__ import annotations


def describe_extra(extra: str) -> str:
    """The hint that says how to install an extra: from a checkout, for no index has the package yet."""
    return f'Install it with: python -m pip install ".[{extra}]" in a checkout of conform.'
