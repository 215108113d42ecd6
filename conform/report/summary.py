"""What several reports say in the same words: the verdict, the cell of a matrix, what is wrong beside the cases."""

from __future__ import annotations

from conform.results import BackendResult, GroupResult, RunResult, Verdict


def word_verdict(result: RunResult | BackendResult) -> str:
    """`conforms`, `does not conform`, or `incomplete` where nothing failed before the run was cut short."""
    if result.conforms:
        return "conforms"
    backends = (result,) if isinstance(result, BackendResult) else result.backends
    failed = any(backend.verdicts[Verdict.FAIL] or backend.verdicts[Verdict.ERROR] for backend in backends)
    return "does not conform" if failed or result.complete else "incomplete"


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
