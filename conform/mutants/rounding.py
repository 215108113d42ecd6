"""Rounding in ways that numpy has no function for: to other precisions, in other directions, by one unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import Floats
from conform.formats import Format, get_format

Array = NDArray[Any]

TF32_DROPPED_BITS = 13
"""TF32 keeps 10 of float32's 23 fraction bits, and its exponents."""


def round_through(values: Array, name: str) -> Array:
    """The values rounded to the format called `name`, or to "tf32", and back to their own."""
    if name == "tf32":
        return round_to_tf32(values.astype(np.float32)).astype(values.dtype)
    if name == "float32" or values.dtype.itemsize <= 4:
        return values.astype(get_format(name).dtype).astype(values.dtype)
    # From float64 to a narrow format without rounding to float32 on the way.
    return round_narrow(values.astype(np.float64), get_format(name)).astype(values.dtype)


def round_narrow(values: Floats, target: Format) -> Array:
    """float64 values rounded once to a format, ties to even."""
    if target.name in ("float64", "float32", "float16"):
        return values.astype(target.dtype)
    # ml_dtypes goes by way of float32: rounding to odd there keeps the second rounding right (Boldo and Melquiond).
    return round_to_odd_float32(values).astype(target.dtype)


def round_to_odd_float32(values: Floats) -> NDArray[np.float32]:
    """float64 values in float32: unchanged where it has them, else the neighbour whose last bit is one."""
    nearest = values.astype(np.float32)
    back = nearest.astype(np.float64)
    bits = nearest.view(np.int32)
    inexact = np.isfinite(values) & (back != values)
    even = inexact & (bits & 1 == 0)
    outward = even & (np.abs(values) > np.abs(back))
    return np.where(even, bits + np.where(outward, 1, -1), bits).astype(np.int32).view(np.float32)


def round_to_tf32(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 values rounded to 11 significant bits, ties to even."""
    bits = values.view(np.uint32)
    kept_last = (bits >> TF32_DROPPED_BITS) & 1
    half = np.uint32((1 << TF32_DROPPED_BITS - 1) - 1)
    rounded = (bits + half + kept_last) & np.uint32(0xFFFFFFFF << TF32_DROPPED_BITS & 0xFFFFFFFF)
    return np.where(np.isfinite(values), rounded, bits).astype(np.uint32).view(np.float32)


def step(values: Array, by: int | NDArray[np.int64]) -> Array:
    """Move finite values by whole units in the last place, away from zero where `by` is positive.

    Zero does not move toward zero; the largest finite value moves on to infinity.
    """
    kind = np.dtype(f"i{values.dtype.itemsize}")
    bits = values.view(kind)
    sign = bits & np.iinfo(kind).min
    size = bits & np.iinfo(kind).max
    moved = np.maximum(size.astype(np.int64) + by, 0).astype(kind)
    wide = values.astype(np.float64)
    return np.where(np.isfinite(wide), moved | sign, bits).astype(kind).view(values.dtype)


def truncate(values: Floats, rest: Floats, target: Format) -> Array:
    """The sums values + rest, with |rest| at most half an ulp of values, rounded toward zero in a format.

    What rounding to nearest takes past the largest number becomes an infinity here too.
    """
    nearest = round_narrow(values, target)
    back = nearest.astype(np.float64)
    size, exact = np.abs(back), np.abs(values)
    inward = np.signbit(rest) != np.signbit(values)
    beyond = (size > exact) | ((size == exact) & (rest != 0) & inward)
    beyond &= np.isfinite(values)
    return step(nearest, np.where(beyond, -1, 0))


def add_exactly(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b as a rounded sum and its error (Knuth's TwoSum); the error is zero where the sum is not finite."""
    total = a + b
    part = total - a
    rest = (a - (total - part)) + (b - part)
    return total, np.where(np.isfinite(total), rest, 0.0)


def multiply_exactly(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a · b as a rounded product and its error (Dekker and Veltkamp); the error is zero where it cannot be told."""
    product = a * b
    high_a, low_a = _split(a)
    high_b, low_b = _split(b)
    rest = ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b
    # Splitting overflows, and errors underflow, only near the ends of the range.
    size = np.abs(product)
    safe = (size > 2.0**-900) & (size < 2.0**990) & (np.abs(a) < 2.0**990) & (np.abs(b) < 2.0**990)
    return product, np.where(safe, rest, 0.0)


def _split(a: Floats) -> tuple[Floats, Floats]:
    scaled = a * (2.0**27 + 1)
    high = scaled - (scaled - a)
    return high, a - high
