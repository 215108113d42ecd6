"""The report as annotations of GitHub Actions."""

from __future__ import annotations

from conform.report.summary import count_verdicts, list_objections, word_verdict
from conform.results import RunResult, Verdict

_MAX_ANNOTATIONS = 10
"""GitHub shows this many errors of a step."""


def format_github(run: RunResult) -> str:
    """Workflow commands: an error for each failing case, as many as are shown, and for what else fails the run."""
    lines = [_make("error", "conform", objection) for objection in list_objections(run)]
    for backend in run.backends:
        failing = [case for case in backend.cases if case.verdict in (Verdict.FAIL, Verdict.ERROR)]
        for case in failing[:_MAX_ANNOTATIONS]:
            message = case.problems[0].message if case.problems else case.verdict.value
            lines.append(_make("error", f"{backend.backend}: {case.id}", message))
        lines += [_make("warning", backend.backend, warning) for warning in backend.warnings]
        diagnosis = "".join(f"\nconsistent with: {text}" for text in backend.diagnoses)
        verdict = f"{backend.backend} {word_verdict(backend)}: {count_verdicts(backend)}{diagnosis}"
        lines.append(_make("notice" if backend.conforms else "error", backend.backend, verdict))
    return "\n".join(lines) + "\n"


def _make(level: str, title: str, message: str) -> str:
    return f"::{level} title={_escape(title).replace(':', '%3A').replace(',', '%2C')}::{_escape(message)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
