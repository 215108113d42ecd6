"""Where a backend is written, told from the source without running any of it, and how else it could be named."""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from conform.backends.options import split_options
from conform.backends.resolve import PREFIXES, find_registered, split_target
from conform.errors import BackendError
from conform.golden.globs import match_glob

_FILE = re.compile(r"([^\[]*?\.py)((?:[:\[].*)?)\Z", re.DOTALL)


@dataclass(frozen=True)
class Origin:
    """The file of a backend, the object in it, and the line of each of its methods, its own under the empty name.

    `path` is absolute, without links. `alone` says that the file has no other backend.
    """

    path: Path
    name: str
    lines: Mapping[str, int] = field(default_factory=dict)
    alone: bool = False

    def list_places(self) -> dict[str, str]:
        """`file:line` by method, with the path from the current folder where it lies there."""
        here = Path.cwd().resolve()
        shown = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return {name: f"{shown}:{line}" for name, line in self.lines.items()}


@functools.lru_cache(maxsize=64)
def find_origin(spec: str, operations: tuple[str, ...]) -> Origin | None:
    """Where the backend of that name is written; None for a program, a namespace, or what no Python file defines."""
    spec = spec.strip()
    if spec.startswith(tuple(PREFIXES)):
        return None
    with contextlib.suppress(BackendError, OSError, SyntaxError, ValueError, RecursionError):
        target, _ = split_options(spec)
        registered = find_registered()
        place, name = split_target(registered[target].value if target in registered else target)
        path = Path(place) if place.endswith(".py") else _find_module(place)
        if path is not None:
            return _read_origin(path.resolve(), name, operations)
    return None


def list_classes(path: Path) -> list[str]:
    """The public classes of a file, in its order; raises OSError and SyntaxError where there are none to be read."""
    names = [node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.ClassDef)]
    return [name for name in names if not name.startswith("_")]


def list_spellings(spec: str, name: str, operations: tuple[str, ...]) -> tuple[str, ...]:
    """Every way to name a backend: as it was, without its options, by its own name, and by the path of its file."""
    spellings = [spec, name]
    if not spec.startswith(tuple(PREFIXES)):
        with contextlib.suppress(BackendError):
            spellings.append(split_options(spec)[0])
    origin = find_origin(spec, operations)
    if origin is not None:
        options = spec[len(spec.partition("[")[0]) :]
        paths = [f"{origin.path}:{origin.name}" if origin.name else str(origin.path)]
        paths += [str(origin.path)] if origin.alone else []
        spellings += [path + end for path in paths for end in dict.fromkeys(("", options))]
    return tuple(dict.fromkeys(each for each in spellings if each))


def match_backend(pattern: str, spellings: Sequence[str], folder: Path | None = None) -> bool:
    """Whether a glob means a backend by one of its spellings.

    A path in it may be written in any way, from the current folder or from `folder`, that of the file with the glob.
    """
    patterns = [pattern]
    found = _FILE.match(pattern)
    if found is not None and not set("*?") & set(found[1]):
        bases = (Path.cwd(), folder) if folder is not None else (Path.cwd(),)
        patterns += [os.path.realpath(base / found[1]) + found[2] for base in bases]
    return any(match_glob(each, spelling) for each in patterns for spelling in spellings)


def _find_module(name: str) -> Path | None:
    """The file of a module, found without importing the packages around it, which are the backend's too."""
    folders: Sequence[str] | None = [str(Path.cwd()), *sys.path]
    found: ModuleSpec | None = None
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        found = PathFinder.find_spec(".".join(parts[:end]), folders)
        if found is None:
            return None
        folders = found.submodule_search_locations or []
    file = found.origin if found is not None and found.has_location else None
    return Path(file) if file is not None and file.endswith(".py") else None


def _read_origin(path: Path, name: str, operations: tuple[str, ...]) -> Origin:
    tree = ast.parse(path.read_bytes())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    fitting = [each for each in classes if _fits(each, classes, operations)]
    if not name and "name" not in _list_names(tree.body):
        name = fitting[0] if len(fitting) == 1 else ""
    if not name:
        return Origin(path, "", {"": 1, **_list_lines(tree.body)}, alone=True)
    target = name if name in classes else _find_class(tree.body, name)
    lines = dict(_trace_lines(target, classes)) if target in classes else {}
    return Origin(path, name, lines, alone=fitting == [name])


def _fits(name: str, classes: Mapping[str, ast.ClassDef], operations: tuple[str, ...]) -> bool:
    lines = _trace_lines(name, classes)
    return not name.startswith("_") and "name" in lines and any(each in lines for each in operations)


def _trace_lines(name: str, classes: Mapping[str, ast.ClassDef], seen: frozenset[str] = frozenset()) -> dict[str, int]:
    """The lines of what a class has, its bases' in the same file among them; those of its own come first."""
    node = classes[name]
    lines = {"": node.lineno}
    inherited = [base.id for base in node.bases if isinstance(base, ast.Name)]
    for base in reversed([each for each in inherited if each in classes and each not in seen | {name}]):
        lines |= {key: line for key, line in _trace_lines(base, classes, seen | {name}).items() if key}
    return {**lines, **_list_lines(node.body)}


def _list_lines(body: Sequence[ast.stmt]) -> dict[str, int]:
    return {name: line for statement in body for name, line in _name_statement(statement)}


def _list_names(body: Sequence[ast.stmt]) -> set[str]:
    return set(_list_lines(body))


def _name_statement(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name, statement.lineno
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    yield from ((each.id, statement.lineno) for each in targets if isinstance(each, ast.Name))


def _find_class(body: Sequence[ast.stmt], name: str) -> str:
    """The class that `name = Class(...)` makes an instance of; empty for anything else."""
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            named = any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
            if named and isinstance(statement.value.func, ast.Name):
                return statement.value.func.id
    return ""
