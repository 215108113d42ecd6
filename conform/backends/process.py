"""A program as a backend, named `cmd:PROGRAM ARGS`: what its hello says, checked as any backend is."""

from __future__ import annotations

import difflib
import functools
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conform.backends.base import CallError, Option, OptionValue
from conform.backends.check import LoadedBackend
from conform.backends.connection import Connection, Limits
from conform.backends.options import parse_options, split_options
from conform.backends.protocol import Hello, Refusal
from conform.declaration import ClaimError, Declaration, check_functions, parse_declaration
from conform.errors import BackendError
from conform.suite import Operation

OPTIONS = {
    "timeout": Option(30, "seconds that a call may take"),
    "start": Option(60, "seconds that the program may take to answer the hello"),
}

_SIMILARITY = 0.84


def connect(spec: str, operations: Sequence[Operation]) -> LoadedBackend:
    """The backend `cmd:PROGRAM ARGS` or `cmd[timeout=5,start=20]:PROGRAM ARGS`, the arguments quoted as in a shell.

    Raises BackendError where the program cannot be started, says no proper hello, or claims what cannot be.
    """
    head, text = _split_head(spec)
    _, given = split_options(head)
    options = parse_options(given, OPTIONS, where=spec)
    limits = Limits(call=_check_seconds(options, "timeout", spec), start=_check_seconds(options, "start", spec))
    try:
        argv = shlex.split(text)
    except ValueError as error:
        raise BackendError(f"the arguments cannot be split: {error}", where=spec) from None
    if not argv:
        raise BackendError("no program is named", where=spec, hint="For example: cmd:./linear --threads 4")
    return replace(connect_program(argv, spec, operations, limits), options=options)


def connect_program(
    argv: Sequence[str], spec: str, operations: Sequence[Operation], limits: Limits | None = None
) -> LoadedBackend:
    """Start a program, and present what its hello says as a backend; raises BackendError as `connect` does."""
    return present_program(lambda: Connection(argv, operations, limits), spec, operations)


def present_program(make: Callable[[], Connection], spec: str, operations: Sequence[Operation]) -> LoadedBackend:
    """The backend that answers through a new connection; raises BackendError as `connect` does."""
    if os.name != "posix":
        raise BackendError("processes can be called on POSIX systems only", where=spec)
    connection = make()
    hello = _open(connection, spec)
    try:
        methods = _list_methods(connection, hello, operations, spec)
        declaration = _read_declaration(hello, operations, spec)
    except BaseException:
        connection.close()
        raise
    return LoadedBackend(
        name=hello.name,
        spec=spec,
        methods=methods,
        declaration=declaration,
        info=hello.info,
        close=connection.close,
        operations={operation.name: operation for operation in operations},
    )


def _split_head(spec: str) -> tuple[str, str]:
    """`cmd` with its options, and the command line; options hold no colon, but arguments may."""
    if spec.startswith("cmd[") and "]:" not in spec:
        hint = "Options are written cmd[timeout=5]:PROGRAM ARGS."
        raise BackendError("the brackets do not end before a colon", where=spec, hint=hint)
    head, _, text = spec.partition("]:" if spec.startswith("cmd[") else ":")
    return (f"{head}]" if spec.startswith("cmd[") else head), text


def _check_seconds(options: Mapping[str, OptionValue], key: str, where: str) -> float:
    seconds = int(options[key])
    if seconds <= 0:
        raise BackendError(f"option {key}={seconds}: expected a positive number of seconds", where=where)
    return float(seconds)


def _open(connection: Connection, spec: str) -> Hello:
    hint = "The protocol is described in conform/backends/PROTOCOL.md; anything but its messages belongs on stderr."
    try:
        return connection.open()
    except OSError as error:
        what = f"the program cannot be started: {error.strerror}: {error.filename}"
        raise BackendError(what, where=spec) from None
    except Refusal as refusal:
        # A backend that runs in the worker explains itself, place and advice included.
        own = refusal.type == BackendError.__name__
        raise BackendError(refusal.message if own else str(refusal), where=None if own else spec) from None
    except CallError as error:
        raise BackendError(str(error), where=spec, hint=error.detail or hint) from None


def _list_methods(
    connection: Connection, hello: Hello, operations: Sequence[Operation], spec: str
) -> dict[str, Callable[..., Any]]:
    names = [operation.name for operation in operations]
    missing = [name for name in names if name not in hello.operations]
    for name in hello.operations:
        # Operations that these vectors do not have are no mistake; those that are nearly one of them are.
        close = [] if name in names else difflib.get_close_matches(name, missing, n=1, cutoff=_SIMILARITY)
        if close:
            raise BackendError(f"the hello names no operation {name!r}; did you mean {close[0]!r}?", where=spec)
    return {
        operation.name: functools.partial(connection.call, operation)
        for operation in operations
        if operation.name in hello.operations
    }


def _read_declaration(hello: Hello, operations: Sequence[Operation], spec: str) -> Declaration:
    names = [operation.name for operation in operations]
    overrides = {name: claims for name, claims in hello.operations.items() if name in names and claims}
    try:
        declared = parse_declaration(**hello.claims, overrides=overrides, operations=names)
        check_functions(declared, operations[0].function_table if operations else None)
        return declared
    except ClaimError as error:
        raise BackendError(f"hello: {'.'.join(error.path)}: {error.message}", where=spec) from None
