"""The kinds of reports, and where each is written."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conform.atomic import write_atomically
from conform.errors import UsageError
from conform.results import RunResult

KINDS = {
    "json": "conform.report.json_report:format_json",
    "junit": "conform.report.junit:format_junit",
    "markdown": "conform.report.markdown:format_markdown",
    "html": "conform.report.html:format_html",
    "github": "conform.report.github:format_github",
    "badge": "conform.report.badge:format_endpoint",
    "badge-svg": "conform.report.badge:format_svg",
}
"""Each is a function from a finished run to text; its module is imported when the kind is asked for."""

NEED_PASSED = ("json", "junit", "html")
"""Kinds that list every case, and not only those that did not pass."""

PRINTED = ("github",)
"""Kinds that go to standard output when no path is given, since that is where they are read."""


@dataclass(frozen=True)
class Target:
    """A report to write; without a path, to standard output."""

    kind: str
    path: Path | None


def parse_targets(texts: Sequence[str]) -> list[Target]:
    """Read `KIND:PATH`, several times; raises UsageError for an unknown kind, a missing path, or a path given twice."""
    targets: list[Target] = []
    for text in texts:
        kind, _, path = text.partition(":")
        if kind not in KINDS:
            raise UsageError(
                f"unknown kind of report {kind!r}", where=f"--report {text}", hint=f"Kinds: {', '.join(KINDS)}."
            )
        if not path and kind not in PRINTED:
            raise UsageError("a path is missing", where=f"--report {text}", hint=f"Write {kind}:PATH.")
        target = Target(kind, Path(path) if path else None)
        if target.path is not None:
            if target.path in [other.path for other in targets]:
                raise UsageError("two reports go to one path", where=f"--report {text}")
            if not target.path.parent.is_dir():
                raise UsageError("the folder does not exist", where=f"--report {text}", hint="Create it first.")
        targets.append(target)
    return targets


def write_reports(run: RunResult, targets: Sequence[Target]) -> list[str]:
    """Write every report, each atomically; returns the texts of those that go to standard output."""
    printed = []
    for target in targets:
        module, _, name = KINDS[target.kind].partition(":")
        writer: Callable[[RunResult], str] = getattr(importlib.import_module(module), name)
        text = writer(run)
        if target.path is None:
            printed.append(text)
        else:
            write_atomically(target.path, text)
    return printed
