"""A baseline covers exactly what fails, with as few globs as there can be."""

from __future__ import annotations

import datetime
import itertools
import random

import pytest
from sample_results import make_backend, make_case, make_run

from conform.gate.baseline import cover_exactly, make_baseline
from conform.gate.known import KnownFailures, apply_known
from conform.golden.globs import match_glob
from conform.results import Verdict

IDS = [
    f"{operation}/{family}/{dtype}/inDim={size},outDim={3}#{n}"
    for operation, family, dtype, size, n in itertools.product(
        ("linear", "linear_batched"), ("normal", "one-hot", "wide"), ("float16", "float32"), (1, 2, 257), (0, 1)
    )
]


def choose(*parts: str) -> list[str]:
    return [name for name in IDS if all(part in name for part in parts)]


@pytest.mark.parametrize(
    ("failing", "globs"),
    [
        pytest.param([], (), id="nothing"),
        pytest.param([IDS[0]], ("linear/normal/float16/inDim=1,outDim=3#0",), id="one case"),
        pytest.param(IDS, ("*",), id="everything"),
        pytest.param(choose("/float16/"), ("*/float16/*",), id="one format"),
        pytest.param(choose("linear/"), ("linear/*",), id="one operation"),
        pytest.param(choose("/wide/", "float32"), ("*/wide/float32/*",), id="one family in one format"),
        pytest.param(choose("inDim=257"), ("*/inDim=257,outDim=*",), id="one size"),
        pytest.param(choose("linear/", "#1"), ("linear/*#1",), id="one number of an operation"),
        pytest.param(
            sorted({*choose("/wide/"), *choose("linear/", "float16")}),
            ("*/wide/*", "linear/*/float16/*"),
            id="two that overlap",
        ),
    ],
)
def test_covers_with_the_fewest_globs(failing: list[str], globs: tuple[str, ...]) -> None:
    found = cover_exactly(failing, [name for name in IDS if name not in failing])
    assert found == globs
    assert sorted(name for name in IDS if any(match_glob(glob, name) for glob in found)) == sorted(failing)


@pytest.mark.parametrize("seed", range(6))
def test_covers_random_failures_exactly_in_any_order(seed: int) -> None:
    source = random.Random(seed)
    failing = source.sample(IDS, source.randint(2, len(IDS) - 2))
    others = [name for name in IDS if name not in failing]
    found = cover_exactly(failing, others)
    assert {name for name in IDS if any(match_glob(glob, name) for glob in found)} == set(failing)
    source.shuffle(failing)
    source.shuffle(others)
    assert cover_exactly(failing, others) == found


def test_a_star_that_crosses_a_separator_covers_nothing_that_passes() -> None:
    failing, others = ["a/b/c/n=1#0", "a/x/c/n=1#0"], ["a/b/c/n=2#0", "b/b/c/n=1#0", "a/q/r/c/n=1#0"]
    found = cover_exactly(failing, others)
    assert len(found) == 2
    assert not any(match_glob(glob, name) for glob in found for name in others)


def test_ids_of_any_form_are_covered() -> None:
    failing, others = ["odd", "linear/x", "a/b#1", "linear/scalar/int32/#0"], ["even", "linear/y", "a/c#1"]
    found = cover_exactly(failing, others)
    assert all(any(match_glob(glob, name) for glob in found) for name in failing)
    assert not any(match_glob(glob, name) for glob in found for name in others)


def test_an_id_cannot_both_fail_and_pass() -> None:
    with pytest.raises(ValueError, match="both failing and not: a"):
        cover_exactly(["a"], ["a"])


def test_a_baseline_makes_the_run_it_came_from_pass() -> None:
    cases = [
        make_case(name, Verdict.ERROR if "one-hot" in name else Verdict.FAIL if "float16" in name else Verdict.PASS)
        for name in IDS
    ]
    backend = make_backend(cases, "torch[device=cpu]")
    entries = make_baseline(backend)
    assert len(entries) == 2
    assert {entry.backend for entry in entries} == {"torch[device=cpu]"}
    assert all("cause not yet stated" in entry.reason for entry in entries)
    run = apply_known(make_run(backend), KnownFailures(entries), datetime.date(2030, 1, 1))
    assert run.conforms


def test_thousands_of_cases_are_covered_in_seconds() -> None:
    source = random.Random(5)
    many = [
        f"op{a}/family{b}/float{c}/inDim={d}#0" for a in range(9) for b in range(12) for c in range(6) for d in range(6)
    ]
    failing = source.sample(many, 600)
    found = cover_exactly(failing, [name for name in many if name not in set(failing)])
    assert 1 < len(found) <= 600
