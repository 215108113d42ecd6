"""The report as one HTML file that needs nothing else: no network, no fonts, no scripts of others."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conform.errors import UsageError
from conform.installing import describe_extra
from conform.report.summary import count_verdicts, list_objections, word_group, word_verdict
from conform.results import BackendResult, CaseResult, GroupResult, RunResult, Verdict

try:
    import jinja2

    from conform.report.charts import Series, draw_distribution, measure_extent
except ModuleNotFoundError as error:
    raise UsageError(
        f"the HTML report needs {error.name}, which is not installed", hint=describe_extra("html")
    ) from None

FULL_CASES = 250
"""So many failing cases of a backend carry inputs and derivation; the others carry what is wrong."""

_SHOWN = (Verdict.FAIL, Verdict.ERROR, Verdict.KNOWN)
_SIGNS = {"pass": "✓", "fail": "✗", "known": "◐", "none": "–", "open": "?"}


@dataclass(frozen=True)
class _Cell:
    """One cell of a matrix: `state` chooses colour and sign, `text` says the same in words, `title` says more."""

    state: str
    text: str
    title: str

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
    def title(self) -> str:
        return self.case.problems[0].message if self.case.problems else self.case.verdict.value


def format_html(run: RunResult) -> str:
    """The run as a page: verdict, matrices, distributions, failing cases to search and unfold, numbers, provenance."""
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
        verdicts=[word_verdict(backend) for backend in run.backends],
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


def _make_matrix(backend: BackendResult) -> Mapping[tuple[str, str], _Cell]:
    return {(group.operation, group.dtype): _make_cell(group) for group in backend.groups}


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
        command = shlex.join(["conform", "run", backend.backend, "--case", case.id])
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
