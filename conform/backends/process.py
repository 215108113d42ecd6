"""A program as a backend: `cmd:PROGRAM ARGS`, which is called over its standard streams and restarted when it fails."""

from __future__ import annotations

import difflib
import functools
import importlib.metadata
import os
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from conform.backends.base import CallError, Option, OptionValue, Unsupported
from conform.backends.check import LoadedBackend
from conform.backends.child import Child, ChildFault, ChildHang
from conform.backends.options import parse_options, split_options
from conform.backends.protocol import (
    Answer,
    Hello,
    ProtocolError,
    Refusal,
    read_answer,
    read_hello,
    write_call,
    write_hello,
)
from conform.declaration import ClaimError, Declaration, parse_declaration
from conform.errors import BackendError
from conform.suite import Operation

OPTIONS = {
    "timeout": Option(30, "seconds that a call may take"),
    "start": Option(60, "seconds that the program may take to answer the hello"),
}

UNSUPPORTED = "Unsupported"
"""The type of an error that says: this case is not supported, which is a verdict of its own."""

Array = NDArray[Any]
_SIMILARITY = 0.84
_HELLO_LIMIT = 1 << 20
_ANSWER_SLACK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """How long a program may take, in seconds, and how often in a row it may fail in the same way.

    After `starts` failures to start again it is not called any more; after `hangs` calls of one operation that ran
    into the time limit, that operation is not.
    """

    call: float = 30.0
    start: float = 60.0
    starts: int = 3
    hangs: int = 5


class Connection:
    """A program that is started when it is first called, and again after every fault."""

    def __init__(self, argv: Sequence[str], operations: Sequence[Operation], limits: Limits | None = None) -> None:
        self._argv = list(argv)
        self._greeting = write_hello(f"conform {importlib.metadata.version('conform')}", operations)
        self._limits = limits or Limits()
        self._child: Child | None = None
        self._hello: Hello | None = None
        self._number = 0
        self._failed_starts = 0
        self._hangs: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self) -> Hello:
        """Start the program and exchange the hello.

        Raises OSError where it cannot be started, Refusal where it declines, and CallError, with what it wrote to its
        standard error, for anything else that is not a hello.
        """
        self._child = Child(self._argv)
        try:
            hello = read_hello(self._child.exchange(self._greeting, _HELLO_LIMIT, self._limits.start))
        except (ChildFault, ProtocolError) as fault:
            self._discard(f"{_describe_fault(fault)} at the hello")
        except BaseException:
            self.close()
            raise
        # What it tells of its surroundings may well change from start to start.
        if self._hello is not None and replace(hello, info=self._hello.info) != self._hello:
            self._discard("said another hello after it was started again")
        self._hello = hello
        return hello

    def call(self, operation: Operation, /, **inputs: Array) -> tuple[Array, ...]:
        """The results of an operation.

        Inputs that the program says it changed are changed. Raises Unsupported where it says so, CallError where it
        answers with an error, or not as it should, in which case the next call starts it anew.
        """
        child = self._child or self._restart(operation)
        self._number += 1
        request = write_call(self._number, operation.name, inputs)
        limit = _ANSWER_SLACK + 4 * (len(request) + _measure_results(operation, inputs))
        try:
            answer = read_answer(child.exchange(request, limit, self._limits.call), self._number)
            _put_back_changes(answer, inputs)
        except Refusal as refusal:
            self._hangs[operation.name] = 0
            if refusal.type == UNSUPPORTED:
                raise Unsupported(refusal.message) from None
            raise CallError(str(refusal), _join(refusal.detail, child.take_stderr())) from None
        except (ChildFault, ProtocolError) as fault:
            self._hangs[operation.name] += isinstance(fault, ChildHang)
            self._discard(_describe_fault(fault))
        except BaseException:
            self._discard_quietly()
            raise
        self._hangs[operation.name] = 0
        return answer.results

    def close(self) -> None:
        """End the program; a later call would start it again."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _restart(self, operation: Operation) -> Child:
        if self._hangs[operation.name] >= self._limits.hangs:
            raise CallError(
                f"the program was not called: {self._limits.hangs} calls of {operation.name} in a row ran into the "
                "time limit"
            )
        if self._failed_starts >= self._limits.starts:
            raise CallError(f"the program was not called: it failed to start {self._failed_starts} times in a row")
        self._failed_starts += 1
        try:
            self.open()
        except (OSError, Refusal) as error:
            raise CallError(f"the program could not be started again: {error}") from None
        self._failed_starts = 0
        assert self._child is not None
        return self._child

    def _discard(self, what: str) -> NoReturn:
        """End a program that can no longer be trusted to answer in step, and say what it did."""
        assert self._child is not None
        said = self._child.take_stderr()
        self._discard_quietly()
        raise CallError(f"the program {what}", _join(None, said)) from None

    def _discard_quietly(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


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
    if os.name != "posix":
        raise BackendError("programs can be called on POSIX systems only", where=spec)
    connection = Connection(argv, operations, limits)
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
) -> dict[str, functools.partial[tuple[Array, ...]]]:
    names = [operation.name for operation in operations]
    missing = [name for name in names if name not in hello.operations]
    for name in hello.operations:
        # Operations that these vectors do not have are no mistake; those that are nearly one of them are.
        close = [] if name in names else difflib.get_close_matches(name, missing, n=1, cutoff=_SIMILARITY)
        if close:
            raise BackendError(f"the hello names no operation {name!r}; did you mean {close[0]!r}?", where=spec)
    methods = {
        operation.name: functools.partial(connection.call, operation)
        for operation in operations
        if operation.name in hello.operations
    }
    if not methods:
        raise BackendError("the program implements no operation", where=spec, hint=f"Operations: {', '.join(names)}")
    return methods


def _read_declaration(hello: Hello, operations: Sequence[Operation], spec: str) -> Declaration:
    names = [operation.name for operation in operations]
    overrides = {name: claims for name, claims in hello.operations.items() if name in names and claims}
    try:
        return parse_declaration(**hello.claims, overrides=overrides, operations=names)
    except ClaimError as error:
        raise BackendError(f"hello: {'.'.join(error.path)}: {error.message}", where=spec) from None


def _put_back_changes(answer: Answer, inputs: Mapping[str, Array]) -> None:
    for name, array in answer.changed.items():
        if name not in inputs or array.shape != inputs[name].shape or array.dtype != inputs[name].dtype:
            raise ProtocolError(f"changed.{name} is none of the inputs of the call")
        np.copyto(inputs[name], array)


def _measure_results(operation: Operation, inputs: Mapping[str, Array]) -> int:
    """Bytes of the results that are due, by the sizes that the inputs have."""
    sizes = {
        dimension.symbol: length - dimension.offset
        for parameter in operation.parameters
        for dimension, length in zip(parameter.shape, inputs[parameter.name].shape, strict=True)
    }
    width = max(array.dtype.itemsize for array in inputs.values())
    return sum(width * int(np.prod(result.resolve_shape(sizes), dtype=np.int64)) for result in operation.results)


def _describe_fault(fault: Exception) -> str:
    return str(fault) if isinstance(fault, ChildFault) else f"broke the protocol: {fault}"


def _join(detail: str | None, said: str) -> str | None:
    """What is known beside the message: the program's own detail, and the end of its standard error."""
    parts = [detail] if detail else []
    if said:
        parts.append(f"standard error:\n{said}")
    return "\n".join(parts) or None
