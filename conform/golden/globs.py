"""Patterns over the ids of cases and the names of backends: `*` is any text, `?` is one character, all else is itself.

Brackets mean nothing here, since names of backends have them: `torch[device=cuda]`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from conform.errors import UsageError

_RUN = re.compile(r"[*?]*\*[*?]*")
_WILD = re.compile(r"[*?]+")
_GRAM = 3
_FEW = 64
"""Up to so many globs are tried on every text: an index would cost more than it saves."""
_MAX_KEPT = 2_000_000
_MAX_TRIALS = 20_000_000
_MAX_TRIALS_PER_TEXT = 1000


@dataclass(frozen=True)
class Glob:
    """A glob, cut at its stars: a text matches if it has the pieces in their order, the first and last at its ends."""

    first: str
    middle: tuple[str, ...]
    last: str | None
    length: int

    def matches(self, text: str) -> bool:
        """Whether the whole text matches; each piece is taken where it comes first, so nothing is tried twice."""
        end = len(text)
        if end < self.length or not _fits(self.first, text, 0):
            return False
        if self.last is None:
            return end == self.length
        end -= len(self.last)
        place = len(self.first)
        for piece in self.middle:
            place = _find(piece, text, place, end)
            if place < 0:
                return False
            place += len(piece)
        return _fits(self.last, text, end)


@functools.lru_cache(maxsize=4096)
def cut_glob(glob: str) -> Glob:
    """The pieces of a glob; of neighbouring stars and question marks the stars are one, and last."""
    first, *others = _RUN.sub(lambda run: "?" * run.group().count("?") + "*", glob).split("*")
    length = len(first) + sum(map(len, others))
    return Glob(first, tuple(others[:-1]), others[-1] if others else None, length)


def match_glob(glob: str, text: str) -> bool:
    """Whether the whole text matches the glob."""
    return cut_glob(glob).matches(text)


class GlobIndex:
    """Texts that very many globs are tried on: all but those that have every part of a glob are left out at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._places = {text: i for i, text in enumerate(texts)}
        self._everything = (1 << len(texts)) - 1
        self._holders: dict[str, int] = {}
        self._known: dict[str, Sequence[int]] = {}
        self._kept = self._asked = self._trials = 0

    def find(self, glob: str) -> Sequence[int]:
        """The places of the texts that match, in their order.

        Raises UsageError where so many globs nearly match so many texts that telling them apart would take minutes.
        """
        if "*" not in glob and "?" not in glob:
            return [self._places[glob]] if glob in self._places else []
        found = self._known.get(glob)
        if found is None:
            cut, candidates = cut_glob(glob), self._list_candidates(glob)
            self._trials += len(candidates)
            if self._trials > max(_MAX_TRIALS, _MAX_TRIALS_PER_TEXT * len(self._texts)):
                what = f"there are too many globs like {glob!r} that nearly match many of {len(self._texts)} cases"
                raise UsageError(what, hint="Name operation and format in them, or leave out those that match nothing.")
            found = [place for place in candidates if cut.matches(self._texts[place])]
            self._kept += len(found)
            if self._kept <= _MAX_KEPT:
                self._known[glob] = found
        return found

    def _list_candidates(self, glob: str) -> Sequence[int]:
        self._asked += 1
        if self._asked <= _FEW:
            return range(len(self._texts))
        found = self._everything
        for part in _WILD.split(glob):
            for start in range(max(len(part) - _GRAM, 0) + 1):
                gram = part[start : start + _GRAM]
                found &= self._get_holders(gram) if gram else found
                if not found:
                    return ()
        bits = f"{found:b}"[::-1]
        return [match.start() for match in re.finditer("1", bits)]

    def _get_holders(self, gram: str) -> int:
        """The texts that a few characters are in, as the bits of a number."""
        if gram not in self._grams:
            return 0
        if gram not in self._holders:
            bits = "".join(["1" if gram in text else "0" for text in reversed(self._texts)])
            self._holders[gram] = int(bits, 2)
        return self._holders[gram]

    @functools.cached_property
    def _grams(self) -> frozenset[str]:
        """Every run of up to as many characters as are looked for that some text has."""
        found: set[str] = set()
        for text in self._texts:
            for length in range(1, _GRAM + 1):
                found.update([text[i : i + length] for i in range(len(text) - length + 1)])
        return frozenset(found)


def _fits(piece: str, text: str, place: int) -> bool:
    """Whether the piece, in which a question mark is any character, is at a place of the text."""
    if "?" not in piece:
        return text.startswith(piece, place)
    part = text[place : place + len(piece)]
    return len(part) == len(piece) and all(a in ("?", b) for a, b in zip(piece, part, strict=True))


def _find(piece: str, text: str, start: int, end: int) -> int:
    """The first place from `start` on at which the piece is in the text before `end`; -1 where there is none."""
    if "?" not in piece:
        return text.find(piece, start, end)
    known = piece[: piece.index("?")]
    place = text.find(known, start, end)
    while 0 <= place <= end - len(piece):
        if _fits(piece, text, place):
            return place
        place = text.find(known, place + 1, end)
    return -1
