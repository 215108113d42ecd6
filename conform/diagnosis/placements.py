"""How the sums of an operation are given terms of one's choice, by what the manifest says they sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.suite import Dimension, Operation, Parameter, Sum

Array = NDArray[Any]
Inputs = dict[str, Array]


@dataclass(frozen=True)
class Placement:
    """Where the terms of a sum go.

    The terms run along the last axis. `row` is a dimension of the result, along which there is one sum after another,
    each with left factors of its own; along `column`, if there is one, there are other right factors. Every other
    dimension is one. With `addend` the last term is given to that addend.
    """

    operation: Operation
    result: int
    total: Sum
    row: str
    column: str | None = None
    addend: str | None = None

    @property
    def has_products(self) -> bool:
        return len(self.total.factors) > 1

    @property
    def attributes(self) -> Mapping[str, int]:
        """The least values that the operation can be called with."""
        return {attribute.name: attribute.least for attribute in self.operation.attributes}

    def make(self, left: Array, right: Array) -> Inputs:
        """Inputs whose sums have the left factors [rows, terms] and right ones [terms], or with columns both ways."""
        last: Array | None = None
        if self.addend is not None:
            last, left, right = left[:, -1] * right[-1], left[:, :-1], right[:-1]
        axis = self.total.axes[-1].symbol
        extents = {axis: left.shape[1], self.row: len(left)}
        if self.column is not None:
            extents[self.column] = len(right)
        inputs: Inputs = {}
        for parameter in self.operation.parameters:
            symbols = [dimension.symbol for dimension in parameter.shape]
            shape = [extents.get(symbol, 1) for symbol in symbols]
            if parameter.name in self.total.factors:
                values, own = (left, (self.row, axis)) if self.row in symbols else (right, (self.column, axis))
                inputs[parameter.name] = _lay_out(values, [each for each in own if each is not None], symbols, shape)
            elif parameter.name == self.addend and last is not None:
                inputs[parameter.name] = _lay_out(last, [self.row], symbols, shape)
            else:
                inputs[parameter.name] = np.zeros(shape, left.dtype)
        return inputs

    def read(self, results: Sequence[Array]) -> Array:
        """The sums among the results: [rows], or [rows, columns]."""
        kept = [dimension.symbol for dimension in self.operation.results[self.result].shape]
        index = tuple(slice(None) if symbol in (self.row, self.column) else 0 for symbol in kept)
        found = results[self.result][index]
        rows_last = self.column is not None and kept.index(self.row) > kept.index(self.column)
        return found.T if rows_last else found


def list_placements(operation: Operation) -> list[Placement]:
    """Every kind of sum that the operation has, along the last dimension of its result; where there are addends, also
    along the first.

    A sum of which the result is a scalar has no rows, and one with windows has its terms where they move: neither is
    placed, nor is one with sizes that are computed.
    """
    placements = []
    for number, result in enumerate(operation.results):
        total = operation.sums.get(result.name)
        if total is None or not _is_plain(operation, total, result):
            continue
        rows = [dimension.symbol for dimension in result.shape]
        for row in dict.fromkeys((rows[0], rows[-1]) if total.addends else rows[-1:]):
            if _count_factors(operation, total, row) == 1:
                placements.append(Placement(operation, number, total, row, addend=_find_addend(operation, total, row)))
    return placements


def list_matrix_placements(operation: Operation) -> list[Placement]:
    """The products of matrices: rows from one factor, columns from the other."""
    placements = []
    for number, result in enumerate(operation.results):
        total = operation.sums.get(result.name)
        if total is None or not _is_plain(operation, total, result) or len(total.factors) < 2:
            continue
        row, column = result.shape[0].symbol, result.shape[-1].symbol
        if row != column and all(_count_factors(operation, total, each) == 1 for each in (row, column)):
            placements.append(Placement(operation, number, total, row, column))
    return [each for each in placements if _divides_factors(each)]


def _is_plain(operation: Operation, total: Sum, result: Parameter) -> bool:
    dimensions: list[Dimension] = [each for parameter in operation.parameters for each in parameter.shape]
    computed = any(dimension.formula is not None for dimension in (*dimensions, *result.shape))
    return bool(total.axes and result.shape and not total.windows and not computed)


def _list_symbols(operation: Operation, name: str) -> list[str]:
    parameter = next(each for each in operation.parameters if each.name == name)
    return [dimension.symbol for dimension in parameter.shape]


def _count_factors(operation: Operation, total: Sum, symbol: str) -> int:
    return sum(symbol in _list_symbols(operation, factor) for factor in total.factors)


def _divides_factors(placement: Placement) -> bool:
    """Whether the rows are in one factor and the columns in the other."""
    found = [_list_symbols(placement.operation, factor) for factor in placement.total.factors]
    return any(placement.row in a and placement.column in b for a, b in (found, found[::-1]))


def _find_addend(operation: Operation, total: Sum, row: str) -> str | None:
    """An addend that has an element of its own in every row."""
    return next((name for name in total.addends if _list_symbols(operation, name) == [row]), None)


def _lay_out(values: Array, own: Sequence[str], symbols: Sequence[str], shape: Sequence[int]) -> Array:
    """Values whose dimensions are named `own`, in the order of `symbols`; dimensions that they lack are one."""
    order = [own.index(symbol) for symbol in symbols if symbol in own]
    return values.transpose(order).reshape(shape)
