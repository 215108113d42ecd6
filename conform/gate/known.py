"""Known failures: what a file of them makes of a finished run, strict in both directions."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conform.backends.origin import list_spellings, match_backend
from conform.golden.globs import GlobIndex, match_glob
from conform.results import BackendResult, CaseResult, GroupResult, Problem, Rule, RunResult, Verdict

FAILING = (Verdict.FAIL, Verdict.ERROR)
_MAX_TOLD = 100


@dataclass(frozen=True)
class KnownEntry:
    """One entry: cases that are known to fail for the backends that the glob `backend` means, and why.

    `reproduce` is a line that shows it. `expires` is the last day on which the entry holds; `where` is the line of the
    file that it starts on, and `folder` the one of that file, from which paths may be written.
    """

    cases: tuple[str, ...]
    reason: str
    backend: str = "*"
    link: str | None = None
    expires: datetime.date | None = None
    where: str = ""
    folder: Path | None = None
    reproduce: str | None = None

    @property
    def text(self) -> str:
        """The reason, with the link where there is one."""
        return f"{self.reason} ({self.link})" if self.link else self.reason

    def is_expired(self, today: datetime.date) -> bool:
        return self.expires is not None and today > self.expires

    def concerns(self, spellings: Sequence[str]) -> bool:
        """Whether the entry is about a backend that can be named in these ways."""
        return match_backend(self.backend, spellings, self.folder)

    def covers(self, spellings: Sequence[str], case: str) -> bool:
        """Whether the entry speaks of that case under that backend."""
        return any(match_glob(glob, case) for glob in self.cases) and self.concerns(spellings)


@dataclass(frozen=True)
class KnownFailures:
    """The entries of a file, in its order."""

    entries: tuple[KnownEntry, ...] = ()

    def drop_expired(self, today: datetime.date) -> KnownFailures:
        """The entries that hold on that day."""
        return KnownFailures(tuple(entry for entry in self.entries if not entry.is_expired(today)))

    def find(self, spellings: Sequence[str], case: str) -> KnownEntry | None:
        """The first entry that covers a case; None where there is none."""
        return next((entry for entry in self.entries if entry.covers(spellings, case)), None)

    def find_all(self, spellings: Sequence[str], cases: Sequence[str]) -> dict[str, KnownEntry]:
        """The first entry that covers each case, for those that have one."""
        found: dict[str, KnownEntry] = {}
        index = GlobIndex(cases)
        for entry, concerned in zip(self.entries, self.mark_concerned(spellings), strict=True):
            for glob in entry.cases if concerned else ():
                for place in index.find(glob):
                    found.setdefault(cases[place], entry)
        return found

    def mark_concerned(self, spellings: Sequence[str]) -> list[bool]:
        """Of each entry whether it is about a backend; how many of them name it does not matter."""
        known: dict[tuple[str, Path | None], bool] = {}
        for entry in self.entries:
            key = (entry.backend, entry.folder)
            if key not in known:
                known[key] = entry.concerns(spellings)
        return [known[entry.backend, entry.folder] for entry in self.entries]


def apply_known(run: RunResult, known: KnownFailures, today: datetime.date) -> RunResult:
    """The run as a file of known failures has it.

    A listed case that failed becomes a known failure, which counts by itself and never as a pass; a listed case that
    passed becomes a failure. What the file says of other backends than those that ran is noted. An entry fails
    the run, in `RunResult.stale`, when it expired, when one of its globs matches no case, or when none of the cases
    that a glob matches fails. Globs without a match are forgiven where only some of the cases were selected or the run
    was cut short, because the cases that they are about may not have been run.
    """
    holding = known.drop_expired(today)
    backends = tuple(_apply_to_backend(backend, holding) for backend in run.backends)
    idle = _cut_short(list_idle(known, [_spell(backend) for backend in run.backends]))
    stale = _cut_short(_list_stale(run, known, today))
    return replace(run, backends=backends, notes=(*run.notes, *idle), stale=(*run.stale, *stale))


def _cut_short(texts: Iterable[str]) -> list[str]:
    told = list(texts)
    more = [f"and {len(told) - _MAX_TOLD} more like these"] if len(told) > _MAX_TOLD else []
    return [*told[:_MAX_TOLD], *more]


def list_idle(known: KnownFailures, backends: Sequence[Sequence[str]]) -> Iterable[str]:
    """What is to be said of entries that are about no backend of a run, each of which has these spellings."""
    idle: dict[str, list[str]] = {}
    marked = [known.mark_concerned(spellings) for spellings in backends]
    for i, entry in enumerate(known.entries):
        if not any(marks[i] for marks in marked):
            idle.setdefault(entry.backend, []).append(entry.where)
    for name, places in idle.items():
        what = "an entry is" if len(places) == 1 else f"{len(places)} entries are"
        yield f"{places[0]}: {what} about {name}, which does not run here"


def _spell(backend: BackendResult) -> tuple[str, ...]:
    operations = dict.fromkeys(group.operation for group in backend.groups)
    return list_spellings(backend.backend, backend.name, tuple(operations))


def _apply_to_backend(backend: BackendResult, known: KnownFailures) -> BackendResult:
    entries = known.find_all(_spell(backend), [case.id for case in backend.cases])
    cases = tuple(apply_entry(case, entries.get(case.id)) for case in backend.cases)
    if cases == backend.cases:
        return backend
    counts: Counter[tuple[str, str, Verdict]] = Counter((case.operation, case.dtype, case.verdict) for case in cases)
    return replace(backend, cases=cases, groups=tuple(_recount(group, counts) for group in backend.groups))


def apply_entry(case: CaseResult, entry: KnownEntry | None) -> CaseResult:
    """The case as the entry that covers it has it; None stands for no entry."""
    if entry is None:
        return case
    if case.verdict in FAILING:
        return replace(case, verdict=Verdict.KNOWN, known=entry.text)
    if case.verdict is Verdict.PASS:
        problem = Problem(
            Rule.UNEXPECTED_PASS,
            f"passes, but {entry.where or 'an entry'} lists it as a known failure: {entry.text}",
            "first",
        )
        return replace(case, verdict=Verdict.FAIL, known=entry.text, problems=(*case.problems, problem))
    return case


def _recount(group: GroupResult, counts: Counter[tuple[str, str, Verdict]]) -> GroupResult:
    def count(verdict: Verdict) -> int:
        return counts[group.operation, group.dtype, verdict]

    return replace(
        group,
        passed=count(Verdict.PASS),
        failed=count(Verdict.FAIL),
        errors=count(Verdict.ERROR),
        known=count(Verdict.KNOWN),
    )


def _list_stale(run: RunResult, known: KnownFailures, today: datetime.date) -> Iterable[str]:
    thorough = run.whole and run.complete and all(backend.complete for backend in run.backends)
    cases = {backend.backend: backend.cases for backend in run.backends}
    indices = {name: GlobIndex([case.id for case in own]) for name, own in cases.items()}
    marked = {backend.backend: known.mark_concerned(_spell(backend)) for backend in run.backends}
    for i, entry in enumerate(known.entries):
        concerned = [name for name, marks in marked.items() if marks[i]]
        if not concerned:
            continue
        matched = [
            [cases[name][place] for name in concerned for place in indices[name].find(glob)] for glob in entry.cases
        ]
        if entry.is_expired(today) and (thorough or any(matched)):
            yield f"{entry.where}: expired on {entry.expires}: {entry.text}"
        if not thorough:
            continue
        for glob, found in zip(entry.cases, matched, strict=True):
            if not found:
                yield f"{entry.where}: {glob!r} matches no case"
            elif not any(case.verdict in (*FAILING, Verdict.PASS) for case in found):
                yield f"{entry.where}: {glob!r} matches only cases that the backend does not support"
