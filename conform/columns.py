"""Exact numbers held as columns, so that a whole block is computed with at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ldexp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.exact import ZERO, Dyadic, ExactNumber

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_ZERO = np.zeros(())


@dataclass(frozen=True)
class ExactArray:
    """A flat array of n exact numbers: element i is (high[i] + low[i]) · 2^exponent[i].

    A finite non-zero element has |high| in [1/2, 1) and |low| ≤ 2^-54, so high alone is the nearest float64
    significand. Zeros keep their sign in high; inf and nan are in high, with exponent 0. Elements of more than 106
    significant bits are rounded in high and low, and exact in `long`.
    """

    high: Floats
    low: Floats
    exponent: Integers
    long: Mapping[int, Dyadic] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.high)

    def item(self, i: int) -> ExactNumber:
        """Element i without any rounding; -0.0 for a negative zero."""
        if i in self.long:
            return self.long[i]
        high = float(self.high[i])
        if high == 0:
            return -0.0 if np.signbit(self.high[i]) else ZERO
        if not np.isfinite(high):
            return high
        power = int(self.exponent[i])
        return (Dyadic.from_float(high) + Dyadic.from_float(float(self.low[i]))).scaled(power).normalized()

    def take(self, indices: NDArray[np.intp]) -> ExactArray:
        """The elements at `indices`, in that order."""
        long: dict[int, Dyadic] = {}
        if self.long:
            held = np.zeros(len(self.high), np.bool_)
            held[list(self.long)] = True
            for position in np.flatnonzero(held[indices]).tolist():
                long[position] = self.long[int(indices[position])]
        return ExactArray(self.high[indices], self.low[indices], self.exponent[indices], long)

    def cut(self, start: int, stop: int) -> ExactArray:
        """The elements from `start` to `stop`, as views."""
        long = {i - start: number for i, number in self.long.items() if start <= i < stop}
        return ExactArray(self.high[start:stop], self.low[start:stop], self.exponent[start:stop], long)


class SpreadArray(ExactArray):
    """An ExactArray of runs, written out only where a column is asked for: run i, of numbers[i], ends at ends[i]."""

    _numbers: ExactArray
    _ends: Integers

    def __init__(self, numbers: ExactArray, ends: Integers) -> None:
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_ends", ends)

    @cached_property
    def _whole(self) -> ExactArray:
        return self._numbers.take(np.repeat(np.arange(len(self._ends)), np.diff(self._ends, prepend=0)))

    @property
    def high(self) -> Floats:
        return self._whole.high

    @property
    def low(self) -> Floats:
        return self._whole.low

    @property
    def exponent(self) -> Integers:
        return self._whole.exponent

    @property
    def long(self) -> Mapping[int, Dyadic]:
        return self._whole.long

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def item(self, i: int) -> ExactNumber:
        return self._numbers.item(int(np.searchsorted(self._ends, i, side="right")))

    def take(self, indices: NDArray[np.intp]) -> ExactArray:
        return self._numbers.take(np.searchsorted(self._ends, indices, side="right"))


def make_zeros(count: int) -> Floats:
    """So many zeros, which take no memory and cannot be written to."""
    return np.broadcast_to(_ZERO, count)


def split_dyadic(number: ExactNumber) -> tuple[float, float, int, bool]:
    """`(high, low, exponent, exact)` of one number, as ExactArray holds it; `exact` is false past 106 bits."""
    if isinstance(number, float):
        return number, 0.0, 0, True
    mantissa = abs(number.mantissa)
    if mantissa == 0:
        return 0.0, 0.0, 0, True
    bits = mantissa.bit_length()
    high = _round_significand(mantissa, bits)
    rest = mantissa - (int(high * 2.0**53) << bits - 53 if bits > 53 else mantissa)
    exponent = number.exponent + bits
    low, exact = 0.0, True
    if rest:
        small = abs(rest).bit_length()
        low = ldexp(_round_significand(abs(rest), small), small - bits)
        low = low if rest > 0 else -low
        fits = small <= 53 and small - bits > -900  # well above the subnormal numbers, which hold fewer bits
        exact = fits or Dyadic(rest, -bits) == Dyadic.from_float(low)
    if high == 1.0:
        # A mantissa of many ones rounds up to the next power of two; keep |high| below one.
        high, low, exponent = 0.5, low / 2, exponent + 1
    if number.mantissa < 0:
        high, low = -high, -low if low else 0.0
    return high, low, exponent, exact


def _round_significand(mantissa: int, bits: int) -> float:
    """The float64 nearest to mantissa · 2^-bits, ties to even, for a mantissa of that many bits."""
    if bits <= 64:
        return ldexp(float(mantissa), -bits)
    # The 64 leading bits, the last of which also stands for everything below it, round as the whole does.
    leading = mantissa >> bits - 64
    if leading << bits - 64 != mantissa:
        leading |= 1
    return ldexp(float(leading), -64)


def collect_exact(numbers: Sequence[ExactNumber]) -> ExactArray:
    """The ExactArray of the given numbers, in their order."""
    parts = [split_dyadic(number) for number in numbers]
    long = {
        i: number
        for i, (number, part) in enumerate(zip(numbers, parts, strict=True))
        if not part[3] and isinstance(number, Dyadic)
    }
    high: NDArray[Any] = np.array([part[0] for part in parts], dtype=np.float64)
    low: NDArray[Any] = np.array([part[1] for part in parts], dtype=np.float64)
    exponent: NDArray[Any] = np.array([part[2] for part in parts], dtype=np.int64)
    return ExactArray(high, low, exponent, long)


def find_greater(a: ExactArray, b: ExactArray) -> NDArray[np.bool_]:
    """Where |a| > |b|, exactly; false where either is not finite."""
    size_a, size_b = np.abs(a.high), np.abs(b.high)
    low_a, low_b = np.where(a.high < 0, -a.low, a.low), np.where(b.high < 0, -b.low, b.low)
    same = a.exponent == b.exponent
    greater = (a.exponent > b.exponent) | (same & ((size_a > size_b) | ((size_a == size_b) & (low_a > low_b))))
    greater = np.where(size_b == 0, size_a > 0, greater & (size_a > 0))
    # Rounding to high and low keeps the order, so only what rounds alike needs a second look.
    for i in {*a.long, *b.long}:
        if same[i] and size_a[i] == size_b[i] and low_a[i] == low_b[i]:
            x, y = a.item(i), b.item(i)
            greater[i] = isinstance(x, Dyadic) and isinstance(y, Dyadic) and abs(x) > abs(y)
    return greater & np.isfinite(size_a) & np.isfinite(size_b)
