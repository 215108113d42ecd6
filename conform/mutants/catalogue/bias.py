"""Defects in adding the bias."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conform.columns import Integers
from conform.mutants.mutant import Mutant, has_bias, in_operations, longer_than
from conform.mutants.task import Change, Task
from conform.mutants.terms import Mask, Terms


def omit(task: Task, name: str, terms: Terms) -> Terms:
    return terms.keep(~terms.is_addend)


def add_twice(task: Task, name: str, terms: Terms) -> Terms:
    return terms.repeat(terms.is_addend)


def subtract(task: Task, name: str, terms: Terms) -> Terms:
    return terms.negate(terms.is_addend, task.constants + 1)


def broadcast_first(task: Task, name: str, terms: Terms) -> Terms:
    return _read(task, terms, np.zeros(len(terms.left), np.int64))


def shift(task: Task, name: str, terms: Terms) -> Terms:
    return _read(task, terms, terms.grid.coordinates["outDim"][terms.element] + 1)


def read_by_example(task: Task, name: str, terms: Terms) -> Terms:
    return _read(task, terms, terms.grid.coordinates["batch"][terms.element])


def omit_last(task: Task, name: str, terms: Terms) -> Terms:
    grid = terms.grid
    is_last = grid.coordinates["outDim"] + 1 == grid.extents["outDim"]
    return terms.keep(~(terms.is_addend & is_last[terms.element]))


def add_to_first_example(task: Task, name: str, terms: Terms) -> Terms:
    return terms.keep(~(terms.is_addend & (terms.grid.coordinates["batch"][terms.element] > 0)))


def add_in_loop(task: Task, name: str, terms: Terms) -> Terms:
    return terms.repeat(terms.is_addend, terms.products)


def lose_when_empty(task: Task, name: str, terms: Terms) -> Terms:
    return terms.keep(~(terms.is_addend & (terms.products == 0)))


def _read(task: Task, terms: Terms, place: Integers) -> Terms:
    """The terms with the addend read at the given place of the bias, taken round its length."""
    chosen: Mask = terms.is_addend
    element = terms.element
    first = task.starts["bias"] + task.block.input_offsets["bias"][terms.grid.case[element]]
    extent = np.maximum(terms.grid.extents["outDim"][element], 1)
    return replace(terms, left=np.where(chosen, first + place % extent, terms.left))


MUTANTS = (
    Mutant(
        "bias-omitted",
        "bias omitted",
        "Returned weights · input; the bias parameter is accepted and never read.",
        Change(rewiring=omit),
        has_bias,
    ),
    Mutant(
        "bias-twice",
        "bias added twice",
        "Started the sum from the bias, and added the bias again in the end.",
        Change(rewiring=add_twice),
        has_bias,
    ),
    Mutant(
        "bias-negated",
        "bias subtracted",
        "Wrote the layer as w·x − b, as for a threshold.",
        Change(rewiring=subtract),
        has_bias,
    ),
    Mutant(
        "bias-first-element",
        "bias[0] added to every output",
        "Broadcast the bias as a scalar: its stride is zero.",
        Change(rewiring=broadcast_first),
        has_bias,
        longer_than("outDim", 1),
    ),
    Mutant(
        "bias-shifted",
        "bias of the next output added",
        "Indexed the bias by a counter that had been increased already.",
        Change(rewiring=shift),
        has_bias,
        longer_than("outDim", 1),
    ),
    Mutant(
        "bias-by-example",
        "bias broadcast along the batch",
        "Added bias[:, None] instead of bias[None, :].",
        Change(rewiring=read_by_example),
        in_operations("linear_batched"),
    ),
    Mutant(
        "bias-last-omitted",
        "bias of the last output omitted",
        "Added the bias in a loop to outDim − 1.",
        Change(rewiring=omit_last),
        has_bias,
    ),
    Mutant(
        "bias-first-example-only",
        "bias added to the first example only",
        "Added the bias to the matrix's first row, without broadcasting.",
        Change(rewiring=add_to_first_example),
        in_operations("linear_batched"),
        longer_than("batch", 1),
    ),
    Mutant(
        "bias-in-loop",
        "bias added once for every term",
        "Put the addition of the bias inside the loop over the inputs.",
        Change(rewiring=add_in_loop),
        has_bias,
        lambda sizes: sizes["inDim"] != 1,
    ),
    Mutant(
        "bias-lost-when-empty",
        "bias lost where there is no input",
        "Returned zeros early for inDim = 0.",
        Change(rewiring=lose_when_empty),
        has_bias,
        lambda sizes: sizes["inDim"] == 0,
    ),
)
