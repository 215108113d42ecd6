"""The report as JSON: stable, versioned, and read back without loss."""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from conform.errors import UsageError
from conform.results import RunResult
from conform.strict_json import read_json

VERSION = 1
"""Raised when a field changes its meaning or goes away; added fields keep it."""

_MAX_BYTES = 1 << 33
_SPECIAL = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def format_json(run: RunResult) -> str:
    """The run as a JSON object that `report.schema.json` describes; its fields are those of `conform.results`."""
    return (
        json.dumps({"version": VERSION, "conforms": run.conforms, **_encode(run)}, indent=1, ensure_ascii=False) + "\n"
    )


def read_report(path: Path) -> RunResult:
    """Read a report that `format_json` wrote, now or before fields with a default were added.

    Raises UsageError, with the place, for anything else.
    """
    data = read_json(path, _MAX_BYTES, UsageError)
    if not isinstance(data, dict) or data.get("version") != VERSION:
        hint = f"This conform reads version {VERSION}."
        raise UsageError("not a report of a version that is known here", where=str(path), hint=hint)
    data = {key: value for key, value in data.items() if key not in ("version", "conforms")}
    result: RunResult = _decode(data, RunResult, str(path))
    return result


def _encode(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _decode(data: Any, kind: Any, place: str) -> Any:
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        if data is None:
            return None
        return _decode(data, next(each for each in get_args(kind) if each is not type(None)), place)
    if origin is tuple:
        return _decode_tuple(data, get_args(kind), place)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {
            key: _decode(item, get_args(kind)[1], f"{place}: {key}") for key, item in _expect(data, dict, place).items()
        }
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError:
            raise UsageError(f"{data!r} is not a {kind.__name__.lower()}", where=place) from None
    if is_dataclass(kind):
        return _decode_dataclass(data, kind, place)
    if kind is float:
        if isinstance(data, str) and data in _SPECIAL:
            return _SPECIAL[data]
        return float(_expect(data, (int, float), place))
    return _expect(data, kind, place)


def _decode_tuple(data: Any, kinds: tuple[Any, ...], place: str) -> tuple[Any, ...]:
    return tuple(_decode(item, kinds[0], f"{place}[{i}]") for i, item in enumerate(_expect(data, list, place)))


def _decode_dataclass(data: Any, kind: Any, place: str) -> Any:
    given = _expect(data, dict, place)
    hints = get_type_hints(kind)
    unknown = given.keys() - hints.keys()
    if unknown:
        raise UsageError(f"unknown field {min(unknown)!r}", where=place, hint="A newer conform may have written it.")
    required = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}
    missing = required - given.keys()
    if missing:
        raise UsageError(f"field {min(missing)!r} is missing", where=place)
    return kind(**{name: _decode(given[name], hints[name], f"{place}: {name}") for name in given})


def _expect(data: Any, kind: Any, place: str) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise UsageError(f"{str(data)[:40]!r} is not of the expected type", where=place)
    return data
