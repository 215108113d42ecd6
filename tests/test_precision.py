"""The effective precision, on simulated arithmetic of known precision."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from conform.judge.precision import MAX_DEPTH, PrecisionSample, sample_precision

Floats = NDArray[np.float64]


def round_to(x: Floats, precision: int) -> Floats:
    """Round to nearest even at `precision` bits, without limit on the exponent."""
    significand, exponent = np.frexp(x)
    return np.ldexp(np.rint(np.ldexp(significand, precision)), exponent - precision)


def sum_left(a: Floats, b: Floats, precision: int) -> Floats:
    total = np.zeros(len(a))
    for j in range(a.shape[1]):
        total = round_to(total + round_to(a[:, j] * b[:, j], precision), precision)
    return total


def sum_rounded_inputs(precision: int) -> Callable[[Floats, Floats], Floats]:
    return lambda a, b: sum_left(round_to(a, precision), round_to(b, precision), 24)


ARITHMETIC: dict[str, tuple[Callable[[Floats, Floats], Floats], float]] = {
    "float32": (lambda a, b: sum_left(a, b, 24), 24),
    "float32-rounded-once": (lambda a, b: round_to((a * b).sum(axis=1), 24), 24),
    "tf32-inputs": (sum_rounded_inputs(11), 11),
    "bfloat16-inputs": (sum_rounded_inputs(8), 8),
    "float16-sums": (lambda a, b: sum_left(a, b, 11), 11),
    "bfloat16-sums": (lambda a, b: sum_left(a, b, 8), 8),
}


@pytest.mark.parametrize("terms", [1, 4, 9, 32])
@pytest.mark.parametrize("name", ARITHMETIC)
def test_estimate_is_within_two_bits_of_the_arithmetic(name: str, terms: int) -> None:
    compute, precision = ARITHMETIC[name]
    source = np.random.default_rng(terms)
    a, b = (round_to(source.standard_normal((400, terms)), 24) for _ in range(2))
    value, magnitude = (a * b).sum(axis=1), np.abs(a * b).sum(axis=1)
    relative = np.abs(compute(a, b) - value) / magnitude
    depth = np.full(len(a), terms + 1)
    bits = sample_precision(relative, depth, np.ones(len(a), bool)).bits
    assert bits is not None
    assert precision - 2 < bits < precision + 1.5


def test_no_estimate_without_errors_or_elements() -> None:
    everything = np.ones(100, bool)
    assert sample_precision(np.zeros(100), np.ones(100, np.int64), everything).bits is None
    assert sample_precision(np.full(3, 1e-8), np.ones(3, np.int64), everything[:3]).bits is None


def test_only_short_random_finite_sums_count() -> None:
    relative = np.array([1e-3, np.nan, 1e-3, 1e-3, 1e-3])
    depth = np.array([1, 1, MAX_DEPTH + 1, 0, 1])
    sample = sample_precision(relative, depth, np.array([True, True, True, True, False]))
    assert sample == PrecisionSample(1, 1e-3**2)


def test_samples_add_up() -> None:
    assert PrecisionSample(20, 1.0) + PrecisionSample(10, 2.0) == PrecisionSample(30, 3.0)
