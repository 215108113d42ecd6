"""Running a backend on blocks of cases: every case is called and called again, and every answer is judged."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from conform.backends.check import LoadedBackend
from conform.backends.origin import list_spellings
from conform.diagnosis.evidence import Evidence, collect_evidence
from conform.diagnosis.patterns import Trait, count_traits
from conform.errors import HarnessError
from conform.formats import get_format
from conform.gate.known import FAILING, KnownFailures, apply_entry
from conform.results import BackendResult, CaseResult, GroupResult
from conform.running.ahead import Seen, observe_blocks
from conform.running.environment import FLUSHING, restore_environment
from conform.running.groups import GroupKey, Tally, summarize_group, warn_of_group
from conform.running.interruption import finish_first
from conform.running.observe import Checks, Observation, explain_empty
from conform.running.verdicts import hold_to_claims, judge_block, tally_cases
from conform.suite import Block

Progress = Callable[[int], None]
"""Told how many more cases have been called."""

_MAX_WARNINGS = 50


@dataclass(frozen=True)
class RunOptions:
    """What is checked beside the values.

    `signed_zero`: zeros have the sign that the definition gives them. `deterministic`: both calls give the same bits.
    `aliasing`: no result shares memory with an input or another result, and none changes after it was returned.
    `non_contiguous`: all cases, and not only some, are called with inputs in other layouts too. `fail_fast`: the run
    ends at the first case that does not pass, `known` failures aside. `max_failures`: how many wrong elements of a case
    are described.
    `probe`: sums are tried that tell the format in which they are kept, and claims that do not match are warned of.
    `as_observed`: where they do not match, the backend is judged once more, by the claims that do.
    `keep_passed`: the result has every case, and not only those that did not pass, so it grows with the suite. `jobs`:
    a backend that has a process of its own has so many, and is called in all of them at once.
    """

    signed_zero: bool = False
    deterministic: bool = False
    aliasing: bool = True
    non_contiguous: bool = False
    fail_fast: bool = False
    max_failures: int = 3
    probe: bool = False
    as_observed: bool = False
    keep_passed: bool = True
    jobs: int = 1
    known: KnownFailures = field(default_factory=KnownFailures)


def run_backend(
    backend: LoadedBackend,
    blocks: Iterable[Block],
    options: RunOptions | None = None,
    progress: Progress | None = None,
    evidence: list[Evidence] | None = None,
    traits: Counter[Trait] | None = None,
) -> BackendResult:
    """Call a backend on every case, and judge what it answers by what it declares.

    Blocks are taken one at a time and none is kept. Whatever a call raises is the verdict on its case alone. A
    KeyboardInterrupt, or `fail_fast`, ends the run with a result that is not complete. What a diagnosis of wrong
    answers needs is added to `evidence`, and what is left of cases that are not kept to `traits`, where they are given.
    """
    options = options or RunOptions()
    tallies: dict[GroupKey, Tally] = {}
    facts: dict[GroupKey, tuple[str, float]] = {}
    cases: list[CaseResult] = []
    heard: dict[str, None] = {}
    environment: dict[str, None] = {}
    complete = True
    progress = progress or _ignore
    told = called = 0
    clock = time.perf_counter()

    def advance(count: int) -> None:
        nonlocal told
        told += count
        progress(count)

    if not restore_environment():
        raise HarnessError("arithmetic of this process does not keep subnormals, or does not round to nearest")
    checks = Checks(aliasing=options.aliasing, whole=options.non_contiguous)
    ready: Seen = deque()
    steps = observe_blocks(backend, blocks, checks, 1 if options.fail_fast else options.jobs, ready, advance)

    def take() -> bool:
        """Judge the first block that is ready; false where the run ends with it."""
        nonlocal called, clock
        # What was called is judged, whatever comes while the next block is with the backend.
        with finish_first(postpone=True):
            block, seen = ready.popleft()
            # A backend of this very process may have changed it, and the judge needs arithmetic as it is due.
            restore_environment()
            _note_warnings(heard, seen.heard)
            environment.update(dict.fromkeys(seen.environment))
            seen = replace(seen, unsupported={**explain_empty(backend, block), **seen.unsupported})
            # An answer may be a nan that signals, which is no news to the judge.
            with np.errstate(all="ignore"):
                judged, tally = _judge_block(backend, block, seen, options, evidence)
            called += len(block.cases)
            advance(max(called - told, 0))
            key = (block.operation.name, block.format.name)
            tallies[key] = tallies[key] + tally if key in tallies else tally
            now = time.perf_counter()
            facts[key] = (block.operation.layer, facts.get(key, ("", 0.0))[1] + now - clock)
            clock = now
            if traits is not None and not options.keep_passed:
                kept = {case.id for case in judged}
                traits.update(count_traits(block.operation.name, block.format.name, block.cases, kept))
            cases.extend(judged)
            return not (judged and _ends_run(judged[-1], backend, options))

    try:
        for _ in steps:
            while ready and complete:
                complete = take()
            if not complete:
                break
    except KeyboardInterrupt:
        complete = False
        with finish_first():
            while ready and take():
                pass
    finally:
        with finish_first():
            steps.close()
    with finish_first():
        groups = tuple(
            replace(summarize_group(key, tally, backend.declaration), layer=facts[key][0], seconds=facts[key][1])
            for key, tally in tallies.items()
        )
        info = {**_show_options(backend), **(backend.info or {})}
        return BackendResult(
            backend=backend.spec,
            name=backend.name,
            info=info | ({"observed": "; ".join(environment)} if environment else {}),
            declared=backend.declaration.describe(),
            groups=groups,
            cases=tuple(cases),
            warnings=(
                *heard,
                *_warn_of_environment(environment, backend, groups),
                *(warning for group in groups for warning in warn_of_group(group)),
            ),
            complete=complete,
        )


def _judge_block(
    backend: LoadedBackend, block: Block, seen: Observation, options: RunOptions, evidence: list[Evidence] | None
) -> tuple[list[CaseResult], Tally]:
    rules, block = hold_to_claims(backend.declaration, block, options.signed_zero)
    keep = options.keep_passed or options.fail_fast
    judged = judge_block(block, seen, rules, options.deterministic, options.max_failures, keep)
    cases, tally = judged.cases, judged.tally
    end = next((i for i, case in enumerate(cases, 1) if _ends_run(case, backend, options)), len(cases))
    if end < len(cases):
        cases = cases[:end]
        tally = tally_cases(cases)
    wrong = [i for i, case in zip(judged.places, cases, strict=False) if case.failed]
    if wrong and evidence is not None:
        first = seen.rounds[0]
        evidence.append(collect_evidence(block, first.answers, first.answered, wrong, rules))
    return cases, tally


def _note_warnings(heard: dict[str, None], more: Iterable[str]) -> None:
    for text in more:
        if len(heard) < _MAX_WARNINGS:
            heard.setdefault(text)
        else:
            heard.setdefault(f"more than {_MAX_WARNINGS} different warnings: the others are left out")


def _warn_of_environment(
    environment: Iterable[str], backend: LoadedBackend, groups: Iterable[GroupResult]
) -> list[str]:
    """What the backend changed for its whole process; that it flushes, only where it does not say so."""
    floats = [group for group in groups if not get_format(group.dtype).is_integer]
    flushing = all(backend.declaration.flushes(group.operation, group.dtype) for group in floats)
    return [f"observed: {each}" for each in environment if not (flushing and each in FLUSHING)]


def _ends_run(case: CaseResult, backend: LoadedBackend, options: RunOptions) -> bool:
    if not options.fail_fast:
        return False
    spellings = list_spellings(backend.spec, backend.name, tuple(backend.methods))
    return apply_entry(case, options.known.find(spellings, case.id)).verdict in FAILING


def _show_options(backend: LoadedBackend) -> dict[str, str]:
    return {f"option {key}": str(value) for key, value in (backend.options or {}).items()}


def _ignore(cases: int) -> None:
    """What a run without a listener tells of its progress to."""
