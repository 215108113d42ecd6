"""Reads and validates `manifest.json`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from conform.errors import VectorError
from conform.files import read_file
from conform.golden.checksums import CHECKSUM_FILE, SOURCE_PREFIX, read_checksums, verify_file
from conform.golden.dimensions import Formula, MalformedFormulaError, parse_formula
from conform.golden.profiles import PROFILE_FILE
from conform.strict_json import parse_object, reject_repeated_keys
from conform.suite import (
    Accuracy,
    Attribute,
    Dimension,
    Flag,
    FunctionTable,
    Manifest,
    Operation,
    Parameter,
    Sum,
    VectorFile,
    Window,
    read_dimension,
)

T = TypeVar("T")

FORMAT_VERSION = 2
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_FILE = re.compile(r"(?:[a-z][a-z0-9_-]*/)?[A-Za-z0-9_][A-Za-z0-9_.-]*\.jsonl\Z")
_LAYER = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_ULPS = re.compile(r"(?:0|[1-9][0-9]{0,3})(?:\.5)?\Z")
_LEAN_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+\Z")
_RULES = ("exact", "bound", "rounding", "separate", "special", "overflow")
_MAX_BYTES = 16 * 1024 * 1024


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder of vectors and compare it with its checksum and with the files that are there.

    Raises VectorError saying what is wrong.
    """
    manifest = read_manifest(folder)
    checksums = read_checksums(folder)
    verify_file(folder, "manifest.json", checksums)
    _check_files(folder, {file.path for file in manifest.files}, checksums)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder alone; raises VectorError saying what is wrong with it."""
    path = folder / "manifest.json"
    data = read_file(path, _MAX_BYTES, VectorError)
    parsed = parse_object(data, str(path))
    reject_repeated_keys(data, -1, str(path))
    return _Reader(path).read(parsed)


def _check_files(folder: Path, named: set[str], checksums: Mapping[str, str]) -> None:
    """Check that the manifest, the folder and SHA256SUMS speak of the same vector files."""
    found = (*folder.glob("*.jsonl"), *folder.glob("*/*.jsonl"))
    present = {path.relative_to(folder).as_posix() for path in found}
    for name in sorted(named - present):
        raise VectorError("the manifest names this file, but it is not there", where=str(folder / name))
    for name in sorted(present - named):
        raise VectorError("the manifest does not name this file", where=str(folder / name))
    for name in checksums:
        if name not in named and name not in ("manifest.json", PROFILE_FILE) and not name.startswith(SOURCE_PREFIX):
            where = str(folder / CHECKSUM_FILE)
            raise VectorError(f"{name!r} is listed, but is no part of the vectors", where=where)


_FIELDS = (
    "format_version",
    "generator",
    "lean_toolchain",
    "upstream",
    "profile",
    "seed",
    "function_table",
    "operations",
    "flags",
    "files",
)


class _Reader:
    """Turns parsed JSON into a Manifest; every complaint names the place in the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, data: Any) -> Manifest:
        if isinstance(data, dict) and data.get("format_version") not in (None, FORMAT_VERSION):
            version = data["format_version"]
            hint = (
                f"This conform reads version {FORMAT_VERSION}. Make the vectors anew with `conform generate`, "
                "or install the conform that they were made for."
            )
            raise VectorError(f"unknown format_version {version!r}", where=str(self._path), hint=hint)
        self._check_fields(data, _FIELDS, "manifest")
        table = self._read_functions(data["function_table"])
        operations = tuple(
            replace(self._read_operation(item, i), function_table=table)
            for i, item in enumerate(self._list(data, "operations"))
        )
        flags = tuple(self._read_flag(item, i) for i, item in enumerate(self._list(data, "flags")))
        names = [operation.name for operation in operations]
        self._check_unique(names, "operations")
        self._check_unique([flag.name for flag in flags], "flags")
        files = tuple(self._read_file(item, i, names) for i, item in enumerate(self._list(data, "files")))
        self._check_unique([file.path for file in files], "files")
        self._check_unique([file.operation for file in files], "operations of files")
        if not operations or not files:
            self._fail("manifest", "no operations or no files")
        return Manifest(
            self._typed(data, "format_version", int),
            self._typed(data, "generator", str),
            self._typed(data, "lean_toolchain", str),
            self._typed(data, "upstream", str),
            self._typed(data, "profile", str),
            self._typed(data, "seed", int),
            table,
            operations,
            flags,
            files,
        )

    def _read_functions(self, data: Any) -> FunctionTable:
        self._check_fields(data, ("name", "source", "functions"), "function_table")
        functions: dict[str, Accuracy] = {}
        for i, item in enumerate(self._list(data, "functions")):
            place = f"function_table.functions[{i}]"
            self._check_fields(item, ("name", "ulps", "roundings", "underflows"), place)
            name, ulps = self._name(item["name"], place), item["ulps"]
            if not isinstance(ulps, str) or not _ULPS.match(ulps):
                self._fail(place, f"{ulps!r} is no number of ulps; write a multiple of a half, such as '2.5'")
            counts = self._typed(item, "roundings", int), self._typed(item, "underflows", int)
            whole, half = int(ulps.partition(".")[0]), ulps.endswith(".5")
            if counts != (2 * whole + half, whole + half):
                self._fail(place, f"{ulps} ulps are {2 * whole + half} roundings and {whole + half} underflows")
            if name in functions:
                self._fail(place, f"{name!r} is there twice")
            functions[name] = Accuracy(name, ulps, *counts)
        return FunctionTable(self._typed(data, "name", str), self._typed(data, "source", str), functions)

    def _read_operation(self, data: Any, i: int) -> Operation:
        place = f"operations[{i}]"
        fields = ("name", "layer", "definition", "upstream", "summary", "attributes", "parameters", "results", "sums")
        self._check_fields(data, (*fields, "theorems"), place, ("deviates",))
        name = self._name(data["name"], f"{place}.name")
        layer = self._typed(data, "layer", str)
        if not _LAYER.match(layer):
            self._fail(place, f"{layer!r} is not the name of a layer")
        attributes = tuple(self._read_attribute(item, f"{place}.attributes") for item in self._list(data, "attributes"))
        parameters = tuple(self._read_parameter(item, f"{place}.parameters") for item in self._list(data, "parameters"))
        results = tuple(self._read_parameter(item, f"{place}.results") for item in self._list(data, "results"))
        called = [*(parameter.name for parameter in parameters), *(attribute.name for attribute in attributes)]
        self._check_unique(called, f"{place}.parameters")
        self._check_unique([result.name for result in results], f"{place}.results")
        if not results:
            self._fail(place, "no results")
        self._check_dimensions(parameters, results, attributes, place)
        operation = Operation(
            name,
            self._typed(data, "definition", str),
            self._typed(data, "summary", str),
            parameters,
            results,
            layer,
            self._typed(data, "upstream", str),
            self._typed(data, "deviates", str) if "deviates" in data else None,
            attributes,
        )
        sums = self._read_sums(data, operation, f"{place}.sums")
        return replace(operation, sums=sums, theorems=self._read_theorems(data, operation, f"{place}.theorems"))

    def _check_dimensions(
        self,
        parameters: Sequence[Parameter],
        results: Sequence[Parameter],
        attributes: Sequence[Attribute],
        place: str,
    ) -> None:
        """Check that the sizes which inputs have, and the attributes, determine every shape."""
        sizes = {each.symbol for parameter in parameters for each in parameter.shape if each.formula is None}
        for attribute in attributes:
            if attribute.name in sizes:
                self._fail(place, f"{attribute.name} is a size and an attribute")
        bound = sizes | {attribute.name for attribute in attributes}
        for each in (*parameters, *results):
            for dimension in each.shape:
                names = dimension.formula.names if dimension.formula else {dimension.symbol}
                for name in sorted(names - bound):
                    self._fail(place, f"{each.name} has the dimension {name} that no parameter has")

    def _read_attribute(self, data: Any, place: str) -> Attribute:
        self._check_fields(data, ("name", "meaning", "least"), place)
        least = self._typed(data, "least", int)
        if least < 0:
            self._fail(place, "an attribute has no negative value")
        return Attribute(self._name(data["name"], place), self._typed(data, "meaning", str), least)

    def _read_parameter(self, data: Any, place: str) -> Parameter:
        self._check_fields(data, ("name", "shape"), place)
        return Parameter(
            self._name(data["name"], place),
            tuple(self._read_dimension(item, place) for item in self._list(data, "shape")),
        )

    def _read_dimension(self, text: Any, place: str) -> Dimension:
        return self._parse(read_dimension, text, place, "a dimension")

    def _read_formula(self, text: Any, place: str, what: str) -> Formula:
        return self._parse(parse_formula, text, place, what)

    def _parse(self, parse: Callable[[str], T], text: Any, place: str, what: str) -> T:
        try:
            if not isinstance(text, str):
                raise MalformedFormulaError("write a text")
            return parse(text)
        except MalformedFormulaError as error:
            self._fail(place, f"{text!r} is not {what}: {error}")

    def _read_sums(self, data: dict[str, Any], operation: Operation, place: str) -> dict[str, Sum]:
        results = {result.name: result for result in operation.results}
        parameters = {parameter.name: parameter for parameter in operation.parameters}
        sums: dict[str, Sum] = {}
        for item in self._list(data, "sums"):
            self._check_fields(item, ("result", "axes", "factors", "addends"), place, ("windows",))
            name = self._typed(item, "result", str)
            if name not in results or name in sums:
                self._fail(place, f"{name!r} is no result, or has its sum already")
            axes = tuple(self._read_dimension(axis, place) for axis in self._list(item, "axes"))
            factors, addends = tuple(self._list(item, "factors")), tuple(self._list(item, "addends"))
            for factor in (*factors, *addends):
                if factor not in parameters:
                    self._fail(place, f"{factor!r} is no parameter")
            if len(factors) > 2 or not factors + addends:
                self._fail(place, f"{name} has {len(factors)} factors; there are one or two, or else addends")
            windows = tuple(self._read_window(each, place) for each in item.get("windows", ()))
            total = Sum(axes, factors, addends, windows)
            self._check_sum(total, results[name], parameters, place)
            sums[name] = total
        return sums

    def _read_window(self, data: Any, place: str) -> Window:
        fields = ("parameter", "dimension", "result", "axis", "scale", "step", "offset")
        self._check_fields(data, fields, place)
        dimension, result, axis = (self._typed(data, field, int) for field in fields[1:4])
        scale, step, offset = (self._read_formula(data[field], place, f"a {field}") for field in fields[4:])
        return Window(self._typed(data, "parameter", str), dimension, result, axis, scale, step, offset)

    def _check_sum(self, total: Sum, result: Parameter, parameters: Mapping[str, Parameter], place: str) -> None:
        """Check that every dimension of a factor is an axis, one of the result, or that of a window."""
        for window in total.windows:
            named = parameters.get(window.parameter) if window.parameter in total.factors else None
            within = named is not None and 0 <= window.dimension < len(named.shape)
            if not within or not 0 <= window.result < len(result.shape) or not 0 <= window.axis < len(total.axes):
                self._fail(place, f"a window of {result.name} speaks of what is not there")
        moving = {(window.parameter, window.dimension) for window in total.windows}
        known = {str(dimension) for dimension in (*total.axes, *result.shape)}
        for name in (*total.factors, *total.addends):
            for i, dimension in enumerate(parameters[name].shape):
                if (name, i) not in moving and str(dimension) not in known:
                    self._fail(
                        place, f"{name} has the dimension {dimension}, which neither {result.name} nor an axis has"
                    )

    def _read_theorems(
        self, data: dict[str, Any], operation: Operation, place: str
    ) -> dict[tuple[str, str], tuple[str, ...]]:
        names = {result.name for result in operation.results}
        theorems: dict[tuple[str, str], tuple[str, ...]] = {}
        for item in self._list(data, "theorems"):
            self._check_fields(item, ("result", "rule", "name"), place)
            result, rule, name = (self._typed(item, field, str) for field in ("result", "rule", "name"))
            if result not in names or rule not in _RULES:
                self._fail(place, f"{rule!r} of {result!r} is no rule of a result")
            if not _LEAN_NAME.match(name):
                self._fail(place, f"{name!r} is not the full name of a theorem")
            theorems[result, rule] = (*theorems.get((result, rule), ()), name)
        return theorems

    def _read_flag(self, data: Any, i: int) -> Flag:
        place = f"flags[{i}]"
        self._check_fields(data, ("name", "description", "catches"), place)
        catches = self._list(data, "catches")
        if not catches or not all(isinstance(defect, str) and defect for defect in catches):
            self._fail(place, "catches must name the defects that the flag is there for")
        name = self._typed(data, "name", str)
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
            self._fail(place, f"{name!r} is not a flag name")
        return Flag(name, self._typed(data, "description", str), tuple(catches))

    def _read_file(self, data: Any, i: int, operations: Sequence[str]) -> VectorFile:
        place = f"files[{i}]"
        self._check_fields(data, ("path", "operation", "cases"), place)
        path, operation = self._typed(data, "path", str), self._typed(data, "operation", str)
        if not _FILE.match(path):
            self._fail(place, f"{path!r} is not the name of a .jsonl file in this folder")
        if operation not in operations:
            self._fail(place, f"unknown operation {operation!r}")
        cases = self._typed(data, "cases", int)
        if cases < 0:
            self._fail(place, "a negative number of cases")
        return VectorFile(path, operation, cases)

    def _check_fields(self, data: Any, fields: Sequence[str], place: str, optional: Sequence[str] = ()) -> None:
        if not isinstance(data, dict):
            self._fail(place, "must be an object")
        for field in data:
            if field not in fields and field not in optional:
                self._fail(place, f"unknown field {field!r}")
        for field in fields:
            if field not in data:
                self._fail(place, f"field {field!r} is missing")

    def _check_unique(self, names: Sequence[str], place: str) -> None:
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            self._fail(place, f"{twice!r} is there twice")

    def _name(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not _NAME.match(value):
            self._fail(place, f"{value!r} is not a name")
        return str(value)

    def _typed(self, data: dict[str, Any], field: str, kind: type[T]) -> T:
        value = data[field]
        if not isinstance(value, kind) or isinstance(value, bool):
            self._fail(field, f"must be of type {kind.__name__}")
        return value

    def _list(self, data: dict[str, Any], field: str) -> list[Any]:
        return self._typed(data, field, list)

    def _fail(self, place: str, what: str) -> NoReturn:
        raise VectorError(f"{place}: {what}", where=str(self._path))
