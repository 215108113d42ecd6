"""Accepting a backend: everything that can be wrong with one is found here, before anything runs."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from conform.backends.base import KNOWN_ATTRIBUTES, Backend, BackendBase
from conform.backends.locate import locate_attribute
from conform.backends.options import OptionValue, parse_options
from conform.declaration import ClaimError, Declaration, parse_declaration
from conform.errors import BackendError
from conform.suite import Operation

_SIMILARITY = 0.84
_PASSABLE = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class LoadedBackend:
    """A backend that has been checked.

    `spec` is how it was named. `methods` holds the operations that it implements. `to_native` and `to_numpy` are None
    where numpy arrays are passed as they are. `options` are the values in force, `info` its own provenance.
    """

    name: str
    spec: str
    methods: Mapping[str, Callable[..., Any]]
    declaration: Declaration
    to_native: Callable[[Any], Any] | None = None
    to_numpy: Callable[[Any], Any] | None = None
    options: Mapping[str, OptionValue] | None = None
    info: Mapping[str, str] | None = None
    close: Callable[[], None] | None = None


def check_backend(
    candidate: object, operations: Sequence[Operation], spec: str = "", given: Mapping[str, str] | None = None
) -> LoadedBackend:
    """Accept a module, a class or an instance as a backend; a class is instantiated with its options.

    Raises BackendError, with the backend's own file and line, for a missing name, an operation whose parameters are
    named differently, an attribute that looks like a misspelt operation, impossible claims, and unknown options.
    """
    accepted = _get_accepted_options(candidate)
    options = parse_options(given or {}, accepted, where=spec or locate_attribute(candidate))
    if isinstance(candidate, type):
        candidate = _instantiate(candidate, options)
    name = getattr(candidate, "name", None)
    if not isinstance(candidate, Backend) or not isinstance(name, str) or not name.strip():
        what = "has no `name`" if name is None else f"has a `name` that is not a non-empty text: {name!r}"
        hint = 'Give it one: name = "my backend"'
        raise BackendError(f"the backend {what}", where=locate_attribute(candidate, "name"), hint=hint)
    names = [operation.name for operation in operations]
    _check_spelling(candidate, names)
    methods = {operation.name: _check_method(candidate, operation) for operation in operations}
    implemented = {name: method for name, method in methods.items() if method is not None}
    if not implemented:
        hint = f"Operations: {', '.join(names)}"
        raise BackendError("the backend implements no operation", where=locate_attribute(candidate), hint=hint)
    return LoadedBackend(
        name=name,
        spec=spec or name,
        methods=implemented,
        declaration=_read_declaration(candidate, names),
        to_native=_get_conversion(candidate, "to_native"),
        to_numpy=_get_conversion(candidate, "to_numpy"),
        options=options,
        info=_read_info(candidate),
        close=_get_callable(candidate, "close"),
    )


def _get_accepted_options(candidate: object) -> Mapping[str, Any]:
    # An instance or a module has been made already: options could no longer reach it.
    return getattr(candidate, "options", {}) if isinstance(candidate, type) else {}


def _instantiate(backend_class: type, options: Mapping[str, OptionValue]) -> object:
    try:
        return backend_class(**options)
    except BackendError:
        raise
    except Exception as error:
        what = f"{backend_class.__name__} could not be instantiated: {type(error).__name__}: {error}"
        raise BackendError(what, where=locate_attribute(backend_class, "__init__")) from error


def _check_spelling(candidate: object, operations: Sequence[str]) -> None:
    known = {*operations, *KNOWN_ATTRIBUTES}
    missing = [name for name in known if getattr(candidate, name, None) is None]
    for attribute in _list_own_attributes(candidate):
        if attribute in known or attribute.startswith("_"):
            continue
        close = difflib.get_close_matches(attribute, missing, n=1, cutoff=_SIMILARITY)
        if close:
            raise BackendError(
                f"{attribute!r} is neither an operation nor a declaration; did you mean {close[0]!r}?",
                where=locate_attribute(candidate, attribute),
                hint="A helper is left alone if its name begins with an underscore.",
            )


def _list_own_attributes(candidate: object) -> list[str]:
    """The attributes that the backend's author wrote: those of a module that it did not import from elsewhere."""
    if not isinstance(candidate, ModuleType):
        return [attribute for attribute in dir(candidate) if not hasattr(BackendBase, attribute)]
    return [
        attribute
        for attribute, value in vars(candidate).items()
        if getattr(value, "__module__", candidate.__name__) == candidate.__name__
    ]


def _check_method(candidate: object, operation: Operation) -> Callable[..., Any] | None:
    method = _get_callable(candidate, operation.name)
    if method is None:
        return None
    where = locate_attribute(candidate, operation.name)
    try:
        parameters = inspect.signature(method).parameters
    except (TypeError, ValueError):
        # Functions written in C may hide their signature; a wrong one then shows when it is called.
        return method
    wanted = [parameter.name for parameter in operation.parameters]
    hint = f"{operation.name} is called as {operation.name}({', '.join(f'{name}=…' for name in wanted)})."
    open_ended = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    passable = {name for name, parameter in parameters.items() if parameter.kind in _PASSABLE}
    for name in wanted:
        if name not in passable and not open_ended:
            raise BackendError(f"{operation.name} has no parameter {name!r}", where=where, hint=hint)
    for name, parameter in parameters.items():
        optional = parameter.default is not inspect.Parameter.empty
        variadic = parameter.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        if name not in wanted and not optional and not variadic:
            what = f"{operation.name} has a parameter {name!r} that the operation does not have"
            raise BackendError(what, where=where, hint=hint)
    return method


def _read_declaration(candidate: object, operations: Sequence[str]) -> Declaration:
    claims = {name: getattr(candidate, name, None) for name in ("accumulates", "subnormals", "dtypes", "overrides")}
    # Vectors of a few operations must not turn claims about the others into mistakes.
    overridden = claims["overrides"] if isinstance(claims["overrides"], Mapping) else {}
    own = [name for name in overridden if isinstance(name, str) and callable(getattr(candidate, name, None))]
    try:
        return parse_declaration(**claims, operations=[*operations, *(name for name in own if name not in operations)])
    except ClaimError as error:
        where = locate_attribute(candidate, error.path[0])
        raise BackendError(f"{'.'.join(error.path)}: {error.message}", where=where) from None


def _read_info(candidate: object) -> dict[str, str]:
    info = _get_callable(candidate, "info")
    if info is None:
        return {}
    try:
        return {str(key): str(value) for key, value in dict(info()).items()}
    except Exception as error:
        what = f"info() failed: {type(error).__name__}: {error}"
        raise BackendError(what, where=locate_attribute(candidate, "info")) from error


def _get_conversion(candidate: object, name: str) -> Callable[[Any], Any] | None:
    """The backend's own conversion; None where it is the base class's, which there is no need to call."""
    if getattr(type(candidate), name, None) is getattr(BackendBase, name):
        return None
    return _get_callable(candidate, name)


def _get_callable(candidate: object, name: str) -> Callable[..., Any] | None:
    attribute = getattr(candidate, name, None)
    if attribute is None or callable(attribute):
        return cast(Callable[..., Any] | None, attribute)
    raise BackendError(f"{name} is not callable", where=locate_attribute(candidate, name))
