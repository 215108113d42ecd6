"""Patterns over the ids of cases and the names of backends."""

from __future__ import annotations

import functools
import re


@functools.lru_cache(maxsize=4096)
def compile_glob(glob: str) -> re.Pattern[str]:
    """The regular expression of a glob: `*` is any text, `?` is one character, all else is itself.

    Brackets mean nothing here, since names of backends have them: `torch[device=cuda]`.
    """
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in re.sub(r"\*+", "*", glob))
    return re.compile("".join(parts), re.DOTALL)


def match_glob(glob: str, text: str) -> bool:
    """Whether the whole text matches the glob."""
    return compile_glob(glob).fullmatch(text) is not None
