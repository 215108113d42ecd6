"""A block made ready for computing it in right and wrong ways, and the computation itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import Floats
from conform.formats import Format
from conform.mutants.grid import Grid, build_grid
from conform.mutants.rounding import round_narrow
from conform.mutants.terms import CONSTANTS, Terms, build_terms
from conform.suite import Block, Parameter

Array = NDArray[Any]
Answers = dict[str, Array]
"""Results by name, each flat over the whole block, in the block's format."""


@dataclass(frozen=True)
class Task:
    """A block with its inputs in one pool, and the terms of its results.

    The pool holds the inputs in the order of the parameters, then the numbers of CONSTANTS, in the block's format.
    """

    block: Block
    pool: Array
    starts: Mapping[str, int]
    terms: Mapping[str, Terms]

    @property
    def operation(self) -> str:
        return self.block.operation.name

    @property
    def format(self) -> Format:
        return self.block.format

    @property
    def constants(self) -> int:
        """Where in the pool the constants begin."""
        return len(self.pool) - len(CONSTANTS)

    @cached_property
    def grids(self) -> Mapping[str, Grid]:
        """The grids of the parameters."""
        return {parameter.name: build_grid(self.block, parameter) for parameter in self.block.operation.parameters}

    def get_slice(self, parameter: str) -> slice:
        """Where in the pool a parameter lies."""
        start = self.starts[parameter]
        return slice(start, start + len(self.block.inputs[parameter]))

    @cached_property
    def reference(self) -> Answers:
        """What the reference implementation answers."""
        with np.errstate(all="ignore"):
            return {name: sum_wide(self, terms, self.pool) for name, terms in self.terms.items()}


Values = Callable[[Task, Array], Array]
"""From the pool of inputs to the pool that is computed with."""
Rewiring = Callable[[Task, str, Terms], Terms]
"""From the terms of a result to the terms that are summed."""
Arithmetic = Callable[[Task, Terms, Array], Array]
"""From terms and a pool to a result."""
Finish = Callable[[Task, Answers], Answers]
"""From results to the results that are returned."""


@dataclass(frozen=True)
class Change:
    """A transformation of the reference implementation: of what it reads, sums, computes with, and returns."""

    values: Values | None = None
    rewiring: Rewiring | None = None
    arithmetic: Arithmetic | None = None
    finish: Finish | None = None

    def compute(self, task: Task) -> Answers:
        """What the implementation, so changed, answers."""
        with np.errstate(all="ignore"):
            answers = task.reference
            if self.values or self.rewiring or self.arithmetic:
                pool = self.values(task, task.pool) if self.values else task.pool
                arithmetic = self.arithmetic or sum_wide
                answers = {}
                for name, terms in task.terms.items():
                    rewired = self.rewiring(task, name, terms) if self.rewiring else terms
                    answers[name] = arithmetic(task, rewired, pool)
            return self.finish(task, dict(answers)) if self.finish else answers

    def then(self, other: Change) -> Change:
        """This change and another after it; where both change the arithmetic, the other's holds."""
        return Change(
            _chain_values(self.values, other.values),
            _chain_rewirings(self.rewiring, other.rewiring),
            other.arithmetic or self.arithmetic,
            _chain_finishes(self.finish, other.finish),
        )


def prepare_task(block: Block) -> Task:
    """Make a block ready; raises KeyError for an operation of which a result is no sum."""
    operation = block.operation
    sums = operation.sums
    parameters: dict[str, Parameter] = {parameter.name: parameter for parameter in operation.parameters}
    arrays = [block.inputs[name] for name in parameters]
    lengths = [len(array) for array in arrays]
    starts = dict(zip(parameters, np.cumsum([0, *lengths[:-1]]).tolist(), strict=True))
    pool = np.concatenate([*arrays, np.array(CONSTANTS).astype(block.format.dtype)])
    terms = {
        result.name: build_terms(block, sums[result.name], result, parameters, starts, sum(lengths))
        for result in operation.results
    }
    return Task(block, pool, starts, terms)


def sum_wide(task: Task, terms: Terms, pool: Array) -> Array:
    """The reference: products and sums in float64 or int64, left to right, and one rounding at the end.

    Products of two numbers of a format narrower than float64 are exact in it, and so are sums wherever they are in
    the format itself.
    """
    return narrow(sum_in_order(multiply(terms, widen(pool)), terms), task.format)


def sum_in_order(values: Array, terms: Terms) -> Array:
    """The sums of the terms' values from left to right, in their own format."""
    sums = terms.sum_with(values, fold_left)
    return sums + np.zeros_like(sums) if terms.from_zero else sums


def fold_left(values: Array) -> Array:
    """Row by row from left to right, rounded at every step: [n, count] to [n]."""
    return np.add.accumulate(values, axis=1, dtype=values.dtype)[:, -1]


def multiply(terms: Terms, pool: Array) -> Array:
    """The value of every term, in the format of the pool."""
    return pool[terms.left] * pool[terms.right]


def widen(pool: Array) -> Array:
    """The pool in float64, or in int64."""
    return pool.astype(np.int64 if pool.dtype.kind == "i" else np.float64)


def narrow(values: Array, target: Format) -> Array:
    """Sums in the format of the results; integers wrap around, floats are rounded once."""
    if target.is_integer or values.dtype != np.float64:
        return values.astype(target.dtype)
    wide: Floats = values
    return round_narrow(wide, target)


def _chain_values(first: Values | None, second: Values | None) -> Values | None:
    if first is None or second is None:
        return first or second
    return lambda task, pool: second(task, first(task, pool))


def _chain_rewirings(first: Rewiring | None, second: Rewiring | None) -> Rewiring | None:
    if first is None or second is None:
        return first or second
    return lambda task, name, terms: second(task, name, first(task, name, terms))


def _chain_finishes(first: Finish | None, second: Finish | None) -> Finish | None:
    if first is None or second is None:
        return first or second
    return lambda task, answers: second(task, first(task, answers))
