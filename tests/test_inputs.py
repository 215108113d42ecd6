"""Inputs are handed out as copies of the right values, and every change to them is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from toy_suite import FORMATS, get_block

from conform.running.inputs import Copies, copy_contiguous, copy_strided, find_changed_inputs, find_subnormal_cases
from conform.suite import Block

Copy = Callable[[Block, Sequence[int]], Copies]
COPIES = pytest.mark.parametrize("copy", [copy_contiguous, copy_strided], ids=["contiguous", "strided"])


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


def test_strided_copies_are_not_contiguous_where_that_is_possible() -> None:
    block = get_block("linear", "float32")
    copies = copy_strided(block, range(len(block.cases)))
    loose = [array for given in copies.arguments.values() for array in given.values() if min(array.shape) > 1]
    assert loose
    assert not any(array.flags.c_contiguous for array in loose)
    assert any(array.flags.f_contiguous for array in loose if array.ndim == 2)
    assert any(not array.flags.forc for array in loose if array.ndim == 2)


def test_gaps_of_strided_copies_are_filled_with_what_shows() -> None:
    block = get_block("linear", "float32")
    array = copy_strided(block, [1]).arguments[1]["input"]
    assert array.base is not None
    assert np.isnan(array.base[1::2]).all()


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
