"""Everything that is seen of a backend on one block: its answers to every call, and what went wrong around them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend
from conform.results import Problem, Rule
from conform.running.aliasing import find_changed_results, find_shared_results
from conform.running.calls import Plan, Round, call_cases, plan_calls
from conform.running.environment import describe_environment
from conform.running.inputs import find_empty_cases, find_subnormal_cases
from conform.running.preparing import Announcer
from conform.running.rounds import ROUNDS, arrange, choose_cases
from conform.running.sheets import LEFT_OUT, OPEN, Sheet, lay_out
from conform.suite import Questions
from conform.texts import name_type, read_text

_EMPTY = "an input has no elements, and the backend declares that it does not take those"

_MAX_WARNINGS = 1000
"""So many warnings of a block are looked at; they are not counted, only told."""


@dataclass(frozen=True)
class Checks:
    """The rounds of calls in their order, and whether results must share no memory and stay as they were returned.

    With `whole`, every case is also called with its inputs in other layouts, and not only some.
    """

    rounds: tuple[str, ...] = ROUNDS
    aliasing: bool = True
    whole: bool = False


@dataclass(frozen=True)
class Observation:
    """The rounds of calls, the first of them over every case that is called at all.

    `problems` and `unsupported` are by case; `declared` marks the cases that are not called because the backend
    declares that it cannot hold their inputs. `heard` are the warnings that the backend gave, and `environment` says
    what it changed for the whole process.
    """

    rounds: tuple[Round, ...]
    problems: Mapping[int, tuple[Problem, ...]]
    unsupported: Mapping[int, str]
    declared: NDArray[np.bool_]
    heard: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


def find_obstacle(backend: LoadedBackend, questions: Questions) -> Observation | None:
    """What there is to see of a block that is not called at all; None where it is."""
    operation, dtype, count = questions.operation.name, questions.format.name, len(questions.cases)
    if operation not in backend.methods:
        reason = "the backend has no method of that name"
    elif not backend.declaration.supports(operation, dtype):
        reason = f"{dtype} is not among the formats that it declares"
    else:
        return None
    return Observation((), {}, dict.fromkeys(range(count), reason), np.zeros(count, np.bool_))


def find_declared(backend: LoadedBackend, questions: Questions) -> NDArray[np.bool_]:
    """The cases that are not called because the backend declares that it cannot take their inputs."""
    left_out = np.zeros(len(questions.cases), np.bool_)
    if backend.declaration.flushes(questions.operation.name, questions.format.name):
        left_out |= find_subnormal_cases(questions)
    if not backend.declaration.takes_empty(questions.operation.name):
        left_out |= find_empty_cases(questions)
    return left_out


def explain_empty(backend: LoadedBackend, questions: Questions) -> dict[int, str]:
    """Why cases without elements are not called, for a backend that declares that it does not take them."""
    if backend.declaration.takes_empty(questions.operation.name):
        return {}
    return dict.fromkeys(np.flatnonzero(find_empty_cases(questions)).tolist(), _EMPTY)


def observe_block(
    backend: LoadedBackend, questions: Questions, checks: Checks, advance: Callable[[int], None]
) -> Observation:
    """Call a backend of this process on every case, and in the other rounds on those of theirs that it answered.

    `advance` is told how many cases were called for the first time.
    """
    obstacle = find_obstacle(backend, questions)
    if obstacle is not None:
        return obstacle
    declared = find_declared(backend, questions)
    layout = lay_out(questions)
    sheets = [layout.make() for _ in checks.rounds]
    for sheet, states in zip(sheets, open_rounds(questions, checks, declared), strict=True):
        sheet.states[:] = states
    return fill_sheets(backend, questions, checks, sheets, declared, advance)


def open_rounds(questions: Questions, checks: Checks, declared: NDArray[np.bool_]) -> list[NDArray[np.uint8]]:
    """The states of every round before its calls: the cases that it is not about are left out."""
    chosen = choose_cases(checks.rounds, questions, checks.whole)
    return [np.where(row & ~declared, OPEN, LEFT_OUT).astype(np.uint8) for row in chosen]


def fill_sheets(
    backend: LoadedBackend,
    questions: Questions,
    checks: Checks,
    sheets: Sequence[Sheet],
    declared: NDArray[np.bool_],
    advance: Callable[[int], None],
) -> Observation:
    """Make the calls of every round that are still open on its sheet; the rest is as in `observe_block`."""
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("default")
        # Overflows and invalid operations are what some of the cases are about.
        warnings.simplefilter("ignore", RuntimeWarning)
        rounds, problems, unsupported = _call_rounds(backend, questions, checks, sheets, advance)
    heard = dict.fromkeys(f"{name_type(each.message)}: {read_text(each.message)}" for each in given[:_MAX_WARNINGS])
    return Observation(tuple(rounds), problems, unsupported, declared, tuple(heard), describe_environment())


def _call_rounds(
    backend: LoadedBackend,
    questions: Questions,
    checks: Checks,
    sheets: Sequence[Sheet],
    advance: Callable[[int], None],
) -> tuple[list[Round], dict[int, tuple[Problem, ...]], dict[int, str]]:
    plan = plan_calls(questions)
    problems: dict[int, tuple[Problem, ...]] = {}
    unsupported: dict[int, str] = {}
    rounds: list[Round] = []
    memory: list[NDArray[Any]] = []
    announcer = Announcer(backend)
    for label, sheet in zip(checks.rounds, sheets, strict=True):
        wanted = sheet.states == OPEN
        if rounds:
            wanted &= rounds[0].answered
        cases = plan.order[wanted[plan.order]].tolist()
        arrangement = arrange(label, questions, cases, backend, checks.whole, announcer)
        memory += arrangement.memory
        each = call_cases(plan, backend, arrangement, label, sheet, _ignore if rounds else advance, announcer)
        rounds.append(each)
        unsupported |= each.unsupported
        _add(problems, each.problems)
        for case, name in arrangement.find_changed().items():
            _add(problems, {case: (Problem(Rule.MUTATION, f"the call changed its input {name}", label),)})
    if checks.aliasing:
        _add(problems, _check_memory(plan, rounds, memory))
    return rounds, problems, unsupported


def _check_memory(
    plan: Plan, rounds: Sequence[Round], inputs: Sequence[NDArray[Any]]
) -> dict[int, tuple[Problem, ...]]:
    found: dict[int, tuple[Problem, ...]] = {}
    for each in rounds:
        message = "a later call changed what this one had returned"
        for case in find_changed_results(each, plan.offsets):
            found.setdefault(case, (Problem(Rule.ALIASING, message, each.label),))
    for (number, case), message in find_shared_results(rounds, inputs).items():
        found.setdefault(case, (Problem(Rule.ALIASING, message, rounds[number].label),))
    return found


def _add(problems: dict[int, tuple[Problem, ...]], more: Mapping[int, tuple[Problem, ...]]) -> None:
    for case, found in more.items():
        problems[case] = problems.get(case, ()) + found


def _ignore(cases: int) -> None:
    """Progress is counted in cases, so the calls after the first add none."""
