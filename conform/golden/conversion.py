"""Converts exact numbers to the values of a number format, where it has them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import encode
from conform.columns import ExactArray, Floats, Integers
from conform.formats import Format

Mask = NDArray[np.bool_]


def convert_exact(numbers: ExactArray, target: Format) -> tuple[NDArray[Any], Mask]:
    """The numbers in the format, and where they are represented exactly; elsewhere the values mean nothing.

    An integer format has neither a negative zero nor inf and nan.
    """
    with np.errstate(all="ignore"):
        return _convert_to_integers(numbers, target) if target.is_integer else encode(numbers, target)


def find_integers(numbers: ExactArray) -> Mask:
    """Where the number is an integer, be it a negative zero."""
    with np.errstate(all="ignore"):
        return _find_integers(numbers, *_place_parts(numbers))


def _find_integers(numbers: ExactArray, leading: Floats, trailing: Floats | None) -> Mask:
    whole: Mask = (leading == np.floor(leading)) & np.isfinite(numbers.high)
    whole &= (numbers.exponent > 0) | (numbers.high == 0)
    if trailing is not None:
        whole &= trailing == np.floor(trailing)
    for i, number in numbers.long.items():
        whole[i] = number.normalized().exponent >= 0
    return whole


def _convert_to_integers(numbers: ExactArray, target: Format) -> tuple[NDArray[Any], Mask]:
    lowest, largest = int(target.lowest.to_fraction()), int(target.largest.to_fraction())
    leading, trailing = _place_parts(numbers)
    exact = _find_integers(numbers, leading, trailing) & (numbers.exponent <= largest.bit_length() + 1)
    exact &= (numbers.high != 0) | ~np.signbit(numbers.high)
    leading = np.where(exact, leading, 0.0)
    if trailing is None and bool((np.abs(leading) < 2.0**62).all()):
        exact &= (leading >= lowest) & (leading <= largest)
        return leading.astype(target.dtype), exact
    trailing = np.where(exact, np.zeros_like(leading) if trailing is None else trailing, 0.0)
    # The leading part of the largest integers rounds up to 2^63: halves stay in range, and their sum wraps around.
    half = np.floor(leading / 2)
    wide = half.astype(np.int64) * 2 + (leading - 2 * half).astype(np.int64) + trailing.astype(np.int64)
    for limit, beyond in ((largest, np.greater), (lowest, np.less)):
        edge = float(limit)
        rest = float(limit - int(edge))
        exact &= ~(beyond(leading, edge) | ((leading == edge) & beyond(trailing, rest)))
    return wide.astype(target.dtype), exact


def _place_parts(numbers: ExactArray) -> tuple[Floats, Floats | None]:
    """High and low in their places; None where no number has a low part."""
    trailing = _place(numbers.low, numbers.exponent) if numbers.low.any() else None
    return _place(numbers.high, numbers.exponent), trailing


def _place(part: Floats, exponent: Integers) -> Floats:
    """A part of the numbers in its place, an infinity or a zero where that leaves float64's range."""
    placed: Floats = np.ldexp(part, np.clip(exponent, -3000, 3000).astype(np.int32))
    return placed
