"""Exact numbers held as columns, so that a whole block is computed with at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.exact import ZERO, Dyadic, ExactNumber

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


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
            for position, index in enumerate(indices.tolist()):
                if index in self.long:
                    long[position] = self.long[index]
        return ExactArray(self.high[indices], self.low[indices], self.exponent[indices], long)


def split_dyadic(number: ExactNumber) -> tuple[float, float, int, bool]:
    """`(high, low, exponent, exact)` of one number, as ExactArray holds it; `exact` is false past 106 bits."""
    if isinstance(number, float):
        return number, 0.0, 0, True
    if number.mantissa == 0:
        return 0.0, 0.0, 0, True
    number = number.normalized()
    bits = number.mantissa.bit_length()
    exponent = number.exponent + bits
    scale = Dyadic(number.mantissa, -bits)
    high = scale.to_float()
    if abs(high) == 1.0:
        # A mantissa of many ones rounds up to the next power of two; keep |high| below one.
        high, exponent, scale = high / 2, exponent + 1, scale.scaled(-1)
    rest = scale - Dyadic.from_float(high)
    low = rest.to_float()
    return high, low, exponent, rest == Dyadic.from_float(low)


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


def split_floats(values: NDArray[Any]) -> ExactArray:
    """The ExactArray of floating-point values of any format no wider than float64, without rounding."""
    wide = values.astype(np.float64)
    finite = np.isfinite(wide)
    significand, exponent = np.frexp(np.where(finite, wide, 0.0))
    high = np.where(finite, significand, wide)
    return ExactArray(high, np.zeros_like(high), exponent.astype(np.int64))
