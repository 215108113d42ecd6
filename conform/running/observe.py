"""Everything that is seen of a backend on one block: its answers to every call, and what went wrong around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend
from conform.results import Problem, Rule
from conform.running.aliasing import find_changed_results, find_shared_results
from conform.running.calls import Plan, Round, call_cases, plan_calls
from conform.running.inputs import Copies, copy_contiguous, copy_strided, find_changed_inputs, find_subnormal_cases
from conform.suite import Block

FIRST, REPEAT, STRIDED = "first", "repeat", "non-contiguous"


@dataclass(frozen=True)
class Observation:
    """The rounds of calls, the first of them over every case that is called at all.

    `problems` and `unsupported` are by case; `declared` marks the cases that are not called because the backend
    declares that it cannot hold their inputs.
    """

    rounds: tuple[Round, ...]
    problems: Mapping[int, tuple[Problem, ...]]
    unsupported: Mapping[int, str]
    declared: NDArray[np.bool_]


def observe_block(
    backend: LoadedBackend, block: Block, aliasing: bool, non_contiguous: bool, advance: Callable[[int], None]
) -> Observation:
    """Call the backend on every case of a block, then once more in the opposite order.

    With `aliasing`, results must share no memory and must stay as they were returned; with `non_contiguous`, a third
    call gets the same values in other strides. `advance` is told how many cases were called for the first time.
    """
    count = len(block.cases)
    reason = _find_obstacle(backend, block)
    if reason is not None:
        return Observation((), {}, dict.fromkeys(range(count), reason), np.zeros(count, np.bool_))
    declared = np.zeros(count, np.bool_)
    if backend.declaration.flushes(block.operation.name, block.format.name):
        declared = find_subnormal_cases(block)
    plan = plan_calls(block)
    problems: dict[int, tuple[Problem, ...]] = {}
    unsupported: dict[int, str] = {}
    rounds: list[Round] = []
    copied: list[Copies] = []
    todo: Sequence[int] = np.flatnonzero(~declared).tolist()
    for label in (FIRST, REPEAT, STRIDED) if non_contiguous else (FIRST, REPEAT):
        copies = copy_strided(block, todo) if label == STRIDED else copy_contiguous(block, todo)
        copied.append(copies)
        order = todo[::-1] if label == REPEAT else todo
        each = call_cases(plan, backend, copies.arguments, order, label, advance if label == FIRST else _ignore)
        rounds.append(each)
        unsupported |= each.unsupported
        _add(problems, each.problems)
        _add(problems, _check_inputs(block, copies, label))
        todo = [case for case in todo if each.answered[case]]
    if aliasing:
        _add(problems, _check_memory(plan, rounds, copied))
    return Observation(tuple(rounds), problems, unsupported, declared)


def _find_obstacle(backend: LoadedBackend, block: Block) -> str | None:
    operation, dtype = block.operation.name, block.format.name
    if operation not in backend.methods:
        return "the backend has no method of that name"
    if not backend.declaration.supports(operation, dtype):
        return f"{dtype} is not among the formats that it declares"
    return None


def _check_inputs(block: Block, copies: Copies, label: str) -> dict[int, tuple[Problem, ...]]:
    return {
        case: (Problem(Rule.MUTATION, f"the call changed its input {name}", label),)
        for case, name in find_changed_inputs(block, copies).items()
    }


def _check_memory(plan: Plan, rounds: Sequence[Round], copied: Sequence[Copies]) -> dict[int, tuple[Problem, ...]]:
    found: dict[int, tuple[Problem, ...]] = {}
    for each in rounds:
        message = "a later call changed what this one had returned"
        for case in find_changed_results(each, plan.offsets):
            found.setdefault(case, (Problem(Rule.ALIASING, message, each.label),))
    inputs = [array for copies in copied for array in copies.memory]
    for (number, case), message in find_shared_results(rounds, inputs).items():
        found.setdefault(case, (Problem(Rule.ALIASING, message, rounds[number].label),))
    return found


def _add(problems: dict[int, tuple[Problem, ...]], more: Mapping[int, tuple[Problem, ...]]) -> None:
    for case, found in more.items():
        problems[case] = problems.get(case, ()) + found


def _ignore(cases: int) -> None:
    """Progress is counted in cases, so the calls after the first add none."""
