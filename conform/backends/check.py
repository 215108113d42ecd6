"""Accepting a backend: everything that can be wrong with one is found here, before anything runs."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isroutine
from typing import TYPE_CHECKING, Any

from conform.backends.base import BackendBase
from conform.backends.locate import locate_attribute
from conform.backends.methods import check_method, check_spelling, get_callable, list_strangers, read_attribute
from conform.backends.options import Option, OptionValue, parse_options
from conform.declaration import CLAIMS, ClaimError, Declaration, check_functions, parse_declaration
from conform.errors import BackendError
from conform.suite import Operation
from conform.texts import describe_exception, make_line, read_text, show_value

if TYPE_CHECKING:
    from conform.backends.supervised import Supervisor

_LISTED = 4
_MAX_FACTS = 100


@dataclass(frozen=True)
class LoadedBackend:
    """A backend that has been checked.

    `spec` is how it was named. `operations` are those that it was asked for, `methods` those that it implements.
    `to_native` and `to_numpy` are None where numpy arrays are passed as they are, `prepare` where there is nothing to
    prepare. `options` are the values in force, `info` its own provenance. `blocks` is what has it called a block at a
    time in a process of its own; None where it is called in this one. What it raises that is among `not_implemented`
    says that a case is not supported.
    """

    name: str
    spec: str
    methods: Mapping[str, Callable[..., Any]]
    declaration: Declaration
    to_native: Callable[[Any], Any] | None = None
    to_numpy: Callable[[Any], Any] | None = None
    prepare: Callable[..., Any] | None = None
    options: Mapping[str, OptionValue] | None = None
    info: Mapping[str, str] | None = None
    close: Callable[[], None] | None = None
    blocks: Supervisor | None = None
    not_implemented: tuple[type[BaseException] | str, ...] = ()
    operations: Mapping[str, Operation] = field(default_factory=dict)


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
    name = _read_name(candidate)
    names = [operation.name for operation in operations]
    check_spelling(candidate, names)
    methods = {operation.name: check_method(candidate, operation) for operation in operations}
    implemented = {name: method for name, method in methods.items() if method is not None}
    # One that has methods may have been written for other operations than those of these vectors.
    if not implemented and not list_strangers(candidate, names):
        hint = f"Operations: {', '.join(names)}"
        raise BackendError("the backend implements no operation", where=locate_attribute(candidate), hint=hint)
    return LoadedBackend(
        name=name,
        spec=spec or name,
        methods=implemented,
        declaration=_read_declaration(candidate, operations),
        to_native=_get_own(candidate, "to_native"),
        to_numpy=_get_own(candidate, "to_numpy"),
        prepare=_read_prepare(candidate, operations),
        options=options,
        info={**_read_info(candidate), **_describe_strangers(candidate, names)},
        close=_wrap_close(_get_own(candidate, "close")),
        operations={operation.name: operation for operation in operations},
        not_implemented=_read_not_implemented(candidate),
    )


def is_refusal(error: BaseException, named: Sequence[type[BaseException] | str]) -> bool:
    """Whether an exception is of a class, or has in `Type: message` a text, that a backend names for refusals."""
    # By its type alone: what an exception says of its class is not to be trusted.
    bases = type.__dict__["__mro__"].__get__(type(error)) if named else ()
    return any(each in bases if isinstance(each, type) else each in describe_exception(error) for each in named)


def _read_not_implemented(candidate: object) -> tuple[type[BaseException] | str, ...]:
    named = read_attribute(candidate, "not_implemented")
    if named is None:
        return ()
    if isinstance(named, list | tuple) and all(_names_exceptions(each) for each in named):
        return tuple(named)
    what = "not_implemented must be a list of exception classes, and of texts that stand in `Type: message`"
    hint = "For example: not_implemented = [NotImplementedError, \"not implemented for 'Half'\"]"
    raise BackendError(what, where=locate_attribute(candidate, "not_implemented"), hint=hint)


def _names_exceptions(each: object) -> bool:
    # One of these would take every defect for a refusal.
    broad = (BaseException, Exception, KeyboardInterrupt)
    if isinstance(each, type):
        return issubclass(each, BaseException) and each not in broad
    return isinstance(each, str) and bool(each.strip())


def _get_accepted_options(candidate: object) -> Mapping[str, Option]:
    # An instance or a module has been made already: options could no longer reach it.
    accepted = _find_options(candidate) if isinstance(candidate, type) else {}
    if not (isinstance(accepted, Mapping) and all(isinstance(option, Option) for option in accepted.values())):
        hint = 'For example: options = {"threads": Option(1, "threads within an operation")}'
        what = "options must be a mapping from a name to a conform.backends.base.Option"
        raise BackendError(what, where=locate_attribute(candidate, "options"), hint=hint)
    return accepted


def _find_options(backend_class: type) -> object:
    """The options of a class, unless one that derives from it has an `__init__` of its own, which may not take them."""
    for each in backend_class.__mro__:
        if "options" in vars(each):
            return vars(each)["options"]
        if "__init__" in vars(each):
            break
    return {}


def _read_name(candidate: object) -> str:
    name = read_attribute(candidate, "name")
    if isinstance(name, str) and name.strip():
        return make_line(str.__getitem__(name, slice(None)))
    what = "has no `name`" if name is None else f"has a `name` that is not a non-empty text: {show_value(name)}"
    hint = 'Give it one: name = "my backend"'
    if isroutine(candidate):
        what, hint = "is a function", "A backend is a module, a class or an instance that has the function as a method."
    raise BackendError(f"the backend {what}", where=locate_attribute(candidate, "name"), hint=hint)


def _instantiate(backend_class: type, options: Mapping[str, OptionValue]) -> object:
    try:
        return backend_class(**options)
    except BackendError:
        raise
    except (Exception, SystemExit) as error:
        what = f"{backend_class.__name__} could not be instantiated: {describe_exception(error)}"
        raise BackendError(what, where=locate_attribute(backend_class, "__init__")) from error


def _read_declaration(candidate: object, operations: Sequence[Operation]) -> Declaration:
    names = [operation.name for operation in operations]
    claims = {name: read_attribute(candidate, name) for name in (*CLAIMS, "overrides")}
    # Vectors of a few operations must not turn claims about the others into mistakes.
    overridden = claims["overrides"] if isinstance(claims["overrides"], Mapping) else {}
    own = [name for name in overridden if isinstance(name, str) and callable(getattr(candidate, name, None))]
    try:
        declared = parse_declaration(**claims, operations=[*names, *(name for name in own if name not in names)])
        check_functions(declared, operations[0].function_table if operations else None)
        return declared
    except ClaimError as error:
        where = locate_attribute(candidate, error.path[0])
        raise BackendError(f"{'.'.join(error.path)}: {error.message}", where=where) from None


def _read_info(candidate: object) -> dict[str, str]:
    info = get_callable(candidate, "info")
    if info is None:
        return {}
    try:
        facts = list(dict(info()).items())
        return {read_text(key): read_text(value) for key, value in facts[:_MAX_FACTS]}
    except (Exception, SystemExit) as error:
        what = f"info() failed: {describe_exception(error)}"
        raise BackendError(what, where=locate_attribute(candidate, "info")) from error


def _describe_strangers(candidate: object, operations: Sequence[str]) -> dict[str, str]:
    """The methods that nothing calls, for the provenance: their author may have taken them for operations."""
    strangers = list_strangers(candidate, operations)
    if not strangers:
        return {}
    listed = (f"{name} at {locate_attribute(candidate, name)}" for name in strangers[:_LISTED])
    more = [f"and {len(strangers) - _LISTED} more"] if len(strangers) > _LISTED else []
    listed_all = ", ".join([*listed, *more])
    return {"no operation of these vectors": f"{listed_all} (a helper's name begins with an underscore)"}


def _get_own(candidate: object, name: str) -> Callable[..., Any] | None:
    """The backend's own method; None where it is the base class's, which there is no need to call."""
    if getattr(type(candidate), name, None) is getattr(BackendBase, name):
        return None
    return get_callable(candidate, name)


def _read_prepare(candidate: object, operations: Sequence[Operation]) -> Callable[..., Any] | None:
    """The hook, which can be called for any of the operations as far as its signature tells."""
    prepare = _get_own(candidate, "prepare")
    if prepare is None:
        return None
    try:
        signature = inspect.signature(prepare)
    except (TypeError, ValueError):
        # Functions written in C may hide it.
        return prepare
    attributes = dict.fromkeys((each.name for operation in operations for each in operation.attributes), 0)
    try:
        signature.bind("", {}, {}, **attributes)
    except TypeError as error:
        names = "".join(f", {name}=…" for name in attributes)
        hint = f"It is called as prepare(operation, shapes, dtypes{names}), with what an operation has of the latter."
        what = f"prepare cannot be called: {error}"
        raise BackendError(what, where=locate_attribute(candidate, "prepare"), hint=hint) from None
    return prepare


def _wrap_close(close: Callable[[], Any] | None) -> Callable[[], None] | None:
    """A backend's `close` that raises nothing: the verdict stands by then, and must not be lost."""
    if close is None:
        return None
    chosen = close

    def give_back() -> None:
        with contextlib.suppress(Exception, SystemExit):
            chosen()

    return give_back
