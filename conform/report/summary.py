"""What several reports say in the same words: the verdict, its scope, a cell of the matrix, what fails a run."""

from __future__ import annotations

from collections.abc import Sequence

from conform.results import BackendResult, CaseResult, GroupResult, RunResult, Verdict

CONFORMS, EXPECTED, DOES_NOT, INCOMPLETE = "conforms", "as expected", "does not conform", "incomplete"
"""The verdicts. EXPECTED is that of a run which passes because failures are known: it is no conformance."""

OBSERVED = "conforms as observed"
"""What passes by the claims that probes suggest, and not by those that are declared."""

FAILING = (Verdict.FAIL, Verdict.ERROR)

_SENTENCES = {
    CONFORMS: ("conforms", "conform"),
    EXPECTED: ("is as expected", "are as expected"),
    OBSERVED: ("conforms as observed", "conform as observed"),
    DOES_NOT: ("does not conform", "do not conform"),
    INCOMPLETE: ("is incomplete", "are incomplete"),
}


def word_verdict(result: RunResult | BackendResult) -> str:
    """CONFORMS, EXPECTED, OBSERVED, DOES_NOT, or INCOMPLETE where nothing failed before the run was cut short."""
    backends = (result,) if isinstance(result, BackendResult) else result.backends
    if result.conforms:
        if any(backend.verdicts[Verdict.KNOWN] for backend in backends):
            return EXPECTED
        return OBSERVED if any(backend.observed_claims for backend in backends) else CONFORMS
    failed = any(backend.verdicts[Verdict.FAIL] or backend.verdicts[Verdict.ERROR] for backend in backends)
    return DOES_NOT if failed or result.complete else INCOMPLETE


def say_verdict(backend: BackendResult) -> str:
    """`conforms`, `is as expected, with 432 known failures` and so on, to follow the name of a backend."""
    return _say(word_verdict(backend), False, backend.verdicts[Verdict.KNOWN], bool(backend.observed_claims))


def say_verdicts(run: RunResult) -> str:
    """The verdicts of all backends in a sentence, each with its scope where that is less than everything."""
    found: dict[tuple[str, int, str, bool], list[str]] = {}
    for backend in run.backends:
        verdict = word_verdict(backend)
        known = backend.verdicts[Verdict.KNOWN] if verdict == EXPECTED else 0
        key = (verdict, known, describe_scope(run, backend), bool(backend.observed_claims))
        found.setdefault(key, []).append(backend.backend)
    parts = []
    for (verdict, known, scope, observed), names in found.items():
        several = len(names) > 1
        each = " each" if several and known else ""
        parts.append(
            f"{join_names(names)} {_say(verdict, several, known, observed)}{each}" + (f" ({scope})" if scope else "")
        )
    said = "; ".join(parts) if parts else "no backend was judged"
    # What fails a run beside its cases is no verdict on a backend.
    sound = all(backend.conforms for backend in run.backends)
    return f"{said}; the run fails" if sound and parts and not run.conforms else said


def describe_scope(run: RunResult, backend: BackendResult) -> str:
    """`1 of 9 operations, selected cases`: how much less than everything was judged; empty where nothing is."""
    operations = {group.operation for group in backend.groups}
    judged = {group.operation for group in backend.groups if group.judged}
    total = max(run.operations, len(operations))
    parts = [f"{len(judged)} of {total} operations"] if len(judged) < total else []
    return ", ".join(parts if run.whole else [*parts, "selected cases"])


def word_group(group: GroupResult) -> str:
    """One cell of the matrix: the worst that happened, with its count."""
    for count, word in (
        (group.errors, "errors"),
        (group.failed, "failed"),
        (group.known, "known failures"),
        (group.unsupported, "unsupported"),
        (group.declared if not group.passed else 0, "declared unsupported"),
    ):
        if count:
            return f"{count} {word}"
    return f"{group.passed} passed"


def count_verdicts(backend: BackendResult) -> str:
    """`4490 pass, 3 fail`, in the order of the verdicts."""
    counts = backend.verdicts
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]) or "no cases"


def list_objections(run: RunResult) -> list[str]:
    """What fails a run beside its cases."""
    partial = [] if run.complete else ["the run ended before its last case: this report is partial"]
    return [*partial, *run.stale, *run.objections]


def choose_failures(cases: Sequence[CaseResult], limit: int) -> list[CaseResult]:
    """Failing cases from as many operations and formats as possible, the one of fewest wrong elements first of each."""
    groups: dict[tuple[str, str], list[CaseResult]] = {}
    for case in cases:
        if case.verdict in FAILING:
            groups.setdefault((case.operation, case.dtype), []).append(case)
    queues = [sorted(own, key=lambda case: case.failed) for own in groups.values()]
    chosen: list[CaseResult] = []
    while queues and len(chosen) < limit:
        chosen += [queue.pop(0) for queue in queues[: limit - len(chosen)]]
        queues = [queue for queue in queues if queue]
    return chosen


def join_names(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def count_things(count: int, thing: str) -> str:
    """`1 warning`, `2 warnings`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _say(verdict: str, several: bool, known: int, observed: bool) -> str:
    sentence = _SENTENCES[verdict][several]
    if verdict == EXPECTED:
        sentence = f"{sentence}, with {count_things(known, 'known failure')}"
    return f"{sentence} as observed" if observed and verdict != OBSERVED else sentence
