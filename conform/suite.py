"""What the vectors hold, as frozen values: operations, flags, and blocks of cases in columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers
from conform.formats import Format
from conform.golden.dimensions import Formula, parse_formula

NO_QUANTUM = 1 << 40
"""Stands for the quantum of an element whose terms are all zero: every power of two divides zero."""


@dataclass(frozen=True)
class Dimension:
    """One dimension of a symbolic shape: the size called `symbol`, plus `offset`, or what `formula` computes.

    The symbol of a computed dimension is the text of its formula.
    """

    symbol: str
    offset: int = 0
    formula: Formula | None = None

    def __str__(self) -> str:
        return f"{self.symbol}+{self.offset}" if self.offset else self.symbol

    def resolve(self, scope: Mapping[str, int]) -> int:
        """The dimension for the given sizes and attributes; none is less than empty."""
        if self.formula is None:
            return scope[self.symbol] + self.offset
        return max(self.formula.evaluate(scope), 0)


_DIMENSION = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\+([1-9][0-9]{0,3}))?\Z")


def read_dimension(text: str) -> Dimension:
    """The dimension that a text is: a symbol, a symbol plus a number, or a formula of sizes and attributes.

    Raises MalformedFormulaError for any other text.
    """
    match = _DIMENSION.match(text)
    return Dimension(match[1], int(match[2] or 0)) if match else Dimension(text, 0, parse_formula(text))


@dataclass(frozen=True)
class Parameter:
    """A parameter or a result of an operation; a scalar has the empty shape."""

    name: str
    shape: tuple[Dimension, ...]

    def resolve_shape(self, scope: Mapping[str, int]) -> tuple[int, ...]:
        """The shape for the given sizes and attributes."""
        return tuple(dimension.resolve(scope) for dimension in self.shape)


@dataclass(frozen=True)
class Attribute:
    """An integer that an operation is called with beside its arrays, such as a stride; never below `least`."""

    name: str
    meaning: str
    least: int


@dataclass(frozen=True)
class Window:
    """How a dimension of a factor is read where a window moves along it.

    At `scale` times the coordinate of the result in its dimension `result`, plus `step` times the place along the axis
    numbered `axis`, plus `offset`, each computed from sizes and attributes. What lies outside the factor is no term.
    """

    parameter: str
    dimension: int
    result: int
    axis: int
    scale: Formula
    step: Formula
    offset: Formula


@dataclass(frozen=True)
class Sum:
    """A result as sums: over the axes, of the product of `factors`, plus `addends`.

    A factor is read where the dimensions of its shape say, as in Einstein's notation: each is one of the axes, a
    dimension of the result, or that of a window. Without an axis there is one product, or none where there are no
    factors; a single factor is a term by itself.
    """

    axes: tuple[Dimension, ...] = ()
    factors: tuple[str, ...] = ()
    addends: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Operation:
    """An operation: how it is called, what its results sum, and which theorems there are about it.

    `sums` are by result; one that is left out is no sum of products of inputs. `theorems` are full names in Lean, by
    result and rule: exact, bound, rounding, special, overflow. `upstream` is the revision that the definition follows,
    and `deviates` says in which way it is another function, if it is. The bounds of its results take functions to be as
    accurate as `function_table` has it.
    """

    name: str
    definition: str
    summary: str
    parameters: tuple[Parameter, ...]
    results: tuple[Parameter, ...]
    layer: str = ""
    upstream: str = ""
    deviates: str | None = None
    attributes: tuple[Attribute, ...] = ()
    sums: Mapping[str, Sum] = field(default_factory=dict)
    theorems: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    function_table: FunctionTable | None = None

    def find_sizes(self, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
        """The sizes that parameters of the given shapes have, by symbol; computed dimensions tell none."""
        return {
            dimension.symbol: length - dimension.offset
            for parameter in self.parameters
            for dimension, length in zip(parameter.shape, shapes[parameter.name], strict=True)
            if dimension.formula is None
        }


@dataclass(frozen=True)
class Accuracy:
    """How accurate a function is: by `ulps` units in the last place, which are so many roundings and underflows."""

    name: str
    ulps: str
    roundings: int
    underflows: int


@dataclass(frozen=True)
class FunctionTable:
    """The accuracy of functions by name, and where it comes from."""

    name: str
    source: str
    functions: Mapping[str, Accuracy]


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
    upstream: str
    profile: str
    seed: int
    function_table: FunctionTable
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
    attributes: Mapping[str, int] = field(default_factory=dict)

    @property
    def scope(self) -> Mapping[str, int]:
        """Sizes and attributes together, from which shapes are computed."""
        return {**self.sizes, **self.attributes} if self.attributes else self.sizes


@dataclass(frozen=True)
class ModelColumns:
    """What the error of every element of a result is made of, for sums that are kept in one format.

    All but `depth` are upper bounds; `inherited` is infinite where it has no bound, or where the element is undecided.
    """

    depth: Integers
    underflow: ExactArray
    inherited: ExactArray
    peak: ExactArray

    def take(self, indices: NDArray[np.intp]) -> ModelColumns:
        """The elements at `indices`."""
        rest = (column.take(indices) for column in (self.underflow, self.inherited, self.peak))
        return ModelColumns(self.depth[indices], *rest)


FLUSHED = "-flush"
"""What the name of a model ends in where subnormal results are flushed to zero."""


@dataclass(frozen=True)
class Expected:
    """The expected elements of one result over all cases of a block.

    Case i owns the elements offsets[i] to offsets[i + 1], in row-major order. Every column has offsets[-1] elements;
    `quantum` and `floor` are NO_QUANTUM where there is none. Where the vectors leave `floor` or `peak` out, they
    equal `quantum` and `magnitude`.

    A result beyond the ring has `models`, by the name of the format that sums are kept in, the format of the result
    among them, and with FLUSHED behind it where subnormal numbers are flushed and that makes a difference; and the
    `radius` of the enclosure that `value` is the middle of. It has no quantum and no floor, and its depth, underflow
    and peak are those of the model of its own format.

    `addend` is what is added to a sum of products, where that is rounded first (`conform.judge.addends`).
    """

    offsets: Integers
    value: ExactArray
    magnitude: ExactArray
    depth: Integers
    underflow: ExactArray
    quantum: Integers
    floor: Integers
    peak: ExactArray
    radius: ExactArray | None = None
    models: Mapping[str, ModelColumns] = field(default_factory=dict)
    addend: ExactArray | None = None

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
            None if self.radius is None else self.radius.take(indices),
            {name: model.take(indices) for name, model in self.models.items()},
            None if self.addend is None else self.addend.take(indices),
        )


LARGE = 1 << 15
"""A case of more elements, inputs and results together, is one to keep out of what is tried many times."""


@dataclass(frozen=True)
class Questions:
    """What a backend is asked: cases of one operation in one format, each input one flat array over all the cases."""

    operation: Operation
    format: Format
    cases: tuple[CaseInfo, ...]
    inputs: Mapping[str, NDArray[Any]]
    input_offsets: Mapping[str, Integers]

    def get_inputs(self, case: int) -> dict[str, NDArray[Any]]:
        """The inputs of one case in their shapes, as views on the block."""
        sizes = self.cases[case].scope
        views = {}
        for parameter in self.operation.parameters:
            start, stop = self.input_offsets[parameter.name][case : case + 2]
            views[parameter.name] = self.inputs[parameter.name][start:stop].reshape(parameter.resolve_shape(sizes))
        return views


@dataclass(frozen=True)
class Block(Questions):
    """Questions with the results that are expected, each one flat array over all the cases as well."""

    expected: Mapping[str, Expected]

    def count_elements(self) -> Integers:
        """The number of elements of each case, inputs and results together."""
        offsets = [*self.input_offsets.values(), *(expected.offsets for expected in self.expected.values())]
        counts: Integers = np.sum([np.diff(each) for each in offsets], axis=0)
        return counts

    def order_cases(self) -> list[int]:
        """The cases from few results to many, whatever they sum; but those of very many elements come last."""
        results = np.sum([np.diff(expected.offsets) for expected in self.expected.values()], axis=0)
        order: list[int] = np.lexsort((results, self.count_elements() > LARGE)).tolist()
        return order

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
