"""Reads JSON from files that nobody vouches for: one object, no key twice, and only the fields that belong."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import orjson

from conform.errors import ConformError, VectorError
from conform.files import read_text_file

_EMPTY = "empty, where JSON is due"


def read_json(path: Path, limit: int, kind: type[ConformError]) -> Any:
    """The value of a JSON file of at most `limit` bytes; raises `kind`, and UsageError for one that is not readable."""
    text = read_text_file(path, limit, kind)
    if not text.strip():
        raise kind(_EMPTY, where=str(path))
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise kind("not valid JSON: nested too deeply", where=str(path)) from None
    except ValueError as error:
        raise kind(f"not valid JSON: {error}", where=str(path)) from None


def parse_object(data: bytes, where: str) -> dict[str, Any]:
    """The JSON object in `data`; of keys given twice the last is kept, see `reject_repeated_keys`."""
    if not data.strip():
        raise VectorError(_EMPTY, where=where)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as wrong:
            what = f"not text in UTF-8: the byte 0x{data[wrong.start]:02x} at {wrong.start} does not belong there"
            raise VectorError(what, where=where) from None
        raise VectorError(f"not valid JSON: {error}", where=where) from None
    if type(value) is not dict:
        raise VectorError("not a JSON object", where=where)
    return value


def reject_repeated_keys(data: bytes, keys: int, where: str) -> None:
    """Raise VectorError if an object in `data` has a key twice, where all parsed objects have `keys` keys together.

    As many colons as keys leave no room for another key, and colons are counted much faster than keys are parsed.
    """
    if data.count(b":") == keys:
        return

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise VectorError(f"the key {twice!r} is given twice", where=where)
        return built

    try:
        json.loads(data, object_pairs_hook=build)
    except (ValueError, RecursionError) as error:
        raise VectorError(f"not valid JSON: {error}", where=where) from None


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def check_fields(
    data: Any, required: Collection[str], where: str, place: str, optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """`data`, if it is an object with the required fields and beside them at most the optional ones."""
    if not isinstance(data, dict):
        raise VectorError(f"{place} must be an object", where=where)
    for field in data:
        if field not in required and field not in optional:
            raise VectorError(f"{place} has the unknown field {field!r}", where=where)
    for field in required:
        if field not in data:
            raise VectorError(f"{place} lacks the field {field!r}", where=where)
    return data
