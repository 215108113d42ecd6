"""Judging backends against vectors, up to a finished run: what every command that judges calls."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conform.backends.check import LoadedBackend
from conform.backends.origin import find_origin
from conform.diagnosis.evidence import Evidence
from conform.diagnosis.patterns import Trait, list_patterns
from conform.gate.known import KnownFailures, apply_known
from conform.provenance import describe_vectors
from conform.results import AS_DECLARED, BackendResult, RunResult, Verdict
from conform.running.interruption import finish_first
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block, Manifest

if TYPE_CHECKING:
    from conform.diagnosis.diagnose import Diagnosis
    from conform.diagnosis.probes import ObservedArithmetic

Source = Callable[[], Iterable[Block]]
"""Gives the selected blocks anew, once for every backend."""


@dataclass(frozen=True)
class Demands:
    """What a run must have, beside right answers, to conform; one that is `strict`, no warning."""

    min_cases: int = 1
    require_informative: bool = False
    known: KnownFailures = field(default_factory=KnownFailures)
    strict: bool = False


def check_conformance(
    backends: Sequence[LoadedBackend],
    source: Source,
    options: RunOptions,
    demands: Demands,
    provenance: tuple[Path, Manifest],
    *,
    whole: bool = True,
    notes: Sequence[str] = (),
    progress: Callable[[str, int], None] | None = None,
) -> RunResult:
    """Run every backend on the blocks of `source`, one after the other.

    `whole` says whether `source` gives the whole suite. `progress` is told the backend and how many more cases have
    been called. An interruption ends the run, and the result so far is kept.
    """
    today = datetime.date.today()
    # Whether a known failure passes, or has no case, is seen only where every case is there.
    keep = options.keep_passed or bool(demands.known.entries)
    options = replace(options, known=demands.known.drop_expired(today), keep_passed=keep)
    # What is observed of a run that ends at its first failure would be a matter of where that is.
    first = replace(options, fail_fast=options.fail_fast and not options.as_observed)
    results: list[BackendResult] = []
    for backend in backends:
        advance = _bind(progress, backend.spec)
        try:
            judged, diagnosed = _judge_backend(backend, source, first, advance)
            results.append(judged)
            if options.probe and results[-1].complete:
                observed = _observe(results[-1], backend, options)
                results[-1] = _add_observations(results[-1], diagnosed, backend, observed)
                if options.as_observed and observed:
                    results[-1] = _judge_as_observed(results[-1], backend, observed, source, options)
        except KeyboardInterrupt:
            # Before its first call; what those before it gave is kept.
            break
        finally:
            if backend.close is not None:
                backend.close()
        if not results[-1].complete:
            break
    with finish_first():
        run = RunResult(
            backends=tuple(results),
            provenance=describe_vectors(*provenance),
            notes=tuple(notes),
            complete=len(results) == len(backends) and all(result.complete for result in results),
            whole=whole,
            operations=len(provenance[1].operations),
        )
        run = apply_known(run, demands.known, today)
        return replace(run, objections=tuple(_list_objections(run, demands)))


def _judge_backend(
    backend: LoadedBackend, source: Source, options: RunOptions, advance: Callable[[int], None] | None
) -> tuple[BackendResult, Sequence[Diagnosis]]:
    """The result, and the diagnoses that its own begin with the texts of."""
    evidence: list[Evidence] = []
    traits: Counter[Trait] = Counter()
    result = run_backend(backend, source(), options, advance, evidence, traits)
    result, diagnosed = _add_diagnoses(result, evidence, traits, options)
    return _locate(result), diagnosed


def _locate(result: BackendResult) -> BackendResult:
    """The result with the lines of the operations that fail: what passes is never looked for."""
    failing = {group.operation for group in result.groups if group.failed or group.errors}
    origin = find_origin(result.backend, tuple(group.operation for group in result.groups)) if failing else None
    if origin is None:
        return result
    places = {name: place for name, place in origin.list_places().items() if not name or name in failing}
    return replace(result, places=places)


def _observe(
    result: BackendResult, backend: LoadedBackend, options: RunOptions
) -> tuple[ObservedArithmetic, ...] | None:
    """What probes tell of the operations that raised nothing; None where they were interrupted."""
    from conform.diagnosis.probes import observe_backend

    # A call that failed once may hang or crash again, and takes no probes. Wrong answers may be those of a claim.
    sound = [
        (group.operation, group.dtype)
        for group in result.groups
        if (group.passed or (options.as_observed and group.failed)) and not group.errors
    ]
    try:
        return observe_backend(backend, sound)
    except KeyboardInterrupt:
        return None


def _judge_as_observed(
    result: BackendResult,
    backend: LoadedBackend,
    observed: Sequence[ObservedArithmetic],
    source: Source,
    options: RunOptions,
) -> BackendResult:
    """The result by what was observed, which is that by what is declared where both are the same."""
    from conform.diagnosis.claims import claim_observed, write_claims
    from conform.diagnosis.probes import describe_observed, list_mismatches

    claims = claim_observed(observed, backend.declaration)
    if not claims.overrides:
        return replace(result, info={**result.info, "judged by": "what is declared, which is what was observed"})
    other = replace(backend, declaration=backend.declaration.layer(claims))
    again, diagnosed = _judge_backend(other, source, options, None)
    written = write_claims(claims)
    counts = ", ".join(f"{count} {verdict.value}" for verdict, count in result.verdicts.items() if count)
    info = {"judged by": written, AS_DECLARED: f"{'conforms' if result.conforms else 'does not conform'}: {counts}"}
    return replace(
        again,
        info={**again.info, **describe_observed(observed), **info},
        declared=result.declared,
        diagnoses=_qualify(again, diagnosed, observed),
        warnings=(*again.warnings, *list_mismatches(observed, backend.declaration)),
        observed_claims=written,
    )


def _qualify(
    result: BackendResult, diagnosed: Sequence[Diagnosis], observed: Sequence[ObservedArithmetic]
) -> tuple[str, ...]:
    """The texts of the diagnoses, with what was observed that speaks against one, and what is told beside them."""
    from conform.diagnosis.probes import qualify_diagnosis

    qualified = (str(qualify_diagnosis(each, observed)) for each in diagnosed)
    return (*qualified, *result.diagnoses[len(diagnosed) :])


def _add_observations(
    result: BackendResult,
    diagnosed: Sequence[Diagnosis],
    backend: LoadedBackend,
    observed: Sequence[ObservedArithmetic] | None,
) -> BackendResult:
    """The result with what probes tell of the backend's arithmetic, and where that is not what it declares."""
    from conform.diagnosis.probes import describe_observed, list_mismatches

    if observed is None:
        return replace(result, complete=False)
    return replace(
        result,
        diagnoses=_qualify(result, diagnosed, observed),
        info={**result.info, **describe_observed(observed)},
        warnings=(*result.warnings, *list_mismatches(observed, backend.declaration)),
    )


def _add_diagnoses(
    result: BackendResult, evidence: Sequence[Evidence], traits: Counter[Trait], options: RunOptions
) -> tuple[BackendResult, Sequence[Diagnosis]]:
    """The result with what its failures are consistent with; one that was interrupted is to end at once."""
    diagnosed: Sequence[Diagnosis] = ()
    with finish_first():
        found = list_patterns(result.cases, traits)
    if evidence and (result.complete or options.fail_fast):
        # The catalogue of defects is not needed, and not loaded, where every answer is right.
        try:
            from conform.diagnosis.diagnose import diagnose

            diagnosed = diagnose(evidence)
        except KeyboardInterrupt:
            return replace(result, diagnoses=found, complete=False), ()
    return replace(result, diagnoses=(*map(str, diagnosed), *found)), diagnosed


def _list_objections(run: RunResult, demands: Demands) -> Iterable[str]:
    for backend in run.backends:
        counts = backend.verdicts
        judged = sum(counts.values()) - counts[Verdict.UNSUPPORTED] - counts[Verdict.DECLARED]
        if judged < demands.min_cases and run.complete:
            yield f"{backend.backend}: {judged} cases were judged, fewer than the {demands.min_cases} required"
        if demands.strict:
            yield from (f"{backend.backend}: {warning}" for warning in backend.warnings)
        if demands.require_informative:
            for group in backend.groups:
                if not group.informative and group.passed:
                    yield f"{backend.backend}: {group.operation} {group.dtype} has no informative element"


def _bind(progress: Callable[[str, int], None] | None, spec: str) -> Callable[[int], None] | None:
    return None if progress is None else lambda count: progress(spec, count)
