"""The same values in other layouts: transposed, with gaps, at an offset, repeated by a stride of zero, reversed.

Around the values lies what shows when it is read, and enough of it that reading on from where an array begins stays
inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_LEAD = 3
"""So many elements lie before an array at an offset: no multiple of what vectors of the processor hold."""


def transpose(array: Array) -> Array:
    """Axes in memory in the opposite order; with gaps where there is one axis, or none."""
    return array.T.copy().T if array.ndim > 1 else spread(array)


def spread(array: Array) -> Array:
    """Every other element along the last axis."""
    width = array.shape[-1] if array.ndim else 1
    owner = np.full((*array.shape[:-1], 2 * width), get_filler(array.dtype), array.dtype)
    view: Array = owner[..., ::2] if array.ndim else owner[..., 0]
    view[...] = array
    return view


def shift(array: Array) -> Array:
    """In the middle of other memory, contiguous."""
    owner = np.full(array.size + 2 * _LEAD, get_filler(array.dtype), array.dtype)
    view = owner[_LEAD : _LEAD + array.size].reshape(array.shape)
    view[...] = array
    return view


def repeat(array: Array) -> Array:
    """A stride of zero along the longest axis on which all elements have the same bits; gaps where there is none."""
    for length, axis in sorted(((length, axis) for axis, length in enumerate(array.shape)), reverse=True):
        first = array.take([0], axis) if array.size else array
        if array.size and (length == 1 or np.broadcast_to(first, array.shape).tobytes() == array.tobytes()):
            owner = np.full(array.shape, get_filler(array.dtype), array.dtype)
            place = tuple(slice(1) if each == axis else slice(None) for each in range(array.ndim))
            owner[place] = first
            strides = tuple(0 if each == axis else stride for each, stride in enumerate(owner.strides))
            return np.ndarray(array.shape, array.dtype, owner, strides=strides)
    return spread(array)


def reverse(array: Array) -> Array:
    """From the last element to the first along every axis."""
    if not array.ndim:
        return spread(array)
    owner = np.full((2, *array.shape), get_filler(array.dtype), array.dtype)
    turned = tuple(slice(None, None, -1) for _ in array.shape)
    view: Array = owner[0][turned]
    view[...] = array
    return view


LAYOUTS: tuple[Callable[[Array], Array], ...] = (transpose, spread, shift, repeat, reverse)
USUAL = LAYOUTS[:-1]
"""A negative stride is beyond what some libraries can be given at all, so only those runs have it that ask for it."""


def get_filler(dtype: np.dtype[Any]) -> Any:
    """What shows when it is read."""
    return np.iinfo(dtype).max if dtype.kind == "i" else np.nan
