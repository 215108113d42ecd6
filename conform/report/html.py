"""The report as one HTML file that needs nothing else: no network, no fonts, no scripts of others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

import jinja2

from conform.report.case_text import format_command
from conform.report.charts import Series, draw_distribution, measure_extent
from conform.report.summary import (
    count_things,
    count_verdicts,
    describe_scope,
    list_objections,
    say_verdict,
    word_group,
    word_verdict,
)
from conform.results import BackendResult, CaseResult, GroupResult, RunResult, Verdict

FULL_CASES = 250
"""So many failing cases of a backend carry inputs and derivation; the others carry what is wrong."""

_SHOWN = (Verdict.FAIL, Verdict.ERROR, Verdict.KNOWN)
_SIGNS = {"pass": "✓", "fail": "✗", "known": "◐", "none": "–", "open": "?"}


@dataclass(frozen=True)
class _Cell:
    """One cell of a matrix: `state` chooses colour and sign, `text` says the same in words, `title` says more.

    `rank` sorts it among those of its column, the worst first; `link` leads to its cases, where any are listed.
    """

    state: str
    text: str
    title: str
    rank: float = 0.0
    link: str = ""

    @property
    def sign(self) -> str:
        return _SIGNS[self.state]


@dataclass(frozen=True)
class _Chart:
    """The distributions of one operation and format; `summaries` say in words what the picture shows.

    `colours` are the places of the backends that it shows among those of the run.
    """

    operation: str
    dtype: str
    svg: str
    colours: tuple[int, ...]
    summaries: tuple[str, ...]


@dataclass(frozen=True)
class _Failure:
    """One case that did not pass; `full` if its inputs and derivations are shown."""

    backend: str
    case: CaseResult
    command: str
    full: bool

    @property
    def rules(self) -> list[str]:
        return list(dict.fromkeys(problem.rule.value for problem in self.case.problems))

    @property
    def anchor(self) -> str:
        """What a link to the case ends with: the same in every report on this backend."""
        return "case-" + hashlib.sha256(f"{self.backend}\0{self.case.id}".encode(errors="replace")).hexdigest()[:12]

    @property
    def title(self) -> str:
        return self.case.problems[0].message if self.case.problems else self.case.verdict.value


def format_html(run: RunResult) -> str:
    """The run as a page: verdict, matrices, distributions, failing cases to search and unfold, numbers, provenance.

    Of several backends there is a table of all of them by operation, before what each of them did.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("conform.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    operations = list(dict.fromkeys(group.operation for backend in run.backends for group in backend.groups))
    formats = list(dict.fromkeys(group.dtype for backend in run.backends for group in backend.groups))
    failures = [failure for backend in run.backends for failure in _list_failures(backend)]
    return environment.get_template("report.html.j2").render(
        run=run,
        verdict=word_verdict(run),
        known=count_things(sum(backend.verdicts[Verdict.KNOWN] for backend in run.backends), "known failure"),
        verdicts=[word_verdict(backend) for backend in run.backends],
        said=[say_verdict(backend) for backend in run.backends],
        scopes=[describe_scope(run, backend) for backend in run.backends],
        circumstances=_describe_circumstances(run),
        overview=_make_overview(run.backends, operations) if len(run.backends) > 1 else {},
        counts=[count_verdicts(backend) for backend in run.backends],
        objections=list_objections(run),
        operations=operations,
        formats=formats,
        matrices=[_make_matrix(backend) for backend in run.backends],
        charts=_draw_charts(run.backends, operations, formats),
        failures=failures,
        rules=sorted({rule for failure in failures for rule in failure.rules}),
        rows=list(_list_rows(run.backends, operations, formats)),
        uncounted=[_count_reasons(backend) for backend in run.backends],
    )


def _describe_circumstances(run: RunResult) -> dict[str, str]:
    if run.circumstances is None:
        return {}
    facts = {**asdict(run.circumstances), "seconds": f"{run.circumstances.seconds:.1f}"}
    return {key: str(value) for key, value in facts.items() if value is not None}


def _make_overview(backends: Sequence[BackendResult], operations: Sequence[str]) -> Mapping[str, list[_Cell]]:
    """By operation, a cell for each backend, over all formats."""
    grouped = [
        {operation: [group for group in backend.groups if group.operation == operation] for operation in operations}
        for backend in backends
    ]
    return {
        operation: [_sum_cells(backend.backend, own[operation]) for backend, own in zip(backends, grouped, strict=True)]
        for operation in operations
    }


def _sum_cells(backend: str, groups: Sequence[GroupResult]) -> _Cell:
    judged, passed = sum(group.judged for group in groups), sum(group.passed for group in groups)
    if not judged:
        return _Cell("none", "not judged", f"{backend}: no case was judged", 3.0)
    states = {_make_cell(group).state for group in groups if group.judged}
    state = next(each for each in ("fail", "known", "pass", "open") if each in states)
    rank = {"fail": 0.0, "known": 1.0, "pass": 2.0, "open": 2.0}[state] + passed / judged / 2
    title = f"{backend}: {passed} of {judged} cases passed"
    return _Cell(state, f"{passed}/{judged}", title, rank, _link(backend, groups[0].operation))


def _link(backend: str, operation: str, dtype: str = "") -> str:
    """The end of an address that shows these cases alone."""
    filters = {"backend": backend, "operation": operation, "dtype": dtype}
    return "#" + urlencode({key: value for key, value in filters.items() if value}, errors="replace")


def _make_matrix(backend: BackendResult) -> Mapping[tuple[str, str], _Cell]:
    return {
        (group.operation, group.dtype): replace(
            _make_cell(group), link=_link(backend.backend, group.operation, group.dtype)
        )
        for group in backend.groups
    }


def _make_cell(group: GroupResult) -> _Cell:
    if group.errors or group.failed:
        state = "fail"
    elif group.known:
        state = "known"
    elif not group.passed:
        state = "none"
    else:
        state = "pass" if group.informative else "open"
    text = f"{group.passed} passed, uninformative" if state == "open" else word_group(group)
    title = (
        f"{group.operation} in {group.dtype}: {group.cases} cases, {group.passed} passed, {group.failed} failed, "
        f"{group.errors} errors, {group.known} known failures, {group.unsupported + group.declared} unsupported"
    )
    return _Cell(state, text, title)


def _draw_charts(
    backends: Sequence[BackendResult], operations: Sequence[str], formats: Sequence[str]
) -> dict[str, list[_Chart]]:
    """The charts by operation; a group in which no element met a bound has none."""
    grouped: dict[tuple[str, str], list[Series]] = {}
    for backend in backends:
        for group in backend.groups:
            if sum(group.ratio_counts):
                grouped.setdefault((group.operation, group.dtype), []).append(Series(backend.backend, group))
    extent = measure_extent([one.group for series in grouped.values() for one in series])
    charts: dict[str, list[_Chart]] = {}
    for operation in operations:
        for dtype in formats:
            series = grouped.get((operation, dtype), [])
            if series:
                names = [backend.backend for backend in backends]
                colours = tuple(names.index(one.backend) for one in series)
                svg = draw_distribution(series, colours, extent, f"{operation}-{dtype}-")
                summaries = tuple(_summarise(one.group) for one in series)
                charts.setdefault(operation, []).append(_Chart(operation, dtype, svg, colours, summaries))
    return charts


def _summarise(group: GroupResult) -> str:
    elements = sum(group.ratio_counts)
    parts = [f"{elements:,} elements met a bound", f"{group.ratio_counts[0]:,} without any error"]
    if group.worst is not None:
        parts.append(f"worst error/bound {group.worst:.3g}")
    if group.bits is not None:
        parts.append(f"effective precision {group.bits:.1f} of {group.declared_bits} declared bits")
    return ", ".join(parts)


def _list_failures(backend: BackendResult) -> Iterator[_Failure]:
    """The cases that did not pass, in their order; details go to as many operations and formats as possible."""
    cases = [case for case in backend.cases if case.verdict in _SHOWN]
    seen: dict[tuple[str, str], int] = {}
    rank = {}
    for case in cases:
        key = (case.operation, case.dtype)
        seen[key] = seen.get(key, -1) + 1
        rank[case.id] = seen[key]
    full = {case.id for case in sorted(cases, key=lambda case: rank[case.id])[:FULL_CASES]}
    for case in cases:
        command = format_command(backend.spec or backend.backend, case)
        yield _Failure(backend.backend, case, command, case.id in full)


def _list_rows(
    backends: Sequence[BackendResult], operations: Sequence[str], formats: Sequence[str]
) -> Iterator[tuple[str, GroupResult, _Cell]]:
    """Every group with its backend, those of one operation and format beside each other."""
    groups = {
        (group.operation, group.dtype, backend.backend): group for backend in backends for group in backend.groups
    }
    for operation in operations:
        for dtype in formats:
            for backend in backends:
                group = groups.get((operation, dtype, backend.backend))
                if group is not None:
                    yield backend.backend, group, _make_cell(group)


def _count_reasons(backend: BackendResult) -> dict[tuple[str, str], int]:
    """How many cases were not judged, by verdict and reason."""
    counts: dict[tuple[str, str], int] = {}
    for case in backend.cases:
        if case.verdict in (Verdict.UNSUPPORTED, Verdict.DECLARED):
            key = (case.verdict.value, case.reason or "no reason was given")
            counts[key] = counts.get(key, 0) + 1
    return counts
