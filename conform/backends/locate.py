"""The file and line at which a backend's attribute is written."""

from __future__ import annotations

import ast
import inspect
import textwrap
from inspect import isroutine
from types import ModuleType
from typing import Any


def locate_attribute(candidate: object, attribute: str | None = None) -> str:
    """`file:line` of an attribute of a module, a class or an instance; the owner's own where it is not found."""
    owner: Any = candidate if isinstance(candidate, type | ModuleType) or isroutine(candidate) else type(candidate)
    try:
        path = inspect.getsourcefile(owner)
    except TypeError:
        path = None
    if path is None:
        return repr(candidate) if getattr(owner, "__module__", "") in ("", "builtins") else owner.__module__
    value = inspect.getattr_static(owner, attribute, None) if attribute else None
    if isinstance(value, property):
        value = value.fget
    elif attribute and hasattr(owner, attribute):
        value = inspect.unwrap(getattr(owner, attribute))
    code = getattr(value, "__code__", None)
    if code is not None:
        return f"{code.co_filename}:{code.co_firstlineno}"
    try:
        lines, start = inspect.getsourcelines(owner)
    except (OSError, TypeError):
        return path
    first = max(start, 1)
    return f"{path}:{_find_assignment(''.join(lines), attribute, first) or first}"


def _find_assignment(source: str, attribute: str | None, first: int) -> int | None:
    """The line on which the attribute is assigned in the body of a class or a module that begins on line `first`."""
    try:
        body = ast.parse(textwrap.dedent(source)).body
    except SyntaxError:
        return None
    if len(body) == 1 and isinstance(body[0], ast.ClassDef):
        body = body[0].body
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
            return first + statement.lineno - 1
    return None
