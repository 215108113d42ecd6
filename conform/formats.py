"""Number formats, with every parameter an integer of the encoding: nothing here is computed in floating point."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from conform.exact import Dyadic

FLOAT_NAMES = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
INTEGER_NAMES = ("int32", "int64")

_ENCODINGS = {
    "float64": (53, -1022, 1023),
    "float32": (24, -126, 127),
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
    "float8_e4m3fn": (4, -6, 8),
    "float8_e5m2": (3, -14, 15),
}
"""p, and the exponents of the smallest normal and of the largest number: IEEE 754-2019, table 3.5, for binary16, 32 and
64; P. Micikevicius et al., *FP8 Formats for Deep Learning*, 2022, table 1."""

_FINITE_ONLY = ("float8_e4m3fn",)
"""Formats without infinities, whose largest exponent holds numbers; all its bits set are nan."""


@dataclass(frozen=True, eq=False)
class Format:
    """A number format; there is one object for each, which `get_format` gives.

    For a floating-point format, `precision` is p (bits of the significand, the implicit one included),
    `subnormal_exponent` is emin with 2^emin the smallest subnormal number, and `normal_exponent` is the exponent
    of the smallest normal number. For an integer format these are 0 and `lowest` and `largest` bound the range.
    """

    name: str
    is_integer: bool
    precision: int
    subnormal_exponent: int
    normal_exponent: int
    lowest: Dyadic
    largest: Dyadic
    has_infinity: bool

    @functools.cached_property
    def dtype(self) -> np.dtype[Any]:
        """The numpy dtype of the format."""
        return np.dtype(getattr(ml_dtypes, self.name, self.name))

    @property
    def unit_roundoff(self) -> Dyadic:
        """u = 2^-p, the largest relative error of rounding to nearest."""
        return Dyadic(1, -self.precision)

    @functools.cached_property
    def overflow_threshold(self) -> Dyadic:
        """The least magnitude that rounding to nearest may turn into an overflow: `largest` and half its ulp."""
        exponent = self.largest.mantissa.bit_length() + self.largest.exponent
        return self.largest + Dyadic(1, exponent - self.precision - 1)

    def underflow_unit(self, flush: bool) -> Dyadic:
        """2^emin, or the smallest normal number where subnormal results are flushed to zero."""
        return Dyadic(1, self.normal_exponent if flush else self.subnormal_exponent)


@functools.cache
def get_format(name: str) -> Format:
    """The format called `name`; raises KeyError if there is none of that name."""
    if name in INTEGER_NAMES:
        limit = 1 << int(name.removeprefix("int")) - 1
        return Format(name, True, 0, 0, 0, Dyadic(-limit), Dyadic(limit - 1), False)
    precision, normal, top = _ENCODINGS[name]
    infinite = name not in _FINITE_ONLY
    # Where the last pattern of the largest exponent is nan, the largest number is the one before it.
    significand = (1 << precision) - (1 if infinite else 2)
    largest = Dyadic(significand, top - precision + 1)
    return Format(name, False, precision, normal - precision + 1, normal, -largest, largest, infinite)
