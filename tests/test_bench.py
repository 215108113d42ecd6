"""The bench: what is printed are ratios of what was measured in one run."""

from __future__ import annotations

import json

import pytest

from conform.backends.resolve import resolve_backend
from conform.bench import GOALS, Bench, format_bench, measure_in_turn
from conform.cli import run_cli
from conform.folders import find_vectors
from conform.golden.manifest import load_manifest

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
    assert ["bare", "calls,", "two", "a", "case", "as", "in", "a", "run", "0.2000", "1.00"] in lines
    assert ["load", "/", "json.loads", "2.50", "(at", "most", "3)"] in lines


def test_rounds_take_turns_and_the_first_does_not_count() -> None:
    done: list[str] = []
    times = measure_in_turn({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 2)
    assert done == ["a", "b"] * 3
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 2, "b": 2}


def test_the_command_measures_everything_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["bench", "numpy", "--repeats", "1", "--no-plain", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["medians"].keys() == ROUNDS.keys()
    assert min(data["medians"].values()) > 0
    assert data["ratios"].keys() == GOALS.keys()
    assert data["ratios"]["plain pytest / total"] is None
    assert data["cases"] == sum(file.cases for file in load_manifest(find_vectors()).files)
    assert resolve_backend(data["backend"], load_manifest(find_vectors()).operations).name == "numpy"
