"""Defects in reading matrices and vectors, and in where results are written."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from conform.columns import Integers
from conform.mutants.grid import Grid
from conform.mutants.mutant import Mutant, Site, everywhere, gives_input_gradients, longer_than, reads
from conform.mutants.task import Answers, Array, Change, Task
from conform.mutants.terms import Mask

Choice = Callable[[Grid], Mask]
Locate = Callable[[Grid], Integers]


def reread(parameter: str, locate: Locate) -> Change:
    """Reads each element of a parameter at another place of the same case."""

    def values(task: Task, pool: Array) -> Array:
        if parameter not in task.starts:
            return pool
        moved = pool.copy()
        moved[task.get_slice(parameter)] = pool[task.starts[parameter] + locate(task.grids[parameter])]
        return moved

    return Change(values=values)


def rewrite(locate: Locate) -> Change:
    """Returns at each place of a result what belongs to another place of the same case."""

    def finish(task: Task, answers: Answers) -> Answers:
        return {name: answer[locate(task.terms[name].grid)] for name, answer in answers.items()}

    return Change(finish=finish)


def leave_zero(choose: Choice) -> Change:
    """Never writes the chosen places of a result, which was made of zeros."""

    def finish(task: Task, answers: Answers) -> Answers:
        return {
            name: np.where(choose(task.terms[name].grid), np.zeros_like(answer), answer)
            for name, answer in answers.items()
        }

    return Change(finish=finish)


def transpose(grid: Grid) -> Integers:
    """Rows for columns where there are as many of both."""
    if len(grid.symbols) != 2:
        return np.arange(len(grid))
    first, second = grid.symbols
    swapped = grid.locate(**{first: grid.coordinates[second], second: grid.coordinates[first]})
    square = grid.extents[first] == grid.extents[second]
    return np.where(square, swapped, np.arange(len(grid)))


def read_column_major(grid: Grid) -> Integers:
    return grid.start + grid.coordinates["inDim"] * grid.extents["outDim"] + grid.coordinates["outDim"]


def read_with_wrong_stride(grid: Grid) -> Integers:
    place = grid.coordinates["outDim"] * grid.extents["outDim"] + grid.coordinates["inDim"]
    return grid.start + place % np.maximum(grid.count, 1)


def shift(symbol: str) -> Locate:
    return _relocate(symbol, lambda grid: grid.coordinates[symbol] + 1)


def reverse(symbol: str) -> Locate:
    return _relocate(symbol, lambda grid: grid.extents[symbol] - 1 - grid.coordinates[symbol])


def repeat_first(symbol: str) -> Locate:
    return _relocate(symbol, lambda grid: np.zeros(len(grid), np.int64))


def _relocate(symbol: str, move: Locate) -> Locate:
    """Another coordinate along one dimension; the same place for arrays without that dimension."""
    return lambda grid: grid.locate(**{symbol: move(grid)}) if symbol in grid.symbols else np.arange(len(grid))


def is_last_row(grid: Grid) -> Mask:
    """The last of the first dimension; no element of a scalar, which has none."""
    if not grid.symbols:
        return np.zeros(len(grid), np.bool_)
    first = grid.symbols[0]
    chosen: Mask = grid.coordinates[first] + 1 == grid.extents[first]
    return chosen


def is_last_column(grid: Grid) -> Mask:
    """The same of the last dimension, where there are several."""
    if len(grid.symbols) < 2:
        return np.zeros(len(grid), np.bool_)
    last = grid.symbols[-1]
    chosen: Mask = grid.coordinates[last] + 1 == grid.extents[last]
    return chosen


def is_past(limit: int) -> Choice:
    return lambda grid: grid.place >= limit


def wrap_at_256(grid: Grid) -> Integers:
    return grid.start + grid.place % 256


def write_next(grid: Grid) -> Integers:
    """The place before, the first from the last: every result is stored one place too far."""
    return grid.start + (grid.place - 1) % np.maximum(grid.count, 1)


def is_matrix(site: Site) -> bool:
    return site.result in ("dW", "grad") or site.operation == "linear_batched"


def has_matrix(site: Site) -> bool:
    return is_matrix(site) or gives_input_gradients(site)


MUTANTS = (
    Mutant(
        "weights-transposed",
        "weights transposed",
        "Used W where W transposed is due; only the shapes of a non-square matrix tell them apart.",
        reread("weights", transpose),
        reads("weights"),
        lambda sizes: sizes["outDim"] == sizes["inDim"] > 1,
    ),
    Mutant(
        "weights-column-major",
        "weights read column by column",
        "Handed a row-major buffer to a routine that expects columns first.",
        reread("weights", read_column_major),
        reads("weights"),
        lambda sizes: min(sizes["outDim"], sizes["inDim"]) > 1,
    ),
    Mutant(
        "weights-wrong-stride",
        "rows of the weights taken outDim elements apart",
        "Passed outDim as the leading dimension instead of inDim.",
        reread("weights", read_with_wrong_stride),
        reads("weights"),
        lambda sizes: sizes["outDim"] != sizes["inDim"] and sizes["outDim"] > 1,
    ),
    Mutant(
        "weights-rows-shifted",
        "rows of the weights shifted by one",
        "Started the pointer to the rows one row late.",
        reread("weights", shift("outDim")),
        reads("weights"),
        longer_than("outDim", 1),
    ),
    Mutant(
        "weights-columns-shifted",
        "columns of the weights shifted by one",
        "Started the pointer into a row one element late.",
        reread("weights", shift("inDim")),
        reads("weights"),
        longer_than("inDim", 1),
    ),
    Mutant(
        "weights-first-row-only",
        "every row of the weights read as the first",
        "Left the stride of the rows at zero.",
        reread("weights", repeat_first("outDim")),
        reads("weights"),
        longer_than("outDim", 1),
    ),
    Mutant(
        "input-shifted",
        "input shifted by one",
        "Indexed the input from one.",
        reread("input", shift("inDim")),
        reads("input"),
        longer_than("inDim", 1),
    ),
    Mutant(
        "input-reversed",
        "input read backwards",
        "Computed a convolution, which flips its second operand.",
        reread("input", reverse("inDim")),
        reads("input"),
        longer_than("inDim", 1),
    ),
    Mutant(
        "grad-output-shifted",
        "grad_output shifted by one",
        "Indexed grad_output from one.",
        reread("grad_output", shift("outDim")),
        reads("grad_output"),
        longer_than("outDim", 1),
    ),
    Mutant(
        "grad-output-reversed",
        "grad_output read backwards",
        "Walked backwards through the layer's outputs together with its layers.",
        reread("grad_output", reverse("outDim")),
        reads("grad_output"),
        longer_than("outDim", 1),
    ),
    Mutant(
        "result-transposed",
        "result transposed",
        "Multiplied the factors the other way round, which gives the transpose.",
        rewrite(transpose),
        has_matrix,
    ),
    Mutant(
        "result-shifted",
        "results stored one place too far",
        "Increased the output pointer before storing.",
        rewrite(write_next),
        everywhere,
    ),
    Mutant(
        "last-row-omitted",
        "last row of the result left zero",
        "Looped over the rows to n − 1.",
        leave_zero(is_last_row),
        everywhere,
    ),
    Mutant(
        "last-column-omitted",
        "last column of the result left zero",
        "Looped over the columns to n − 1.",
        leave_zero(is_last_column),
        has_matrix,
    ),
    *(
        Mutant(
            f"results-past-{limit}-omitted",
            f"results past the first {limit} left zero",
            f"Launched one block of {limit} threads, whatever the size of the result.",
            leave_zero(is_past(limit)),
            everywhere,
        )
        for limit in (32, 256, 1024)
    ),
    Mutant(
        "result-index-wraps",
        "results past the first 256 repeat those before",
        "Kept the index of a result in eight bits.",
        rewrite(wrap_at_256),
        everywhere,
    ),
)
