"""What the vectors hold, as frozen values: operations, flags, and blocks of cases in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers
from conform.formats import Format

NO_QUANTUM = 1 << 40
"""Stands for the quantum of an element whose terms are all zero: every power of two divides zero."""


@dataclass(frozen=True)
class Dimension:
    """One dimension of a symbolic shape: the size called `symbol`, plus `offset`."""

    symbol: str
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.symbol}+{self.offset}" if self.offset else self.symbol


@dataclass(frozen=True)
class Parameter:
    """A parameter or a result of an operation; a scalar has the empty shape."""

    name: str
    shape: tuple[Dimension, ...]

    def resolve_shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape for the given sizes."""
        return tuple(sizes[dimension.symbol] + dimension.offset for dimension in self.shape)


@dataclass(frozen=True)
class Operation:
    """One operation; `layer` is empty where the vectors name none."""

    name: str
    definition: str
    summary: str
    parameters: tuple[Parameter, ...]
    results: tuple[Parameter, ...]
    layer: str = ""


@dataclass(frozen=True)
class Flag:
    """A label that cases carry, with the defects that its cases are there to catch."""

    name: str
    description: str
    catches: tuple[str, ...]


@dataclass(frozen=True)
class VectorFile:
    path: str
    operation: str
    cases: int


@dataclass(frozen=True)
class Manifest:
    format_version: int
    generator: str
    lean_toolchain: str
    profile: str
    seed: int
    operations: tuple[Operation, ...]
    flags: tuple[Flag, ...]
    files: tuple[VectorFile, ...]

    def get_operation(self, name: str) -> Operation:
        """The operation called `name`; raises KeyError if there is none."""
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(name)


@dataclass(frozen=True)
class CaseInfo:
    """What identifies a case; `line` is its line number, from 1, in the file of its operation."""

    id: str
    sizes: Mapping[str, int]
    flags: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Expected:
    """The expected elements of one result over all cases of a block.

    Case i owns the elements offsets[i] to offsets[i + 1], in row-major order. Every column has offsets[-1] elements;
    `quantum` and `floor` are NO_QUANTUM where there is none. Where the vectors leave `floor` or `peak` out, they
    equal `quantum` and `magnitude`.
    """

    offsets: Integers
    value: ExactArray
    magnitude: ExactArray
    depth: Integers
    underflow: ExactArray
    quantum: Integers
    floor: Integers
    peak: ExactArray

    def take(self, indices: NDArray[np.intp], offsets: Integers) -> Expected:
        """The elements at `indices`, regrouped by `offsets`."""
        magnitude, quantum = self.magnitude.take(indices), self.quantum[indices]
        return Expected(
            offsets,
            self.value.take(indices),
            magnitude,
            self.depth[indices],
            self.underflow.take(indices),
            quantum,
            quantum if self.floor is self.quantum else self.floor[indices],
            magnitude if self.peak is self.magnitude else self.peak.take(indices),
        )


@dataclass(frozen=True)
class Block:
    """Cases of one operation in one format: inputs and expected results, each one flat array over all the cases."""

    operation: Operation
    format: Format
    cases: tuple[CaseInfo, ...]
    inputs: Mapping[str, NDArray[Any]]
    input_offsets: Mapping[str, Integers]
    expected: Mapping[str, Expected]

    def get_inputs(self, case: int) -> dict[str, NDArray[Any]]:
        """The inputs of one case in their shapes, as views on the block."""
        sizes = self.cases[case].sizes
        views = {}
        for parameter in self.operation.parameters:
            start, stop = self.input_offsets[parameter.name][case : case + 2]
            views[parameter.name] = self.inputs[parameter.name][start:stop].reshape(parameter.resolve_shape(sizes))
        return views

    def take(self, cases: list[int]) -> Block:
        """The block of the given cases alone, in the given order."""
        inputs, input_offsets = {}, {}
        for name, values in self.inputs.items():
            indices, input_offsets[name] = _gather(self.input_offsets[name], cases)
            inputs[name] = values[indices]
        expected = {}
        for name, column in self.expected.items():
            indices, offsets = _gather(column.offsets, cases)
            expected[name] = column.take(indices, offsets)
        return Block(self.operation, self.format, tuple(self.cases[i] for i in cases), inputs, input_offsets, expected)


def _gather(offsets: Integers, cases: list[int]) -> tuple[NDArray[np.intp], Integers]:
    """Element indices of the given cases, and the offsets that they have once gathered."""
    chosen = np.asarray(cases, dtype=np.intp)
    starts, lengths = offsets[chosen], offsets[chosen + 1] - offsets[chosen]
    gathered = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    shift = np.repeat(starts - gathered[:-1], lengths)
    return (np.arange(gathered[-1]) + shift).astype(np.intp), gathered
