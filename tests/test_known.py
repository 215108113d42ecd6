"""Known failures count by themselves, and a list of them that no longer holds fails the run."""

from __future__ import annotations

import datetime

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.gate.known import KnownEntry, KnownFailures, apply_known
from conform.results import Rule, RunResult, Verdict

TODAY = datetime.date(2030, 6, 15)
GOOD, BAD = "linear/normal/float32/inDim=3,outDim=2#0", "linear/normal/float16/inDim=3,outDim=2#0"
RAISES, MISSING = "linear/empty/float32/inDim=0,outDim=2#0", "linear_scale/normal/float32/outDim=2#0"
VERDICTS = {GOOD: Verdict.PASS, BAD: Verdict.FAIL, RAISES: Verdict.ERROR, MISSING: Verdict.UNSUPPORTED}


def list_entry(*cases: str, **changes: object) -> KnownEntry:
    return KnownEntry(cases=cases, reason="upstream rounds twice", where="known.yaml:4", **changes)  # type: ignore[arg-type]


def apply(run: RunResult, *entries: KnownEntry) -> RunResult:
    return apply_known(run, KnownFailures(entries), TODAY)


def test_listed_failures_and_errors_no_longer_fail_the_run() -> None:
    run = apply(make_simple_run(VERDICTS), list_entry(BAD, RAISES, link="https://example.org/1"))
    assert run.conforms
    case = run.backends[0].cases[1]
    assert case.verdict is Verdict.KNOWN
    assert case.known == "upstream rounds twice (https://example.org/1)"
    assert case.problems[0].rule is Rule.BOUND


def test_a_known_failure_is_its_own_count_and_not_a_pass() -> None:
    groups = {group.dtype: group for group in apply(make_simple_run(VERDICTS), list_entry(BAD)).backends[0].groups[:2]}
    assert (groups["float16"].passed, groups["float16"].failed, groups["float16"].known) == (0, 0, 1)
    assert (groups["float32"].passed, groups["float32"].errors, groups["float32"].known) == (1, 1, 0)


def test_a_run_in_which_nothing_passed_is_no_success() -> None:
    assert not apply(make_simple_run({BAD: Verdict.FAIL}), list_entry(BAD)).conforms


def test_an_unlisted_failure_still_fails() -> None:
    assert not apply(make_simple_run(VERDICTS), list_entry(BAD)).conforms


def test_a_known_failure_that_passes_fails() -> None:
    run = apply(make_simple_run(VERDICTS), list_entry("linear/*"))
    case = run.backends[0].cases[0]
    assert case.verdict is Verdict.FAIL
    assert case.problems[0].rule is Rule.UNEXPECTED_PASS
    assert "known.yaml:4" in case.problems[0].message
    assert not run.conforms


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(list_entry("linaer/*"), "'linaer/*' matches no case", id="a typo"),
        pytest.param(list_entry(BAD, RAISES, "none"), "'none' matches no case", id="one glob of several"),
        pytest.param(list_entry(MISSING), "does not support", id="not supported any more"),
        pytest.param(list_entry(BAD, expires=datetime.date(2030, 6, 14)), "expired on 2030-06-14", id="expired"),
    ],
)
def test_a_stale_entry_fails_the_run(entry: KnownEntry, message: str) -> None:
    run = apply(make_simple_run(VERDICTS), list_entry(BAD, RAISES), entry)
    assert not run.conforms
    assert any(message in line and line.startswith("known.yaml:4: ") for line in run.stale)


def test_an_entry_holds_through_its_last_day() -> None:
    run = apply(make_simple_run(VERDICTS), list_entry(BAD, RAISES, expires=TODAY))
    assert run.conforms


def test_an_expired_entry_excuses_nothing() -> None:
    run = apply(make_simple_run(VERDICTS), list_entry(BAD, RAISES, expires=datetime.date(2030, 6, 14)))
    assert [case.verdict for case in run.backends[0].cases] == list(VERDICTS.values())


@pytest.mark.parametrize("changes", [{"whole": False}, {"complete": False}], ids=["some selected", "cut short"])
def test_a_glob_without_a_match_is_forgiven_where_cases_are_missing(changes: dict[str, bool]) -> None:
    run = apply(make_simple_run({GOOD: Verdict.PASS}, **changes), list_entry(BAD), list_entry(MISSING))
    assert run.stale == ()


def test_a_selection_still_sees_an_expired_entry_that_it_concerns() -> None:
    old = datetime.date(2030, 1, 1)
    run = apply(make_simple_run({GOOD: Verdict.PASS}, whole=False), list_entry(BAD, expires=old))
    assert run.stale == ()
    run = apply(make_simple_run(VERDICTS, whole=False), list_entry(BAD, expires=old))
    assert len(run.stale) == 1


def test_entries_of_other_backends_are_left_alone() -> None:
    torch = make_backend([make_case(GOOD), make_case(BAD, Verdict.FAIL)], "torch[device=cuda]")
    numpy = make_backend([make_case(GOOD), make_case(BAD)], "numpy")
    entries = (list_entry(BAD, backend="torch[device=*]"), list_entry("none", backend="jax"))
    run = apply(make_run(torch, numpy), *entries)
    assert run.conforms
    assert [backend.cases[1].verdict for backend in run.backends] == [Verdict.KNOWN, Verdict.PASS]
    assert run.notes == ("known.yaml:4: an entry is about jax, which does not run here",)
