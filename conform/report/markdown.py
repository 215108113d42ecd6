"""The report as Markdown, made for the summary of a CI job."""

from __future__ import annotations

import html
from collections.abc import Iterator

from conform.report.summary import (
    CONFORMS,
    DOES_NOT,
    EXPECTED,
    INCOMPLETE,
    OBSERVED,
    count_verdicts,
    describe_scope,
    list_objections,
    say_verdict,
    word_group,
    word_verdict,
)
from conform.results import BackendResult, CaseResult, RunResult, Verdict

_SIGNS = {CONFORMS: "✅", EXPECTED: "🟡", OBSERVED: "🟡", DOES_NOT: "❌", INCOMPLETE: "⚠️"}
_MAX_CASES = 20


def format_markdown(run: RunResult) -> str:
    """The verdict, then for each backend a matrix of operation and format, its failures folded, and the provenance."""
    lines: list[str] = []
    for backend in run.backends:
        lines += _describe_backend(run, backend)
    for objection in list_objections(run):
        lines += [f"**{escape_markdown(objection)}**", ""]
    lines += [f"> {escape_markdown(note)}\n" for note in run.notes]
    facts = ", ".join(f"{escape_markdown(key)} `{escape_markdown(value)}`" for key, value in run.provenance.items())
    lines.append(f"Vectors: {facts}")
    if run.circumstances is not None:
        each = run.circumstances
        host, platform, command = (escape_markdown(text) for text in (each.host, each.platform, each.command))
        lines.append(f"\nRun: {each.start}, {each.seconds:.1f} s, on `{host}` ({platform})")
        commit = f", git commit `{escape_markdown(each.commit)}`" if each.commit else ""
        lines.append(f"\nCommand: `{command}`{commit}")
    return "\n".join([*lines, ""])


def _describe_backend(run: RunResult, backend: BackendResult) -> Iterator[str]:
    scope = describe_scope(run, backend)
    said = f"{escape_markdown(backend.backend)} {say_verdict(backend)}" + (f" ({scope})" if scope else "")
    yield f"## {_SIGNS[word_verdict(backend)]} {said}"
    yield f"\n{count_verdicts(backend)}\n"
    operations = list(dict.fromkeys(group.operation for group in backend.groups))
    formats = list(dict.fromkeys(group.dtype for group in backend.groups))
    cells = {(group.operation, group.dtype): word_group(group) for group in backend.groups}
    yield f"| operation | {' | '.join(formats)} |"
    yield f"|---|{'---|' * len(formats)}"
    for operation in operations:
        row = (cells.get((operation, dtype), "") for dtype in formats)
        yield f"| `{operation}` | {' | '.join(row)} |"
    yield ""
    for text in (*backend.warnings, *(f"consistent with: {each}" for each in backend.diagnoses)):
        yield f"- {escape_markdown(text)}"
    failing = [case for case in backend.cases if case.verdict in (Verdict.FAIL, Verdict.ERROR)]
    if failing:
        yield from _fold(failing)
    info = ", ".join(f"{escape_markdown(key)} `{escape_markdown(value)}`" for key, value in backend.info.items())
    declared = ", ".join(f"{escape_markdown(key)}: {escape_markdown(value)}" for key, value in backend.declared.items())
    yield f"\n{escape_markdown(backend.backend)}: {info}; declares {declared or 'nothing'}\n"


def _fold(failing: list[CaseResult]) -> Iterator[str]:
    yield f"\n<details><summary>{len(failing)} failing cases</summary>\n"
    for case in failing[:_MAX_CASES]:
        yield f"- `{_keep_marks(case.id)}`"
        for problem in case.problems:
            yield f"  - {problem.rule.value}: {escape_markdown(problem.message)}"
    if len(failing) > _MAX_CASES:
        yield f"- and {len(failing) - _MAX_CASES} more"
    yield "\n</details>"


def escape_markdown(text: str) -> str:
    """Text that stays text, in Markdown and in HTML, on one line."""
    flat = " ".join(html.escape(text, quote=False).split())
    for mark in "\\`*_[]|~":
        flat = flat.replace(mark, f"\\{mark}")
    return flat


def _keep_marks(text: str) -> str:
    """A text for between two backticks, where only another would be a mark."""
    return text.replace("`", "'")
