"""Floating-point values read from their bits and written to them, so that no mode of the processor can change them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers, make_zeros
from conform.exact import Dyadic, ExactNumber
from conform.formats import Format, get_format

Mask = NDArray[np.bool_]


def view_bits(array: NDArray[Any]) -> NDArray[Any]:
    """The elements as unsigned integers of their size, flat."""
    return array.reshape(-1).view(f"u{array.dtype.itemsize}")


def decode(values: NDArray[Any]) -> ExactArray:
    """The ExactArray of values of a floating-point format, flat, without rounding.

    A cast to float64 would do where subnormal numbers are kept; under flush-to-zero it turns them into zeros.
    """
    format = get_format(values.dtype.name)
    size = _read_sizes(values)
    stored = format.precision - 1
    field, significand = size >> stored, size & (1 << stored) - 1
    special = field == _get_largest_field(format)
    if not format.has_infinity:
        special &= significand == (1 << stored) - 1
    infinite = special & (significand == 0)
    # Below the normal numbers the leading bit is missing. An integer of at most 53 bits is a normal float64, whatever
    # it is the significand of, and so is its product with 2^-p.
    below = np.flatnonzero(field == 0)
    high = (significand + (1 << stored)).astype(np.float64) * 2.0**-format.precision
    exponent = field - 1 + format.subnormal_exponent + format.precision
    if len(below):
        high[below], shift = np.frexp(significand[below].astype(np.float64))
        exponent[below] = np.where(high[below] == 0, 0, format.subnormal_exponent + shift)
    if special.any():
        high[special], exponent[special] = np.where(infinite[special], np.inf, np.nan), 0
    high = np.where(_is_negative(values), -high, high)
    return ExactArray(high, make_zeros(len(high)), exponent, {})


def decode_one(value: Any) -> ExactNumber:
    """A numpy scalar of any format as an exact number, -0.0 for a negative zero."""
    if isinstance(value, np.integer):
        return Dyadic(int(value)).normalized()
    return decode(np.asarray(value).reshape(1)).item(0)


def encode(numbers: ExactArray, target: Format) -> tuple[NDArray[Any], Mask]:
    """The numbers in a floating-point format, and where it has them exactly; elsewhere the values mean nothing."""
    precision, stored = target.precision, target.precision - 1
    finite = np.isfinite(numbers.high)
    scaled = np.abs(np.where(finite, numbers.high, 0.0)) * 2.0**precision
    significand = scaled.astype(np.int64)
    # A number in [1/2, 1) has p bits where it is an integer once it is scaled.
    exact: Mask = (significand == scaled) & (numbers.low == 0)
    field = numbers.exponent - 1 - target.normal_exponent + 1
    below = np.clip(1 - field, 0, 62)
    exact &= (significand & (np.int64(1) << below) - 1 == 0) & (1 - field <= 62)
    significand >>= below
    top = target.largest.mantissa.bit_length() + target.largest.exponent
    exact &= (numbers.exponent < top) | ((numbers.exponent == top) & (significand <= _get_largest_significand(target)))
    size = np.where(field > 0, (field << stored) + (significand - (1 << stored)), significand)
    size[significand == 0] = 0
    exact |= numbers.high == 0
    # What takes more than 106 bits may have a low part so small that it is zero here; no format holds it.
    exact[list(numbers.long)] = False
    infinite, nan = np.isinf(numbers.high), np.isnan(numbers.high)
    special = _get_largest_field(target) << stored
    size[infinite], exact[infinite] = special, target.has_infinity
    size[nan], exact[nan] = special + ((1 << stored) - 1 if not target.has_infinity else 1 << stored - 1), True
    bits = size.astype(np.uint64)
    bits[np.signbit(numbers.high)] |= np.uint64(1) << np.uint64(8 * target.dtype.itemsize - 1)
    return bits.astype(f"u{target.dtype.itemsize}").view(target.dtype), exact


def find_subnormal(values: NDArray[Any]) -> Mask:
    """Which values, flat, are not zero and smaller than the smallest normal number of their format."""
    size = _read_sizes(values)
    return (size > 0) & (size < 1 << get_format(values.dtype.name).precision - 1)


def _read_sizes(values: NDArray[Any]) -> Integers:
    """The bits without the sign."""
    bits = view_bits(values)
    sizes: Integers = (bits & bits.dtype.type(_get_sign(values) - 1)).astype(np.int64)
    return sizes


def _is_negative(values: NDArray[Any]) -> Mask:
    bits = view_bits(values)
    negative: Mask = bits >= bits.dtype.type(_get_sign(values))
    return negative


def _get_sign(values: NDArray[Any]) -> int:
    return 1 << 8 * values.dtype.itemsize - 1


def _get_largest_field(format: Format) -> int:
    """The exponent field with all bits set."""
    return (1 << 8 * format.dtype.itemsize - format.precision) - 1


def _get_largest_significand(format: Format) -> int:
    return format.largest.mantissa << format.precision - format.largest.mantissa.bit_length()
