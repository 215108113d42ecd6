"""A backend's methods: those that are operations, checked against how they are called, and those that are none."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from conform.backends.base import KNOWN_ATTRIBUTES, BackendBase
from conform.backends.locate import locate_attribute
from conform.errors import BackendError
from conform.suite import Operation
from conform.texts import describe_exception

_SIMILARITY = 0.84
_PASSABLE = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def read_attribute(candidate: object, name: str) -> Any:
    """An attribute, None where there is none; raises BackendError where a property of that name does."""
    try:
        return getattr(candidate, name, None)
    except (Exception, SystemExit) as error:
        what = f"reading {name} failed: {describe_exception(error)}"
        raise BackendError(what, where=locate_attribute(candidate, name)) from error


def get_callable(candidate: object, name: str) -> Callable[..., Any] | None:
    """A method, None where there is none; raises BackendError for anything that cannot be called."""
    attribute: Callable[..., Any] | None = read_attribute(candidate, name)
    if attribute is None or callable(attribute):
        return attribute
    raise BackendError(f"{name} is not callable", where=locate_attribute(candidate, name))


def check_spelling(candidate: object, operations: Sequence[str]) -> None:
    """Raise BackendError for an attribute that is nearly an operation or a claim which the backend does not have."""
    known = {*operations, *KNOWN_ATTRIBUTES}
    missing = {_fold(name): name for name in sorted(known) if read_attribute(candidate, name) is None}
    for attribute in _list_own_attributes(candidate):
        if attribute in known or attribute.startswith("_"):
            continue
        close = difflib.get_close_matches(_fold(attribute), missing, n=1, cutoff=_SIMILARITY)
        # A derivative, whose name goes on where that of its function ends, is another operation.
        if close and not missing[close[0]].startswith(f"{attribute}_"):
            raise BackendError(
                f"{attribute!r} is neither an operation nor a declaration; did you mean {missing[close[0]]!r}?",
                where=locate_attribute(candidate, attribute),
                hint="A helper is left alone if its name begins with an underscore.",
            )


def list_strangers(candidate: object, operations: Sequence[str]) -> list[str]:
    """The public methods written for this backend that are no operation, so that nothing calls them."""
    known = {*operations, *KNOWN_ATTRIBUTES}
    # What a class inherits from elsewhere, such as torch.nn.Module, was not written with operations in mind.
    owner = candidate if isinstance(candidate, type | ModuleType) else type(candidate)
    module = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
    return [
        name
        for name in _list_own_attributes(candidate)
        if name not in known and not name.startswith("_")
        if inspect.isroutine(inspect.getattr_static(owner, name, None))
        if getattr(getattr(owner, name), "__module__", None) == module
    ]


def check_method(candidate: object, operation: Operation) -> Callable[..., Any] | None:
    """The method for an operation, None where there is none; raises BackendError if it cannot be called as one."""
    method = get_callable(candidate, operation.name)
    if method is None:
        return None
    where = locate_attribute(candidate, operation.name)
    wanted = [parameter.name for parameter in operation.parameters]
    wanted += [attribute.name for attribute in operation.attributes]
    hint = f"{operation.name} is called as {operation.name}({', '.join(f'{name}=…' for name in wanted)})."
    if inspect.iscoroutinefunction(method) or inspect.isgeneratorfunction(method):
        kind = "a coroutine" if inspect.iscoroutinefunction(method) else "a generator"
        raise BackendError(f"{operation.name} returns {kind}, not results", where=where, hint=hint)
    try:
        parameters = inspect.signature(method).parameters
    except (TypeError, ValueError):
        # Functions written in C may hide their signature; a wrong one then shows when it is called.
        return method
    open_ended = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    passable = {name for name, parameter in parameters.items() if parameter.kind in _PASSABLE}
    for name in wanted:
        if name not in passable and not open_ended:
            what = f"{operation.name} {_describe_missing(method, name)}"
            raise BackendError(what, where=where, hint=hint)
    for name, parameter in parameters.items():
        optional = parameter.default is not inspect.Parameter.empty
        variadic = parameter.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        if name not in wanted and not optional and not variadic:
            what = f"{operation.name} has a parameter {name!r} that the operation does not have"
            raise BackendError(what, where=where, hint=hint)
    return method


def _describe_missing(method: Callable[..., Any], name: str) -> str:
    if name in inspect.signature(method).parameters:
        return f"takes its parameter {name!r} by position only"
    function = getattr(method, "__func__", None)
    if function is not None and next(iter(inspect.signature(function).parameters), None) == name:
        return f"has no `self` before its parameter {name!r}"
    return f"has no parameter {name!r}"


def _list_own_attributes(candidate: object) -> list[str]:
    """The attributes that the backend's author wrote: those of a module that it did not import from elsewhere."""
    if not isinstance(candidate, ModuleType):
        return [attribute for attribute in dir(candidate) if not hasattr(BackendBase, attribute)]
    return [
        attribute
        for attribute, value in vars(candidate).items()
        if getattr(value, "__module__", candidate.__name__) == candidate.__name__
    ]


def _fold(name: str) -> str:
    """A name as it compares with others: `LinearBatched` is a way to write `linear_batched`."""
    return name.replace("_", "").lower()
