"""A baseline covers exactly what fails, by operation, format and family, and says why as far as that is known."""

from __future__ import annotations

import datetime
import itertools
import random
from dataclasses import replace

import pytest
from sample_results import make_backend, make_case, make_run

from conform.gate.baseline import list_globs, make_baseline
from conform.gate.known import KnownFailures, apply_known
from conform.golden.globs import match_glob
from conform.results import BackendResult, Verdict

IDS = [
    f"{operation}/{family}/{dtype}/inDim={size},outDim=3#{n}"
    for operation, family, dtype, size, n in itertools.product(
        ("linear", "linear_batched"), ("normal", "one-hot", "wide"), ("float16", "float32"), (1, 2, 257), (0, 1)
    )
]
LINEAR = [name for name in IDS if name.startswith("linear/")]


def choose(*parts: str) -> list[str]:
    return [name for name in LINEAR if all(part in name for part in parts)]


def cover(failing: list[str], everything: list[str] = LINEAR) -> list[str]:
    right = [make_case(name) for name in everything if name not in failing]
    return list(list_globs([make_case(name, Verdict.FAIL) for name in failing], right))


@pytest.mark.parametrize(
    ("failing", "globs"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(LINEAR[:1], LINEAR[:1], id="one case"),
        pytest.param(LINEAR, ["linear/*"], id="the operation"),
        pytest.param(choose("/float16/"), ["linear/*/float16/*"], id="one format"),
        pytest.param(choose("/wide/"), ["linear/wide/*"], id="one family"),
        pytest.param(choose("/wide/", "float32"), ["linear/wide/float32/*"], id="one family in one format"),
        pytest.param(
            [*choose("/float16/"), *choose("/wide/")],
            ["linear/*/float16/*", "linear/wide/float32/*"],
            id="a format and a family",
        ),
        pytest.param(choose("inDim=257", "wide", "#0"), choose("inDim=257", "wide", "#0"), id="the rest by id"),
    ],
)
def test_groups_by_operation_format_and_family(failing: list[str], globs: list[str]) -> None:
    assert cover(failing) == globs


@pytest.mark.parametrize("seed", range(6))
def test_covers_random_failures_exactly(seed: int) -> None:
    source = random.Random(seed)
    failing = source.sample(LINEAR, source.randint(2, len(LINEAR) - 2))
    globs = cover(failing)
    assert {name for name in LINEAR if any(match_glob(glob, name) for glob in globs)} == set(failing)


def test_a_star_that_crosses_a_separator_covers_nothing_that_passes() -> None:
    failing = ["a/b/float16/n=1#0", "a/b/float16/n=2#0"]
    assert cover(failing, [*failing, "a/x/b/float16/n=1#0", "a/b/float32/n=1#0"]) == ["a/b/float16/*"]
    assert cover(failing, [*failing, "a/b/float16/float16/n=1#0"]) == failing


def make(diagnoses: tuple[str, ...] = ()) -> BackendResult:
    cases = [
        make_case(name, Verdict.ERROR if "one-hot" in name else Verdict.FAIL if "float16" in name else Verdict.PASS)
        for name in IDS
    ]
    return make_backend(cases, "torch[device=cpu]", diagnoses=diagnoses)


def test_a_baseline_makes_the_run_it_came_from_pass() -> None:
    backend = make()
    entries = make_baseline(backend)
    assert [entry.cases for entry in entries] == [
        (f"{operation}/*/float16/*", f"{operation}/one-hot/float32/*") for operation in ("linear", "linear_batched")
    ]
    assert {entry.backend for entry in entries} == {"torch[device=cpu]"}
    assert entries[0].reason == "cause not yet stated; 24 cases (bound 12, raised 12)"
    run = apply_known(make_run(backend), KnownFailures(entries), datetime.date(2030, 1, 1))
    assert run.conforms


@pytest.mark.parametrize(
    ("diagnoses", "reasons"),
    [
        (
            ("bias omitted (all 9 failing cases in linear.output)",),
            ["consistent with: bias omitted; ", "cause not yet stated; "],
        ),
        (
            ("bias (added) twice (8 of 9 failing cases in linear.output, linear_batched.output)",),
            ["consistent with: bias (added) twice; ", "consistent with: bias (added) twice; "],
        ),
        (
            (
                "bias omitted (2 of 9 failing cases, but sums are observed in float32, so look for another cause, "
                "which leaves 7 to another cause, in linear.output, linear_batched.output)",
            ),
            ["consistent with: bias omitted; "] * 2,
        ),
        (
            ("a defect for float16 alone (raised: all 9 such cases, and no other)",),
            ["consistent with: a defect for float16 alone (raised: all 9 such cases, and no other); "] * 2,
        ),
    ],
    ids=["one place", "two places", "a minority", "no place"],
)
def test_the_reason_is_what_was_diagnosed_there(diagnoses: tuple[str, ...], reasons: list[str]) -> None:
    found = [entry.reason for entry in make_baseline(make(diagnoses))]
    assert [reason.partition("24 cases")[0] for reason in found] == reasons


def test_the_order_of_cases_changes_no_glob() -> None:
    backend = make()
    shuffled = list(backend.cases)
    random.Random(3).shuffle(shuffled)
    changed = make_baseline(replace(backend, cases=tuple(shuffled)))
    assert {frozenset(entry.cases) for entry in changed} == {frozenset(e.cases) for e in make_baseline(backend)}
