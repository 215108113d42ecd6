"""The rules that apply to one operation and format: in which formats results and sums are kept."""

from __future__ import annotations

from dataclasses import dataclass

from conform.formats import Format

NARROW_FORMATS = ("float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
"""Formats whose sums are kept in float32 unless a backend declares otherwise."""


@dataclass(frozen=True)
class Rules:
    """What an element is judged by.

    `output` is the format f of the results, `accumulator` the format a in which sums are kept. With `flush`,
    subnormal results may be flushed to zero. With `signed_zero`, a zero must have the sign that the definition gives
    it when evaluated in its own order. With `separate`, a sum of products is rounded to f before its addend is added
    to it in f. `loose` names functions that may be off by more than the vectors' bounds allow them.
    """

    output: Format
    accumulator: Format
    flush: bool = False
    signed_zero: bool = False
    separate: bool = False
    loose: tuple[str, ...] = ()

    @property
    def have_infinities(self) -> bool:
        """Whether an infinity can come from the sums and be returned; else there is nan in its place."""
        return self.output.has_infinity and self.accumulator.has_infinity

    @property
    def converts(self) -> bool:
        """Whether a sum is rounded once more, from the accumulator to the output."""
        return self.accumulator.name != self.output.name
