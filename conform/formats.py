"""Number formats, with every parameter read from numpy and ml_dtypes."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from conform.exact import Dyadic

FLOAT_NAMES = ("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
INTEGER_NAMES = ("int32", "int64")


@dataclass(frozen=True, eq=False)
class Format:
    """A number format; there is one object for each, which `get_format` gives.

    For a floating-point format, `precision` is p (bits of the significand, the implicit one included),
    `subnormal_exponent` is emin with 2^emin the smallest subnormal number, and `normal_exponent` is the exponent
    of the smallest normal number. For an integer format these are 0 and `lowest` and `largest` bound the range.
    """

    name: str
    dtype: np.dtype[Any]
    is_integer: bool
    precision: int
    subnormal_exponent: int
    normal_exponent: int
    lowest: Dyadic
    largest: Dyadic
    has_infinity: bool

    @property
    def unit_roundoff(self) -> Dyadic:
        """u = 2^-p, the largest relative error of rounding to nearest."""
        return Dyadic(1, -self.precision)

    @functools.cached_property
    def overflow_threshold(self) -> Dyadic:
        """The least magnitude that rounding to nearest may turn into an overflow: `largest` and half its ulp."""
        _, exponent = math.frexp(self.largest.to_float())
        return self.largest + Dyadic(1, exponent - self.precision - 1)

    def underflow_unit(self, flush: bool) -> Dyadic:
        """2^emin, or the smallest normal number where subnormal results are flushed to zero."""
        return Dyadic(1, self.normal_exponent if flush else self.subnormal_exponent)


@functools.cache
def get_format(name: str) -> Format:
    """The format called `name`; raises KeyError if there is none of that name."""
    if name in INTEGER_NAMES:
        dtype = np.dtype(name)
        info = np.iinfo(dtype)
        return Format(name, dtype, True, 0, 0, 0, Dyadic(int(info.min), 0), Dyadic(int(info.max), 0), False)
    if name not in FLOAT_NAMES:
        raise KeyError(name)
    dtype = np.dtype(getattr(ml_dtypes, name, name))
    limits: Any = ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]  # ml_dtypes leaves it unannotated
    largest = Dyadic.from_float(float(limits.max))
    with np.errstate(over="ignore"):
        overflowed = float(dtype.type(np.inf))
    return Format(
        name=name,
        dtype=dtype,
        is_integer=False,
        precision=int(limits.nmant) + 1,
        subnormal_exponent=math.frexp(float(limits.smallest_subnormal))[1] - 1,
        normal_exponent=math.frexp(float(limits.smallest_normal))[1] - 1,
        lowest=-largest,
        largest=largest,
        has_infinity=math.isinf(overflowed),
    )
