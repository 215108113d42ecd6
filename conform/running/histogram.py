"""Histograms that say how far the errors of an operation and format lie from their bounds, and how precise they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.columns import Floats, Integers

RATIO_RANGE = (-32, 16)
"""Bins of log2(error/bound), one bit wide: counts are [error zero, below, one a bit from -32 to 16, above]."""

BITS_RANGE = (0, 64)
"""Bins of an element's precision in bits, one bit wide: counts are [below, one a bit from 0 to 64, error zero]."""


def count_ratios(ratio: Floats) -> tuple[int, ...]:
    """The histogram of error/bound, laid out as RATIO_RANGE says; nan entries, met no bound, are left out."""
    low, high = RATIO_RANGE
    met = ratio[~np.isnan(ratio)]
    with np.errstate(divide="ignore"):
        place = np.clip(np.floor(np.log2(met)), low - 1, high)
    index = np.where(met == 0, 0, np.nan_to_num(place) - low + 2)
    return _count(index, high - low + 3)


def count_bits(relative: Floats, depth: Integers, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    """The histogram of −log2(error·√depth/magnitude), laid out as BITS_RANGE says.

    `relative` is error/magnitude, nan where there is none; `chosen` is true for the elements of random cases. This is
    what `conform.judge.precision` takes its mean of, element by element.
    """
    low, high = BITS_RANGE
    used = chosen & np.isfinite(relative) & (depth > 0)
    scaled = relative[used] * np.sqrt(depth[used])
    with np.errstate(divide="ignore"):
        place = np.clip(np.floor(-np.log2(scaled)), low - 1, high - 1)
    return _count(np.where(scaled == 0, high - low + 1, place - low + 1), high - low + 2)


def add_counts(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """The histogram of two blocks together; an empty one adds nothing."""
    if not first or not second:
        return first or second
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _count(index: Floats, length: int) -> tuple[int, ...]:
    return tuple(np.bincount(index.astype(np.int64), minlength=length).tolist())
