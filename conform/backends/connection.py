"""A conversation with a program: it is started, called, ended when it errs, and started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from conform import __version__
from conform.backends.base import CallError, Unsupported
from conform.backends.child import Child, ChildFault, ChildHang
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
from conform.suite import Operation

UNSUPPORTED = "Unsupported"
"""The type of an error that says: this case is not supported, which is a verdict of its own."""

Array = NDArray[Any]
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
        self._greeting = write_hello(f"conform {__version__}", operations)
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
