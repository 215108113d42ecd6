"""Columns of numbers in float64, each in units of a power of two of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Floats, Integers, split_dyadic
from conform.exact import Dyadic

Mask = NDArray[np.bool_]

RELATIVE_MARGIN = 2.0**-40


@dataclass(frozen=True)
class Limits:
    """Bounds of a block in units of 2^scale, one scale an element, so that nothing relevant leaves float64's range."""

    scale: Integers
    depth: Integers
    full_bound: Floats
    sum_bound: Floats
    bound: Floats
    magnitude: Floats
    reach: Floats
    exact: Mask


def compare(left: Floats, right: Floats, slack: Floats) -> tuple[Mask, Mask]:
    """Where left is surely at least right, and where it is surely less, given terms of the size of `slack`."""
    margin = RELATIVE_MARGIN * (slack + np.abs(right))
    finite = np.isfinite(left) & np.isfinite(right) & np.isfinite(margin)
    return finite & (left >= right + margin), finite & (left < right - margin)


def exceeds(number: ExactArray, limit: Dyadic) -> Mask:
    """Where a number that is not negative, an infinity perhaps, is greater than the limit."""
    high, low, exponent, _ = split_dyadic(limit)
    same = number.exponent == exponent
    past = (number.exponent > exponent) | (same & ((number.high > high) | ((number.high == high) & (number.low > low))))
    for i in number.long:
        item = number.item(i)
        past[i] = isinstance(item, Dyadic) and item > limit
    exceeds: Mask = np.isinf(number.high) | (past & (number.high > 0))
    return exceeds


def place(threshold: Dyadic, scale: Integers) -> Floats:
    """A threshold in units of 2^scale."""
    bits = threshold.mantissa.bit_length()
    significand = threshold.scaled(-bits - threshold.exponent).to_float()
    return ldexp(np.full(len(scale), significand), bits + threshold.exponent - scale)


def ldexp(significand: Floats, exponent: Integers) -> Floats:
    """significand · 2^exponent, an infinity or zero where that leaves float64's range."""
    result: Floats = np.ldexp(significand, np.minimum(np.maximum(exponent, -3000), 3000).astype(np.int32))
    return result
