"""Patterns: what the cases that failed a check of the call, and no others, have in common."""

from __future__ import annotations

import pytest

from conform.diagnosis.patterns import list_patterns
from conform.results import CaseResult, Problem, Rule, Verdict


def make_case(
    number: int, rule: Rule | None, *flags: str, dtype: str = "float32", sizes: str = "inDim=3"
) -> CaseResult:
    problems = () if rule is None else (Problem(rule, "so", "first"),)
    verdict = Verdict.PASS if rule is None else Verdict.ERROR if rule is Rule.RAISED else Verdict.FAIL
    return CaseResult(f"linear/normal/{dtype}/{sizes}#{number}", "linear", dtype, flags, verdict, problems=problems)


RAISED, SHAPE = Rule.RAISED, Rule.SHAPE


@pytest.mark.parametrize(
    ("cases", "pattern"),
    [
        (
            [make_case(0, RAISED, "normal", "empty"), make_case(1, RAISED, "empty"), make_case(2, None, "normal")],
            "a defect for cases flagged empty alone (raised: all 2 such cases, and no other)",
        ),
        (
            [make_case(0, SHAPE, sizes="inDim=1,outDim=2"), make_case(1, None, sizes="inDim=2,outDim=1")],
            "a defect where inDim = 1 alone (shape: the one such case, and no other)",
        ),
        (
            [
                make_case(0, Rule.DTYPE, dtype="float16"),
                make_case(1, Rule.DTYPE, dtype="bfloat16"),
                make_case(2, None, dtype="float32"),
            ],
            "a defect for float16 and bfloat16 alone (dtype: all 2 such cases, and no other)",
        ),
    ],
    ids=["flag", "size", "format"],
)
def test_what_exactly_the_failing_cases_have_is_said(cases: list[CaseResult], pattern: str) -> None:
    assert list_patterns(cases) == (pattern,)


@pytest.mark.parametrize(
    "cases",
    [
        [make_case(0, None, "normal"), make_case(1, None, "empty")],
        [make_case(0, RAISED, "normal"), make_case(1, RAISED, "empty")],
        [make_case(0, RAISED, "empty"), make_case(1, None, "empty")],
        [make_case(0, Rule.EXACT, "empty"), make_case(1, None, "normal")],
        [],
    ],
    ids=["none fails", "all fail", "some of a flag fail", "values are wrong", "no cases"],
)
def test_nothing_is_said_without_a_pattern(cases: list[CaseResult]) -> None:
    assert list_patterns(cases) == ()


def test_cases_that_were_never_called_do_not_count() -> None:
    unsupported = CaseResult("linear/normal/int32/inDim=3#9", "linear", "int32", ("empty",), Verdict.UNSUPPORTED)
    cases = [make_case(0, RAISED, "empty"), make_case(1, None, "normal"), unsupported]
    assert len(list_patterns(cases)) == 1
