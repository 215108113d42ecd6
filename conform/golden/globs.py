"""Patterns over the ids of cases and the names of backends."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence


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


def select_matches(glob: str, texts: Sequence[str]) -> list[str]:
    """The texts that match the glob, in their order; one that nothing begins like costs little."""
    start = re.split(r"[*?]", glob, maxsplit=1)[0]
    near = [text for text in texts if text.startswith(start)]
    return [text for text in near if compile_glob(glob).fullmatch(text)]
