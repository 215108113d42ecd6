"""Turns cases that are still text into a block of columns, and checks every number in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import orjson
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers, find_greater
from conform.errors import VectorError
from conform.exact import MAX_EXPONENT
from conform.formats import Format
from conform.golden.cases import BEYOND_COMPONENTS, MODEL_COMPONENTS, RawCase
from conform.golden.conversion import convert_exact, find_integers
from conform.golden.parsing import MalformedNumberError, parse_items, parse_numbers
from conform.golden.runs import flatten
from conform.suite import FLUSHED, NO_QUANTUM, Block, Expected, ModelColumns, Operation

Mask = NDArray[np.bool_]

MAX_DEPTH = 1 << 24
"""No case has as many terms: a file of vectors has no lines so long, and no array of it more elements."""
_MAX_QUANTUM = 4 * MAX_EXPONENT


def build_block(path: Path, operation: Operation, format: Format, cases: Sequence[RawCase]) -> Block:
    """The block of the given cases of one operation and format.

    Raises VectorError, with the line in `path` and the case, for a text that is no number, an input that the format
    does not have, and for expected components that contradict one another.
    """
    draft = _Draft(path, cases)
    for parameter in operation.parameters:
        counts = [case.counts.inputs[parameter.name] for case in cases]
        draft.add(parameter.name, [case.inputs[parameter.name] for case in cases], counts)
    filled = {result.name: _fill_models([case.results[result.name] for case in cases]) for result in operation.results}
    for result in operation.results:
        components = filled[result.name]
        counts = [case.counts.results[result.name] for case in cases]
        if _is_beyond(components):
            models = draft.check_models(result.name, components, format)
            parts = (f"{model}/{part}" for model in models for part in MODEL_COMPONENTS if part != "depth")
            for component in (*BEYOND_COMPONENTS, *parts):
                draft.add(f"{result.name}.{component}", [each[component] for each in components], counts)
            continue
        for component in ("value", "magnitude", "underflow"):
            draft.add(f"{result.name}.{component}", [each[component] for each in components], counts)
        if any("peak" in each for each in components):
            draft.add(f"{result.name}.peak", [each.get("peak", each["magnitude"]) for each in components], counts)
    numbers = draft.parse()
    inputs, input_offsets = {}, {}
    for parameter in operation.parameters:
        name = parameter.name
        input_offsets[name] = draft.columns[name].offsets
        values, exact = convert_exact(numbers[name], format)
        draft.check(name, exact, f"the input is not representable in {format.name}")
        inputs[name] = values
    expected = {
        name: _collect_expected(draft, name, components, numbers, format) for name, components in filled.items()
    }
    if format.is_integer:
        for result in operation.results:
            _check_integers(draft, result.name, expected[result.name], format)
    return Block(operation, format, tuple(case.info for case in cases), inputs, input_offsets, expected)


@dataclass(frozen=True)
class _Column:
    """One component of all cases: for each the items of a list, or one datum for all its elements.

    `lengths` count the data of each case, `offsets` the elements; `start` is the place of the first datum among all
    columns. `repeats` says of how many elements each datum is, None where every element has its own.
    """

    place: str
    items: list[bytes]
    listed: list[bool]
    lengths: list[int]
    counts: list[int]
    offsets: Integers
    repeats: Integers | None
    start: int

    @classmethod
    def make(cls, place: str, pieces: Sequence[bytes], counts: list[int], start: int) -> _Column:
        """The column of some pieces of JSON, one for each case."""
        listed = [piece.startswith(b"[") for piece in pieces]
        lengths = [count if each else 1 for count, each in zip(counts, listed, strict=True)]
        items, runs = [], {}
        for case, (piece, each) in enumerate(zip(pieces, listed, strict=True)):
            flat, repeats = flatten(piece[1:-1]) if each else (piece, None)
            items.append(flat)
            if repeats is not None:
                lengths[case], runs[case] = len(repeats), repeats
        offsets = np.array(list(accumulate(counts, initial=0)), np.int64)
        return cls(place, items, listed, lengths, counts, offsets, _repeat(lengths, counts, runs), start)

    @property
    def length(self) -> int:
        return sum(self.lengths)

    def spread(self) -> NDArray[np.intp] | None:
        """The datum of each element, None where every element has its own."""
        return None if self.repeats is None else np.repeat(np.arange(len(self.repeats)), self.repeats)


def _repeat(lengths: list[int], counts: list[int], runs: Mapping[int, Integers]) -> Integers | None:
    """For each datum the number of its elements; None where that is always one."""
    if lengths == counts and not runs:
        return None
    starts = np.cumsum([0, *lengths])
    single = np.array(lengths) != counts
    repeats = np.ones(starts[-1], np.int64)
    repeats[starts[:-1][single]] = np.array(counts, np.int64)[single]
    for case, each in runs.items():
        repeats[starts[case] : starts[case + 1]] = each
    return repeats


class _Draft:
    """The data of a block before and while they are parsed; a complaint names the case that they are from."""

    def __init__(self, path: Path, cases: Sequence[RawCase]) -> None:
        self.cases = cases
        self.columns: dict[str, _Column] = {}
        self._path = path
        self._length = 0

    def add(self, place: str, pieces: Sequence[bytes], counts: list[int]) -> None:
        """Take up a component of texts: for each case a piece of JSON, and the number of its elements."""
        column = _Column.make(place, pieces, counts, self._length)
        self.columns[place] = column
        self._length += column.length

    def parse(self) -> dict[str, ExactArray]:
        """The numbers of every component taken up, one for each element."""
        items = b",".join([items for column in self.columns.values() for items in column.items if items])
        try:
            numbers = parse_items(items, self._length)
        except MalformedNumberError:
            numbers = self._parse_slowly()
        parsed = {}
        for place, column in self.columns.items():
            part = numbers.cut(column.start, column.start + column.length)
            indices = column.spread()
            parsed[place] = part if indices is None else part.take(indices)
        return parsed

    def _parse_slowly(self) -> ExactArray:
        """The numbers of texts that JSON may write in other ways, or the complaint about what is none."""
        texts: list[str] = []
        for column in self.columns.values():
            decoded = self._decode(column)
            try:
                parse_numbers(decoded)
            except MalformedNumberError as error:
                self._fail_at_datum(column, error.index, str(error))
            texts += decoded
        return parse_numbers(texts)

    def parse_integers(self, place: str, pieces: Sequence[bytes], limit: int, nullable: bool) -> Integers:
        """A component of JSON integers from -limit to limit; where `nullable`, null stands for NO_QUANTUM."""
        column = _Column.make(place, pieces, self.columns[f"{place.partition('.')[0]}.value"].counts, 0)
        flat = self._decode(column)
        allowed = {int, type(None)} if nullable else {int}
        if not set(map(type, flat)) <= allowed:
            bad = next(i for i, item in enumerate(flat) if type(item) not in allowed)
            wanted = "an integer or null" if nullable else "an integer"
            self._fail_at_datum(column, bad, f"must be {wanted}, not {flat[bad]!r}")
        given = [item for item in flat if item is not None]
        if given and not -limit <= min(given) <= max(given) <= limit:
            bad = next(i for i, item in enumerate(flat) if item is not None and abs(item) > limit)
            self._fail_at_datum(column, bad, f"out of range, which is ±{limit}: {flat[bad]}")
        numbers = np.array([NO_QUANTUM if item is None else item for item in flat], np.int64)
        indices = column.spread()
        return numbers if indices is None else numbers[indices]

    def _decode(self, column: _Column) -> list[Any]:
        try:
            data: list[Any] = orjson.loads(b"[%s]" % b",".join([items for items in column.items if items]))
        except orjson.JSONDecodeError:
            data = []
        if len(data) != column.length:
            for case, items in enumerate(column.items):
                try:
                    right = len(orjson.loads(b"[%s]" % items)) == column.lengths[case]
                except orjson.JSONDecodeError as error:
                    self._fail(case, f"{column.place}: not valid JSON: {error}")
                if not right:
                    self._fail(case, f"{column.place}: not a list of {column.counts[case]} elements")
        return data

    def check_models(self, name: str, components: Sequence[Mapping[str, bytes]], format: Format) -> tuple[str, ...]:
        """The models that a result has, the same in every case, that of its own format among them."""
        models = _list_models(components[0])
        for i, each in enumerate(components):
            if "radius" not in each:
                self._fail(i, f"{name} is a sum of products here, and beyond that in the case {self.cases[0].info.id}")
            if _list_models(each) != models or format.name not in models:
                self._fail(i, f"{name} has the models {', '.join(_list_models(each))}; there must be {format.name}")
        return models

    def check(self, place: str, fine: Mask, message: str) -> None:
        """Raise VectorError for the first element that is not fine; `place` is a component taken up."""
        if fine.all():
            return
        offsets = self.columns[place].offsets
        element = int((~fine).argmax())
        case = int(np.searchsorted(offsets, element, side="right")) - 1
        self._fail(case, f"{place}[{element - int(offsets[case])}]: {message}")

    def _fail_at_datum(self, column: _Column, datum: int, message: str) -> NoReturn:
        ends = list(accumulate(column.lengths))
        case = next(i for i, end in enumerate(ends) if datum < end)
        index = datum - ends[case] + column.lengths[case]
        if column.listed[case] and column.repeats is not None:
            index = int(column.repeats[datum - index : datum].sum())
        self._fail(case, f"{column.place}{f'[{index}]' if column.listed[case] else ''}: {message}")

    def _fail(self, case: int, message: str) -> NoReturn:
        info = self.cases[case].info
        raise VectorError(f"case {info.id}: {message}", where=f"{self._path}:{info.line}")


def _is_beyond(components: Sequence[Mapping[str, bytes]]) -> bool:
    return any("radius" in each for each in components)


def _fill_models(components: Sequence[Mapping[str, bytes]]) -> Sequence[Mapping[str, bytes]]:
    """The components with a model of flushed subnormals in every case if one has it: left out, it is like the other."""
    names = dict.fromkeys(name for each in components for name in each if name.partition("/")[0].endswith(FLUSHED))
    if not names:
        return components
    plain = {name: name.replace(FLUSHED, "", 1) for name in names}
    return [
        {name: part for name, part in each.items() if name not in names}
        | {name: each.get(name, each.get(plain[name], b"")) for name in names}
        for each in components
    ]


def _list_models(components: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(name.partition("/")[0] for name in components if name.endswith("/depth"))


def _collect_expected(
    draft: _Draft,
    name: str,
    components: Sequence[Mapping[str, bytes]],
    numbers: Mapping[str, ExactArray],
    format: Format,
) -> Expected:
    if _is_beyond(components):
        return _collect_beyond(draft, name, components, numbers, format)
    value, magnitude = numbers[f"{name}.value"], numbers[f"{name}.magnitude"]
    depth = draft.parse_integers(f"{name}.depth", [each["depth"] for each in components], MAX_DEPTH, False)
    quanta = [each["quantum"] for each in components]
    quantum = draft.parse_integers(f"{name}.quantum", quanta, _MAX_QUANTUM, True)
    floor, peak = quantum, magnitude
    if any("floor" in each for each in components):
        floors = [each.get("floor", each["quantum"]) for each in components]
        floor = draft.parse_integers(f"{name}.floor", floors, _MAX_QUANTUM, True)
    if f"{name}.peak" in numbers:
        peak = numbers[f"{name}.peak"]
    offsets = draft.columns[f"{name}.value"].offsets
    expected = Expected(offsets, value, magnitude, depth, numbers[f"{name}.underflow"], quantum, floor, peak)
    _check_expected(draft, name, expected)
    return expected


def _collect_beyond(
    draft: _Draft,
    name: str,
    components: Sequence[Mapping[str, bytes]],
    numbers: Mapping[str, ExactArray],
    format: Format,
) -> Expected:
    models: dict[str, ModelColumns] = {}
    for model in _list_models(components[0]):
        pieces = [each[f"{model}/depth"] for each in components]
        depth = draft.parse_integers(f"{name}.{model}/depth", pieces, MAX_DEPTH, False)
        parts = (numbers[f"{name}.{model}/{part}"] for part in MODEL_COMPONENTS[1:])
        models[model] = ModelColumns(depth, *parts)
    value, magnitude, radius = (numbers[f"{name}.{component}"] for component in ("value", "magnitude", "radius"))
    own = models[format.name]
    none = np.full(len(value), NO_QUANTUM, np.int64)
    offsets = draft.columns[f"{name}.value"].offsets
    expected = Expected(
        offsets, value, magnitude, own.depth, own.underflow, none, none, own.peak, radius=radius, models=models
    )
    _check_beyond(draft, name, expected)
    return expected


def _check_beyond(draft: _Draft, name: str, expected: Expected) -> None:
    """Check what holds of any enclosure and any bound; each message says what does not."""
    assert expected.radius is not None
    place, finite = f"{name}.value", np.isfinite(expected.value.high)
    bounds = {"radius": expected.radius}
    for model, read in expected.models.items():
        draft.check(place, read.depth >= 0, f"the depth in {model} is negative")
        bounds |= {f"{part} in {model}": getattr(read, part) for part in MODEL_COMPONENTS[1:]}
    for component, numbers in bounds.items():
        draft.check(place, ~np.isnan(numbers.high), f"the {component} is nan")
    for component, numbers in {**bounds, "magnitude": expected.magnitude}.items():
        sign = np.signbit(numbers.high) & ~np.isnan(numbers.high)
        draft.check(place, ~sign, f"the {component} is negative")
    draft.check(place, np.isfinite(expected.radius.high), "the radius is not finite")
    draft.check(place, finite | ~np.isfinite(expected.magnitude.high), "the value is not finite, but the magnitude is")
    draft.check(place, finite | (expected.radius.high == 0), "the value is not finite, and has a radius")


def _check_expected(draft: _Draft, name: str, expected: Expected) -> None:
    """Check what holds of any reading of any operation; each message says what does not."""
    value, magnitude, peak = expected.value, expected.magnitude, expected.peak
    place = f"{name}.value"
    draft.check(place, expected.depth >= 0, "the depth is negative")
    for component, numbers in (("magnitude", magnitude), ("underflow", expected.underflow), ("peak", peak)):
        draft.check(place, ~np.signbit(numbers.high) | np.isnan(numbers.high), f"the {component} is negative")
    finite = np.isfinite(value.high)
    special = ~np.isfinite(magnitude.high)
    draft.check(place, finite | special, "the value is not finite, but the magnitude is")
    draft.check(place, ~(finite & special), "the value is finite, but the magnitude is not")
    draft.check(place, ~find_greater(value, magnitude), "the magnitude is less than the absolute value")
    draft.check(place, np.isfinite(expected.underflow.high), "the underflow weight is not finite")
    if peak is not magnitude:
        draft.check(place, np.isfinite(peak.high), "the peak is not finite")
        draft.check(place, ~find_greater(magnitude, peak), "the peak is less than the magnitude")
    else:
        draft.check(place, ~special, "the magnitude is not finite, so there must be a peak")
    none = expected.quantum == NO_QUANTUM
    empty = special | (magnitude.high == 0)
    draft.check(place, none | ~empty, "the quantum of zero, inf and nan must be null")
    draft.check(place, ~none | empty, "the quantum is null, but the magnitude is finite and not zero")
    if expected.floor is not expected.quantum:
        draft.check(place, expected.floor <= expected.quantum, "the floor is above the quantum")


def _check_integers(draft: _Draft, name: str, expected: Expected, format: Format) -> None:
    """Check that no integer computed on the way leaves the format: then no order of summation overflows."""
    place = f"{name}.value"
    draft.check(place, np.isfinite(expected.value.high), f"{format.name} has neither inf nor nan")
    draft.check(place, find_integers(expected.value), f"the value is not an integer of {format.name}")
    draft.check(place, find_integers(expected.magnitude), "the magnitude is not an integer")
    for component, numbers in (("magnitude", expected.magnitude), ("peak", expected.peak)):
        _, exact = convert_exact(numbers, format)
        draft.check(place, exact, f"the {component} is beyond the range of {format.name}")
