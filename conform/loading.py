"""Streams the vectors as blocks: cases of one operation and format, parsed and validated as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import orjson
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers
from conform.errors import VectorError
from conform.formats import INTEGER_NAMES, get_format
from conform.parsing import find_malformed, parse_numbers
from conform.suite import NO_QUANTUM, Block, CaseInfo, Expected, Manifest, Operation, Parameter, VectorFile

DTYPES = ("float64", "float32", "float16", "bfloat16", "int32", "int64")
MAX_ELEMENTS = 1 << 18
"""A block is closed when its inputs and results together reach this many elements; a case is never split."""

_CASE_FIELDS = {"id", "dtype", "sizes", "flags", "inputs", "results"}
_COMPONENTS = {"value", "magnitude", "depth", "underflow", "quantum"}
_OPTIONAL = {"floor", "peak"}
_MAX_LINE = 64 * 1024 * 1024
_MAX_SIZE = 1 << 24

Keep = Callable[[str, CaseInfo], bool]
"""Whether a case, given its dtype, is selected."""


@dataclass
class _Draft:
    """Cases of one operation and format on their way to becoming a block."""

    cases: list[CaseInfo] = field(default_factory=list)
    inputs: list[list[list[str]]] = field(default_factory=list)
    results: list[list[dict[str, Any]]] = field(default_factory=list)
    elements: int = 0


def load_blocks(
    folder: Path, manifest: Manifest, keep: Keep | None = None, max_elements: int = MAX_ELEMENTS
) -> Iterator[Block]:
    """The selected cases of all files, as blocks in the order of the manifest.

    Every line is validated, selected or not, as far as its fields go; numbers are parsed in selected cases only.
    Raises VectorError with the file, the line and the case.
    """
    seen: set[str] = set()
    flags = {flag.name for flag in manifest.flags}
    for file in manifest.files:
        yield from _load_file(
            folder / file.path, file, manifest.get_operation(file.operation), flags, seen, keep, max_elements
        )


def _load_file(
    path: Path,
    file: VectorFile,
    operation: Operation,
    flags: set[str],
    seen: set[str],
    keep: Keep | None,
    max_elements: int,
) -> Iterator[Block]:
    drafts: dict[str, _Draft] = {}
    reader = _CaseReader(path, operation, flags, seen)
    count = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                count += 1
                dtype, case, inputs, results, elements = reader.read(line, number)
                if keep is not None and not keep(dtype, case):
                    continue
                draft = drafts.setdefault(dtype, _Draft())
                draft.cases.append(case)
                draft.inputs.append(inputs)
                draft.results.append(results)
                draft.elements += elements
                if draft.elements >= max_elements:
                    yield _build_block(path, operation, dtype, drafts.pop(dtype))
    except OSError as error:
        raise VectorError(f"cannot read: {error.strerror}", where=str(path)) from None
    if count != file.cases:
        raise VectorError(f"holds {count} cases; the manifest states {file.cases}", where=str(path))
    for dtype, draft in drafts.items():
        yield _build_block(path, operation, dtype, draft)


class _CaseReader:
    """Checks everything about a case but its numbers."""

    def __init__(self, path: Path, operation: Operation, flags: set[str], seen: set[str]) -> None:
        self._path = path
        self._operation = operation
        self._flags = flags
        self._seen = seen
        self._parameters = [parameter.name for parameter in operation.parameters]
        self._results = [result.name for result in operation.results]
        every = (dimension.symbol for parameter in operation.parameters for dimension in parameter.shape)
        self._symbols = set(every)
        self._number = 0

    def read(self, line: bytes, number: int) -> tuple[str, CaseInfo, list[list[str]], list[dict[str, Any]], int]:
        self._number = number
        if len(line) > _MAX_LINE:
            self._fail("the line is longer than any case")
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            self._fail(f"not valid JSON: {error}")
        if not isinstance(data, dict):
            self._fail("a case must be an object")
        if data.keys() != _CASE_FIELDS:
            self._fail_fields(data, _CASE_FIELDS, "")
        identity, dtype, sizes = data["id"], data["dtype"], data["sizes"]
        if dtype not in DTYPES:
            self._fail(f"unknown dtype {dtype!r}")
        self._check_sizes(sizes)
        self._check_flags(data["flags"])
        self._check_id(identity, dtype, sizes)
        inputs, results = data["inputs"], data["results"]
        if not isinstance(inputs, dict) or list(inputs) != self._parameters:
            self._fail(f"{identity}: inputs must be {', '.join(self._parameters)}, in this order")
        if not isinstance(results, dict) or list(results) != self._results:
            self._fail(f"{identity}: results must be {', '.join(self._results)}, in this order")
        elements = 0
        for parameter in self._operation.parameters:
            elements += self._check_list(inputs[parameter.name], parameter, sizes, identity)
        for result in self._operation.results:
            elements += self._check_result(results[result.name], result, sizes, identity)
        case = CaseInfo(identity, sizes, tuple(data["flags"]), number)
        return dtype, case, list(inputs.values()), list(results.values()), elements

    def _check_sizes(self, sizes: Any) -> None:
        if not isinstance(sizes, dict) or sizes.keys() != self._symbols:
            self._fail(f"sizes must give {', '.join(sorted(self._symbols))} and nothing else")
        for symbol, size in sizes.items():
            if type(size) is not int or not 0 <= size <= _MAX_SIZE:
                self._fail(f"size {symbol} = {size!r} is not a size")

    def _check_flags(self, flags: Any) -> None:
        if not isinstance(flags, list) or not flags:
            self._fail("flags must be a list with at least the family")
        for flag in flags:
            if flag not in self._flags:
                self._fail(f"unknown flag {flag!r}; the manifest has no such flag")

    def _check_id(self, identity: Any, dtype: str, sizes: dict[str, int]) -> None:
        if not isinstance(identity, str):
            self._fail("the id must be a string")
        parts = identity.split("/")
        number = parts[-1].rpartition("#")
        expected = ",".join(f"{symbol}={size}" for symbol, size in sizes.items())
        right = len(parts) == 4 and parts[0] == self._operation.name and parts[1] in self._flags and parts[2] == dtype
        if not right or number[0] != expected or not number[2].isdecimal():
            self._fail(f"{identity}: the id is not OPERATION/FAMILY/DTYPE/SIZES#N with the fields of the case")
        if identity in self._seen:
            self._fail(f"{identity}: the id is there twice")
        self._seen.add(identity)

    def _check_list(self, values: Any, parameter: Parameter, sizes: dict[str, int], identity: str) -> int:
        shape = parameter.resolve_shape(sizes)
        count = 1
        for size in shape:
            count *= size
        if not isinstance(values, list) or len(values) != count:
            found = len(values) if isinstance(values, list) else type(values).__name__
            self._fail(f"{identity}: {parameter.name} has {found} elements; the shape {shape} has {count}")
        return count

    def _check_result(self, data: Any, result: Parameter, sizes: dict[str, int], identity: str) -> int:
        if not isinstance(data, dict) or not data.keys() >= _COMPONENTS or not data.keys() <= _COMPONENTS | _OPTIONAL:
            self._fail_fields(data, _COMPONENTS, f"{identity}: {result.name}: ")
        count = self._check_list(data["value"], result, sizes, identity)
        for name, component in data.items():
            if isinstance(component, list):
                if len(component) != count:
                    self._fail(f"{identity}: {result.name}.{name} has {len(component)} elements, not {count}")
            elif count == 0:
                self._fail(f"{identity}: {result.name}.{name} of an empty result must be an empty list")
        return count

    def _fail_fields(self, data: Any, fields: set[str], place: str) -> None:
        if not isinstance(data, dict):
            self._fail(f"{place}must be an object")
        unknown = sorted(data.keys() - fields - _OPTIONAL)
        missing = sorted(fields - data.keys())
        self._fail(f"{place}unknown field {unknown[0]!r}" if unknown else f"{place}field {missing[0]!r} is missing")

    def _fail(self, what: str) -> NoReturn:
        raise VectorError(what, where=f"{self._path}:{self._number}")


def _build_block(path: Path, operation: Operation, dtype: str, draft: _Draft) -> Block:
    builder = _BlockBuilder(path, draft)
    inputs, input_offsets = {}, {}
    for j, parameter in enumerate(operation.parameters):
        lists = [case[j] for case in draft.inputs]
        input_offsets[parameter.name] = _count_offsets(lists)
        numbers = builder.parse(lists, f"{parameter.name}")
        inputs[parameter.name] = builder.convert(numbers, input_offsets[parameter.name], dtype, parameter.name)
    expected = {
        result.name: builder.collect([case[j] for case in draft.results], result.name)
        for j, result in enumerate(operation.results)
    }
    return Block(operation, get_format(dtype), tuple(draft.cases), inputs, input_offsets, expected)


class _BlockBuilder:
    """Parses the numbers of a draft; a complaint names the line and the case that the element belongs to."""

    def __init__(self, path: Path, draft: _Draft) -> None:
        self._path = path
        self._cases = draft.cases

    def parse(self, lists: list[list[str]], what: str) -> ExactArray:
        texts = list(chain.from_iterable(lists))
        bad = find_malformed(texts)
        if bad is not None:
            self._fail(_count_offsets(lists), bad, f"{what}: {str(texts[bad])[:40]!r} is not a number")
        try:
            return parse_numbers(texts)
        except ValueError as error:
            raise VectorError(f"{what}: {error}", where=str(self._path)) from None

    def convert(self, numbers: ExactArray, offsets: Integers, dtype: str, what: str) -> NDArray[Any]:
        """The numbers in the format of the case; an input that it cannot hold is an error."""
        target = get_format(dtype)
        if dtype in INTEGER_NAMES:
            values, exact = _to_integers(numbers, target.dtype)
        else:
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                wide = np.ldexp(numbers.high, np.clip(numbers.exponent, -3000, 3000).astype(np.int32))
                values = wide.astype(target.dtype)
                back = values.astype(np.float64)
                scaled, power = np.frexp(np.where(np.isfinite(back), back, 0.0))
            same = (scaled == numbers.high) & (power == numbers.exponent) & (numbers.low == 0)
            exact = same | ~np.isfinite(numbers.high) | ((numbers.high == 0) & (back == 0))
        wrong = np.flatnonzero(~exact)
        if len(wrong):
            self._fail(offsets, int(wrong[0]), f"{what}: an input that {dtype} cannot represent")
        return values

    def collect(self, results: list[dict[str, Any]], name: str) -> Expected:
        offsets = _count_offsets([result["value"] for result in results])
        value = self.parse([result["value"] for result in results], f"{name}.value")
        magnitude = self._spread_numbers(results, offsets, name, "magnitude")
        quantum = self._spread_integers(results, offsets, name, "quantum")
        floor, peak = quantum, magnitude
        if any("floor" in result for result in results):
            filled = [result if "floor" in result else {**result, "floor": result["quantum"]} for result in results]
            floor = self._spread_integers(filled, offsets, name, "floor")
        if any("peak" in result for result in results):
            filled = [result if "peak" in result else {**result, "peak": result["magnitude"]} for result in results]
            peak = self._spread_numbers(filled, offsets, name, "peak")
        depth = self._spread_integers(results, offsets, name, "depth")
        if len(depth) and int(depth.min()) < 0:
            self._fail(offsets, int(depth.argmin()), f"{name}.depth is negative")
        underflow = self._spread_numbers(results, offsets, name, "underflow")
        self._check_order(value, magnitude, offsets, name)
        return Expected(offsets, value, magnitude, depth, underflow, quantum, floor, peak)

    def _check_order(self, value: ExactArray, magnitude: ExactArray, offsets: Integers, name: str) -> None:
        """A magnitude is never less than the absolute value; both are compared part by part."""
        size = np.abs(value.high)
        low = np.where(value.high < 0, -value.low, value.low)
        more = (size > magnitude.high) | ((size == magnitude.high) & (low > magnitude.low))
        above = (value.exponent > magnitude.exponent) | ((value.exponent == magnitude.exponent) & more)
        above = np.where(magnitude.high > 0, above & (size > 0), (size > 0) | (magnitude.high < 0))
        wrong = np.flatnonzero(np.isfinite(size) & np.isfinite(magnitude.high) & above)
        if len(wrong):
            self._fail(offsets, int(wrong[0]), f"{name}.magnitude is less than the absolute value")

    def _spread_numbers(
        self, results: list[dict[str, Any]], offsets: Integers, name: str, component: str
    ) -> ExactArray:
        columns = [result[component] for result in results]
        lists = [column if isinstance(column, list) else [column] for column in columns]
        numbers = self.parse(lists, f"{name}.{component}")
        if all(isinstance(column, list) for column in columns):
            return numbers
        return numbers.take(_spread_indices(columns, offsets))

    def _spread_integers(self, results: list[dict[str, Any]], offsets: Integers, name: str, component: str) -> Integers:
        columns = [result[component] for result in results]
        lists = [column if isinstance(column, list) else [column] for column in columns]
        flat = [NO_QUANTUM if item is None and component != "depth" else item for item in chain.from_iterable(lists)]
        for item in set(map(type, flat)):
            if item is not int:
                raise VectorError(f"{name}.{component} must be an integer", where=str(self._path))
        try:
            numbers = np.array(flat, dtype=np.int64)
        except OverflowError:
            raise VectorError(f"{name}.{component} is out of range", where=str(self._path)) from None
        if all(isinstance(column, list) for column in columns):
            return numbers
        return numbers[_spread_indices(columns, offsets)]

    def _fail(self, offsets: Integers, element: int, what: str) -> NoReturn:
        case = self._cases[int(np.searchsorted(offsets, element, side="right")) - 1]
        raise VectorError(f"{case.id}: {what}", where=f"{self._path}:{case.line}")


def _count_offsets(lists: list[list[Any]]) -> Integers:
    return np.array(list(accumulate(map(len, lists), initial=0)), dtype=np.int64)


def _spread_indices(columns: list[Any], offsets: Integers) -> NDArray[np.intp]:
    """Where each element of the block finds its number, when some cases give one number for all their elements."""
    counts = np.diff(offsets)
    shared = np.array([not isinstance(column, list) for column in columns])
    stored = np.where(shared, 1, counts)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(stored)])[:-1]
    position = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    return (np.repeat(starts, counts) + np.where(np.repeat(shared, counts), 0, position)).astype(np.intp)


def _to_integers(numbers: ExactArray, dtype: np.dtype[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    info = np.iinfo(dtype)
    items = [numbers.item(i) for i in range(len(numbers))]
    values = np.zeros(len(items), dtype)
    exact = np.zeros(len(items), np.bool_)
    for i, item in enumerate(items):
        if isinstance(item, float) or item.exponent < 0 or item.exponent > 64:
            continue
        whole = item.mantissa << item.exponent
        if info.min <= whole <= info.max:
            values[i], exact[i] = whole, True
    return values, exact
