"""Reads one line of a vector file and checks everything about its case but the numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from conform.errors import VectorError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.golden.runs import MalformedRunError, count_decoded, count_elements
from conform.golden.scanning import LineScanner
from conform.strict_json import check_fields, parse_object, reject_repeated_keys
from conform.suite import FLUSHED, CaseInfo, Manifest, VectorFile

COMPONENTS = ("value", "magnitude", "depth", "underflow", "quantum")
OPTIONAL_COMPONENTS = ("floor", "peak")
BEYOND_COMPONENTS = ("value", "radius", "magnitude")
"""Of a result beyond the ring; its other components are by model."""
MODEL_COMPONENTS = ("depth", "underflow", "inherited", "peak")
MAX_LINE = 64 * 1024 * 1024

_FIELDS = ("id", "dtype", "sizes", "flags", "inputs", "results")
_ATTRIBUTES = "attributes"
_COMPONENT_SET = frozenset(COMPONENTS)
_DTYPES = FLOAT_NAMES + INTEGER_NAMES
_MAX_SIZE = 1 << 31
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


@dataclass(frozen=True)
class Counts:
    """What follows from sizes and attributes: how the id states them, and how many elements everything has."""

    sizes: Mapping[str, int]
    attributes: Mapping[str, int]
    text: str
    inputs: Mapping[str, int]
    results: Mapping[str, int]
    elements: int


@dataclass(frozen=True)
class RawCase:
    """A case whose inputs and components are still JSON.

    A piece that is JSON has as many elements as it should have; whether it is, is found out when it is decoded.
    """

    info: CaseInfo
    dtype: str
    inputs: Mapping[str, bytes]
    results: Mapping[str, Mapping[str, bytes]]
    counts: Counts


class CaseReader:
    """Reads the cases of one file.

    An id begins with its operation, and an operation has one file, so ids that differ within each file differ.
    """

    def __init__(self, folder: Path, file: VectorFile, manifest: Manifest) -> None:
        self.path = folder / file.path
        self.operation = manifest.get_operation(file.operation)
        self._scanner = LineScanner(self.operation)
        self._flags = frozenset(flag.name for flag in manifest.flags)
        self._seen = _Ids()
        self._counts: dict[Any, Counts] = {}
        shapes = (*self.operation.parameters, *self.operation.results)
        found = {dimension.symbol for each in shapes for dimension in each.shape if dimension.formula is None}
        self._attributes = {attribute.name: attribute.least for attribute in self.operation.attributes}
        self._symbols = found - self._attributes.keys()
        self._fields = (*_FIELDS, _ATTRIBUTES) if self._attributes else _FIELDS
        self._parameters = {parameter.name for parameter in self.operation.parameters}
        self._results = {result.name for result in self.operation.results}

    def read(self, line: bytes, number: int) -> RawCase:
        """The case on a line, its first being 1; raises VectorError saying what is wrong with it."""
        where = f"{self.path}:{number}"
        if len(line) > MAX_LINE:
            raise VectorError(f"the line is longer than {MAX_LINE} bytes", where=where)
        case = self._read_scanned(line, number) or self._read_decoded(line, number, where)
        if not self._seen.add(case.info.id):
            raise VectorError(f"case {case.info.id}: the id is given twice", where=where)
        return case

    def _read_scanned(self, line: bytes, number: int) -> RawCase | None:
        """The case on a line as the exporter writes them, None where anything about it is unusual or wrong."""
        scanned = self._scanner.scan(line)
        if scanned is None:
            return None
        head = scanned.head
        try:
            counts = self._find_counts(head["dtype"], head["sizes"], head.get(_ATTRIBUTES, {}))
            self._check_flags(head["flags"])
            self._check_id(head["id"], head["dtype"], counts, head["flags"])
        except _CaseError:
            return None
        try:
            for name, count in counts.inputs.items():
                if _count_items(scanned.inputs[name]) != count:
                    return None
            for name, count in counts.results.items():
                components = scanned.results[name]
                for component, piece in components.items():
                    model, found, _ = component.partition("/")
                    if found and model not in FLOAT_NAMES:
                        return None
                    if piece.startswith(b"["):
                        if _count_items(piece) != count:
                            return None
                    elif count == 0:
                        return None
        except MalformedRunError:
            return None
        return self._make_case(head, counts, scanned.inputs, scanned.results, number)

    def _read_decoded(self, line: bytes, number: int, where: str) -> RawCase:
        """The case on a line of any JSON, and the complaint if it is wrong."""
        data = parse_object(line, where)
        check_fields(data, self._fields, where, "the case")
        name = data["id"]
        if type(name) is not str or len(name) > 1000 or not name.isprintable():
            raise VectorError(f"the id {str(name)[:80]!r} is not a short text", where=where)
        try:
            counts = self._find_counts(data["dtype"], data["sizes"], data.get(_ATTRIBUTES, {}))
            self._check_flags(data["flags"])
            self._check_id(name, data["dtype"], counts, data["flags"])
            keys = len(self._fields) + len(counts.sizes) + len(counts.attributes)
            keys += self._check_inputs(data["inputs"], counts)
            keys += self._check_results(data["results"], counts)
        except _CaseError as error:
            raise VectorError(f"case {name}: {error}", where=where) from None
        reject_repeated_keys(line, keys, where)
        inputs = {parameter: orjson.dumps(values) for parameter, values in data["inputs"].items()}
        results = {
            result: {
                component: orjson.dumps(part)
                for component, part in (
                    _flatten_models(components, result)[0] if "models" in components else components
                ).items()
            }
            for result, components in data["results"].items()
        }
        return self._make_case(data, counts, inputs, results, number)

    def _make_case(
        self,
        head: Mapping[str, Any],
        counts: Counts,
        inputs: Mapping[str, bytes],
        results: Mapping[str, Mapping[str, bytes]],
        number: int,
    ) -> RawCase:
        info = CaseInfo(head["id"], counts.sizes, tuple(head["flags"]), number, counts.attributes)
        return RawCase(info, head["dtype"], inputs, results, counts)

    def _find_counts(self, dtype: Any, sizes: Any, attributes: Any) -> Counts:
        if dtype not in _DTYPES:
            raise _CaseError(f"unknown dtype {dtype!r}; there are {', '.join(_DTYPES)}")
        if type(sizes) is not dict:
            raise _CaseError("sizes must be an object")
        if type(attributes) is not dict:
            raise _CaseError("attributes must be an object")
        # The types are part of the key, since true and 1.0 equal 1.
        key = (*sizes.items(), *map(type, sizes.values()))
        if self._attributes:
            key = (key, *attributes.items(), *map(type, attributes.values()))
        try:
            return self._counts[key]
        except (KeyError, TypeError):
            counts = self._make_counts(sizes, attributes)
        return self._counts.setdefault(key, counts)

    def _make_counts(self, sizes: dict[str, Any], attributes: dict[str, Any]) -> Counts:
        for symbol in sizes:
            if symbol not in self._symbols:
                raise _CaseError(f"unknown size {symbol!r}; the shapes have {_join(self._symbols)}")
        for symbol in sorted(self._symbols - sizes.keys()):
            raise _CaseError(f"the size {symbol!r} is missing")
        if attributes.keys() != self._attributes.keys():
            raise _CaseError(_compare_names(attributes, set(self._attributes), "attribute"))
        least = dict.fromkeys(sizes, 0) | self._attributes
        scope = sizes | attributes
        for symbol, size in scope.items():
            if type(size) is not int or not least[symbol] <= size <= _MAX_SIZE:
                kind = "attribute" if symbol in self._attributes else "size"
                what = f"must be an integer from {least[symbol]} to {_MAX_SIZE}, not {size!r}"
                raise _CaseError(f"the {kind} {symbol} {what}")
        inputs = {parameter.name: _count(parameter.resolve_shape(scope)) for parameter in self.operation.parameters}
        results = {result.name: _count(result.resolve_shape(scope)) for result in self.operation.results}
        text = ",".join(f"{symbol}={size}" for symbol, size in scope.items())
        return Counts(sizes, attributes, text, inputs, results, sum(inputs.values()) + sum(results.values()))

    def _check_flags(self, flags: Any) -> None:
        if type(flags) is not list or not flags:
            raise _CaseError("flags must be a list that names the family at least")
        for flag in flags:
            if type(flag) is not str or flag not in self._flags:
                raise _CaseError(f"unknown flag {flag!r}; the manifest does not describe it")
        if len(set(flags)) != len(flags):
            raise _CaseError("a flag is given twice")

    def _check_id(self, name: Any, dtype: str, counts: Counts, flags: list[str]) -> None:
        parts = name.split("/") if type(name) is str else ()
        if len(parts) == 4 and len(name) <= 1000 and name.isprintable():
            text, _, number = parts[3].rpartition("#")
            agrees = parts[0] == self.operation.name and parts[2] == dtype and text == counts.text
            if agrees and parts[1] in flags and _NUMBER.match(number):
                return
        form = f"{self.operation.name}/{flags[0]}/{dtype}/{counts.text}#0"
        raise _CaseError(f"the id does not agree with the case: it should read like {form}")

    def _check_inputs(self, inputs: Any, counts: Counts) -> int:
        if type(inputs) is not dict:
            raise _CaseError("inputs must be an object")
        if inputs.keys() != self._parameters:
            raise _CaseError(_compare_names(inputs, self._parameters, "input"))
        for parameter, count in counts.inputs.items():
            _check_length(inputs[parameter], count, parameter, counts)
        return len(inputs)

    def _check_results(self, results: Any, counts: Counts) -> int:
        if type(results) is not dict:
            raise _CaseError("results must be an object")
        if results.keys() != self._results:
            raise _CaseError(_compare_names(results, self._results, "result"))
        keys = len(results)
        for result, count in counts.results.items():
            components = results[result]
            if type(components) is not dict:
                raise _CaseError(f"{result} must be an object")
            if "models" in components:
                components, extra = _flatten_models(components, result)
                keys += extra
            elif components.keys() != _COMPONENT_SET:
                self._check_components(components, result)
            keys += len(components)
            _check_length(components["value"], count, f"{result}.value", counts)
            for component, data in components.items():
                if type(data) is list or count == 0:
                    _check_length(data, count, f"{result}.{component}", counts)
        return keys

    def _check_components(self, components: Mapping[str, Any], result: str) -> None:
        for component in components:
            if component not in COMPONENTS and component not in OPTIONAL_COMPONENTS:
                raise _CaseError(f"{result} has the unknown component {component!r}")
        for component in COMPONENTS:
            if component not in components:
                raise _CaseError(f"{result} lacks the component {component!r}")


def _flatten_models(components: Mapping[str, Any], result: str) -> tuple[dict[str, Any], int]:
    """The components of a result beyond the ring, those of a model under `model/component`, and how many more keys."""
    models = components["models"]
    for name in components:
        if name not in BEYOND_COMPONENTS and name != "models":
            raise _CaseError(f"{result} has the unknown component {name!r}")
    for name in BEYOND_COMPONENTS:
        if name not in components:
            raise _CaseError(f"{result} lacks the component {name!r}")
    if type(models) is not dict or not models:
        raise _CaseError(f"{result}.models must be an object that has the model of the format at least")
    flat = {name: components[name] for name in BEYOND_COMPONENTS}
    for model, parts in models.items():
        if model.removesuffix(FLUSHED) not in FLOAT_NAMES:
            raise _CaseError(f"{result} has the unknown model {model!r}; there are {', '.join(FLOAT_NAMES)}")
        if type(parts) is not dict or parts.keys() != set(MODEL_COMPONENTS):
            raise _CaseError(f"{result}.models.{model} must have {', '.join(MODEL_COMPONENTS)}, and nothing else")
        flat |= {f"{model}/{name}": parts[name] for name in MODEL_COMPONENTS}
    return flat, 1 + len(models)


class _Ids:
    """Ids that were seen. Those of the same beginning that count up from #0, as the exporter's do, are kept as one."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._others: set[tuple[str, int]] = set()

    def add(self, name: str) -> bool:
        """Take up an id; false if it was there."""
        start, _, digits = name.rpartition("#")
        number, following = int(digits), self._next.get(start, 0)
        if number == following:
            self._next[start] = number + 1
            return (start, number) not in self._others
        if number < following or (start, number) in self._others:
            return False
        self._others.add((start, number))
        return True


class _CaseError(Exception):
    """What is wrong with a case, before it is known where."""


def _count_items(piece: bytes) -> int:
    """The number of elements of a JSON list of numbers, plain texts and runs of them, by its commas."""
    return count_elements(piece[1:-1])


def _check_length(data: Any, count: int, name: str, counts: Counts) -> None:
    if type(data) is not list:
        raise _CaseError(f"{name} must be a list of {count}, not {type(data).__name__}")
    try:
        found = count_decoded(data)
    except MalformedRunError as error:
        raise _CaseError(f"{name}: {error}") from None
    if found != count:
        raise _CaseError(f"{name} has {found} elements where the sizes {counts.text or '()'} give {count}")


def _compare_names(found: Mapping[str, Any], wanted: set[str], kind: str) -> str:
    for name in found:
        if name not in wanted:
            return f"unknown {kind} {name!r}; the operation has {_join(wanted)}"
    return f"the {kind} {min(wanted - found.keys())!r} is missing"


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _join(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
