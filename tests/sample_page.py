"""A run with every kind of verdict, for tests of the pages made from one."""

from __future__ import annotations

from dataclasses import replace

from sample_results import BOUND_FAILURE, make_backend, make_case, make_groups, make_run

from conform.results import BackendResult, CaseResult, GroupResult, RunResult, Verdict
from conform.running.histogram import BITS_RANGE, RATIO_RANGE

OPERATIONS, FORMATS = ("linear", "linear_batched", "linear_backward"), ("float32", "float16", "int32")
HOSTILE = "<script>window.stolen = 1</script>"


def make_page_run(backends: int = 1) -> RunResult:
    """Passing cases, and on the first backend failures, an error, a known failure and an unsupported operation."""
    results = [_make_failing_backend(), *(_make_passing_backend(f"torch[threads={i}]") for i in range(1, backends))]
    return make_run(*results, notes=(f"note {HOSTILE}",))


def _make_failing_backend() -> BackendResult:
    cases = []
    for case in _make_cases():
        if case.operation == "linear" and case.dtype == "float16":
            inputs = "weights = [1.0, 2.0]\ninput = [0.5]"
            case = make_case(case.id, Verdict.FAIL, inputs=inputs, problems=(BOUND_FAILURE,))
        elif case.operation == "linear_backward" and case.dtype == "int32":
            case = make_case(case.id, Verdict.UNSUPPORTED, reason=f"no method {HOSTILE}")
        cases.append(case)
    cases[0] = make_case(cases[0].id, Verdict.ERROR)
    cases[1] = make_case(cases[1].id, Verdict.KNOWN, problems=(BOUND_FAILURE,), known="upstream rounds twice")
    backend = make_backend(cases, f"mine{HOSTILE}", warnings=("linear float16: 9.8 bits; 11 are declared",))
    return replace(backend, groups=_fill(backend.groups, shift=3))


def _make_passing_backend(name: str) -> BackendResult:
    backend = make_backend(_make_cases(), name)
    return replace(backend, groups=_fill(make_groups(backend.cases), shift=0))


def _make_cases() -> list[CaseResult]:
    return [
        make_case(f"{operation}/{family}/{dtype}/inDim={size}#0")
        for operation in OPERATIONS
        for dtype in FORMATS
        for family in ("normal", "wide")
        for size in (1, 3, 257)
    ]


def _fill(groups: tuple[GroupResult, ...], shift: int) -> tuple[GroupResult, ...]:
    return tuple(group if group.dtype == "int32" else _fill_group(group, shift) for group in groups)


def _fill_group(group: GroupResult, shift: int) -> GroupResult:
    declared = {"float32": 24, "float16": 11}[group.dtype]
    ratios = [0] * (RATIO_RANGE[1] - RATIO_RANGE[0] + 3)
    bits = [0] * (BITS_RANGE[1] - BITS_RANGE[0] + 2)
    ratios[0], bits[-1] = 90, 90
    for i in range(12):
        ratios[20 + i + shift] = bits[declared + 11 - i - shift] = 2**i
    return replace(
        group,
        ratio_counts=tuple(ratios),
        bits_counts=tuple(bits),
        bits=declared - shift + 0.2,
        declared_bits=declared,
        accumulates="float32",
    )
