"""Defects of kernels that are chosen by size: long sums, tiles of matrix units, wide results, indices of few bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from conform.columns import Integers
from conform.formats import get_format
from conform.mutants.catalogue.indexing import has_matrix, is_past, leave_zero, reread
from conform.mutants.catalogue.precision import ACCUMULATORS, NARROWER, both, in_formats, label_format
from conform.mutants.catalogue.reduction import count_twice, drop, is_last, runs_along_axis
from conform.mutants.catalogue.reduction import is_past as is_term_past
from conform.mutants.grid import Grid
from conform.mutants.mutant import Mutant, everywhere, has_axis, longer_than, reads
from conform.mutants.rounding import round_narrow, round_through
from conform.mutants.task import Array, Change, Task, fold_left, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Mask, Terms

LONG = 512
"""Sums of so many terms go through a kernel of their own."""
TILE = 16
WIDE = 128

Choice = Callable[[Terms], Mask]


def fills_blocks(block: int) -> Choice:
    """The terms of the last block, in sums that end with a full one."""
    return lambda terms: (
        (terms.products >= block) & (terms.products % block == 0) & (terms.position >= terms.products - block)
    )


def lacks_one(block: int) -> Choice:
    """The last term, in sums of one term less than a multiple of `block`."""
    return lambda terms: ((terms.products + 1) % block == 0) & is_last(terms)


def is_in_corner(tile: int) -> Callable[[Grid], Mask]:
    """Results past the last full tile both of rows and of columns, where there are full tiles of both."""

    def choose(grid: Grid) -> Mask:
        chosen = np.full(len(grid), len(grid.symbols) > 1)
        for symbol in grid.symbols:
            full = grid.extents[symbol] // tile * tile
            chosen &= (full > 0) & (grid.coordinates[symbol] >= full)
        return chosen

    return choose


def drop_tail_of_products(task: Task, name: str, terms: Terms) -> Terms:
    """Leaves out the terms past the last tile, where rows, columns and terms all fill one."""
    if not runs_along_axis(task, name) or len(terms.grid.symbols) < 2:
        return terms
    tiled = np.all([extent >= TILE for extent in terms.grid.extents.values()], axis=0)[terms.element]
    end = terms.products // TILE * TILE
    return terms.keep(terms.is_addend | ~(tiled & (end > 0) & (terms.position >= end)))


def keep_first_of_wide(task: Task, name: str, terms: Terms) -> Terms:
    """The first term alone, where some dimension of the result is wide."""
    if not runs_along_axis(task, name) or not terms.grid.symbols:
        return terms
    wide = np.any([extent >= WIDE for extent in terms.grid.extents.values()], axis=0)[terms.element]
    return terms.keep(terms.is_addend | (terms.position == 0) | ~wide | (terms.products >= WIDE))


def round_long_to(name: str) -> Change:
    """Rounds the factors, or the elements, of long sums."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        wide, rounded = widen(pool), widen(round_through(pool, name))
        exact = terms.is_addend | (terms.products < LONG)
        left = np.where(exact, wide[terms.left], rounded[terms.left])
        right = np.where(exact, wide[terms.right], rounded[terms.right])
        return narrow(sum_in_order(left * right, terms), task.format)

    return Change(arithmetic=arithmetic)


def join_halves_in(name: str) -> Change:
    """Splits long sums in two, and adds the halves up in a narrower format."""

    def fold(values: Array) -> Array:
        count = values.shape[1]
        if count < LONG:
            return fold_left(values)
        middle = (count + 1) // 2
        halves = np.stack([fold_left(values[:, :middle]), fold_left(values[:, middle:])], axis=1)
        return fold_left(round_narrow(halves.astype(np.float64), get_format(name))).astype(values.dtype)

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        return narrow(terms.sum_with(multiply(terms, widen(pool)), fold), task.format)

    return Change(arithmetic=arithmetic)


def wrap_at(count: int) -> Callable[[Grid], Integers]:
    return lambda grid: grid.start + grid.place % count


JOINS = {**ACCUMULATORS, "int32": ("float32",), "int64": ("float64",)}
"""The formats too narrow for the halves of a sum of each format."""

MUTANTS = (
    *(
        Mutant(
            f"full-last-block-dropped-{block}",
            f"last block of {block} terms dropped where there is no tail",
            f"Left the last block of {block} to the code for the tail, which there is none of.",
            drop(fills_blocks(block)),
            has_axis,
        )
        for block in (512, 4096)
    ),
    *(
        Mutant(
            f"last-term-twice-before-{block}",
            f"last term counted twice where one place of a block of {block} is free",
            f"Rounded the length up to {block} by an error of one, with the index clamped to the last.",
            count_twice(lacks_one(block)),
            has_axis,
        )
        for block in (512, 4096)
    ),
    Mutant(
        "terms-past-4097-dropped",
        "terms past the first 4097 dropped",
        "Used a buffer of 4096 elements and one more.",
        drop(is_term_past(4097)),
        has_axis,
    ),
    *(
        Mutant(
            f"long-factors-in-{name}",
            f"inputs of long sums rounded to {label_format(name)}",
            f"Called a library for sums of {LONG} terms and more, which converts to {label_format(name)}.",
            round_long_to(name),
            both(has_axis, in_formats(NARROWER, name)),
        )
        for name in ("float32", "tf32", "float16", "bfloat16")
    ),
    *(
        Mutant(
            f"halves-joined-in-{name}",
            f"halves of long sums joined in {name}",
            f"Gave each half of a long sum to a worker, which returned its part in {name}.",
            join_halves_in(name),
            both(has_axis, in_formats(JOINS, name)),
        )
        for name in ("float64", "float32", "float16", "bfloat16")
    ),
    *(
        Mutant(
            f"corner-omitted-{tile}",
            f"results past the last tile of {tile} in both directions left zero",
            f"Wrote the tail of the rows and that of the columns, beside tiles of {tile}, but not where they meet.",
            leave_zero(is_in_corner(tile)),
            has_matrix,
        )
        for tile in (16, 32)
    ),
    Mutant(
        "tile-tail-dropped",
        "terms past the last tile dropped where rows, columns and terms fill one",
        f"Used a matrix unit of {TILE} · {TILE} · {TILE} wherever it fits, and left out the terms past its last tile.",
        Change(rewiring=drop_tail_of_products),
        both(has_axis, has_matrix),
    ),
    Mutant(
        "wide-results-first-term",
        "first term alone where a dimension of the result is wide",
        f"Wrote the kernel for results of {WIDE} and more for outer products.",
        Change(rewiring=keep_first_of_wide),
        has_axis,
    ),
    Mutant(
        "weights-index-wraps",
        "weights past the first 65,536 read from the start",
        "Kept the index into the weights in sixteen bits.",
        reread("weights", wrap_at(1 << 16)),
        reads("weights"),
        lambda sizes: sizes["outDim"] * sizes["inDim"] > 1 << 16,
        large=True,
    ),
    Mutant(
        "results-past-32768-omitted",
        "results past the first 32,768 left zero",
        "Kept the index of a result in sixteen bits, one of them for the sign.",
        leave_zero(is_past(1 << 15)),
        everywhere,
        large=True,
    ),
    Mutant(
        "columns-past-32768-dropped",
        "columns past the first 32,768 dropped",
        "Kept the number of columns in sixteen bits, one of them for the sign.",
        drop(is_term_past(1 << 15)),
        lambda site: site.axis == "inDim",
        longer_than("inDim", 1 << 15),
        large=True,
    ),
)
