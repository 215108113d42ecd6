"""Copies of a block's inputs to call a backend with, and the check that they come back unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import find_subnormal, view_bits
from conform.columns import Integers
from conform.suite import Dimension, Parameter, Questions

Array = NDArray[Any]
ALIGNMENT = 64
"""Bytes: as many as a line of cache and the widest vector of a processor have."""


@dataclass(frozen=True)
class Copies:
    """Inputs by case and parameter name, as writable views of `memory`, which nothing else refers to.

    `flat` holds the memory by parameter where all cases lie in it one after the other, as they do in the block.
    """

    arguments: Mapping[int, dict[str, Array]]
    memory: tuple[Array, ...]
    flat: Mapping[str, Array] | None = None


def copy_contiguous(block: Questions, cases: Sequence[int]) -> Copies:
    """Contiguous copies of the inputs of the given cases."""
    flat = {parameter.name: _copy_aligned(block.inputs[parameter.name]) for parameter in block.operation.parameters}
    columns = []
    for parameter in block.operation.parameters:
        owner, offsets = flat[parameter.name], block.input_offsets[parameter.name].tolist()
        parts = [owner[offsets[case] : offsets[case + 1]] for case in cases]
        if len(parameter.shape) != 1:
            shapes = list_shapes(block, parameter)
            parts = [part.reshape(shapes[case]) for part, case in zip(parts, cases, strict=True)]
        columns.append(parts)
    rows = zip(*columns, strict=True)
    arguments = {case: dict(zip(flat, row, strict=True)) for case, row in zip(cases, rows, strict=True)}
    return Copies(arguments, tuple(flat.values()), flat)


def _copy_aligned(array: Array) -> Array:
    """A copy that begins at a multiple of ALIGNMENT.

    Kernels sum in an order that depends on where an array begins, so calls that must give the same bits begin alike.
    """
    memory = np.empty(array.nbytes + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    copy: Array = memory[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def list_shapes(questions: Questions, parameter: Parameter) -> list[tuple[int, ...]]:
    """The shape of a parameter or a result in every case of a block."""
    columns = [_list_lengths(questions, dimension) for dimension in parameter.shape]
    return list(zip(*columns, strict=True)) if columns else [()] * len(questions.cases)


def list_lengths(questions: Questions, parameter: Parameter) -> Integers:
    """How many elements a parameter or a result has in every case."""
    lengths = np.ones(len(questions.cases), np.int64)
    for dimension in parameter.shape:
        lengths *= np.array(_list_lengths(questions, dimension), np.int64)
    return lengths


def _list_lengths(questions: Questions, dimension: Dimension) -> list[int]:
    if dimension.formula is None:
        symbol, offset = dimension.symbol, dimension.offset
        return [case.sizes[symbol] + offset for case in questions.cases]
    return [dimension.resolve(case.scope) for case in questions.cases]


def copy_each(questions: Questions, cases: Sequence[int], lay_out: Callable[[Array, int, int], Array]) -> Copies:
    """A copy of every input in memory of its own, by `lay_out` of the input, its case, and its parameter's number."""
    arguments: dict[int, dict[str, Array]] = {}
    memory = []
    for case in cases:
        arguments[case] = {}
        for number, (name, array) in enumerate(questions.get_inputs(case).items()):
            view = lay_out(array, case, number)
            memory.append(view if view.base is None else view.base)
            arguments[case][name] = view
    return Copies(arguments, tuple(memory))


def find_changed_inputs(block: Questions, copies: Copies) -> dict[int, str]:
    """The cases whose copies no longer hold the block's inputs bit for bit, each with the name of a parameter."""
    changed: dict[int, str] = {}
    if copies.flat is not None:
        for name, memory in copies.flat.items():
            for case in find_different_cases(memory, block.inputs[name], block.input_offsets[name]).tolist():
                changed.setdefault(case, name)
        return changed
    for case, arguments in copies.arguments.items():
        for name, original in block.get_inputs(case).items():
            if arguments[name].tobytes() != original.tobytes():
                changed.setdefault(case, name)
    return changed


def are_identical(first: Array, second: Array) -> bool:
    """Whether two contiguous arrays of one format hold the same bits."""
    return bool(np.array_equal(view_bits(first), view_bits(second)))


def find_different_cases(first: Array, second: Array, offsets: Integers) -> NDArray[np.intp]:
    """The cases in whose elements two flat arrays differ in any bit."""
    different = np.flatnonzero(view_bits(first) != view_bits(second))
    cases = np.searchsorted(offsets, different, side="right") - 1
    # They ascend, so np.unique, which imports masked arrays, is not needed.
    return cases[np.flatnonzero(np.diff(cases, prepend=-1))]


def find_empty_cases(questions: Questions) -> NDArray[np.bool_]:
    """Which cases have an input without elements."""
    found = np.zeros(len(questions.cases), np.bool_)
    for offsets in questions.input_offsets.values():
        found |= np.diff(offsets) == 0
    return found


def find_subnormal_cases(block: Questions) -> NDArray[np.bool_]:
    """Which cases have an input that is not zero and smaller than the smallest normal number of the format."""
    found = np.zeros(len(block.cases), np.bool_)
    if block.format.is_integer:
        return found
    for name, values in block.inputs.items():
        subnormal = np.flatnonzero(find_subnormal(values))
        found[np.searchsorted(block.input_offsets[name], subnormal, side="right") - 1] = True
    return found
