"""Results made by hand, for tests of what is done with finished results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from conform.results import (
    BackendResult,
    CaseResult,
    ElementFailure,
    GroupResult,
    Number,
    Problem,
    Rule,
    RunResult,
    Verdict,
)

PROVENANCE = {"conform": "0.1.0", "vectors": "core, seed 1", "lean_toolchain": "leanprover/lean4:v4.35.0"}

BOUND_FAILURE = Problem(
    rule=Rule.BOUND,
    message="output[2] is off by 13.2 times the bound",
    call="first",
    element=ElementFailure(
        result="output",
        index=(2,),
        expected=Number("0.75", "0x3p-2"),
        got=Number("0.5", "0x1p-1"),
        error=Number("0.25", "0x1p-2"),
        bound=Number("0.018939393939393940", "0x1364d9364d93651p-66"),
        ratio=13.2,
        ulps=4194304.0,
    ),
    derivation="B1 = ((1+u)^k - 1)*m = 0.0189",
)
RAISED = Problem(rule=Rule.RAISED, message="ValueError: <no> & never", call="first", detail="Traceback ...\nValueError")


def make_case(case_id: str, verdict: Verdict = Verdict.PASS, **changes: Any) -> CaseResult:
    """The result of a case whose operation, family and format are those in its id."""
    operation, family, dtype = case_id.split("/")[:3]
    counts: dict[str, Any] = {
        Verdict.PASS: {"exact": 3, "bound": 5, "worst": 0.25},
        Verdict.FAIL: {"exact": 3, "bound": 4, "failed": 1, "worst": 13.2, "problems": (BOUND_FAILURE,)},
        Verdict.ERROR: {"problems": (RAISED,)},
        Verdict.UNSUPPORTED: {"reason": f"no method {operation}"},
    }.get(verdict, {})
    return CaseResult(case_id, operation, dtype, (family,), verdict, **{**counts, **changes})


def make_groups(cases: Iterable[CaseResult], **changes: Any) -> tuple[GroupResult, ...]:
    """The groups of the given cases, counted."""
    chosen = list(cases)
    groups = []
    for operation, dtype in dict.fromkeys((case.operation, case.dtype) for case in chosen):
        own = [case for case in chosen if (case.operation, case.dtype) == (operation, dtype)]
        verdicts = Counter(case.verdict for case in own)
        worst = [case.worst for case in own if case.worst is not None]
        groups.append(
            GroupResult(
                operation=operation,
                dtype=dtype,
                cases=len(own),
                passed=verdicts[Verdict.PASS],
                failed=verdicts[Verdict.FAIL],
                errors=verdicts[Verdict.ERROR],
                unsupported=verdicts[Verdict.UNSUPPORTED],
                declared=verdicts[Verdict.DECLARED],
                exact_elements=sum(case.exact for case in own),
                bound_elements=sum(case.bound for case in own),
                uninformative_elements=sum(case.uninformative for case in own),
                failed_elements=sum(case.failed for case in own),
                worst=max(worst, default=None),
                known=verdicts[Verdict.KNOWN],
                **changes,
            )
        )
    return tuple(groups)


def make_backend(cases: Iterable[CaseResult], name: str = "numpy", **changes: Any) -> BackendResult:
    """A backend with these cases, its groups counted."""
    chosen = tuple(cases)
    return BackendResult(
        backend=name,
        info={"numpy": "2.4.0"},
        declared={"float16": "sums in float32"},
        groups=changes.pop("groups", make_groups(chosen)),
        cases=chosen,
        **changes,
    )


def make_run(*backends: BackendResult, **changes: Any) -> RunResult:
    """A run of these backends."""
    return RunResult(backends=backends, provenance=PROVENANCE, **changes)


def make_simple_run(verdicts: dict[str, Verdict], name: str = "numpy", **changes: Any) -> RunResult:
    """A run of one backend with the given verdicts by case id."""
    return make_run(make_backend([make_case(case, verdict) for case, verdict in verdicts.items()], name), **changes)
