"""The kinds of reports, and where each is written."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from conform.atomic import write_atomically
from conform.errors import ConformError, UsageError
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

NEED_PASSED = ("json", "junit")
"""Kinds that list every case, and not only those that did not pass."""

PRINTED = ("github",)
"""Kinds that go to standard output when no path is given, since that is where they are read."""


T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """A report to write; without a path, to standard output, where nothing else may go if it is `alone`."""

    kind: str
    path: Path | None
    alone: bool = False


def parse_targets(texts: Sequence[str], kinds: Collection[str] = KINDS) -> list[Target]:
    """Read `KIND:PATH`, several times; `-` is standard output, and `kinds` are those that there are.

    Raises UsageError for an unknown kind, and for a path that is missing, given twice, or not to be written to.
    """
    targets: list[Target] = []
    for text in texts:
        kind, _, path = text.partition(":")
        if kind not in kinds:
            raise UsageError(
                f"unknown kind of report {kind!r}", where=f"--report {text}", hint=f"Kinds: {', '.join(kinds)}."
            )
        if not path and kind not in PRINTED:
            hint = f"Write {kind}:PATH, or {kind}:- for standard output."
            raise UsageError("a path is missing", where=f"--report {text}", hint=hint)
        if path == "-" and any(other.path is None for other in targets):
            raise UsageError("two reports go to standard output", where=f"--report {text}")
        target = Target(kind, Path(path) if path not in ("", "-") else None, alone=path == "-")
        if target.path is None and any(other.alone for other in targets):
            raise UsageError("two reports go to standard output", where=f"--report {text}")
        if target.path is not None:
            if os.path.realpath(target.path) in [os.path.realpath(other.path) for other in targets if other.path]:
                raise UsageError("two reports go to one path", where=f"--report {text}")
            if not target.path.parent.is_dir():
                raise UsageError("the folder does not exist", where=f"--report {text}", hint="Create it first.")
            # What can be known now is not left to the end of the run.
            if target.path.is_dir():
                raise UsageError("is a folder, where a file is to be written", where=f"--report {text}")
            if not target.path.exists() and not os.access(target.path.parent, os.W_OK):
                raise UsageError("the folder cannot be written to", where=f"--report {text}")
        targets.append(target)
    return targets


def part_waiting(targets: Sequence[Target]) -> tuple[list[Target], list[Target]]:
    """The targets that are written at once, and those that wait until somebody reads: pipes with a name."""
    waiting = [target for target in targets if target.path is not None and target.path.is_fifo()]
    return [target for target in targets if target not in waiting], waiting


def write_reports(run: RunResult, targets: Sequence[Target]) -> tuple[list[str], list[ConformError]]:
    """Write every report of a run; returns what `write_each` does."""
    return write_each(run, targets, _load_writer)


def write_each(
    subject: T, targets: Sequence[Target], find_writer: Callable[[str], Callable[[T], str]]
) -> tuple[list[str], list[ConformError]]:
    """Write every report of a subject by the writer of its kind, each atomically.

    Returns the texts of those that go to standard output, and why any of the others could not be written: what one
    path refuses is no reason to lose the rest of a run.
    """
    printed: list[str] = []
    errors: list[ConformError] = []
    for target in targets:
        try:
            text = find_writer(target.kind)(subject)
            if target.path is None:
                printed.append(text)
            else:
                write_atomically(target.path, text)
        except ConformError as error:
            errors.append(error)
    return printed, errors


def _load_writer(kind: str) -> Callable[[RunResult], str]:
    module, _, name = KINDS[kind].partition(":")
    writer: Callable[[RunResult], str] = getattr(importlib.import_module(module), name)
    return writer
