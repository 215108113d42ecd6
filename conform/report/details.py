"""What the report on the terminal adds when it is to say everything: numbers, reasons, declarations, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.markup import escape

from conform.report.table import lay_out_groups
from conform.results import BackendResult, RunResult, Verdict

_OBSERVED = " observed"
"""How the keys of `BackendResult.info` end that tell what probes found."""


def describe_details(backend: BackendResult, width: int) -> Iterator[str]:
    """The table of elements, what was not judged and why, all diagnoses, and what the backend is, in rich's markup."""
    yield ""
    for line in lay_out_groups([group for group in backend.groups if group.judged], width):
        style = "red" if line.bad else "dim" if line.quiet else None
        yield f"[{style}]{escape(line.text)}[/]" if style else escape(line.text)
    yield from list_uncounted(backend)
    for diagnosis in backend.diagnoses:
        yield f"[bold]consistent with:[/bold] {escape(diagnosis)}"
    yield from (escape(line) for line in _describe_provenance(backend))


def list_uncounted(backend: BackendResult) -> Iterator[str]:
    """A line for each reason for which cases are neither a pass nor a failure, in rich's markup."""
    for verdict, label in (
        (Verdict.UNSUPPORTED, "unsupported"),
        (Verdict.DECLARED, "declared unsupported"),
        (Verdict.KNOWN, "known failures"),
    ):
        reasons: dict[str, Counter[str]] = {}
        for case in backend.cases:
            if case.verdict is verdict:
                reason = case.known if verdict is Verdict.KNOWN else case.reason
                reasons.setdefault(str(reason), Counter())[case.operation] += 1
        for reason, places in reasons.items():
            cases = "1 case" if places.total() == 1 else f"{places.total()} cases"
            yield f"{label}: {cases} ({escape(', '.join(places))}): {escape(reason)}"


def describe_run(run: RunResult) -> Iterator[str]:
    """Which vectors these were, then when and where they were run, in rich's markup."""
    yield f"vectors: {escape(', '.join(f'{key} {value}' for key, value in run.provenance.items()))}"
    if run.circumstances is not None:
        each = run.circumstances
        yield f"run: {each.start}, {each.seconds:.1f} s, on {escape(each.host)} ({escape(each.platform)})"
        yield f"  command: {escape(each.command)}"
        if each.commit is not None:
            yield f"  git commit: {escape(each.commit)}"


def _describe_provenance(backend: BackendResult) -> Iterator[str]:
    """What a backend is, then a line for each of its claims and for each thing that was observed of it."""
    info = ", ".join(f"{key} {value}" for key, value in backend.info.items() if not key.endswith(_OBSERVED))
    yield f"backend: {backend.backend}" + (f" ({info})" if info else "")
    for key, value in backend.declared.items():
        yield f"  declares {key}: {value}"
    if not backend.declared:
        yield "  declares nothing"
    for key, value in backend.info.items():
        if key.endswith(_OBSERVED):
            yield f"  observed {key.removesuffix(_OBSERVED)}: {value}"
