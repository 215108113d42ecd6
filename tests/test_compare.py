"""Comparing runs: every kind of difference lands in its own list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.errors import UsageError
from conform.gate.compare import Comparison, compare_runs
from conform.results import RunResult, Verdict

CASE, OTHER = "linear/normal/float32/inDim=3#0", "linear/normal/float32/inDim=5#0"
PASS, FAIL, ERROR, KNOWN, UNSUPPORTED = Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.KNOWN, Verdict.UNSUPPORTED


def count(comparison: Comparison) -> dict[str, int]:
    kinds = ("better", "worse", "changed", "appeared", "disappeared")
    return {kind: len(getattr(comparison, kind)) for kind in kinds if getattr(comparison, kind)}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (FAIL, PASS, "better"),
        (UNSUPPORTED, PASS, "better"),
        (KNOWN, PASS, "better"),
        (PASS, FAIL, "worse"),
        (PASS, ERROR, "worse"),
        (PASS, UNSUPPORTED, "worse"),
        (PASS, KNOWN, "worse"),
        (KNOWN, FAIL, "worse"),
        (UNSUPPORTED, ERROR, "worse"),
        (FAIL, ERROR, "changed"),
        (FAIL, UNSUPPORTED, "changed"),
        (FAIL, KNOWN, "changed"),
    ],
)
def test_a_verdict_that_changes(old: Verdict, new: Verdict, kind: str) -> None:
    comparison = compare_runs(make_simple_run({CASE: old}), make_simple_run({CASE: new}))
    assert count(comparison) == {kind: 1}
    change = getattr(comparison, kind)[0]
    assert (change.backend, change.subject, change.before, change.after) == ("numpy", CASE, old.value, new.value)


def test_the_same_run_twice_differs_in_nothing() -> None:
    run = make_simple_run({CASE: PASS, OTHER: FAIL})
    comparison = compare_runs(run, run)
    assert count(comparison) == {}
    assert (comparison.common, comparison.notes) == (2, ())


def test_cases_appear_and_disappear() -> None:
    old = make_simple_run({CASE: PASS, OTHER: FAIL})
    new = make_simple_run({CASE: PASS, "linear/wide/float32/inDim=3#0": FAIL})
    assert count(compare_runs(old, new)) == {"appeared": 1, "disappeared": 1}


def test_a_backend_that_is_gone_takes_its_cases_along() -> None:
    numpy, torch = make_backend([make_case(CASE)]), make_backend([make_case(CASE, FAIL)], "torch")
    comparison = compare_runs(make_run(numpy, torch), make_run(numpy))
    assert [change.backend for change in comparison.disappeared] == ["torch"]


def test_two_single_backends_are_compared_whatever_their_names() -> None:
    comparison = compare_runs(make_simple_run({CASE: PASS}, "torch"), make_simple_run({CASE: FAIL}, "mine"))
    assert comparison.worse[0].backend == "torch → mine"


def with_bits(bits: float | None) -> RunResult:
    backend = make_simple_run({CASE: PASS}).backends[0]
    return make_run(replace(backend, groups=tuple(replace(group, bits=bits) for group in backend.groups)))


@pytest.mark.parametrize(
    ("old", "new", "threshold", "kinds"),
    [
        pytest.param(24.0, 11.0, 1.0, {"worse": 1}, id="lost"),
        pytest.param(11.0, 24.0, 1.0, {"better": 1}, id="gained"),
        pytest.param(24.0, 23.0, 1.0, {}, id="just at the threshold"),
        pytest.param(24.0, 23.5, 0.25, {"worse": 1}, id="past a lower threshold"),
        pytest.param(24.0, 23.9, 0.0, {"worse": 1}, id="a threshold of nothing"),
        pytest.param(24.0, None, 1.0, {}, id="not known any more"),
        pytest.param(None, 24.0, 1.0, {}, id="not known before"),
    ],
)
def test_precision_counts_past_the_threshold(
    old: float | None, new: float | None, threshold: float, kinds: dict[str, int]
) -> None:
    assert count(compare_runs(with_bits(old), with_bits(new), threshold)) == kinds


def test_notes_say_what_makes_the_runs_differ() -> None:
    old = make_simple_run({CASE: PASS}, complete=False)
    new = replace(make_simple_run({CASE: PASS}, whole=False), provenance={"conform": "0.2.0"})
    notes = compare_runs(old, new).notes
    assert "the old run is partial: it was interrupted or cut short" in notes
    assert "the new run selected only some of the cases" in notes
    assert "conform: 0.1.0 → 0.2.0" in notes


@pytest.mark.parametrize(("old", "new", "worsened"), [(True, False, True), (False, False, False), (False, True, False)])
def test_a_run_that_is_partial_now_cannot_be_as_good(old: bool, new: bool, worsened: bool) -> None:
    runs = [make_simple_run({CASE: PASS}, complete=complete) for complete in (old, new)]
    assert compare_runs(*runs).worsened is worsened


def test_runs_without_a_common_case_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="no case in common"):
        compare_runs(make_simple_run({CASE: PASS}), make_simple_run({OTHER: PASS}))
