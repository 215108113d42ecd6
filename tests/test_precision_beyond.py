"""The effective precision beyond sums of products: what errors are measured against, and when a run warns of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from vector_samples import get_blocks, get_manifest

import conform
from conform.declaration import Declaration
from conform.judge.arrays import judge_elements
from conform.judge.precision import RANDOM_FLAGS, SHORTFALL, PrecisionSample, sample_precision
from conform.results import BackendResult
from conform.suite import Block

FORMATS = ("float64", "float32", "float16", "bfloat16")
RANDOM = ["typical", "typical-rows"]
CHANGE = 2.0**-20
BEYOND = [
    each.name
    for each in get_manifest().operations
    if any(expected.radius is not None for expected in get_blocks(each.name, "float32")[0].expected.values())
]


def take_random(operation: str, dtype: str) -> Block:
    (block,) = get_blocks(operation, dtype)
    return block.take([i for i, case in enumerate(block.cases) if not RANDOM_FLAGS.isdisjoint(case.flags)])


def estimate(block: Block, change: float) -> float:
    """The bits of answers that are the values, each changed by a part of it either way, and rounded."""
    rules = Declaration().rules_for(block.operation.name, block.format)
    total = PrecisionSample()
    for expected in block.expected.values():
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.ldexp(expected.value.high, expected.value.exponent.astype(np.int32))
            changed: NDArray[Any] = (values * (1 + change * (-1.0) ** np.arange(len(values)))).astype(
                block.format.dtype
            )
        relative = judge_elements(expected, changed, rules).relative
        total += sample_precision(relative, np.minimum(expected.depth, 1), np.ones(len(values), np.bool_))
    assert total.bits is not None
    return total.bits


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("operation", BEYOND)
def test_values_rounded_once_show_the_precision_of_the_format(operation: str, dtype: str) -> None:
    block = take_random(operation, dtype)
    precision = block.format.precision
    assert precision < estimate(block, 0.0) < precision + 7


@pytest.mark.parametrize("operation", BEYOND)
def test_an_error_shows_as_many_bits_as_it_leaves(operation: str) -> None:
    """At most what is left of a value; more where the arguments amount to more than the last of the value's bits."""
    assert 19.9 < estimate(take_random(operation, "float32"), CHANGE) < 25


COARSE = f"""
from conform.backends.numpy_backend import NumpyBackend

class Coarse(NumpyBackend):
    name = "coarse"

    def softmax(self, input):
        return (super().softmax(input=input) * (1 + {CHANGE})).astype(input.dtype)
"""


def run(backend: str, **chosen: Any) -> BackendResult:
    (result,) = conform.run(backend, flags=RANDOM, **chosen).backends
    return result


def test_a_softmax_that_no_bound_catches_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "coarse.py"
    path.write_text(COARSE)
    coarse = run(f"{path}:Coarse", operations=["softmax"], dtypes=["float32"])
    (group,) = coarse.groups
    assert coarse.conforms
    assert group.bits == pytest.approx(20, abs=1)
    (warning,) = (each for each in coarse.warnings if "softmax" in each)
    assert warning.startswith(f"softmax float32: the errors amount to arithmetic of {group.bits:.1f} bits; 24 are")


def test_honest_functions_are_not_warned_of() -> None:
    honest = run("numpy", operations=BEYOND)
    assert honest.conforms
    measured = [group for group in honest.groups if group.bits is not None]
    assert len(measured) == len(honest.groups) == len(BEYOND) * len(FORMATS)
    for group in measured:
        assert group.bits is not None
        assert group.declared_bits is not None
        assert group.bits > group.declared_bits - SHORTFALL
    assert not [each for each in honest.warnings if "amount to" in each]
