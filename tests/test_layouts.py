"""Arrays in other layouts: the same values in the shape they had, and around them what shows when it is read."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from conform.running.layouts import LAYOUTS, USUAL, repeat, reverse, shift, spread, transpose

SHAPES = [(), (1,), (5,), (0,), (3, 4), (1, 4), (4, 1), (0, 3), (2, 3, 4)]
DTYPES = [np.float32, ml_dtypes.bfloat16, np.int64]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)
def test_values_are_the_same_in_memory_of_their_own(layout, shape, dtype) -> None:
    array = (np.arange(np.prod(shape, dtype=int)) % 5 - 2).astype(dtype).reshape(shape)
    laid_out = layout(array)
    assert (laid_out.shape, laid_out.dtype) == (array.shape, array.dtype)
    assert laid_out.tobytes() == array.tobytes()
    assert laid_out.flags.writeable
    assert not np.shares_memory(laid_out, array)


def test_each_layout_is_what_it_says() -> None:
    array = np.arange(12.0).reshape(3, 4)
    assert transpose(array).strides == (8, 24)
    assert spread(array).strides == (64, 16)
    assert all(stride < 0 for stride in reverse(array).strides)
    shifted = shift(array)
    assert shifted.flags.c_contiguous
    assert shifted.ctypes.data > shifted.base.ctypes.data


@pytest.mark.parametrize(
    ("array", "strides"),
    [
        (np.ones(3), (0,)),
        (np.ones((3, 4)), (32, 0)),
        (np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]), (0, 8)),
        (np.array([[1.0, 2.0, 3.0]]), (0, 8)),
        (np.array([[0.0], [-0.0], [0.0]]), (8, 0)),
    ],
    ids=["vector", "matrix", "rows", "one-row", "signs"],
)
def test_a_stride_is_zero_where_the_bits_allow_it(array, strides) -> None:
    assert repeat(array).strides == strides


def test_where_no_bits_repeat_there_are_gaps() -> None:
    assert repeat(np.arange(3.0)).strides == (16,)


@pytest.mark.parametrize("layout", [each for each in LAYOUTS if each is not transpose], ids=lambda each: each.__name__)
@pytest.mark.parametrize("array", [np.arange(1.0, 7.0).reshape(2, 3), np.ones((2, 3))], ids=["different", "equal"])
def test_reading_on_without_strides_shows_and_stays_inside(layout, array) -> None:
    laid_out = layout(array)
    owner = laid_out.base
    assert isinstance(owner, np.ndarray)
    first = (laid_out.ctypes.data - owner.ctypes.data) // owner.itemsize
    read = owner.reshape(-1)[first : first + array.size]
    assert len(read) == array.size
    assert layout is shift or layout is repeat or np.isnan(read).any()
    assert np.isnan(owner).any()


def test_no_run_is_given_negative_strides_unasked() -> None:
    assert reverse not in USUAL
