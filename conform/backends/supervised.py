"""Any Python backend in a process of its own, which calls it block by block and has nothing else in its reach.

The process is told operations, sizes and inputs. Expected values, rules, verdicts, reports and the exit code are this
process's, and of what the other one says only this is taken: bytes as answers, texts, and findings that make a case
fail or unsupported. A case without a whole answer in a round in which one is due is an error, whatever is said of it.
What a backend does to its inputs and results is observed in its own process, and is as honest as that process: one that
sets out to lie about it can, as it could return what it has copied from elsewhere. conform is no sandbox.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from conform.backends.base import CallError, Unsupported
from conform.backends.check import LoadedBackend
from conform.backends.child import ChildFault
from conform.backends.connection import Connection, Limits, split_arguments
from conform.backends.fork import can_fork
from conform.backends.memory import Memory, Places, place
from conform.backends.process import present_program
from conform.backends.protocol import ProtocolError, Refusal, read_line
from conform.backends.resolve import resolve_backend
from conform.backends.worker import main
from conform.formats import get_format
from conform.results import Problem, Rule
from conform.running.calls import Round
from conform.running.observe import Checks, Observation, find_declared, open_rounds
from conform.running.rounds import FIRST, STRIDED
from conform.running.sheets import ANSWERED, CALLED, LEFT_OUT, OPEN, Layout, Sheet, lay_out, read_answers
from conform.suite import CaseInfo, Operation, Questions

Array = NDArray[Any]

SUBJECT = "the backend's process"
LIMITS = Limits(call=120.0, start=300.0)
"""More than a program has: libraries are imported, and kernels compiled, within a call."""

_SLACK = 1 << 20
_CASE = 1 << 16
"""Bytes that an answer may take, and for every call that it is about."""
_FINDINGS = (Rule.RAISED, Rule.RESULTS, Rule.SHAPE, Rule.DTYPE, Rule.MUTATION, Rule.ALIASING)


def supervise_backend(
    spec: str, operations: Sequence[Operation], limits: Limits | None = None, *, copy: bool = False
) -> LoadedBackend:
    """The backend that `spec` names, loaded and called in another process; programs are in one already.

    With `copy`, it begins as a copy of this process where the system allows it, which is faster than a new interpreter:
    only for a process that holds nothing yet that a backend must not see. Once restarted, it is always a new one.
    Raises BackendError as `resolve_backend` does, and where loading ends the process.
    """
    spec = spec.strip()
    if spec.startswith(("cmd:", "cmd[")):
        return resolve_backend(spec, operations)
    supervisor = _start(spec, operations, limits or LIMITS, copy and can_fork())
    backend = present_program(lambda: supervisor.connection, spec, operations)
    called = {operation.name: operation for operation in operations if operation.name in backend.methods}
    methods = {name: functools.partial(supervisor.call, operation) for name, operation in called.items()}
    return replace(backend, methods=methods, blocks=supervisor, close=supervisor.close)


@dataclass
class _Work:
    """A block that is being called: what is asked, and what is known by now."""

    questions: Questions
    checks: Checks
    layout: Layout
    places: Places
    declared: NDArray[np.bool_]
    opened: Sequence[NDArray[np.uint8]]
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    unsupported: dict[int, str] = field(default_factory=dict)
    heard: dict[str, None] = field(default_factory=dict)
    environment: dict[str, None] = field(default_factory=dict)
    answered: int = 0
    tried_again: bool = False
    trouble: CallError | None = None

    @property
    def operation(self) -> str:
        return self.questions.operation.name


@dataclass(frozen=True)
class _Findings:
    """What an answer says of a block, beside what is on its sheets."""

    problems: tuple[tuple[int, Problem], ...]
    unsupported: Mapping[int, str]
    heard: tuple[str, ...]
    environment: tuple[str, ...]


class Supervisor:
    """Has blocks called by a process, which is started again where it ends; one block at a time."""

    def __init__(self, connection: Connection, memory: Memory, another: Callable[[], Supervisor]) -> None:
        self.connection = connection
        self._memory = memory
        self._another = another
        self._work: _Work | None = None
        self._number = 0

    def start_another(self) -> Supervisor:
        """One more for the same backend, with a process of its own once it is asked for something."""
        return self._another()

    def begin(self, backend: LoadedBackend, questions: Questions, checks: Checks) -> None:
        """Have a block called; `finish` waits for what comes of it."""
        self._begin(questions, checks, find_declared(backend, questions))

    def _begin(self, questions: Questions, checks: Checks, declared: NDArray[np.bool_]) -> None:
        if self._work is not None:
            self.abandon()
        layout = lay_out(questions)
        inputs = [questions.inputs[parameter.name] for parameter in questions.operation.parameters]
        places = place([array.nbytes for array in inputs], layout, len(checks.rounds))
        opened = open_rounds(questions, checks, declared)
        self._work = _Work(questions, checks, layout, places, declared, opened)
        self._memory.fill(places, inputs, self._work.opened)
        # Where it cannot be started, `finish` finds the same again.
        try:
            self._ask(self._work)
        except CallError:
            self._number = 0

    def finish(self, advance: Callable[[int], None]) -> Observation:
        """What there was to see of the block that was begun."""
        work = self._work
        assert work is not None
        told = 0

        def measure() -> int:
            nonlocal told
            states = self._memory.read_states(work.places, work.layout)
            first = int(np.count_nonzero((states[0] != OPEN) & (states[0] != LEFT_OUT)))
            advance(first - told)
            told = max(told, first)
            return int(np.count_nonzero(states))

        while (trouble := self._listen(work, measure)) is not None:
            if not self._go_on(work, trouble):
                break
        self._work = None
        return _conclude(work, self._memory.read_sheets(work.places, work.layout), trouble is None)

    def call(self, operation: Operation, /, **given: Any) -> tuple[Array, ...]:
        """The results of a single call, of which it is only asked that they have the right shapes.

        Where an input is not contiguous, the call gets inputs that are not. Raises Unsupported and CallError as a
        program does, and CallError for results that are none.
        """
        inputs, attributes = split_arguments(operation, given)
        questions = _question(operation, inputs, attributes)
        dense = all(array.flags.c_contiguous for array in inputs.values())
        # It is only called with what it declares to hold, and never with a subnormal number.
        self._begin(questions, Checks((FIRST if dense else STRIDED,), False, whole=True), np.zeros(1, np.bool_))
        seen = self.finish(lambda cases: None)
        for problem in seen.problems.get(0, ()):
            raise CallError(problem.message, problem.detail)
        if seen.unsupported:
            raise Unsupported(seen.unsupported[0])
        answers = zip(operation.results, seen.rounds[0].answers.values(), strict=True)
        return tuple(answer.reshape(each.resolve_shape(questions.cases[0].scope)) for each, answer in answers)

    def close(self) -> None:
        """End the process: at once where it is in the middle of a block, else as it likes to end."""
        if self._work is not None:
            self.abandon()
        self.connection.close()

    def abandon(self) -> None:
        """End the process at once, and forget the block that it is called with."""
        self._work = None
        self.connection.abandon()

    def _ask(self, work: _Work) -> None:
        child = self.connection.find_child(work.operation)
        self._number = self.connection.count_call()
        child.ask(_write_block(self._number, work))

    def _listen(self, work: _Work, measure: Callable[[], int]) -> CallError | None:
        """Wait for the answer, and note what it says; the trouble with the call under way where there is none."""
        try:
            child = self.connection.find_child(work.operation)
            if not self._number:
                self._ask(work)
            limit = _SLACK + _CASE * work.layout.count * len(work.places.sheets)
            line = child.hear(limit, self.connection.limits.call, measure)
            findings = _read_findings(line, self._number, work)
        except (ChildFault, ProtocolError, Refusal) as fault:
            answered = int(np.count_nonzero(self._memory.read_states(work.places, work.layout) == ANSWERED))
            if answered > work.answered:
                work.answered = answered
                self.connection.note_answer(work.operation)
            return self.connection.note_fault(work.operation, fault)
        except CallError as error:
            return error
        except BaseException:
            self.abandon()
            raise
        finally:
            self._number = 0
        self.connection.note_answer(work.operation)
        for case, problem in findings.problems:
            work.problems[case] = (*work.problems.get(case, ()), problem)
        work.unsupported |= findings.unsupported
        work.heard |= dict.fromkeys(findings.heard)
        work.environment |= dict.fromkeys(findings.environment)
        return None

    def _go_on(self, work: _Work, trouble: CallError) -> bool:
        """Blame the call that was under way, and have the block called without it; false where that is of no use.

        All the others are called anew, for what was observed of them has ended with the process.
        """
        called = np.argwhere(self._memory.read_states(work.places, work.layout) == CALLED)
        # Only one call is under way; more would be a lie, and the liar's loss.
        for number, case in called.tolist():
            problem = Problem(Rule.RAISED, str(trouble), work.checks.rounds[number], detail=trouble.detail)
            work.problems[case] = (*work.problems.get(case, ()), problem)
            work.opened[number][case] = LEFT_OUT
        if not len(called):
            work.trouble = trouble
            # It ended between two calls, or is not to be called any more.
            if work.tried_again or self.connection.is_given_up(work.operation):
                return False
            work.tried_again = True
        inputs = [work.questions.inputs[parameter.name] for parameter in work.questions.operation.parameters]
        self._memory.fill(work.places, inputs, work.opened)
        return True


def _question(operation: Operation, inputs: Mapping[str, Array], attributes: Mapping[str, int]) -> Questions:
    """A block of one case; sizes follow from the shapes of the inputs."""
    sizes = operation.find_sizes({name: array.shape for name, array in inputs.items()})
    flat = {name: np.ascontiguousarray(array).reshape(-1) for name, array in inputs.items()}
    offsets = {name: np.array([0, array.size], np.int64) for name, array in flat.items()}
    target = get_format(next(iter(inputs.values())).dtype.name)
    return Questions(operation, target, (CaseInfo("", sizes, (), 0, attributes),), flat, offsets)


def _start(spec: str, operations: Sequence[Operation], limits: Limits, copy: bool = False) -> Supervisor:
    memory = Memory()
    # Without -P the current folder would come first, and a file in it could stand in for any module.
    argv = [sys.executable, "-P", "-m", "conform.backends.worker", spec, str(memory.descriptor), *sys.path]
    first = functools.partial(main, [spec, str(memory.descriptor)]) if copy else None
    connection = Connection(argv, operations, limits, subject=SUBJECT, descriptors=(memory.descriptor,), first=first)
    return Supervisor(connection, memory, functools.partial(_start, spec, operations, limits))


def _write_block(number: int, work: _Work) -> bytes:
    """What the process is asked: the numbers themselves are in the memory."""
    cases = work.questions.cases
    message = {
        "id": number,
        "operation": work.operation,
        "dtype": work.questions.format.name,
        "count": len(cases),
        "sizes": _list_columns([case.sizes for case in cases]),
        "attributes": _list_columns([case.attributes for case in cases]),
        "rounds": work.checks.rounds,
        "aliasing": work.checks.aliasing,
        "whole": work.checks.whole,
    }
    return orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE)


def _list_columns(rows: Sequence[Mapping[str, int]]) -> dict[str, list[int]]:
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def _read_findings(line: bytes, number: int, work: _Work) -> _Findings:
    """What the process says of a block; raises ProtocolError for anything that it has no say in."""
    message = read_line(line)
    if message.get("id") != number:
        raise ProtocolError(f"no answer to call {number}")
    try:
        return _Findings(
            tuple((_check_case(case, work), _read_problem(found, work)) for case, found in message["problems"]),
            {_check_case(case, work): _check_text(reason) for case, reason in message["unsupported"]},
            tuple(map(_check_text, message["heard"])),
            tuple(map(_check_text, message["environment"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"findings that are none: {type(error).__name__}: {error}") from None


def _check_case(case: Any, work: _Work) -> int:
    if type(case) is not int or not 0 <= case < work.layout.count:
        raise ValueError(f"{case!r} is no case")
    return case


def _check_text(text: Any) -> str:
    if type(text) is not str:
        raise TypeError("a text is none")
    return text


def _read_problem(found: Sequence[Any], work: _Work) -> Problem:
    rule, message, call, detail = found
    if rule not in _FINDINGS or call not in work.checks.rounds:
        raise ValueError(f"{rule!r} in {call!r} is not for it to say")
    return Problem(Rule(rule), _check_text(message), call, detail=None if detail is None else _check_text(detail))


def _conclude(work: _Work, sheets: Sequence[Sheet], complete: bool) -> Observation:
    """The observation; without an answer to the whole block, which is not `complete`, every case of it is an error."""
    dtype, names = work.questions.format.dtype, [result.name for result in work.questions.operation.results]
    trouble = work.trouble or CallError(f"{SUBJECT} gave no answer to this call")
    rounds: list[Round] = []
    for label, sheet, opened in zip(work.checks.rounds, sheets, work.opened, strict=True):
        due = opened == OPEN
        if rounds:
            due &= rounds[0].answered
        missing = due & ~sheet.answered if complete else due
        for case in np.flatnonzero(missing).tolist():
            if case not in work.problems and (case not in work.unsupported or not complete):
                work.problems[case] = (Problem(Rule.RAISED, str(trouble), label, detail=trouble.detail),)
        rounds.append(Round(label, sheet.answered & due, read_answers(sheet, dtype, names), {}, {}, {}))
    return Observation(
        tuple(rounds), work.problems, work.unsupported, work.declared, tuple(work.heard), tuple(work.environment)
    )
