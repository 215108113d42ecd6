"""The report on the terminal: a table, the failures, the provenance, and the verdict."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from conform.errors import show_controls
from conform.report.summary import count_verdicts, list_objections, word_verdict
from conform.report.table import lay_out_groups
from conform.results import BackendResult, CaseResult, ElementFailure, Problem, RunResult, Verdict

_SHOWN = (Verdict.FAIL, Verdict.ERROR)
_COLOURS = {"conforms": "green", "does not conform": "red", "incomplete": "yellow"}

_OBSERVED = " observed"
"""How the keys of `BackendResult.info` end that tell what probes found."""

_PIPED_WIDTH = 10_000
"""Columns where nobody's window limits them: whoever reads a log can scroll, and what was cut off is lost."""


def make_console(file: TextIO) -> Console:
    """A console that writes what it is given: without colour where none is wanted, and never cut to a width."""
    return Console(file=file, width=None if file.isatty() else _PIPED_WIDTH, highlight=False, emoji=False)


def print_report(run: RunResult, console: Console, max_failures: int = 5, options: Sequence[str] = ()) -> None:
    """Print a finished run; at most `max_failures` failing cases of each backend are described.

    `options` are those that the command to reproduce a case must repeat.
    """
    for backend in run.backends:
        print_line(console, f"[bold]{escape(backend.backend)}[/bold]")
        _print_groups(backend, console)
        for line in _describe_backend(backend, max_failures, options):
            print_line(console, line)
    for note in run.notes:
        print_line(console, f"note: {escape(note)}")
    for objection in list_objections(run):
        print_line(console, f"[red]does not conform:[/red] {escape(objection)}")
    provenance = ", ".join(f"{key} {value}" for key, value in run.provenance.items())
    print_line(console, f"vectors: {escape(provenance)}")
    for backend in run.backends:
        print_line(console, describe_verdict(backend))


def print_line(console: Console, markup: str, style: str | None = None) -> None:
    """Print a line of rich's markup; what would steer the terminal, in a backend's own words, is shown instead."""
    console.print(show_controls(markup), style=style, soft_wrap=True)


def format_case(case: CaseResult) -> str:
    """A failing case as the report describes it, in plain text and without the command to reproduce it."""
    return "\n".join(Text.from_markup(line).plain for line in _describe_problems(case)).strip()


def _print_groups(backend: BackendResult, console: Console) -> None:
    groups = [group for group in backend.groups if group.cases != group.unsupported]
    for line in lay_out_groups(groups, console.width):
        style = "red" if line.bad else "dim" if line.quiet else None
        print_line(console, escape(line.text), style)


def _describe_backend(backend: BackendResult, max_failures: int, options: Sequence[str]) -> Iterator[str]:
    yield from _list_uncounted(backend)
    for warning in backend.warnings:
        yield f"[yellow]warning:[/yellow] {escape(warning)}"
    failing = [case for case in backend.cases if case.verdict in _SHOWN]
    for case in _choose_failures(failing, max_failures):
        yield from _describe_case(case, backend.backend, options)
    if len(failing) > max_failures:
        yield f"\n… and {len(failing) - max_failures} more failing cases; --max-failures shows more."
    for diagnosis in backend.diagnoses:
        yield f"[bold]consistent with:[/bold] {escape(diagnosis)}"
    yield from (escape(line) for line in _describe_provenance(backend))
    yield ""


def _list_uncounted(backend: BackendResult) -> Iterator[str]:
    """Lines for cases that are neither a pass nor a failure, by reason."""
    for verdict, label in (
        (Verdict.UNSUPPORTED, "unsupported"),
        (Verdict.DECLARED, "declared unsupported"),
        (Verdict.KNOWN, "known failures"),
    ):
        reasons = Counter(
            (case.operation, case.known if verdict is Verdict.KNOWN else case.reason)
            for case in backend.cases
            if case.verdict is verdict
        )
        merged: dict[str, list[tuple[str, int]]] = {}
        for (operation, reason), count in reasons.items():
            merged.setdefault(str(reason), []).append((operation, count))
        for reason, places in merged.items():
            total = sum(count for _, count in places)
            where = ", ".join(dict.fromkeys(operation for operation, _ in places))
            yield f"{label}: {total} cases ({escape(where)}): {escape(reason)}"


def _choose_failures(failing: list[CaseResult], limit: int) -> list[CaseResult]:
    """Cases from as many operations and formats as possible, the smallest of each first."""
    groups: dict[tuple[str, str], list[CaseResult]] = {}
    for case in failing:
        groups.setdefault((case.operation, case.dtype), []).append(case)
    queues = [sorted(cases, key=lambda case: case.failed) for cases in groups.values()]
    chosen: list[CaseResult] = []
    while queues and len(chosen) < limit:
        chosen += [queue.pop(0) for queue in queues[: limit - len(chosen)]]
        queues = [queue for queue in queues if queue]
    return chosen


def _describe_case(case: CaseResult, backend: str, options: Sequence[str]) -> Iterator[str]:
    yield from _describe_problems(case)
    command = shlex.join(["conform", "run", backend, "--case", case.id, *options])
    yield f"  reproduce: {escape(command)}"


def _describe_problems(case: CaseResult) -> Iterator[str]:
    word = "ERROR" if case.verdict is Verdict.ERROR else "FAIL"
    count = f", {case.failed} wrong element{'s' if case.failed > 1 else ''}" if case.failed else ""
    yield f"\n[red]{word}[/red] [bold]{escape(case.id)}[/bold]{count}"
    for problem in case.problems:
        yield from (f"  {line}" for line in _describe_problem(problem))


def _describe_problem(problem: Problem) -> Iterator[str]:
    if problem.element is not None:
        yield from _describe_element(problem.element, problem)
    else:
        yield f"{problem.rule.value} ({problem.call} call): {escape(problem.message)}"
    if problem.detail:
        yield from (f"  {escape(line)}" for line in problem.detail.splitlines())


def _describe_element(element: ElementFailure, problem: Problem) -> Iterator[str]:
    index = ", ".join(map(str, element.index))
    yield f"{element.result}\\[{index}], rule {problem.rule.value}, {problem.call} call"
    yield f"  expected  {element.expected.decimal}  = {element.expected.text}"
    yield f"  got       {element.got.decimal}  = {element.got.text}"
    if element.error is None or element.bound is None:
        yield f"  {escape(problem.message)}"
        return
    ratio = "" if element.ratio is None else f", error/bound {element.ratio:.4g}"
    ulps = "" if element.ulps is None else f", {element.ulps:.4g} ULP of the correctly rounded result"
    yield f"  error     {element.error.decimal}, bound {element.bound.decimal}{ratio}{ulps}"


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


def describe_verdict(backend: BackendResult) -> str:
    """The last line about a backend, in rich's markup."""
    verdict = word_verdict(backend)
    return f"[{_COLOURS[verdict]}][bold]{escape(backend.backend)} {verdict}[/bold][/]: {count_verdicts(backend)}"
