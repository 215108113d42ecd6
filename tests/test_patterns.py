"""Patterns: what the cases that failed a check of the call, and no others, have in common."""

from __future__ import annotations

import pytest

from conform.diagnosis.patterns import count_traits, list_patterns
from conform.results import CaseResult, Problem, Rule, Verdict
from conform.suite import CaseInfo


def make_case(
    number: int, rule: Rule | None, *flags: str, dtype: str = "float32", sizes: str = "inDim=3", call: str = "first"
) -> CaseResult:
    problems = () if rule is None else (Problem(rule, "so", call),)
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
        (
            [make_case(n, RAISED, "normal", "nan" if n % 2 else "inf") for n in range(4)]
            + [make_case(9, None, "normal")],
            "a defect for cases flagged inf or nan alone (raised: all 4 such cases, and no other)",
        ),
        (
            [make_case(n, RAISED if n > 8 else None, sizes=f"inDim={n},outDim=4") for n in (1, 8, 9, 16, 100)],
            "a defect where inDim is at least 9 alone (raised: all 3 such cases, and no other)",
        ),
    ],
    ids=["flag", "size", "format", "two flags", "large"],
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
        [make_case(n, RAISED if n > 8 else None, sizes=f"inDim={n}") for n in (9, 16, 100)],
        [make_case(n, RAISED if n in (2, 9) else None, f"f{n}", sizes=f"inDim={n}") for n in (1, 2, 5, 9, 12)],
        [make_case(0, Rule.MUTATION, call="repeat"), make_case(1, Rule.ALIASING, call="repeat"), make_case(2, None)],
        [],
    ],
    ids=[
        "none fails",
        "all fail",
        "some of a flag fail",
        "values are wrong",
        "all that are large fail",
        "a flag for every case",
        "what a call leaves behind",
        "no cases",
    ],
)
def test_nothing_is_said_without_a_pattern(cases: list[CaseResult]) -> None:
    assert list_patterns(cases) == ()


def test_a_product_of_sizes_is_told() -> None:
    sizes = ((1, 64), (64, 1), (8, 8), (20, 1), (1, 20), (5, 5))
    cases = [
        make_case(number, RAISED if rows * columns > 25 else None, sizes=f"inDim={rows},outDim={columns}")
        for number, (rows, columns) in enumerate(sizes)
    ]
    text = "a defect where inDim · outDim is at least 64 alone (raised: all 3 such cases, and no other)"
    assert list_patterns(cases) == (text,)


@pytest.mark.parametrize(("passing", "said"), [(1, ("a defect where stride = 2 alone",)), (2, ())])
def test_attributes_of_cases_that_passed_count(passing: int, said: tuple[str, ...]) -> None:
    infos = [CaseInfo(f"linear/normal/float32/n=3,stride={passing}#0", {"n": 3}, (), 1, {"stride": passing})]
    failing = [make_case(0, RAISED, sizes="n=4,stride=2"), make_case(1, RAISED, sizes="n=5,stride=2")]
    found = list_patterns(failing, count_traits("linear", "float32", infos))
    assert tuple(text.partition(" (")[0] for text in found) == said


def test_cases_that_were_never_called_do_not_count() -> None:
    unsupported = CaseResult("linear/normal/int32/inDim=3#9", "linear", "int32", ("empty",), Verdict.UNSUPPORTED)
    cases = [make_case(0, RAISED, "empty"), make_case(1, None, "normal"), unsupported]
    assert len(list_patterns(cases)) == 1


EXACT = Rule.EXACT


@pytest.mark.parametrize(
    ("calls", "pattern"),
    [
        (["repeat", "repeat"], "a defect of repeated calls alone (2 of 2 failing cases were right in the first call)"),
        (
            ["non-contiguous", "non-contiguous"],
            "a defect for inputs in another layout alone (2 of 2 failing cases were right in the first call)",
        ),
        (
            ["first", "non-contiguous"],
            "a defect for inputs in another layout (1 of 2 failing cases were right in the first call)",
        ),
        (
            ["first", "repeat", "repeat"],
            "a defect that depends on the calls before (2 of 3 failing cases were right in the first call)",
        ),
    ],
    ids=["repeated", "strided", "strided among others", "state"],
)
def test_calls_that_alone_go_wrong_are_told(calls: list[str], pattern: str) -> None:
    cases = [make_case(number, EXACT, call=call) for number, call in enumerate(calls)]
    assert list_patterns([*cases, make_case(9, None)]) == (pattern,)
