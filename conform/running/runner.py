"""Running a backend on blocks of cases: every case is called and called again, and every answer is judged."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from conform.backends.check import LoadedBackend
from conform.backends.origin import list_spellings
from conform.diagnosis.evidence import Evidence, collect_evidence
from conform.diagnosis.patterns import Trait, count_traits
from conform.gate.known import FAILING, KnownFailures, apply_entry
from conform.results import BackendResult, CaseResult
from conform.running.groups import GroupKey, Tally, summarize_group, warn_of_group
from conform.running.interruption import finish_first
from conform.running.observe import Observation, observe_block
from conform.running.verdicts import judge_block, tally_cases
from conform.suite import Block
from conform.texts import name_type, read_text

Progress = Callable[[int], None]
"""Told how many more cases have been called."""

_MAX_WARNINGS = 50


@dataclass(frozen=True)
class RunOptions:
    """What is checked beside the values.

    `signed_zero`: zeros have the sign that the definition gives them. `deterministic`: both calls give the same bits.
    `aliasing`: no result shares memory with an input or another result, and none changes after it was returned.
    `non_contiguous`: a third call, with inputs that are transposed or strided. `fail_fast`: the run ends at the first
    case that does not pass, `known` failures aside. `max_failures`: how many wrong elements of a case are described.
    `probe`: sums are tried that tell the format in which they are kept, and claims that do not match are warned of.
    `keep_passed`: the result has every case, and not only those that did not pass, so it grows with the suite.
    """

    signed_zero: bool = False
    deterministic: bool = False
    aliasing: bool = True
    non_contiguous: bool = False
    fail_fast: bool = False
    max_failures: int = 3
    probe: bool = False
    keep_passed: bool = True
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
    complete = True
    try:
        for block in blocks:
            started = time.perf_counter()
            judged, tally = _run_block(backend, block, options, progress or _ignore, heard, evidence)
            key = (block.operation.name, block.format.name)
            seconds = facts.get(key, ("", 0.0))[1] + time.perf_counter() - started
            facts[key] = (block.operation.layer, seconds)
            tallies[key] = tallies[key] + tally if key in tallies else tally
            if traits is not None and not options.keep_passed:
                kept = {case.id for case in judged}
                traits.update(count_traits(block.operation.name, block.format.name, block.cases, kept))
            cases += judged
            if judged and _ends_run(judged[-1], backend, options):
                complete = False
                break
    except KeyboardInterrupt:
        complete = False
    with finish_first():
        groups = tuple(
            replace(summarize_group(key, tally, backend.declaration), layer=facts[key][0], seconds=facts[key][1])
            for key, tally in tallies.items()
        )
        return BackendResult(
            backend=backend.spec,
            name=backend.name,
            info={**_show_options(backend), **(backend.info or {})},
            declared=backend.declaration.describe(),
            groups=groups,
            cases=tuple(cases),
            warnings=(*heard, *(warning for group in groups for warning in warn_of_group(group))),
            complete=complete,
        )


def _run_block(
    backend: LoadedBackend,
    block: Block,
    options: RunOptions,
    progress: Progress,
    heard: dict[str, None],
    evidence: list[Evidence] | None,
) -> tuple[list[CaseResult], Tally]:
    seen = _listen(backend, block, options, progress, heard)
    rules = backend.declaration.rules_for(block.operation.name, block.format, options.signed_zero)
    keep = options.keep_passed or options.fail_fast
    judged = judge_block(block, seen, rules, options.deterministic, options.max_failures, keep)
    cases, tally = judged.cases, judged.tally
    uncalled = len(block.cases) - (len(seen.rounds[0].order) if seen.rounds else 0)
    if uncalled:
        progress(uncalled)
    end = next((i for i, case in enumerate(cases, 1) if _ends_run(case, backend, options)), len(cases))
    if end < len(cases):
        cases = cases[:end]
        tally = tally_cases(cases)
    wrong = [i for i, case in zip(judged.places, cases, strict=False) if case.failed]
    if wrong and evidence is not None:
        first = seen.rounds[0]
        evidence.append(collect_evidence(block, first.answers, first.answered, wrong, rules))
    return cases, tally


def _ends_run(case: CaseResult, backend: LoadedBackend, options: RunOptions) -> bool:
    if not options.fail_fast:
        return False
    spellings = list_spellings(backend.spec, backend.name, tuple(backend.methods))
    return apply_entry(case, options.known.find(spellings, case.id)).verdict in FAILING


def _listen(
    backend: LoadedBackend, block: Block, options: RunOptions, progress: Progress, heard: dict[str, None]
) -> Observation:
    """Observe a block, and note what warnings the backend gives, once each."""
    with np.errstate(all="ignore"), warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("default")
        # Overflows and invalid operations are what some of the cases are about.
        warnings.simplefilter("ignore", RuntimeWarning)
        seen = observe_block(backend, block, options.aliasing, options.non_contiguous, progress)
    for warning in given:
        if len(heard) < _MAX_WARNINGS:
            heard.setdefault(f"{name_type(warning.message)}: {read_text(warning.message)}")
        else:
            heard.setdefault(f"more than {_MAX_WARNINGS} different warnings: the others are left out")
    return seen


def _show_options(backend: LoadedBackend) -> dict[str, str]:
    return {f"option {key}": str(value) for key, value in (backend.options or {}).items()}


def _ignore(cases: int) -> None:
    """What a run without a listener tells of its progress to."""
