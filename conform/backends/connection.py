"""A conversation with a program: it is started, called, ended when it errs, and started again."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

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
_CALLS = f'{os.sep}conform{os.sep}running{os.sep}calls.py"'
"""What a line says of a frame in which a backend is called."""
_HELLO_LIMIT = 1 << 20
_ANSWER_SLACK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """How long a program may take, in seconds, and how often it may fail in the same way.

    After `starts` failures in a row to start again it is not called any more, nor after it had to be started again
    `restarts` times in all. After `crashes` calls of one operation in a row that ended it, or `hangs` that ran into the
    time limit, that operation is not.
    """

    call: float = 30.0
    start: float = 60.0
    starts: int = 3
    hangs: int = 5
    crashes: int = 5
    restarts: int = 100


class Connection:
    """A program that is started when it is first called, and again after every fault.

    `subject` is what it is called in messages, `descriptors` are files of this process that it may use too. `first`
    does what the program does, and runs in a copy of this process in place of the first start of it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        operations: Sequence[Operation],
        limits: Limits | None = None,
        *,
        subject: str = "the program",
        descriptors: Sequence[int] = (),
        first: Callable[[], int] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._argv = list(argv)
        self._greeting = write_hello(f"conform {__version__}", operations)
        self._subject = subject
        self._descriptors = tuple(descriptors)
        self._first = first
        self._child: Child | None = None
        self._hello: Hello | None = None
        self._number = 0
        self._restarts = 0
        self._failed_starts = 0
        self._hangs: Counter[str] = Counter()
        self._crashes: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self) -> Hello:
        """Start the program and exchange the hello.

        Raises OSError where it cannot be started, Refusal where it declines, and CallError, with what it wrote to its
        standard error, for anything else that is not a hello.
        """
        run, self._first = self._first, None
        self._child = Child(self._argv, self._descriptors, run)
        try:
            hello = read_hello(self._child.exchange(self._greeting, _HELLO_LIMIT, self.limits.start))
        except (ChildFault, ProtocolError) as fault:
            raise self.discard(fault, " at the hello") from None
        except BaseException:
            self.abandon()
            raise
        # What it tells of its surroundings may well change from start to start.
        if self._hello is not None and replace(hello, info=self._hello.info) != self._hello:
            raise self.discard(ChildFault("said another hello after it was started again"))
        self._hello = hello
        return hello

    def call(self, operation: Operation, /, **given: Any) -> tuple[Array, ...]:
        """The results of an operation, given its inputs and attributes.

        Inputs that the program says it changed are changed. Raises Unsupported where it says so, CallError where it
        answers with an error, or not as it should, in which case the next call starts it anew.
        """
        child = self.find_child(operation.name)
        inputs, attributes = split_arguments(operation, given)
        request = write_call(self.count_call(), operation.name, inputs, attributes)
        limit = _ANSWER_SLACK + 4 * (len(request) + _measure_results(operation, inputs, attributes))
        try:
            answer = read_answer(child.exchange(request, limit, self.limits.call), self._number)
            _put_back_changes(answer, inputs)
        except Refusal as refusal:
            self.note_answer(operation.name)
            if refusal.type == UNSUPPORTED:
                raise Unsupported(refusal.message) from None
            raise CallError(str(refusal), _join(refusal.detail, child.take_stderr())) from None
        except (ChildFault, ProtocolError) as fault:
            raise self.note_fault(operation.name, fault) from None
        except BaseException:
            self.abandon()
            raise
        self.note_answer(operation.name)
        return answer.results

    def close(self) -> None:
        """End the program; a later call would start it again."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def abandon(self) -> None:
        """End the program at once, whatever it is doing."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def count_call(self) -> int:
        """The number of the next call."""
        self._number += 1
        return self._number

    def find_child(self, operation: str) -> Child:
        """The program, started again where it has ended; raises CallError where it is not to be called any more."""
        return self._child or self._restart(operation)

    def _restart(self, operation: str) -> Child:
        reason = self._find_reason(operation)
        if reason is not None:
            raise CallError(f"{self._subject} was not called: {reason}")
        self._failed_starts += 1
        self._restarts += 1
        try:
            self.open()
        except (OSError, Refusal) as error:
            raise CallError(f"{self._subject} could not be started again: {error}") from None
        self._failed_starts = 0
        assert self._child is not None
        return self._child

    def is_given_up(self, operation: str) -> bool:
        """Whether the program has ended, and is not started again for this operation."""
        return self._child is None and self._find_reason(operation) is not None

    def _find_reason(self, operation: str) -> str | None:
        """Why the program is not started again for an operation."""
        for count, limit, what in (
            (self._hangs, self.limits.hangs, "ran into the time limit"),
            (self._crashes, self.limits.crashes, "ended it"),
        ):
            if count[operation] >= limit:
                return f"{limit} calls of {operation} in a row {what}"
        if self._failed_starts >= self.limits.starts:
            return f"it failed to start {self._failed_starts} times in a row"
        if self._restarts >= self.limits.restarts:
            return f"it had to be started again {self._restarts} times"
        return None

    def note_answer(self, operation: str) -> None:
        """Forget how many calls of an operation failed in a row."""
        self._hangs[operation] = self._crashes[operation] = 0

    def note_fault(self, operation: str, fault: Exception) -> CallError:
        """End a program that can no longer be trusted to answer in step, and say what it did in a call."""
        counts = self._hangs if isinstance(fault, ChildHang) else self._crashes
        counts[operation] += 1
        return self.discard(fault)

    def discard(self, fault: Exception, when: str = "") -> CallError:
        """End the program, and say what it did."""
        assert self._child is not None
        said = _leave_out_callers(self._child.take_stderr())
        self.abandon()
        return CallError(f"{self._subject} {_describe_fault(fault)}{when}", _join(None, said))


def _put_back_changes(answer: Answer, inputs: Mapping[str, Array]) -> None:
    for name, array in answer.changed.items():
        if name not in inputs or array.shape != inputs[name].shape or array.dtype != inputs[name].dtype:
            raise ProtocolError(f"changed.{name} is none of the inputs of the call")
        np.copyto(inputs[name], array)


def split_arguments(operation: Operation, given: Mapping[str, Any]) -> tuple[dict[str, Array], dict[str, int]]:
    """The inputs and the attributes among the arguments of a call."""
    names = {attribute.name for attribute in operation.attributes}
    inputs = {name: value for name, value in given.items() if name not in names}
    return inputs, {name: int(value) for name, value in given.items() if name in names}


def _measure_results(operation: Operation, inputs: Mapping[str, Array], attributes: Mapping[str, int]) -> int:
    """Bytes of the results that are due, by the sizes that the inputs have."""
    scope = {**operation.find_sizes({name: array.shape for name, array in inputs.items()}), **attributes}
    width = max(array.dtype.itemsize for array in inputs.values())
    return sum(width * int(np.prod(result.resolve_shape(scope), dtype=np.int64)) for result in operation.results)


def _describe_fault(fault: Exception) -> str:
    return str(fault) if isinstance(fault, ChildFault) else f"broke the protocol: {fault}"


def _leave_out_callers(said: str) -> str:
    """What was said without those frames of a dump by faulthandler that led to the call, which are our own."""
    kept, led = [], False
    for line in said.split("\n"):
        led = line.startswith("  File ") and (led or _CALLS in line)
        if not led and not line.startswith("Extension modules: "):
            kept.append(line)
    return "\n".join(kept).strip()


def _join(detail: str | None, said: str) -> str | None:
    """What is known beside the message: the program's own detail, and the end of its standard error."""
    parts = [detail] if detail else []
    if said:
        parts.append(f"standard error:\n{said}")
    return "\n".join(parts) or None
