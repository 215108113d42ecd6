"""The walls around a backend: whatever it does to its process, the verdict, the report and the exit code stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tiny_suite import TinySuite

HOSTILE = Path(__file__).parent / "hostile_backends.py"
JOBS = pytest.mark.parametrize("jobs", [(), ("--jobs", "2")], ids=["one", "two"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinySuite(tmp_path / "vectors").write()


def run(folder: Path, name: str, *options: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], Any]:
    """The end of `conform run`, and what its report says of the backend; the report's path is relative."""
    command = [sys.executable, "-m", "conform", "run", f"{HOSTILE}:{name}", "--vectors", str(folder), "--no-cache"]
    command += ["--report", "json:report.json", *options]
    place = folder.parent
    env = {**os.environ, **environment}
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False, timeout=900)
    report = place / "report.json"
    return done, json.loads(report.read_text())["backends"][0] if report.exists() else None


def list_verdicts(backend: Any, operation: str) -> set[str]:
    return {case["verdict"] for case in backend["cases"] if case["operation"] == operation}


@JOBS
@pytest.mark.parametrize(
    "name",
    [
        "Leaves",
        "LeavesInC",
        "LeavesAtExit",
        "LeavesLater",
        "ReplacesStreams",
        "ClosesStreams",
        "WritesEverywhere",
        "CutsMemory",
        "PatchesJudge",
    ],
)
def test_a_wrong_backend_does_not_conform_whatever_it_does(folder: Path, name: str, jobs: tuple[str, ...]) -> None:
    done, backend = run(folder, name, *jobs)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1].startswith("exit 1 ")
    assert done.returncode == 1
    assert list_verdicts(backend, "dot") <= {"fail", "error"}
    assert len(backend["cases"]) == 7


@pytest.mark.parametrize("name", ["Searches", "Overwrites"])
def test_expected_values_are_out_of_reach(folder: Path, name: str) -> None:
    done, backend = run(folder, name, "--dtype", "float32")
    assert done.returncode == 1
    assert list_verdicts(backend, "dot") == {"fail"}


def test_a_backend_that_leaves_when_it_is_made_is_refused(folder: Path) -> None:
    done, backend = run(folder, "LeavesWhenMade")
    assert (done.returncode, backend) == (2, None)
    assert "the backend's process ended with status 0 at the hello" in done.stderr


def test_a_thread_that_is_left_behind_keeps_nothing_alive(folder: Path) -> None:
    done, _ = run(folder, "LeavesThread")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_report_is_where_it_was_asked_for_though_the_backend_moves(folder: Path) -> None:
    done, backend = run(folder, "MovesAway")
    assert (done.returncode, done.stderr) == (0, "")
    assert list_verdicts(backend, "dot") == {"pass"}


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("Masks", "fail", "not a numpy array"),
        ("LiesOfShape", "fail", "out has the shape (2,), not ()"),
        ("RaisesOfShape", "fail", "out is "),
        ("Claims", "fail", "not a numpy array"),
        ("RaisesUnspeakably", "error", "UnspeakableError"),
        ("RaisesSurrogates", "error", "is half of something"),
        ("RaisesAtLength", "error", "ValueError: xxx"),
        ("Interrupts", "error", "the backend's process was ended by SIGINT"),
    ],
)
def test_what_cannot_be_an_answer_fails_its_case(folder: Path, name: str, verdict: str, said: str) -> None:
    done, backend = run(folder, name, "-k", "plain")
    assert done.returncode == 1
    assert list_verdicts(backend, "dot") == {verdict}
    assert list_verdicts(backend, "scale") == {"pass"}
    assert any(said in problem["message"] for case in backend["cases"] for problem in case["problems"])
    assert len((folder.parent / "report.json").read_text()) < 200_000


def test_a_backend_that_crashes_at_every_call_is_given_up(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path / "vectors")
    (case,) = (each for each in suite.cases["dot"] if each["id"] == "dot/plain/float32/n=2#0")
    suite.cases["dot"] = [{**case, "id": f"dot/plain/float32/n=2#{i}"} for i in range(40)]
    starts = tmp_path / "starts"
    done, backend = run(suite.write(), "CrashesAlways", STARTS=str(starts))
    assert done.returncode == 1
    assert list_verdicts(backend, "dot") == {"error"}
    assert list_verdicts(backend, "scale") == {"pass"}
    said = [problem["message"] for case in backend["cases"] for problem in case["problems"]]
    assert said.count("the backend's process was ended by SIGABRT") == 5
    assert sum("was not called: 5 calls of dot in a row ended it" in message for message in said) == 35
    assert len(starts.read_text().split()) <= 6
