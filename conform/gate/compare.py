"""Compares two finished runs: what became better or worse, what appeared and what disappeared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conform.errors import UsageError
from conform.results import BackendResult, CaseResult, GroupResult, RunResult, Verdict

BITS_THRESHOLD = 1.0
"""So many bits of effective precision may be lost before that counts as worse: estimates differ by less."""

KINDS = ("worse", "better", "changed", "appeared", "disappeared")
"""The lists of a comparison, in the order in which they are shown."""

_BAD = (Verdict.FAIL, Verdict.ERROR)


@dataclass(frozen=True)
class Change:
    """One difference in an operation and format.

    `subject` is the id of a case, or what is measured over all cases; `before` and `after` are as shown.
    """

    backend: str
    operation: str
    dtype: str
    subject: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Every difference between two runs, each in one list.

    `better` are cases that pass now and groups more precise by the threshold. `worse` are cases that no longer pass,
    or that fail where they were unsupported or known to fail, and groups less precise by the threshold. `changed` are
    verdicts that changed otherwise. `appeared` and `disappeared` are cases that only one run has. `common` counts the
    cases that both have. `cut_short` says that the new run is partial and the old one is not; `notes` say what else
    makes the runs hard to compare.
    """

    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    changed: tuple[Change, ...]
    appeared: tuple[Change, ...]
    disappeared: tuple[Change, ...]
    common: int
    cut_short: bool = False
    notes: tuple[str, ...] = ()

    @property
    def worsened(self) -> bool:
        """Whether anything is worse, or could be unseen because the new run ended before its last case."""
        return bool(self.worse) or self.cut_short


def compare_runs(old: RunResult, new: RunResult, bits_threshold: float = BITS_THRESHOLD) -> Comparison:
    """Compare two runs, backend by backend.

    Backends are matched by name; where each run has just one, the two are matched whatever their names. Raises
    UsageError where the runs have no case in common.
    """
    found: dict[str, list[Change]] = {"better": [], "worse": [], "changed": [], "appeared": [], "disappeared": []}
    common = 0
    for name, before, after in _match_backends(old, new):
        old_cases = {case.id: case for case in before.cases} if before else {}
        new_cases = {case.id: case for case in after.cases} if after else {}
        for case_id in dict.fromkeys((*old_cases, *new_cases)):
            kind, change = _compare_case(name, case_id, old_cases.get(case_id), new_cases.get(case_id))
            if kind:
                found[kind].append(change)
        common += len(old_cases.keys() & new_cases.keys())
        if before and after:
            for kind, change in _compare_bits(name, before, after, bits_threshold):
                found[kind].append(change)
    if not common:
        raise UsageError("the two runs have no case in common", hint="Compare runs of the same backend.")
    return Comparison(
        **{kind: tuple(changes) for kind, changes in found.items()},
        common=common,
        cut_short=_is_partial(new) and not _is_partial(old),
        notes=tuple(_list_notes(old, new)),
    )


def _match_backends(old: RunResult, new: RunResult) -> Iterator[tuple[str, BackendResult | None, BackendResult | None]]:
    if len(old.backends) == len(new.backends) == 1:
        before, after = old.backends[0], new.backends[0]
        same = before.backend == after.backend
        yield before.backend if same else f"{before.backend} → {after.backend}", before, after
        return
    old_named = {backend.backend: backend for backend in old.backends}
    new_named = {backend.backend: backend for backend in new.backends}
    for name in dict.fromkeys((*old_named, *new_named)):
        yield name, old_named.get(name), new_named.get(name)


def _compare_case(
    backend: str, case_id: str, before: CaseResult | None, after: CaseResult | None
) -> tuple[str | None, Change]:
    old, new = before.verdict if before else None, after.verdict if after else None
    case = before or after
    operation, dtype = (case.operation, case.dtype) if case else ("", "")
    words = [verdict.value if verdict else "absent" for verdict in (old, new)]
    change = Change(backend, operation, dtype, case_id, *words)
    if old is None:
        return "appeared", change
    if new is None:
        return "disappeared", change
    if old is new:
        return None, change
    if new is Verdict.PASS:
        return "better", change
    if old is Verdict.PASS or (new in _BAD and old not in _BAD):
        return "worse", change
    return "changed", change


def _compare_bits(
    name: str, before: BackendResult, after: BackendResult, threshold: float
) -> Iterator[tuple[str, Change]]:
    old_groups: dict[tuple[str, str], GroupResult] = {(group.operation, group.dtype): group for group in before.groups}
    for group in after.groups:
        old = old_groups.get((group.operation, group.dtype))
        if old is None or old.bits is None or group.bits is None:
            continue
        gained = group.bits - old.bits
        if abs(gained) > threshold:
            before_bits, after_bits = f"{old.bits:.1f} bits", f"{group.bits:.1f} bits"
            change = Change(name, group.operation, group.dtype, "effective precision", before_bits, after_bits)
            yield "better" if gained > 0 else "worse", change


def _is_partial(run: RunResult) -> bool:
    return not run.complete or not all(backend.complete for backend in run.backends)


def _list_notes(old: RunResult, new: RunResult) -> Iterator[str]:
    for label, run in (("old", old), ("new", new)):
        if _is_partial(run):
            yield f"the {label} run is partial: it was interrupted or cut short"
        elif not run.whole:
            yield f"the {label} run selected only some of the cases"
    for key in sorted(old.provenance.keys() | new.provenance.keys()):
        before, after = old.provenance.get(key, "absent"), new.provenance.get(key, "absent")
        if before != after:
            yield f"{key}: {before} → {after}"
