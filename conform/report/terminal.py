"""The report on the terminal: a grid, the failures, and a last block that is all one needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from conform.report.case_text import describe_case, format_command
from conform.report.details import describe_details, describe_run
from conform.report.grid import lay_out_grid, list_formats, make_grid
from conform.report.summary import (
    CONFORMS,
    DOES_NOT,
    EXPECTED,
    FAILING,
    INCOMPLETE,
    OBSERVED,
    choose_failures,
    count_things,
    count_verdicts,
    describe_scope,
    list_objections,
    say_verdict,
    word_verdict,
)
from conform.results import AS_DECLARED, BackendResult, CaseResult, RunResult
from conform.texts import show_controls

_COLOURS = {CONFORMS: "green", EXPECTED: "yellow", OBSERVED: "yellow", DOES_NOT: "red", INCOMPLETE: "yellow"}
_CELL_COLOURS = {"fail": "red", "known": "yellow"}

_PIPED_WIDTH = 10_000
"""Columns where nobody's window limits them: whoever reads a log can scroll, and what was cut off is lost."""

_FEW = 3
"""How many warnings, notes and objections are shown where not everything is."""
_ONE_LINE = 140
"""The most characters of a text in the last block: two lines of a small window."""


def make_console(file: TextIO) -> Console:
    """A console that writes what it is given: without colour where none is wanted, and never cut to a width."""
    return Console(file=file, width=None if file.isatty() else _PIPED_WIDTH, highlight=False, emoji=False)


def print_report(
    run: RunResult, console: Console, max_failures: int = 5, options: Sequence[str] = (), verbose: bool = False
) -> None:
    """Print a finished run; at most `max_failures` failing cases are described, shared by the backends.

    `options` are those that the command to reproduce a case must repeat. `verbose` shows the numbers of elements, why
    cases were not judged, what is declared and observed, and where everything came from.
    """
    shares = _share(run.backends, max_failures)
    formats = list_formats([group for backend in run.backends for group in backend.groups if group.judged])
    for backend, cases in zip(run.backends, shares, strict=True):
        for line in _describe_backend(backend, formats, console.width, cases, verbose):
            print_line(console, line)
    limit = None if verbose else _FEW
    general = [*_limit([f"note: {escape(note)}" for note in run.notes], limit, "notes")]
    general += describe_run(run) if verbose else ()
    for line in [*general, ""] if general else ():
        print_line(console, line)
    objections = [f"[red]does not conform:[/red] {escape(_shorten(text, verbose))}" for text in list_objections(run)]
    for line in _limit(objections, limit, "objections"):
        print_line(console, line)
    for backend in run.backends:
        for line in _describe_outcome(run, backend, options, verbose):
            print_line(console, line)


def print_line(console: Console, markup: str) -> None:
    """Print a line of rich's markup; what would steer the terminal, in a backend's own words, is shown instead."""
    console.print(show_controls(markup), soft_wrap=True)


def describe_verdict(backend: BackendResult, scope: str = "") -> str:
    """The verdict on a backend with its counts, in rich's markup; `scope` says how much was judged."""
    colour = _COLOURS[word_verdict(backend)]
    scope = f" ({scope})" if scope else ""
    warnings = f", {count_things(len(backend.warnings), 'warning')}" if backend.warnings else ""
    said = f"[{colour}][bold]{escape(backend.backend)} {say_verdict(backend)}[/bold]{scope}[/]"
    return f"{said}: {count_verdicts(backend)}{warnings}"


def _describe_backend(
    backend: BackendResult, formats: Sequence[str], width: int, cases: Sequence[CaseResult], verbose: bool
) -> Iterator[str]:
    yield f"[bold]{escape(backend.backend)}[/bold]"
    for pieces in lay_out_grid(make_grid(backend.groups, formats, verbose), formats, width):
        yield "".join(
            f"[{_CELL_COLOURS[each.state]}]{escape(each.text)}[/]" if each.state in _CELL_COLOURS else escape(each.text)
            for each in pieces
        ).rstrip()
    if verbose:
        yield from describe_details(backend, width)
    warnings = [f"[yellow]warning:[/yellow] {escape(warning)}" for warning in backend.warnings]
    yield from _limit(warnings, None if verbose else _FEW, "warnings")
    for case in cases:
        yield from describe_case(case)
    failing = sum(case.verdict in FAILING for case in backend.cases)
    if failing > len(cases):
        yield f"\n… and {count_things(failing - len(cases), 'more failing case')}; --max-failures shows more."
    yield ""


def _describe_outcome(run: RunResult, backend: BackendResult, options: Sequence[str], verbose: bool) -> Iterator[str]:
    """The verdict, the most likely defect, and a command that shows one failure."""
    # That some cases were selected is known to whoever did; a verdict with known failures must not look like more.
    scope = describe_scope(run, backend) if word_verdict(backend) == EXPECTED else ""
    yield describe_verdict(backend, scope)
    if backend.observed_claims:
        what = "the claims that pass" if backend.conforms else "judged by"
        yield f"  {what}: {escape(_shorten(backend.observed_claims, verbose))}"
        yield f"  as declared: {escape(backend.info.get(AS_DECLARED, ''))}"
    if backend.diagnoses:
        yield f"  most likely: {escape(_shorten(backend.diagnoses[0], verbose))}"
    for case in choose_failures(backend.cases, 1):
        yield f"  reproduce: {escape(format_command(backend.spec or backend.backend, case, options))}"


def _share(backends: Sequence[BackendResult], limit: int) -> list[list[CaseResult]]:
    """The failing cases of each backend that are described: as many of each as there is room for."""
    queues = [choose_failures(backend.cases, limit) for backend in backends]
    shares = [0] * len(queues)
    while sum(shares) < limit and any(len(queue) > share for queue, share in zip(queues, shares, strict=True)):
        for i, queue in enumerate(queues):
            if len(queue) > shares[i] and sum(shares) < limit:
                shares[i] += 1
    return [queue[:share] for queue, share in zip(queues, shares, strict=True)]


def _limit(lines: Sequence[str], limit: int | None, what: str) -> Iterator[str]:
    yield from lines[:limit]
    if limit is not None and len(lines) > limit:
        yield f"… and {len(lines) - limit} more {what}; -v shows them."


def _shorten(text: str, verbose: bool) -> str:
    flat = " ".join(text.split())
    return flat if verbose or len(flat) <= _ONE_LINE else f"{flat[: _ONE_LINE - 1]}…"
