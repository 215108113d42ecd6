"""The bench: what is printed are ratios of what was measured in one run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conform.backends.supervised import supervise_backend
from conform.bench import GOALS, Bench, check_plain, format_bench, measure_in_turn
from conform.cli import run_cli
from conform.errors import HarnessError
from conform.golden import loading
from conform.golden.manifest import load_manifest

BACKENDS = str(Path(__file__).parent / "tiny_backends.py")
RIGHT = f"{BACKENDS}:Right"
LOAD = loading.load_blocks
ROUNDS = {
    "json_loads": (1.0, 1.0, 1.0),
    "load": (2.0, 3.0, 2.5),
    "cached": (0.1, 0.1, 0.1),
    "bare": (0.2, 0.2, 0.2),
    "judge": (0.2, 0.3, 0.2),
    "report": (0.1, 0.1, 0.1),
    "run": (0.5, 0.5, 0.5),
    "total": (0.7, 0.7, 0.7),
    "imports": (0.1, 0.2, 0.1),
    "command": (0.9, 1.2, 0.9),
}
BENCH = Bench("numpy", 3, 1000, 50_000, 1_000_000, ROUNDS, (18.0, 0.6))


def test_ratios_are_medians_over_rounds() -> None:
    assert set(BENCH.ratios) == set(GOALS)
    assert BENCH.ratios == {
        "load / json.loads": 2.5,
        "cached load / bare calls": 0.5,
        "judge and report / bare calls": pytest.approx(1.5),
        "plain pytest / total": pytest.approx(30),
        "command / (3 × imports + cached load + run)": pytest.approx(1),
    }
    assert BENCH.rates == {"cases per second": 2000, "elements per second": 100_000}


def test_every_part_is_printed_beside_the_bare_calls() -> None:
    lines = [line.split() for line in format_bench(BENCH).splitlines()]
    assert ["load", "2.5000", "12.50"] in lines
    assert ["bare", "calls,", "two", "a", "case", "0.2000", "1.00"] in lines
    assert ["load", "/", "json.loads", "2.50", "(at", "most", "3)"] in lines


def test_rounds_take_turns_and_the_first_does_not_count() -> None:
    done: list[str] = []
    times = measure_in_turn({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 2)
    assert done == ["a", "b"] * 3
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 2, "b": 2}


def write_report(path: Path, *children: str) -> Path:
    path.write_text("<testsuites><testsuite>" + "".join(f"<testcase>{each}</testcase>" for each in children))
    with path.open("a") as file:
        file.write("</testsuite></testsuites>")
    return path


COMPARED = '<failure message="AssertionError: &#10;Not equal to tolerance rtol=1, atol=1e300"/>'


def test_a_plain_suite_that_compared_every_answer_counts(tmp_path: Path) -> None:
    check_plain(write_report(tmp_path / "report.xml", "", COMPARED, "<skipped/>"), 2)


@pytest.mark.parametrize(
    ("children", "message"),
    [
        ([""], "1 of 2 cases, 0 without a comparison"),
        (["", "", '<error message="collection failure"/>'], "3 of 2 cases, 1 without"),
        (["", '<failure message="TypeError: no"/>'], "2 of 2 cases, 1 without"),
        (["", "<skipped/>"], "1 of 2 cases, 0 without"),
    ],
    ids=["too few", "error", "raised", "skipped"],
)
def test_a_plain_suite_that_did_not_is_no_figure(children: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=message):
        check_plain(write_report(tmp_path / "report.xml", *children), 2)


def test_a_plain_suite_that_left_no_report_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="pytest wrote no report"):
        check_plain(tmp_path / "report.xml", 1)


def test_without_pytest_there_is_no_figure_of_it(
    monkeypatch: pytest.MonkeyPatch, vectors: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run_cli(["bench", RIGHT, "--vectors", vectors]) == 2
    assert "needs pytest, which is not installed\n  Install it, or leave out" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["AddsOne", "RaisesOnEmpty"])
def test_what_does_not_conform_is_not_timed(name: str, vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["bench", f"{BACKENDS}:{name}", "--vectors", vectors, "--no-plain"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "so its times say nothing" in captured.err


@pytest.mark.parametrize(
    ("attribute", "fake", "message"),
    [
        ("load_blocks", lambda *a, cache=None, **b: iter(()) if cache is None else LOAD(*a, cache=cache, **b), "0 of"),
        ("BlockCache", lambda folder: None, "the cache was not written"),
    ],
    ids=["loading", "cache"],
)
def test_what_did_not_do_its_work_is_no_figure(
    attribute: str,
    fake: object,
    message: str,
    vectors: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = "loading" if attribute == "load_blocks" else "cache"
    monkeypatch.setattr(f"conform.golden.{module}.{attribute}", fake)
    assert run_cli(["bench", RIGHT, "--vectors", vectors, "--no-plain", "--repeats", "1"]) == 3
    assert message in capsys.readouterr().err


def test_the_plain_suite_is_measured_by_what_it_compared(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["bench", RIGHT, "--vectors", vectors, "--repeats", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ratios"]["plain pytest / total"] > 0


def test_the_command_measures_everything_in_one_run(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["bench", RIGHT, "--vectors", vectors, "--repeats", "1", "--no-plain", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["medians"].keys() == ROUNDS.keys()
    assert min(data["medians"].values()) > 0
    assert data["ratios"].keys() == GOALS.keys()
    assert data["ratios"]["plain pytest / total"] is None
    assert data["cases"] == sum(file.cases for file in load_manifest(Path(vectors)).files)
    assert data["backend"] == RIGHT


def test_runs_call_the_backend_in_a_process_of_its_own(vectors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    closed: list[object] = []

    def supervise(*arguments: Any, **options: Any) -> Any:
        backend = supervise_backend(*arguments, **options)
        assert backend.close is not None
        end = backend.close
        started.append(backend)
        return replace(backend, close=lambda: (closed.append(backend), end()))

    monkeypatch.setattr("conform.backends.supervised.supervise_backend", supervise)
    assert run_cli(["bench", RIGHT, "--vectors", vectors, "--no-plain", "--repeats", "1", "--json"]) == 0
    # One that is checked, and of each round one for the run and one for all that it takes.
    assert len(started) == len(closed) == 5
