"""Finished results of a run, as frozen values; all that a report may know.

Whatever a backend, a file of known failures or a saved report says enters here, and is made safe to show as it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conform.texts import make_block, make_line, make_safe


class Verdict(StrEnum):
    """What a run says of one case; KNOWN is a failure or an error that a file of known failures lists."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    DECLARED = "declared-unsupported"
    KNOWN = "known-failure"


class Rule(StrEnum):
    """Which rule decided an element, or which check of the call a case failed."""

    NAN = "nan"
    INFINITY = "infinity"
    EXACT = "exact"
    BOUND = "bound"
    OVERFLOW = "overflow"
    INTEGER = "integer"
    SIGNED_ZERO = "signed-zero"
    RAISED = "raised"
    RESULTS = "results"
    SHAPE = "shape"
    DTYPE = "dtype"
    MUTATION = "mutation"
    ALIASING = "aliasing"
    REPEAT = "repeat"
    UNEXPECTED_PASS = "unexpected-pass"


def _make_lines(result: object, *names: str) -> None:
    """Make the texts of some fields safe, and each one line."""
    for name in names:
        text = getattr(result, name)
        safe = make_line(text)
        if safe is not text:
            object.__setattr__(result, name, safe)


@dataclass(frozen=True)
class Number:
    """One number as reports show it: decimal, rounded to 17 digits, and exact text."""

    decimal: str
    text: str

    def __post_init__(self) -> None:
        _make_lines(self, "decimal")


@dataclass(frozen=True)
class ElementFailure:
    """One wrong element. `error` and `bound` are exact texts with a decimal beside; `ratio` is error/bound.

    `ulps` is the error in units in the last place of the correctly rounded expected value, None where it has none.
    """

    result: str
    index: tuple[int, ...]
    expected: Number
    got: Number
    error: Number | None
    bound: Number | None
    ratio: float | None
    ulps: float | None

    def __post_init__(self) -> None:
        _make_lines(self, "result")


@dataclass(frozen=True)
class Problem:
    """Why a case did not pass. `call` names the round of calls that showed it, as `conform.running.rounds` does.

    `derivation` is the text of how the limits of the element follow, where it was worked out during the run.
    """

    rule: Rule
    message: str
    call: str
    element: ElementFailure | None = None
    detail: str | None = None
    derivation: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", make_safe(self.message))
        if self.detail is not None:
            object.__setattr__(self, "detail", make_block(self.detail))


@dataclass(frozen=True)
class CaseResult:
    """One case: its verdict, and how many elements each rule settled, each by the worst answer of all its calls.

    `exact`, `bound`, `uninformative` and `failed` count elements; `worst` is the largest error/bound among the
    elements judged by a bound, None where there is none. `known` is the reason that a file of known failures gives,
    `inputs` the inputs as text, shortened, where they were kept.
    """

    id: str
    operation: str
    dtype: str
    flags: tuple[str, ...]
    verdict: Verdict
    exact: int = 0
    bound: int = 0
    uninformative: int = 0
    failed: int = 0
    worst: float | None = None
    problems: tuple[Problem, ...] = ()
    reason: str | None = None
    known: str | None = None
    inputs: str | None = None

    def __post_init__(self) -> None:
        _make_lines(self, "id", "operation", "dtype")
        for name in ("reason", "known"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, make_safe(text))


@dataclass(frozen=True)
class GroupResult:
    """One operation in one format: the cases counted by verdict, the elements by the rule that settled them.

    `informative` is false when no element was settled by a rule that could have failed it; `bits` is the effective
    precision that the observed errors amount to, None where too few elements carry an error. `ratio_counts` and
    `bits_counts` are histograms (`conform.running.histogram`), empty where none was kept. A known failure counts in
    `known` alone, though its elements stay in `failed_elements`. `layer` is that of the operation, empty where the
    vectors name none; `seconds` is how long the calls and their judgement took.
    """

    operation: str
    dtype: str
    cases: int
    passed: int
    failed: int
    errors: int
    unsupported: int
    declared: int
    exact_elements: int
    bound_elements: int
    uninformative_elements: int
    failed_elements: int
    worst: float | None
    bits: float | None = None
    declared_bits: int | None = None
    accumulates: str | None = None
    known: int = 0
    ratio_counts: tuple[int, ...] = ()
    bits_counts: tuple[int, ...] = ()
    layer: str = ""
    seconds: float = field(default=0.0, compare=False)

    def __post_init__(self) -> None:
        _make_lines(self, "operation", "dtype", "layer")

    @property
    def judged(self) -> int:
        """How many cases the backend was called for: neither unsupported nor declared so."""
        return self.cases - self.unsupported - self.declared

    @property
    def informative(self) -> bool:
        return self.exact_elements + self.bound_elements + self.failed_elements > 0


@dataclass(frozen=True)
class BackendResult:
    """Everything that was found out about one backend.

    `backend` is how it was named, `name` what it calls itself. `cases` may leave out those that passed, where nothing
    that is done with the result needs them; `groups` count all. `places` has the `file:line` of each of its operations
    that is written in a file, and of the backend itself under the empty name. `spec` names it in a command where
    `backend` tells it apart from the same one elsewhere, and is empty else. `observed_claims` are the claims that it
    was judged by in place of its own, because probes saw these; empty where it was judged by what it declares.
    """

    backend: str
    info: Mapping[str, str]
    declared: Mapping[str, str]
    groups: tuple[GroupResult, ...]
    cases: tuple[CaseResult, ...]
    warnings: tuple[str, ...] = ()
    complete: bool = True
    diagnoses: tuple[str, ...] = ()
    name: str = ""
    places: Mapping[str, str] = field(default_factory=dict, compare=False)
    spec: str = ""
    observed_claims: str = ""

    def __post_init__(self) -> None:
        _make_lines(self, "backend", "name")
        for name in ("info", "declared", "places"):
            facts = getattr(self, name)
            object.__setattr__(self, name, {make_line(key): make_safe(text) for key, text in facts.items()})
        object.__setattr__(self, "warnings", tuple(map(make_safe, self.warnings)))

    @property
    def conforms(self) -> bool:
        """Whether every judged case passed, and at least one did."""
        counts = self.verdicts
        bad = counts[Verdict.FAIL] or counts[Verdict.ERROR]
        return self.complete and not bad and counts[Verdict.PASS] > 0

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """How many cases have each verdict."""
        return {verdict: sum(getattr(group, name) for group in self.groups) for verdict, name in _COUNTS.items()}


AS_DECLARED = "verdict as declared"
"""Where the facts about a backend have what became of it by its own claims, if it was judged by others."""

_COUNTS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.ERROR: "errors",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.DECLARED: "declared",
    Verdict.KNOWN: "known",
}
"""Where a group counts each verdict."""


@dataclass(frozen=True)
class Circumstances:
    """When and where a run was made, which is no part of what it found out.

    `start` is in UTC by ISO 8601, `commit` that of the git repository around the current folder, None without one.
    """

    start: str
    seconds: float
    host: str
    platform: str
    command: str
    commit: str | None = None


@dataclass(frozen=True)
class RunResult:
    """A whole run: one result a backend, and where the vectors came from.

    `operations` counts those of the vectors, selected or not, 0 where that is not known. `whole` is false when only
    some of the cases were selected. `stale` says which entries of a file of known failures
    no longer hold, `objections` what else a run must not pass with: too few cases, or groups without an informative
    element where those are required. Each of them fails the run.
    """

    backends: tuple[BackendResult, ...]
    provenance: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())
    complete: bool = True
    whole: bool = True
    stale: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    operations: int = 0
    circumstances: Circumstances | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("notes", "stale", "objections"):
            object.__setattr__(self, name, tuple(map(make_safe, getattr(self, name))))

    @property
    def conforms(self) -> bool:
        sound = self.complete and not self.stale and not self.objections
        return sound and bool(self.backends) and all(backend.conforms for backend in self.backends)
