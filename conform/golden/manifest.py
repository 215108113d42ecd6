"""Reads and validates `manifest.json`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from conform.errors import VectorError
from conform.golden.checksums import CHECKSUM_FILE, SOURCE_PREFIX, read_checksums, verify_file
from conform.golden.profiles import PROFILE_FILE
from conform.strict_json import parse_object, reject_repeated_keys
from conform.suite import Dimension, Flag, Manifest, Operation, Parameter, VectorFile

T = TypeVar("T")

FORMAT_VERSION = 1
_DIMENSION = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\+([1-9][0-9]{0,3}))?\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.jsonl\Z")
_MAX_BYTES = 16 * 1024 * 1024


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder of vectors and compare it with its checksum and with the files that are there.

    Raises VectorError saying what is wrong.
    """
    path = folder / "manifest.json"
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise VectorError("larger than any manifest", where=str(path))
        data = path.read_bytes()
    except OSError as error:
        hint = "Name the folder of the vectors with --vectors." if isinstance(error, FileNotFoundError) else None
        raise VectorError(f"cannot read: {error.strerror}", where=str(path), hint=hint) from None
    parsed = parse_object(data, str(path))
    reject_repeated_keys(data, -1, str(path))
    manifest = _Reader(path).read(parsed)
    checksums = read_checksums(folder)
    verify_file(folder, path.name, checksums)
    _check_files(folder, {file.path for file in manifest.files}, checksums)
    return manifest


def _check_files(folder: Path, named: set[str], checksums: Mapping[str, str]) -> None:
    """Check that the manifest, the folder and SHA256SUMS speak of the same vector files."""
    present = {path.name for path in folder.glob("*.jsonl")}
    for name in sorted(named - present):
        raise VectorError("the manifest names this file, but it is not there", where=str(folder / name))
    for name in sorted(present - named):
        raise VectorError("the manifest does not name this file", where=str(folder / name))
    for name in checksums:
        if name not in named and name not in ("manifest.json", PROFILE_FILE) and not name.startswith(SOURCE_PREFIX):
            where = str(folder / CHECKSUM_FILE)
            raise VectorError(f"{name!r} is listed, but is no part of the vectors", where=where)


class _Reader:
    """Turns parsed JSON into a Manifest; every complaint names the place in the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, data: Any) -> Manifest:
        if isinstance(data, dict) and data.get("format_version") not in (None, FORMAT_VERSION):
            version = data["format_version"]
            hint = f"This conform reads version {FORMAT_VERSION}; install the one the vectors were made for."
            raise VectorError(f"unknown format_version {version!r}", where=str(self._path), hint=hint)
        fields = ("format_version", "generator", "lean_toolchain", "profile", "seed", "operations", "flags", "files")
        self._check_fields(data, fields, "manifest")
        operations = tuple(self._read_operation(item, i) for i, item in enumerate(self._list(data, "operations")))
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
            self._typed(data, "profile", str),
            self._typed(data, "seed", int),
            operations,
            flags,
            files,
        )

    def _read_operation(self, data: Any, i: int) -> Operation:
        place = f"operations[{i}]"
        self._check_fields(data, ("name", "definition", "summary", "parameters", "results"), place)
        name = self._name(data["name"], f"{place}.name")
        parameters = tuple(self._read_parameter(item, f"{place}.parameters") for item in self._list(data, "parameters"))
        results = tuple(self._read_parameter(item, f"{place}.results") for item in self._list(data, "results"))
        self._check_unique([parameter.name for parameter in parameters], f"{place}.parameters")
        self._check_unique([result.name for result in results], f"{place}.results")
        if not results:
            self._fail(place, "no results")
        bound = {dimension.symbol for parameter in parameters for dimension in parameter.shape}
        for result in results:
            for dimension in result.shape:
                if dimension.symbol not in bound:
                    self._fail(place, f"{result.name} has the dimension {dimension.symbol} that no parameter has")
        return Operation(
            name, self._typed(data, "definition", str), self._typed(data, "summary", str), parameters, results
        )

    def _read_parameter(self, data: Any, place: str) -> Parameter:
        self._check_fields(data, ("name", "shape"), place)
        return Parameter(
            self._name(data["name"], place),
            tuple(self._read_dimension(item, place) for item in self._list(data, "shape")),
        )

    def _read_dimension(self, text: Any, place: str) -> Dimension:
        match = _DIMENSION.match(text) if isinstance(text, str) else None
        if match is None:
            self._fail(place, f"{text!r} is not a dimension; write a symbol, or a symbol plus a number")
        return Dimension(match[1], int(match[2] or 0))

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

    def _check_fields(self, data: Any, fields: Sequence[str], place: str) -> None:
        if not isinstance(data, dict):
            self._fail(place, "must be an object")
        for field in data:
            if field not in fields:
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
