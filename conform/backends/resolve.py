"""Finding a backend by how it is named: registered, in a module, in a file, or behind a prefix."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.metadata
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

from conform.backends.check import LoadedBackend, check_backend
from conform.backends.options import split_options
from conform.errors import BackendError
from conform.suite import Operation
from conform.texts import describe_exception

GROUP = "conform.backends"

PREFIXES = {
    "cmd:": "conform.backends.process",
    "cmd[": "conform.backends.process",
    "array-api:": "conform.backends.array_api",
}
"""Each module has `connect(spec, operations)`, which takes the whole spec and returns a LoadedBackend."""

FORMS = {
    "array-api:NAMESPACE[KEY=VALUE]": "conform.backends.array_api",
    "cmd[KEY=VALUE]:PROGRAM ARGS": "conform.backends.process",
}
"""How backends behind a prefix are written with options; each module has the `OPTIONS` that they take."""

_EXTRAS = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "onnx": "onnxruntime", "onnxruntime": "onnxruntime"}
_WAYS = (
    "A backend is named by a registered name, package.module:object, path/to/file.py:object, "
    "array-api:NAMESPACE, or cmd:PROGRAM ARGS."
)


def resolve_backend(spec: str, operations: Sequence[Operation]) -> LoadedBackend:
    """Load and check the backend that `spec` names; raises BackendError where there is none or it is not acceptable.

    A spec is a registered name, `package.module:object`, `path/to/file.py:object`, or has one of PREFIXES. With no
    `:object` it is the module itself, or the only class of the module that is a backend. Options stand in brackets
    behind it; those of a program, whose arguments may hold brackets too, stand before the colon:
    `cmd[timeout=5]:PROGRAM ARGS`.
    """
    spec = spec.strip()
    for prefix, module in PREFIXES.items():
        if spec.startswith(prefix):
            connect: Callable[[str, Sequence[Operation]], LoadedBackend] = importlib.import_module(module).connect
            return connect(spec, operations)
    target, given = split_options(spec)
    if not target:
        raise BackendError("no backend is named", where=repr(spec), hint=_WAYS)
    return check_backend(_load_object(target, operations), operations, spec, given)


def find_registered() -> dict[str, EntryPoint]:
    """The entry points of the group `conform.backends` by name; raises BackendError for a name registered twice."""
    found: dict[str, EntryPoint] = {}
    for point in importlib.metadata.entry_points(group=GROUP):
        if point.name in found and point.value != found[point.name].value:
            what = f"two packages register a backend {point.name!r}: {found[point.name].value} and {point.value}"
            raise BackendError(what, hint="Uninstall one of them, or name the backend as package.module:object.")
        found[point.name] = point
    return found


def load_registered(point: EntryPoint) -> Any:
    """The object that an entry point refers to; raises BackendError where it cannot be imported."""
    with _reported(point.name):
        return point.load()


def split_target(target: str) -> tuple[str, str]:
    """The module or file, and the object in it, that a name without options stands for; no object is the empty text."""
    place, _, path = target.rpartition(":")
    return (target, "") if not place or path.endswith(".py") else (place, path)


def _load_object(target: str, operations: Sequence[Operation]) -> Any:
    registered = find_registered()
    if target in registered:
        return load_registered(registered[target])
    place, path = split_target(target)
    if place.endswith(".py"):
        module = _load_file(Path(place), target)
    elif path or "." in place:
        module = _load_module(place, target)
    else:
        raise _describe_unknown(target, list(registered))
    return _find_object(module, path, target) if path else _choose_object(module, target, operations)


def _load_file(path: Path, target: str) -> ModuleType:
    if not path.is_file():
        raise BackendError(f"there is no file {path}", where=target, hint=_WAYS)
    resolved = path.resolve()
    # The path makes the name unique: two backends may both be called backend.py.
    name = f"conform_backend_file_{resolved.stem}_{abs(hash(str(resolved))):x}"
    found = importlib.util.spec_from_file_location(name, resolved)
    if found is None or found.loader is None:
        raise BackendError(f"{path} cannot be read as a Python module", where=target)
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    with _reported(target), _importable_from(resolved.parent):
        try:
            found.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return module


def _load_module(name: str, target: str) -> ModuleType:
    # A console script does not have the current folder on its path, where a backend in the making usually is.
    with _reported(target), _importable_from(Path.cwd()):
        return importlib.import_module(name)


def _choose_object(module: ModuleType, target: str, operations: Sequence[Operation]) -> Any:
    """The module itself, where it has a name, else the only class of its own that is a backend."""
    names = [operation.name for operation in operations]
    fitting = [
        each
        for name, each in vars(module).items()
        if isinstance(each, type) and each.__module__ == module.__name__ and not name.startswith("_")
        if isinstance(getattr(each, "name", None), str) and any(callable(getattr(each, own, None)) for own in names)
    ]
    if isinstance(getattr(module, "name", None), str) or not fitting:
        return module
    if len(fitting) > 1:
        listed = " or ".join(f"{target}:{each.__name__}" for each in fitting)
        raise BackendError("there are several backends in it", where=target, hint=f"Name one: {listed}")
    return fitting[0]


def _find_object(module: ModuleType, path: str, target: str) -> Any:
    found: Any = module
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            public = [name for name in vars(found) if not name.startswith("_")]
            close = difflib.get_close_matches(attribute, public, n=3)
            hint = f"Did you mean {' or '.join(close)}?" if close else f"It has: {', '.join(public) or 'nothing'}"
            # The name of a module that was read from a file is none that the user gave it.
            within = target.rpartition(":")[0] if found is module else getattr(found, "__name__", path)
            what = f"there is no {attribute!r} in {within}"
            raise BackendError(what, where=getattr(module, "__file__", None) or target, hint=hint)
        found = getattr(found, attribute)
    return found


def _describe_unknown(target: str, registered: list[str]) -> BackendError:
    close = difflib.get_close_matches(target, registered, n=3)
    names = f"Did you mean {' or '.join(close)}? " if close else f"Registered: {', '.join(registered)}. "
    if target.isidentifier() and importlib.util.find_spec(target) is not None:
        names = f"For the module of that name, write {target}:OBJECT. "
    return BackendError(f"no backend is called {target!r}", hint=names + _WAYS)


@contextlib.contextmanager
def _importable_from(folder: Path) -> Iterator[None]:
    """Let modules beside the backend be imported while it is loaded."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))


@contextlib.contextmanager
def _reported(target: str) -> Iterator[None]:
    """Turn whatever goes wrong while user code is imported into a BackendError that says where and what."""
    try:
        yield
    except BackendError:
        raise
    except (Exception, SystemExit) as error:
        hint = None
        missing = error.name.partition(".")[0] if isinstance(error, ImportError) and error.name else None
        if missing in _EXTRAS:
            hint = describe_extra(_EXTRAS[missing])
        what = f"cannot be imported: {describe_exception(error)}"
        raise BackendError(what, where=_locate_error(error) or target, hint=hint) from error


def describe_extra(extra: str) -> str:
    """The hint that says how to install an extra: from a checkout, for no index has the package yet."""
    return f'Install it with: python -m pip install ".[{extra}]" in a checkout of conform.'


def _locate_error(error: BaseException) -> str | None:
    """`file:line` at which importing failed, past the frames of the import system and of this module."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and not frame.filename.startswith("<frozen")]
    machinery = (importlib.__file__, importlib.metadata.__file__)
    outside = [frame for frame in own if frame.filename not in machinery]
    return f"{outside[-1].filename}:{outside[-1].lineno}" if outside else None
