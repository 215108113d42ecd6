"""Reads JSON from files that nobody vouches for: one object, no key twice, and only the fields that belong."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from conform.errors import VectorError


def parse_object(data: bytes, where: str) -> dict[str, Any]:
    """The JSON object in `data`; of keys given twice the last is kept, see `reject_repeated_keys`."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
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
