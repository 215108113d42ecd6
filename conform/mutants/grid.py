"""Where each element of a parameter or a result lies: its case and its coordinates, for a whole block at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from conform.columns import Integers
from conform.suite import Block, Parameter


@dataclass(frozen=True)
class Grid:
    """The elements of one array over all cases of a block.

    `case`, and each of `coordinates` and `extents`, has one entry an element; the last two are by the symbol of a
    dimension, in the order of the shape. `offsets` say where the cases begin.
    """

    offsets: Integers
    case: Integers
    coordinates: Mapping[str, Integers]
    extents: Mapping[str, Integers]

    def __len__(self) -> int:
        return len(self.case)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self.coordinates)

    @property
    def start(self) -> Integers:
        """For each element, where its case begins."""
        return self.offsets[self.case]

    @property
    def place(self) -> Integers:
        """For each element, how many elements of its case come before it."""
        return np.arange(len(self)) - self.start

    @property
    def count(self) -> Integers:
        """For each element, how many elements its case has."""
        return np.diff(self.offsets)[self.case]

    def locate(self, **moved: Integers) -> Integers:
        """The flat index of the element with the given coordinates in place of its own, each taken round its extent."""
        index = np.zeros(len(self), np.int64)
        for symbol, extent in self.extents.items():
            coordinate = moved.get(symbol, self.coordinates[symbol])
            index = index * extent + coordinate % np.maximum(extent, 1)
        return self.start + index


def build_grid(block: Block, parameter: Parameter) -> Grid:
    """The grid of a parameter or a result of the block's operation."""
    extents = list_extents(block, parameter)
    counts = np.ones(len(block.cases), np.int64)
    for extent in extents.values():
        counts = counts * extent
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    case = np.repeat(np.arange(len(counts)), counts)
    rest = np.arange(offsets[-1]) - offsets[case]
    coordinates: dict[str, Integers] = {}
    for symbol in reversed(extents):
        coordinates[symbol] = rest % extents[symbol][case]
        rest = rest // extents[symbol][case]
    ordered = {symbol: coordinates[symbol] for symbol in extents}
    return Grid(offsets, case, ordered, {symbol: extent[case] for symbol, extent in extents.items()})


def list_extents(block: Block, parameter: Parameter) -> dict[str, Integers]:
    """The extent of each dimension in every case, by symbol."""
    return {
        dimension.symbol: np.array([dimension.resolve(case.scope) for case in block.cases], np.int64)
        for dimension in parameter.shape
    }
