"""Rounding that numpy has no function for, against exact fractions and values worked by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.formats import get_format
from conform.mutants.rounding import (
    add_exactly,
    multiply_exactly,
    round_narrow,
    round_through,
    round_to_tf32,
    step,
    truncate,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=-(2.0**100), max_value=2.0**100).filter(
    lambda x: x == 0 or abs(x) > 2.0**-100
)


def as_array(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


@settings(max_examples=200)
@given(NUMBERS, NUMBERS)
def test_add_exactly_loses_nothing(a: float, b: float) -> None:
    total, rest = add_exactly(as_array(a), as_array(b))
    assert Fraction(total[0]) + Fraction(rest[0]) == Fraction(a) + Fraction(b)


@settings(max_examples=200)
@given(NUMBERS, NUMBERS)
def test_multiply_exactly_loses_nothing(a: float, b: float) -> None:
    product, rest = multiply_exactly(as_array(a), as_array(b))
    assert Fraction(product[0]) + Fraction(rest[0]) == Fraction(a) * Fraction(b)


@pytest.mark.parametrize("operation", [add_exactly, multiply_exactly])
def test_error_of_what_is_not_finite_is_zero(operation: object) -> None:
    with np.errstate(all="ignore"):
        _, rest = operation(as_array(math.inf, 1e308, math.nan), as_array(-math.inf, 1e308, 1.0))  # type: ignore[operator]
    assert rest.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (1 + 2.0**-10, 1 + 2.0**-10),
        (1 + 2.0**-11, 1.0),
        (1 + 3 * 2.0**-11, 1 + 2.0**-9),
        (1 + 2.0**-11 + 2.0**-20, 1 + 2.0**-10),
        (-(1 + 2.0**-11), -1.0),
        (math.inf, math.inf),
    ],
)
def test_tf32_keeps_ten_bits_of_fraction_ties_to_even(value: float, rounded: float) -> None:
    assert round_to_tf32(np.array([value], np.float32)).tolist() == [rounded]


def test_tf32_keeps_nan() -> None:
    assert math.isnan(round_to_tf32(np.array([math.nan], np.float32))[0])


def test_bfloat16_is_rounded_once_and_not_by_way_of_float32() -> None:
    above_tie = 1 + 2.0**-8 + 2.0**-40
    twice = as_array(above_tie).astype(np.float32).astype(ml_dtypes.bfloat16)
    assert float(twice[0]) == 1.0
    assert float(round_narrow(as_array(above_tie), get_format("bfloat16"))[0]) == 1 + 2.0**-7


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
@settings(max_examples=100)
@given(value=NUMBERS, rest=st.floats(-0.49, 0.49))
def test_truncation_is_the_largest_number_no_further_from_zero(name: str, value: float, rest: float) -> None:
    target = get_format(name)
    low = rest * math.ulp(value)
    exact = abs(Fraction(value) + Fraction(low))
    with np.errstate(over="ignore"):
        got = truncate(as_array(value), as_array(low), target)
    size, outward = abs(float(got[0])), abs(float(step(got, 1)[0]))
    if math.isinf(size):
        assert exact >= target.overflow_threshold.to_fraction()
        return
    assert Fraction(size) <= exact
    assert math.isinf(outward) or Fraction(outward) > exact or low == value == 0


@pytest.mark.parametrize("name", ["float64", "float32", "float16", "bfloat16"])
def test_step_goes_to_the_neighbour(name: str) -> None:
    target = get_format(name)
    values = np.array([1.0, -1.0, 0.0, math.inf, math.nan, target.largest.to_float()]).astype(target.dtype)
    away = step(values, 1).astype(np.float64)
    assert away[0] == 1 + 2.0 ** (1 - target.precision)
    assert away[1] == -away[0]
    assert away[2] == 2.0**target.subnormal_exponent
    assert away[3] == math.inf
    assert math.isnan(away[4])
    assert away[5] == math.inf
    toward = step(values, -1).astype(np.float64)
    assert toward[0] == 1 - 2.0**-target.precision
    assert toward[2] == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [("float32", 24), ("float16", 11), ("bfloat16", 8), ("tf32", 11), ("float8_e4m3fn", 4), ("float8_e5m2", 3)],
)
def test_round_through_keeps_as_many_bits_as_the_format_has(name: str, kept: int) -> None:
    values = as_array(1 + 2.0 ** (1 - kept), 1 + 2.0**-kept)
    assert round_through(values, name).tolist() == [values[0], 1.0]
