"""Reads a YAML file of plain values, and remembers the line that each of them is on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conform.errors import UsageError

NOT_YAML = "not valid YAML"
NO_ALIAS = "aliases are not allowed here"
"""How messages begin, so that others can add what to do."""

_MAX_BYTES = 4 * 1024 * 1024


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
                raise UsageError(f"unknown key {key!r}", where=self.locate(*path, key), hint=hint)


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file of mappings, lists and plain scalars.

    Raises UsageError, with the line, where the file cannot be read, is not YAML, repeats a key, or has an alias: a
    few of those nested are enough to fill any memory.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"larger than {_MAX_BYTES} bytes", where=str(path))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read: {error}", where=str(path)) from None
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise UsageError(NO_ALIAS, where=f"{path}:{line}")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = _construct(root, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UsageError(f"{NOT_YAML}: {getattr(error, 'problem', None) or error}", where=where) from None
    except RecursionError:
        raise UsageError("nested too deeply", where=str(path)) from None
    lines: dict[tuple[Any, ...], int] = {}
    if root is not None:
        _collect_lines(root, (), lines, path)
    return YamlFile(path, value, lines)


def _construct(node: yaml.Node | None, path: Path) -> Any:
    """The value of a node; raises UsageError where a scalar looks like a date or a number and is none: 2030-02-31."""
    if node is None:
        return None
    try:
        return yaml.SafeLoader("").construct_document(node)
    except ValueError:
        line, message = _find_broken(node) or (1, "a value cannot be read")
        raise UsageError(message, where=f"{path}:{line}") from None


def _find_broken(node: yaml.Node) -> tuple[int, str] | None:
    """The line of the first scalar that has no value, and what is wrong with it."""
    if isinstance(node, yaml.ScalarNode):
        try:
            yaml.SafeLoader("").construct_document(node)
        except ValueError as error:
            return node.start_mark.line + 1, f"{node.value!r} cannot be read: {error}"
        return None
    below = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return next(filter(None, map(_find_broken, below)), None)


def _collect_lines(node: yaml.Node, path: tuple[Any, ...], lines: dict[tuple[Any, ...], int], file: Path) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            _collect_lines(item, (*path, i), lines, file)
    elif isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            below = (*path, key.value)
            if below in lines:
                raise UsageError(f"key {key.value!r} is given twice", where=f"{file}:{key.start_mark.line + 1}")
            lines[below] = key.start_mark.line + 1
            _collect_lines(item, below, lines, file)
