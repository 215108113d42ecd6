"""Reads and writes a file of known failures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from conform import backends
from conform.errors import UsageError
from conform.gate.known import KnownEntry, KnownFailures
from conform.gate.yaml_file import NO_ALIAS, NOT_YAML, YamlFile, read_yaml
from conform.texts import show_value

VERSION = 1
_MAX_GLOB = 1000
_KEYS = ("cases", "reason", "reproduce", "backend", "link", "expires")
SHIPPED = Path("shipped")
"""Stands for the file that ships: what is known to be off in the frameworks whose backends ship."""
_GLOB_HINT = "A glob that starts with * must be quoted in YAML: '*/float16/*'."


def read_known(path: Path) -> KnownFailures:
    """Read a file of known failures, for SHIPPED the one beside the backends.

    Raises UsageError with the line for whatever is missing, unknown or of the wrong type.
    """
    if path == SHIPPED:
        path = Path(backends.__file__).with_name("known_failures.yaml")
    try:
        file = read_yaml(path)
    except UsageError as error:
        # YAML takes the star for the mark of an alias.
        starred = error.what.startswith((NOT_YAML, NO_ALIAS))
        raise UsageError(error.what, where=error.where, hint=_GLOB_HINT if starred else error.hint) from None
    if not isinstance(file.value, dict) or set(file.value) != {"version", "known"}:
        raise UsageError("a file of known failures has two keys, `version` and `known`", where=file.locate())
    if type(file.value["version"]) is not int or file.value["version"] != VERSION:
        raise UsageError(f"version {show_value(file.value['version'])} is not {VERSION}", where=file.locate("version"))
    entries = file.value["known"]
    if not isinstance(entries, list):
        raise UsageError("`known` is a list of entries", where=file.locate("known"))
    return KnownFailures(tuple(_read_entry(file, i, entry) for i, entry in enumerate(entries)))


def format_known(entries: Iterable[KnownEntry], heading: str) -> str:
    """The text of a file with these entries; `heading` becomes a comment at its top."""
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    documents = [_describe(entry) for entry in entries]
    body = yaml.safe_dump(
        {"version": VERSION, "known": documents},
        sort_keys=False,
        width=118,
        allow_unicode=True,
        default_flow_style=False,
    )
    return "\n".join([*lines, body])


def _describe(entry: KnownEntry) -> dict[str, Any]:
    described: dict[str, Any] = {"reason": entry.reason, "backend": entry.backend, "cases": list(entry.cases)}
    if entry.reproduce is not None:
        described["reproduce"] = entry.reproduce
    if entry.link is not None:
        described["link"] = entry.link
    if entry.expires is not None:
        described["expires"] = entry.expires
    return described


def _read_entry(file: YamlFile, index: int, entry: Any) -> KnownEntry:
    where = file.locate("known", index)
    if not isinstance(entry, dict):
        raise UsageError("an entry is a mapping with `cases` and `reason`", where=where)
    file.check_keys(entry, _KEYS, "known", index)
    for key in ("cases", "reason"):
        if key not in entry:
            raise UsageError(f"an entry needs `{key}`", where=where)
    return KnownEntry(
        cases=_read_cases(file, index, entry["cases"]),
        reason=_read_text(file, index, entry, "reason"),
        reproduce=_read_text(file, index, entry, "reproduce") if "reproduce" in entry else None,
        backend=_read_text(file, index, entry, "backend") if "backend" in entry else "*",
        link=_read_link(file, index, entry) if "link" in entry else None,
        expires=_read_date(file, index, entry["expires"]) if "expires" in entry else None,
        where=where,
        folder=file.path.parent,
    )


def _read_cases(file: YamlFile, index: int, cases: Any) -> tuple[str, ...]:
    where = file.locate("known", index, "cases")
    globs = [cases] if isinstance(cases, str) else cases
    if not isinstance(globs, list) or not globs:
        raise UsageError("`cases` is a glob or a list of globs", where=where)
    seen: set[str] = set()
    for i, glob in enumerate(globs):
        if not isinstance(glob, str) or not glob.strip():
            raise UsageError("a glob is a text", where=file.locate("known", index, "cases", i))
        if len(glob) > _MAX_GLOB:
            what = f"a glob of {len(glob)} characters is longer than any id"
            raise UsageError(what, where=file.locate("known", index, "cases", i))
        if glob in seen:
            raise UsageError(f"{glob!r} is given twice", where=file.locate("known", index, "cases", i))
        seen.add(glob)
    return tuple(globs)


def _read_text(file: YamlFile, index: int, entry: dict[str, Any], key: str) -> str:
    text = entry[key]
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"`{key}` is a text that says something", where=file.locate("known", index, key))
    return " ".join(text.split())


def _read_link(file: YamlFile, index: int, entry: dict[str, Any]) -> str:
    link = _read_text(file, index, entry, "link")
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"{link!r} is not a web address", where=file.locate("known", index, "link"))
    return link


def _read_date(file: YamlFile, index: int, value: Any) -> datetime.date:
    where = file.locate("known", index, "expires")
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{value!r} is not a date like 2030-12-31", where=where) from None
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise UsageError(f"{value!r} is not a date like 2030-12-31", where=where)
    return value
