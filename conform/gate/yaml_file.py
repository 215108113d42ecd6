"""Reads a YAML file of plain values, and remembers the line that each of them is on."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from conform.errors import UsageError
from conform.files import read_text_file
from conform.texts import show_value

NOT_YAML = "not valid YAML"
NO_ALIAS = "aliases are not allowed here"
"""How messages begin, so that others can add what to do."""

_MAX_BYTES = 4 * 1024 * 1024
_MAX_DEPTH = 20
_DEEP = "nested too deeply"
_MAX_DIGITS = 40
_TAGS = "tag:yaml.org,2002:"
_TEXTS = (f"{_TAGS}str", f"{_TAGS}merge", f"{_TAGS}value")
"""Tags of texts; `<<` and `=` mean something elsewhere, and are ordinary keys here."""


@dataclass(frozen=True)
class YamlFile:
    """The value of a YAML file; `lines` maps the path of a value, its keys and indices, to a line from 1."""

    path: Path
    value: Any
    lines: Mapping[tuple[Any, ...], int]

    def locate(self, *keys: Any) -> str:
        """`file:line` of the value at that path, or of the nearest one above it."""
        for length in range(len(keys), -1, -1):
            if keys[:length] in self.lines:
                return f"{self.path}:{self.lines[keys[:length]]}"
        return str(self.path)

    def check_keys(self, entry: Mapping[Any, Any], known: Sequence[str], *path: Any) -> None:
        """Raise UsageError, with the line, for a key of the mapping at a path that is not among those known."""
        for key in entry:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, 1)
                hint = f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(known)}."
                raise UsageError(f"unknown key {show_value(key)}", where=self.locate(*path, key), hint=hint)


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file of mappings, lists and plain scalars.

    Raises UsageError, with the line, where the file cannot be read, is not YAML, repeats a key, is nested deeply, has a
    number of very many digits, or has an alias: a few of those nested are enough to fill any memory.
    """
    text = read_text_file(path, _MAX_BYTES, UsageError)
    reader = _Reader(path)
    try:
        # The parser in C, where there is one, is ten times as fast; neither builds anything.
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # The end of a file may be told as a line after the last.
        where = f"{path}:{min(mark.line + 1, len(text.splitlines()) or 1)}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        # The parser in C has a limit of its own, and reads ahead.
        raise UsageError(_DEEP if "nesting" in problem else f"{NOT_YAML}: {problem}", where=where) from None
    return YamlFile(path, reader.value, reader.lines)


@dataclass
class _Level:
    """A list or a mapping that is being read; `key` is that of the value to come."""

    value: list[Any] | dict[Any, Any]
    path: tuple[Any, ...]
    key: Any = None
    keyed: bool = False


class _Reader:
    """Builds the value from events, without recursion, and refuses what is no plain value before it is built."""

    def __init__(self, path: Path) -> None:
        self.value: Any = None
        self.lines: dict[tuple[Any, ...], int] = {}
        self._path = path
        self._levels: list[_Level] = []
        self._documents = 0
        self._scalars = yaml.SafeLoader("")
        self._resolve: Callable[..., str] = functools.partial(self._scalars.resolve, yaml.ScalarNode)

    def take(self, event: yaml.Event) -> None:
        """Take up the next event of the parser."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            self._fail(NO_ALIAS, line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._fail(f"{NOT_YAML}: expected a single document", line)
        elif isinstance(event, yaml.ScalarEvent):
            self._place(self._read_scalar(event, line), line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open([] if isinstance(event, yaml.SequenceStartEvent) else {}, event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._levels.pop()

    def _open(self, value: list[Any] | dict[Any, Any], event: yaml.CollectionStartEvent, line: int) -> None:
        if event.tag not in (None, "!", f"{_TAGS}seq" if isinstance(value, list) else f"{_TAGS}map"):
            self._fail(f"{NOT_YAML}: no value here has the tag {show_value(event.tag)}", line)
        if len(self._levels) >= _MAX_DEPTH:
            self._fail(_DEEP, line)
        self._levels.append(_Level(value, self._place(value, line)))

    def _place(self, value: Any, line: int) -> tuple[Any, ...]:
        """Put a value where it belongs, or take it for a key; returns its path."""
        if not self._levels:
            self.value = value
            self.lines.setdefault((), line)
            return ()
        level = self._levels[-1]
        if isinstance(level.value, list):
            path = (*level.path, len(level.value))
            level.value.append(value)
            self.lines[path] = line
            return path
        if level.keyed:
            level.value[level.key] = value
            level.keyed = False
            return (*level.path, level.key)
        if isinstance(value, list | dict):
            self._fail(f"{NOT_YAML}: a key is a plain text, and no list or mapping", line)
        if value in level.value:
            self._fail(f"key {show_value(value)} is given twice", line)
        level.key, level.keyed = value, True
        self.lines[(*level.path, value)] = line
        return level.path

    def _read_scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolve(event.value, event.implicit)
        if tag in _TEXTS:
            return event.value
        if len(event.value) > _MAX_DIGITS:
            self._fail(
                f"{event.value[:20]!r}… cannot be read: {len(event.value)} characters are no number or date", line
            )
        try:
            return self._scalars.construct_document(yaml.ScalarNode(tag, event.value))
        except ValueError as error:
            # It looks like a date or a number and is none: 2030-02-31.
            self._fail(f"{event.value!r} cannot be read: {error}", line)
        except yaml.YAMLError as error:
            self._fail(f"{NOT_YAML}: {getattr(error, 'problem', None) or error}", line)

    def _fail(self, what: str, line: int) -> NoReturn:
        raise UsageError(what, where=f"{self._path}:{line}")
