"""Defects in running along a sum: terms, blocks and lanes lost or counted twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from conform.mutants.mutant import Mutant, has_axis
from conform.mutants.task import Array, Change, Task, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Mask, Terms

UNROLLS = (2, 4, 8, 16, 64)
LIMITS = (256, 1024, 4096)

Choice = Callable[[Terms], Mask]


def drop(choose: Choice) -> Change:
    """Leaves out the chosen terms of every sum along an axis."""

    def rewiring(task: Task, name: str, terms: Terms) -> Terms:
        return terms.keep(terms.is_addend | ~choose(terms)) if runs_along_axis(task, name) else terms

    return Change(rewiring=rewiring)


def count_twice(choose: Choice) -> Change:
    """Adds the chosen terms of every sum along an axis twice."""

    def rewiring(task: Task, name: str, terms: Terms) -> Terms:
        return terms.repeat(~terms.is_addend & choose(terms)) if runs_along_axis(task, name) else terms

    return Change(rewiring=rewiring)


def is_first(terms: Terms) -> Mask:
    chosen: Mask = terms.position == 0
    return chosen


def is_last(terms: Terms) -> Mask:
    chosen: Mask = terms.position + 1 == terms.products
    return chosen


def is_in_tail(unroll: int) -> Choice:
    return lambda terms: terms.position >= terms.products // unroll * unroll


def is_in_last_block(unroll: int) -> Choice:
    def choose(terms: Terms) -> Mask:
        end = terms.products // unroll * unroll
        return (terms.position >= end - unroll) & (terms.position < end)

    return choose


def is_overlapped(unroll: int) -> Choice:
    """The terms that a last block of full length, moved back so as to end with the sum, shares with the one before."""

    def choose(terms: Terms) -> Mask:
        end = terms.products // unroll * unroll
        overlaps = (terms.products > unroll) & (terms.products > end)
        return overlaps & (terms.position >= terms.products - unroll) & (terms.position < end)

    return choose


def begins_block(unroll: int) -> Choice:
    return lambda terms: (terms.position > 0) & (terms.position % unroll == 0)


def is_in_lane(lane: int, lanes: int) -> Choice:
    return lambda terms: terms.position % lanes == lane


def is_past(limit: int) -> Choice:
    return lambda terms: terms.position >= limit


def is_in_second_half(terms: Terms) -> Mask:
    return (terms.position >= (terms.products + 1) // 2) & (terms.products > 1)


def divide_by_length(task: Task, terms: Terms, pool: Array) -> Array:
    sums = sum_in_order(multiply(terms, widen(pool)), terms)
    if not terms.from_zero:
        return narrow(sums, task.format)
    products = np.ones(len(terms.grid), np.int64)
    products[terms.element] = np.maximum(terms.products, 1)
    return narrow(sums // products if task.format.is_integer else sums / products, task.format)


def carry_accumulator(task: Task, terms: Terms, pool: Array) -> Array:
    """Every sum goes on from the one before it."""
    sums = sum_in_order(multiply(terms, widen(pool)), terms)
    if terms.from_zero:
        for start, stop in zip(terms.grid.offsets[:-1], terms.grid.offsets[1:], strict=True):
            sums[start:stop] = np.cumsum(sums[start:stop])
    return narrow(sums, task.format)


def start_from_one(task: Task, terms: Terms, pool: Array) -> Array:
    sums = sum_in_order(multiply(terms, widen(pool)), terms)
    empty = terms.from_zero & (terms.counts == 0)
    return narrow(np.where(empty, np.ones_like(sums), sums), task.format)


def runs_along_axis(task: Task, name: str) -> bool:
    return bool(task.block.operation.sums[name].axes)


MUTANTS = (
    Mutant("first-term-dropped", "first term dropped", "Started the loop at one.", drop(is_first), has_axis),
    Mutant("last-term-dropped", "last term dropped", "Ended the loop at n − 1.", drop(is_last), has_axis),
    Mutant(
        "first-term-twice",
        "first term counted twice",
        "Started the sum from the first product, and the loop at zero.",
        count_twice(is_first),
        has_axis,
    ),
    Mutant(
        "last-term-twice",
        "last term counted twice",
        "Ended the loop one late, on an index that is clamped to the last.",
        count_twice(is_last),
        has_axis,
    ),
    *(
        Mutant(
            f"tail-dropped-{unroll}",
            f"terms after the last full block of {unroll} dropped",
            f"Unrolled the loop by {unroll} and left out the loop over the rest.",
            drop(is_in_tail(unroll)),
            has_axis,
        )
        for unroll in UNROLLS
    ),
    *(
        Mutant(
            f"last-block-dropped-{unroll}",
            f"last full block of {unroll} terms dropped",
            f"Pipelined the loads of blocks of {unroll} and left out the last one's sum.",
            drop(is_in_last_block(unroll)),
            has_axis,
        )
        for unroll in UNROLLS
    ),
    *(
        Mutant(
            f"tail-overlaps-{unroll}",
            f"last block of {unroll} overlaps the one before",
            f"Moved the last block of {unroll} back to end with the sum, and did not mask what had been added.",
            count_twice(is_overlapped(unroll)),
            has_axis,
        )
        for unroll in UNROLLS
    ),
    *(
        Mutant(
            f"block-ends-shared-{unroll}",
            f"first term of every block of {unroll} counted twice",
            f"Took the blocks of {unroll} as closed intervals.",
            count_twice(begins_block(unroll)),
            has_axis,
        )
        for unroll in UNROLLS
    ),
    *(
        Mutant(
            f"lane-lost-{lanes}",
            f"last of {lanes} lanes lost",
            f"Added up {lanes - 1} of the {lanes} lanes of a vector register in the end.",
            drop(is_in_lane(lanes - 1, lanes)),
            has_axis,
        )
        for lanes in (4, 16)
    ),
    *(
        Mutant(
            f"terms-past-{limit}-dropped",
            f"terms past the first {limit} dropped",
            f"Used a buffer of {limit} elements for a row.",
            drop(is_past(limit)),
            has_axis,
        )
        for limit in LIMITS
    ),
    Mutant(
        "second-half-lost",
        "second half of every sum lost",
        "Split the sum in two and stored the second part over nothing: its result is never added.",
        drop(is_in_second_half),
        has_axis,
    ),
    Mutant(
        "mean-of-terms",
        "sum divided by its number of terms",
        "Took the mean where the sum is due.",
        Change(arithmetic=divide_by_length),
        has_axis,
    ),
    Mutant(
        "accumulator-carried",
        "every sum goes on from the one before",
        "Forgot to reset the accumulator between results.",
        Change(arithmetic=carry_accumulator),
        has_axis,
    ),
    Mutant(
        "empty-sum-is-one",
        "sum of nothing is not zero",
        "Left the result of an empty loop as it was allocated.",
        Change(arithmetic=start_from_one),
        lambda site: site.has_axis and not site.has_bias and site.axis != "batch",
        lambda sizes: sizes["outDim"] == 0,
    ),
)
