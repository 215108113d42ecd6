"""Writes today's failures down as known failures: an entry an operation, by format and family, the rest by id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from conform.gate.known import FAILING, KnownEntry
from conform.golden.globs import GlobIndex
from conform.results import BackendResult, CaseResult, Verdict

_LEAST = 2
"""Groups of fewer failing cases are written by id, which says more."""
_COUNTED = re.compile(r" \((?:all )?\d+ .*\)\Z", re.DOTALL)
"""How a diagnosis ends: how many cases it explains today, and where."""


def make_baseline(backend: BackendResult) -> tuple[KnownEntry, ...]:
    """The entries that make a run of this backend pass with known failures, one for each operation that fails.

    The backend's result must have its passing cases, which no entry may cover. Reasons are the diagnoses of the run.
    """
    entries = []
    for operation in dict.fromkeys(case.operation for case in backend.cases if case.verdict in FAILING):
        own = [case for case in backend.cases if case.operation == operation]
        failing = [case for case in own if case.verdict in FAILING]
        passing = [case for case in own if case.verdict is Verdict.PASS]
        reason = _state_reason(operation, failing, backend)
        entries.append(KnownEntry(tuple(list_globs(failing, passing)), reason, backend.backend))
    return tuple(entries)


def list_globs(failing: Sequence[CaseResult], passing: Sequence[CaseResult]) -> Iterator[str]:
    """Globs and ids that cover these failing cases of one operation, and none of the passing ones.

    A glob stands for the operation, for one of its formats, for a family in every format, or for one in a format, each
    where all of its cases fail.
    """
    right = GlobIndex([case.id for case in passing])
    index = GlobIndex([case.id for case in failing])
    left = dict(enumerate(failing))
    shapes = ("{0}/*", "{0}/*/{2}/*", "{0}/{1}/*", "{0}/{1}/{2}/*")
    for shape in shapes:
        for glob in dict.fromkeys(glob for case in left.values() if (glob := _fill(shape, case)) is not None):
            found = [place for place in index.find(glob) if place in left]
            # Of the formats of a family, one alone is no reason to speak of all.
            wide = shape != "{0}/{1}/*" or len({left[place].dtype for place in found}) > 1
            if wide and len(found) >= _LEAST and not right.find(glob):
                yield glob
                for place in found:
                    del left[place]
    yield from (case.id for case in left.values())


def _fill(shape: str, case: CaseResult) -> str | None:
    """The glob of a shape that covers a case; None where the id has other parts than operation, family and format."""
    parts = case.id.split("/")
    if len(parts) < 4 or (parts[0], parts[2]) != (case.operation, case.dtype):
        return None
    return shape.format(*parts)


def _state_reason(operation: str, failing: Sequence[CaseResult], backend: BackendResult) -> str:
    """What the failures are consistent with, and how many there are by the rule that they break."""
    rules = Counter(case.problems[0].rule.value if case.problems else case.verdict.value for case in failing)
    parts = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items(), key=lambda item: (-item[1], item[0])))
    counted = f"{len(failing)} {'case' if len(failing) == 1 else 'cases'} ({parts})"
    names = {group.operation for group in backend.groups}
    told: dict[bool, list[str]] = {True: [], False: []}
    for text in backend.diagnoses:
        placed = {name for name in names if re.search(rf"\b{re.escape(name)}\.", text)}
        if operation in placed or not placed:
            told[bool(placed)].append(_COUNTED.sub("", text))
    causes = told[True] or told[False]
    return f"{'consistent with: ' + '; '.join(causes) if causes else 'cause not yet stated'}; {counted}"
