"""The terms of all sums of a result over a block, as indices that a mutant may rewire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import Integers
from conform.golden.dimensions import Formula
from conform.mutants.grid import Grid, build_grid, list_extents
from conform.suite import Block, Dimension, Operation, Parameter, Sum, Window

Array = NDArray[Any]
Mask = NDArray[np.bool_]

CONSTANTS = (1, -1, 2, 0)
"""What stands at the end of the pool of all inputs, for terms that need such a factor."""


@dataclass(frozen=True)
class Terms:
    """Term t adds pool[left[t]] · pool[right[t]] to element `element[t]` of the result; elements are in order.

    `position` is the term's place in its sum, `length` how many terms the sum had in the beginning, `products` how
    many of these run along the axis; the addends stand behind them. `grid` has the coordinates of the elements.
    With `from_zero` the definition starts from zero, so that no sum of zeros is a negative one.
    """

    grid: Grid
    from_zero: bool
    element: Integers
    position: Integers
    length: Integers
    products: Integers
    left: Integers
    right: Integers

    @property
    def is_addend(self) -> Mask:
        return self.position >= self.products

    @cached_property
    def counts(self) -> Integers:
        """How many terms each element has now."""
        return np.bincount(self.element, minlength=len(self.grid)).astype(np.int64)

    @cached_property
    def groups(self) -> tuple[tuple[Integers, Integers], ...]:
        """Elements with equally many terms: their indices [n], and the indices of their terms [n, count]."""
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts)])[:-1]
        found = []
        for count in np.unique(self.counts).tolist():
            elements = np.flatnonzero(self.counts == count)
            found.append((elements, starts[elements][:, np.newaxis] + np.arange(count)))
        return tuple(found)

    def keep(self, chosen: Mask) -> Terms:
        """These terms without those that are not chosen."""
        return self.take(np.flatnonzero(chosen))

    def repeat(self, chosen: Mask, times: Integers | int = 2) -> Terms:
        """These terms, each chosen one as often as `times` says."""
        return self.take(np.repeat(np.arange(len(self.left)), np.where(chosen, times, 1)))

    def take(self, indices: NDArray[Any]) -> Terms:
        """The terms at `indices`, which must keep the elements in order."""
        return Terms(
            self.grid,
            self.from_zero,
            self.element[indices],
            self.position[indices],
            self.length[indices],
            self.products[indices],
            self.left[indices],
            self.right[indices],
        )

    def negate(self, chosen: Mask, minus_one: int) -> Terms:
        """These terms with the chosen ones negated; each of them must have the constant one as its right factor."""
        return replace(self, right=np.where(chosen, minus_one, self.right))

    def sum_with(self, values: Array, fold: Callable[[Array], Array]) -> Array:
        """For every element, `fold` of the values of its terms: from [n, count] with count > 0 to [n]; zero without."""
        result = np.zeros(len(self.grid), values.dtype)
        for elements, indices in self.groups:
            if indices.shape[1]:
                result[elements] = fold(values[indices])
        return result


def has_sums(operation: Operation) -> bool:
    """Whether every result of an operation is a sum of products of its inputs."""
    return all(result.name in operation.sums for result in operation.results)


def build_terms(
    block: Block,
    total: Sum,
    result: Parameter,
    parameters: Mapping[str, Parameter],
    starts: Mapping[str, int],
    one: int,
) -> Terms:
    """The terms of a result; `starts` say where in the pool each parameter begins, `one` where the constant is."""
    grid = build_grid(block, result)
    axes = [_resolve(block, axis) for axis in total.axes]
    products = np.full(len(block.cases), 1 if total.factors else 0, np.int64)
    for extent in axes:
        products = products * extent
    length = products + len(total.addends)
    counts = length[grid.case]
    element = np.repeat(np.arange(len(grid)), counts)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])[:-1]
    position = np.arange(len(element)) - first[element]
    case = grid.case[element]
    walk = _Walk(block, total, result, grid, element, case, _split_position(position, [axis[case] for axis in axes]))
    is_product = position < products[case]
    left = np.full(len(element), one, np.int64)
    right = np.full(len(element), one, np.int64)
    inside = np.ones(len(element), np.bool_)
    for factor, side in zip(total.factors, (left, right), strict=False):
        index, within = walk.locate(parameters[factor])
        side[is_product] = (starts[factor] + index)[is_product]
        inside &= within | ~is_product
    for number, addend in enumerate(total.addends):
        chosen = position - products[case] == number
        left[chosen] = (starts[addend] + walk.locate(parameters[addend])[0])[chosen]
    terms = Terms(grid, bool(total.axes), element, position, length[case], products[case], left, right)
    return terms if inside.all() else terms.keep(inside)


@dataclass(frozen=True)
class _Walk:
    """All terms of a result: the element that each adds to, its case, and its place along each axis."""

    block: Block
    total: Sum
    result: Parameter
    grid: Grid
    element: Integers
    case: Integers
    places: list[Integers]

    def locate(self, parameter: Parameter) -> tuple[Integers, Mask]:
        """Where each term reads a parameter, and whether that is inside of it."""
        axes = {axis.symbol: place for axis, place in zip(self.total.axes, self.places, strict=True)}
        windows = {each.dimension: each for each in self.total.windows if each.parameter == parameter.name}
        index = np.zeros(len(self.element), np.int64)
        within = np.ones(len(self.element), np.bool_)
        for number, (symbol, extent) in enumerate(list_extents(self.block, parameter).items()):
            if number in windows:
                place = self._follow(windows[number])
                within &= (place >= 0) & (place < extent[self.case])
            else:
                place = axes[symbol] if symbol in axes else self.grid.coordinates[symbol][self.element]
            index = index * extent[self.case] + place
        return self.block.input_offsets[parameter.name][self.case] + np.where(within, index, 0), within

    def _follow(self, window: Window) -> Integers:
        scale, step, offset = (self._evaluate(each) for each in (window.scale, window.step, window.offset))
        moved = self.grid.coordinates[self.result.shape[window.result].symbol][self.element]
        return scale * moved + step * self.places[window.axis] + offset

    def _evaluate(self, formula: Formula) -> Integers:
        return np.array([formula.evaluate(case.scope) for case in self.block.cases], np.int64)[self.case]


def _resolve(block: Block, dimension: Dimension) -> Integers:
    """A dimension in every case."""
    return np.array([dimension.resolve(case.scope) for case in block.cases], np.int64)


def _split_position(position: Integers, extents: list[Integers]) -> list[Integers]:
    """The places along several axes, the last of which runs fastest; past all products they mean nothing."""
    places: list[Integers] = []
    for extent in reversed(extents):
        places.insert(0, position % np.maximum(extent, 1))
        position = position // np.maximum(extent, 1)
    return places
