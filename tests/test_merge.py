"""Runs of several machines as one: what is told apart, and by what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sample_results import make_backend, make_case, make_run

from conform.errors import UsageError
from conform.report.html import format_html
from conform.report.merge import merge_runs
from conform.results import Circumstances, RunResult, Verdict

CASE = "linear/normal/float32/n=3#0"
PATHS = [Path("out/a.json"), Path("out/b.json")]


def make(host: str | None, *names: str, verdict: Verdict = Verdict.PASS, sums: str = "c0ffee") -> RunResult:
    told = None if host is None else Circumstances("2030-01-02T03:04:05Z", 1.0, host, "Linux", "conform run")
    backends = [make_backend([make_case(CASE, verdict)], name) for name in names]
    return replace(make_run(*backends, circumstances=told), provenance={"SHA256SUMS": sums, "seed": "1"})


@pytest.mark.parametrize(
    ("hosts", "names"),
    [
        (("one", "two"), ["numpy on one", "jax", "numpy on two"]),
        (("one", "one"), ["numpy on a", "jax", "numpy on b"]),
        ((None, "two"), ["numpy on a", "jax", "numpy on two"]),
    ],
    ids=["two hosts", "one host", "a host that is not told"],
)
def test_a_backend_of_several_runs_is_told_apart(hosts: tuple[str | None, str], names: list[str]) -> None:
    first, second = hosts
    run = merge_runs([make(first, "numpy", "jax"), make(second, "numpy")], PATHS)
    assert [backend.backend for backend in run.backends] == names
    assert [backend.spec for backend in run.backends] == ["numpy", "", "numpy"]
    assert run.conforms


def test_a_command_names_the_backend_as_it_was_named() -> None:
    run = merge_runs([make("one", "numpy", verdict=Verdict.FAIL), make("two", "numpy")], PATHS)
    assert "conform run numpy --case" in format_html(run)
    assert not run.conforms


def test_when_and_where_each_was_run_is_kept() -> None:
    first, second = merge_runs([make("one", "numpy"), make("two", "numpy")], PATHS).backends
    assert (first.info["run host"], second.info["run host"]) == ("one", "two")


def test_what_is_about_a_run_says_which() -> None:
    first = replace(make("one", "numpy"), notes=("a note",), stale=("an entry",), complete=False)
    run = merge_runs([first, make("two", "numpy")], PATHS)
    assert (run.notes, run.stale, run.complete) == (("one: a note",), ("one: an entry",), False)


def test_different_vectors_are_told() -> None:
    run = merge_runs([make("one", "numpy"), make("two", "numpy", sums="decade")], PATHS)
    assert run.notes == ("the runs are of different vectors: one with c0ffee; two with decade",)
    assert run.provenance == {"SHA256SUMS": "c0ffee or decade", "seed": "1"}


def test_one_run_stays_what_it_is() -> None:
    run = make("one", "numpy")
    assert merge_runs([run], PATHS[:1]) is run
    with pytest.raises(UsageError, match="no report"):
        merge_runs([], [])
