"""A case that did not pass, in the lines that terminals and test runners show."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from rich.markup import escape
from rich.text import Text

from conform.results import CaseResult, ElementFailure, Problem, Verdict


def format_case(case: CaseResult) -> str:
    """A failing case as the report describes it, in plain text."""
    return "\n".join(Text.from_markup(line).plain for line in describe_case(case)).strip()


def format_command(backend: str, case: CaseResult, options: Sequence[str] = ()) -> str:
    """The command that judges this case alone."""
    return shlex.join(["conform", "run", backend, "--case", case.id, *options])


def describe_case(case: CaseResult) -> Iterator[str]:
    """The case and everything that is wrong with it, in rich's markup; the first line is empty."""
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
