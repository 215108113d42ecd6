"""Inputs are handed out as copies of the right values, and every change to them is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from toy_suite import FORMATS, get_block

from conform.running.inputs import Copies, copy_contiguous, copy_each, find_changed_inputs, find_subnormal_cases
from conform.running.layouts import spread
from conform.suite import Block

Copy = Callable[[Block, Sequence[int]], Copies]


def copy_spread(block: Block, cases: Sequence[int]) -> Copies:
    return copy_each(block, cases, lambda array, case, number: spread(array))


COPIES = pytest.mark.parametrize("copy", [copy_contiguous, copy_spread], ids=["contiguous", "strided"])


@COPIES
@pytest.mark.parametrize("dtype", FORMATS)
def test_copies_hold_the_values_in_memory_of_their_own(copy: Copy, dtype: str) -> None:
    block = get_block("linear", dtype)
    copies = copy(block, range(len(block.cases)))
    for case, arguments in copies.arguments.items():
        for name, original in block.get_inputs(case).items():
            array = arguments[name]
            assert (array.shape, array.dtype) == (original.shape, original.dtype)
            assert array.tobytes() == original.tobytes()
            assert array.flags.writeable
            assert not np.shares_memory(array, original)
    assert find_changed_inputs(block, copies) == {}


def test_contiguous_copies_are_contiguous() -> None:
    block = get_block("linear", "float32")
    copies = copy_contiguous(block, range(len(block.cases)))
    assert all(array.flags.c_contiguous for given in copies.arguments.values() for array in given.values())


def test_calls_that_must_agree_have_their_inputs_at_like_addresses() -> None:
    block = get_block("linear", "float32")
    places = [
        [
            array.ctypes.data % 64
            for given in copy_contiguous(block, range(len(block.cases))).arguments.values()
            for array in given.values()
        ]
        for _ in range(3)
    ]
    assert places[0] == places[1] == places[2]
    assert places[0][:3] == [0, 0, 0]


@COPIES
@pytest.mark.parametrize("value", [np.nan, 7.5, -0.0])
def test_change_is_found_and_named(copy: Copy, value: float) -> None:
    block = get_block("linear", "float64", "small-integers")
    copies = copy(block, range(len(block.cases)))
    copies.arguments[3]["bias"][0] = value
    assert find_changed_inputs(block, copies) == {3: "bias"}


def test_only_the_given_cases_are_copied() -> None:
    block = get_block("linear", "float32")
    assert list(copy_contiguous(block, [4, 2]).arguments) == [4, 2]


def test_subnormal_inputs_are_found() -> None:
    block = get_block("linear_gradient_scale", "float16", "small-integers", "subnormal")
    found = find_subnormal_cases(block)
    for case, marked in enumerate(found):
        arrays = block.get_inputs(case).values()
        smallest = float(np.finfo(np.float16).smallest_normal)
        sizes = np.concatenate([np.abs(array.astype(np.float64)).reshape(-1) for array in arrays])
        assert marked == bool(((sizes > 0) & (sizes < smallest)).any())
    assert found.any()
    assert not found.all()


def test_integers_are_never_subnormal() -> None:
    assert not find_subnormal_cases(get_block("linear", "int32")).any()
