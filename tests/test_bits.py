"""Formats by integers, and values by their bits: what they are, and that no mode of the processor changes them."""

from __future__ import annotations

import math
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from floating_environment import AVAILABLE, flushing

from conform.bits import decode, decode_one, encode, find_subnormal
from conform.columns import collect_exact
from conform.exact import Dyadic
from conform.formats import FLOAT_NAMES, INTEGER_NAMES, get_format
from conform.judge.arrays import judge_elements
from conform.judge.rules import Rules
from conform.judge.status import Status
from conform.suite import NO_QUANTUM, Expected


@pytest.mark.parametrize("name", FLOAT_NAMES)
def test_parameters_are_those_that_ml_dtypes_measures(name: str) -> None:
    format = get_format(name)
    limits: Any = ml_dtypes.finfo(format.dtype)  # type: ignore[no-untyped-call]
    assert format.precision == limits.nmant + 1
    assert format.largest == Dyadic.from_float(float(limits.max))
    assert Dyadic(1, format.subnormal_exponent) == Dyadic.from_float(float(limits.smallest_subnormal))
    assert Dyadic(1, format.normal_exponent) == Dyadic.from_float(float(limits.smallest_normal))
    with np.errstate(over="ignore"):
        assert format.has_infinity == math.isinf(float(format.dtype.type(np.inf)))


@pytest.mark.parametrize("name", INTEGER_NAMES)
def test_ranges_are_those_that_numpy_has(name: str) -> None:
    format, info = get_format(name), np.iinfo(name)
    assert (format.lowest.to_fraction(), format.largest.to_fraction()) == (info.min, info.max)


def list_patterns(name: str) -> np.ndarray:
    """Every pattern of a format of up to 16 bits, and patterns of all exponents of the wider ones."""
    dtype = get_format(name).dtype
    bits = 8 * dtype.itemsize
    if bits <= 16:
        return np.arange(1 << bits, dtype=f"u{dtype.itemsize}").view(dtype)
    generator = np.random.default_rng(5)
    drawn = generator.integers(0, 1 << bits, 20_000, dtype=f"u{dtype.itemsize}", endpoint=False)
    return np.concatenate([drawn.view(dtype), np.array([0.0, -0.0, np.inf, -np.inf, np.nan], dtype)])


@pytest.mark.parametrize("name", FLOAT_NAMES)
def test_decoded_values_are_those_of_a_cast_and_go_back(name: str) -> None:
    values = list_patterns(name)
    with np.errstate(invalid="ignore"):
        wide = values.astype(np.float64)
    numbers = decode(values)
    with np.errstate(under="ignore"):
        read = np.ldexp(numbers.high, numbers.exponent)
    np.testing.assert_array_equal(read, wide)
    np.testing.assert_array_equal(np.signbit(read)[~np.isnan(wide)], np.signbit(wide)[~np.isnan(wide)])
    back, exact = encode(numbers, get_format(name))
    assert exact.all()
    np.testing.assert_array_equal(back.astype(np.float64), wide)


@pytest.mark.skipif(not AVAILABLE, reason="the control word of this processor is not known")
@pytest.mark.parametrize("name", ["float64", "float32"])
def test_subnormal_numbers_are_read_where_the_processor_flushes_them(name: str) -> None:
    format = get_format(name)
    values = np.array([1, 3, (1 << format.precision - 1) - 1], f"u{format.dtype.itemsize}").view(format.dtype)
    with flushing():
        assert float(np.multiply(values, values.dtype.type(1.0)).sum()) == 0
        assert [decode_one(value) for value in values] == [
            Dyadic(mantissa, format.subnormal_exponent).normalized()
            for mantissa in (1, 3, (1 << format.precision - 1) - 1)
        ]
        assert find_subnormal(values).all()


def expect(numbers: list[Dyadic]) -> Expected:
    """Values that are due exactly."""
    count = len(numbers)
    value = collect_exact(numbers)
    magnitude = collect_exact([abs(number) for number in numbers])
    zero = collect_exact([Dyadic(0)] * count)
    quantum = np.array([number.exponent if number.mantissa else NO_QUANTUM for number in numbers], np.int64)
    depth = np.zeros(count, np.int64)
    return Expected(np.array([0, count]), value, magnitude, depth, zero, quantum, quantum, magnitude)


@pytest.mark.skipif(not AVAILABLE, reason="the control word of this processor is not known")
@pytest.mark.parametrize("name", ["float64", "float32"])
def test_the_judge_is_right_where_the_processor_flushes(name: str) -> None:
    """A backend that returns 0 for everything small fails, and the right answer passes, with flush-to-zero on."""
    format = get_format(name)
    due = [Dyadic(3, format.subnormal_exponent), Dyadic(5, -3), Dyadic(1, -1)]
    rules = Rules(format, format)
    right = np.array([3.0 * 2.0**format.subnormal_exponent, 0.625, 0.5], format.dtype)
    flushed = np.array([0.0, 0.625, 0.5], format.dtype)
    nothing = np.zeros(3, format.dtype)
    with flushing():
        get_format.cache_clear()
        try:
            assert judge_elements(expect(due), right, rules).status.tolist() == [Status.EXACT] * 3
            assert judge_elements(expect(due), flushed, rules).status.tolist()[0] == Status.FAILED
            assert judge_elements(expect(due), nothing, rules).status.tolist() == [Status.FAILED] * 3
        finally:
            get_format.cache_clear()
