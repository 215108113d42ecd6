"""The report as annotations of GitHub Actions."""

from __future__ import annotations

from conform.report.summary import count_verdicts, list_objections, say_verdict
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
            place = backend.places.get(case.operation) or backend.places.get("")
            lines.append(_make("error", f"{backend.backend}: {case.id}", message, place))
        lines += [_make("warning", backend.backend, warning) for warning in backend.warnings]
        diagnosis = "".join(f"\nconsistent with: {text}" for text in backend.diagnoses)
        verdict = f"{backend.backend} {say_verdict(backend)}: {count_verdicts(backend)}{diagnosis}"
        lines.append(_make("notice" if backend.conforms else "error", backend.backend, verdict))
    return "\n".join(lines) + "\n"


def _make(level: str, title: str, message: str, place: str | None = None) -> str:
    path, _, line = (place or "").rpartition(":")
    # Of what lies outside of the repository, nothing can be annotated.
    inside = path and not path.startswith("/")
    where = f"file={_escape_property(path)},line={line}," if inside else ""
    return f"::{level} {where}title={_escape_property(title)}::{_escape(message)}"


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
