"""Reads one line of a vector file and checks everything about its case but the numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform.errors import VectorError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.strict_json import check_fields, parse_object, reject_repeated_keys
from conform.suite import CaseInfo, Manifest, VectorFile

COMPONENTS = ("value", "magnitude", "depth", "underflow", "quantum")
OPTIONAL_COMPONENTS = ("floor", "peak")
MAX_LINE = 64 * 1024 * 1024

_FIELDS = ("id", "dtype", "sizes", "flags", "inputs", "results")
_FIELD_SET = frozenset(_FIELDS)
_COMPONENT_SET = frozenset(COMPONENTS)
_DTYPES = FLOAT_NAMES + INTEGER_NAMES
_MAX_SIZE = 1 << 31
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


@dataclass(frozen=True)
class RawCase:
    """A case whose numbers are still text; `elements` counts its inputs and its expected results."""

    info: CaseInfo
    dtype: str
    inputs: Mapping[str, list[str]]
    results: Mapping[str, Mapping[str, Any]]
    elements: int


@dataclass(frozen=True)
class _Plan:
    """What follows from dtype and sizes: the id without family and number, and how many elements everything has."""

    id_parts: tuple[str, str, str]
    sizes: Mapping[str, int]
    inputs: Mapping[str, int]
    results: Mapping[str, int]
    elements: int


class CaseReader:
    """Reads the cases of one file.

    An id begins with its operation, and an operation has one file, so ids that differ within each file differ.
    """

    def __init__(self, folder: Path, file: VectorFile, manifest: Manifest) -> None:
        self.path = folder / file.path
        self.operation = manifest.get_operation(file.operation)
        self._flags = frozenset(flag.name for flag in manifest.flags)
        self._seen: set[str] = set()
        self._plans: dict[Any, _Plan] = {}
        shapes = (*self.operation.parameters, *self.operation.results)
        self._symbols = {dimension.symbol for each in shapes for dimension in each.shape}
        self._parameters = {parameter.name for parameter in self.operation.parameters}
        self._results = {result.name for result in self.operation.results}

    def read(self, line: bytes, number: int) -> RawCase:
        """The case on a line, its first being 1; raises VectorError saying what is wrong with it."""
        where = f"{self.path}:{number}"
        if len(line) > MAX_LINE:
            raise VectorError(f"the line is longer than {MAX_LINE} bytes", where=where)
        data = parse_object(line, where)
        if data.keys() != _FIELD_SET:
            check_fields(data, _FIELDS, where, "the case")
        name, flags = data["id"], data["flags"]
        if type(name) is not str or len(name) > 1000 or not name.isprintable():
            raise VectorError(f"the id {str(name)[:80]!r} is not a short text", where=where)
        try:
            plan = self._find_plan(data["dtype"], data["sizes"])
            self._check_flags(flags)
            self._check_id(name, plan, flags)
            keys = len(_FIELDS) + len(plan.sizes) + self._check_inputs(data["inputs"], plan)
            keys += self._check_results(data["results"], plan)
        except _CaseError as error:
            raise VectorError(f"case {name}: {error}", where=where) from None
        reject_repeated_keys(line, keys, where)
        if name in self._seen:
            raise VectorError(f"case {name}: the id is given twice", where=where)
        self._seen.add(name)
        info = CaseInfo(name, plan.sizes, tuple(flags), number)
        return RawCase(info, data["dtype"], data["inputs"], data["results"], plan.elements)

    def _find_plan(self, dtype: Any, sizes: Any) -> _Plan:
        # The types are part of the key, since true and 1.0 equal 1.
        key = (dtype, *sizes.items(), *map(type, sizes.values())) if type(sizes) is dict else None
        try:
            return self._plans[key]
        except (KeyError, TypeError):
            plan = self._make_plan(dtype, sizes)
        return self._plans.setdefault(key, plan)

    def _make_plan(self, dtype: Any, sizes: Any) -> _Plan:
        if dtype not in _DTYPES:
            raise _CaseError(f"unknown dtype {dtype!r}; there are {', '.join(_DTYPES)}")
        if type(sizes) is not dict:
            raise _CaseError("sizes must be an object")
        for symbol in sizes:
            if symbol not in self._symbols:
                raise _CaseError(f"unknown size {symbol!r}; the shapes have {_join(self._symbols)}")
        for symbol in sorted(self._symbols - sizes.keys()):
            raise _CaseError(f"the size {symbol!r} is missing")
        for symbol, size in sizes.items():
            if type(size) is not int or not 0 <= size <= _MAX_SIZE:
                raise _CaseError(f"the size {symbol} must be an integer from 0 to {_MAX_SIZE}, not {size!r}")
        inputs = {parameter.name: _count(parameter.resolve_shape(sizes)) for parameter in self.operation.parameters}
        results = {result.name: _count(result.resolve_shape(sizes)) for result in self.operation.results}
        text = ",".join(f"{symbol}={size}" for symbol, size in sizes.items())
        elements = sum(inputs.values()) + sum(results.values())
        return _Plan((self.operation.name, dtype, text), sizes, inputs, results, elements)

    def _check_flags(self, flags: Any) -> None:
        if type(flags) is not list or not flags:
            raise _CaseError("flags must be a list that names the family at least")
        for flag in flags:
            if type(flag) is not str or flag not in self._flags:
                raise _CaseError(f"unknown flag {flag!r}; the manifest does not describe it")
        if len(set(flags)) != len(flags):
            raise _CaseError("a flag is given twice")

    def _check_id(self, name: str, plan: _Plan, flags: list[str]) -> None:
        parts = name.split("/")
        operation, dtype, sizes = plan.id_parts
        if len(parts) == 4:
            text, _, number = parts[3].rpartition("#")
            agrees = (parts[0], parts[2], text) == plan.id_parts and parts[1] in flags
            if agrees and _NUMBER.match(number):
                return
        form = f"{operation}/{flags[0]}/{dtype}/{sizes}#0"
        raise _CaseError(f"the id does not agree with the case: it should read like {form}")

    def _check_inputs(self, inputs: Any, plan: _Plan) -> int:
        if type(inputs) is not dict:
            raise _CaseError("inputs must be an object")
        if inputs.keys() != self._parameters:
            raise _CaseError(_compare_names(inputs, self._parameters, "input"))
        for parameter, count in plan.inputs.items():
            _check_length(inputs[parameter], count, parameter, plan)
        return len(inputs)

    def _check_results(self, results: Any, plan: _Plan) -> int:
        if type(results) is not dict:
            raise _CaseError("results must be an object")
        if results.keys() != self._results:
            raise _CaseError(_compare_names(results, self._results, "result"))
        keys = len(results)
        for result, count in plan.results.items():
            components = results[result]
            if type(components) is not dict:
                raise _CaseError(f"{result} must be an object")
            if components.keys() != _COMPONENT_SET:
                self._check_components(components, result)
            keys += len(components)
            _check_length(components["value"], count, f"{result}.value", plan)
            for component, data in components.items():
                if type(data) is list or count == 0:
                    _check_length(data, count, f"{result}.{component}", plan)
        return keys

    def _check_components(self, components: Mapping[str, Any], result: str) -> None:
        for component in components:
            if component not in COMPONENTS and component not in OPTIONAL_COMPONENTS:
                raise _CaseError(f"{result} has the unknown component {component!r}")
        for component in COMPONENTS:
            if component not in components:
                raise _CaseError(f"{result} lacks the component {component!r}")


class _CaseError(Exception):
    """What is wrong with a case, before it is known where."""


def _check_length(data: Any, count: int, name: str, plan: _Plan) -> None:
    if type(data) is not list:
        raise _CaseError(f"{name} must be a list of {count}, not {type(data).__name__}")
    if len(data) != count:
        raise _CaseError(f"{name} has {len(data)} elements where the sizes {plan.id_parts[2] or '()'} give {count}")


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
