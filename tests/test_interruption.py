"""Interruptions at every stage of a run: what was found out is reported, and nothing is left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.running.interruption import finish_first

BACKENDS = f"{Path(__file__).parent}/tiny_backends.py"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNALS = pytest.mark.parametrize("number", ENDING, ids=["ctrl-c", "cancelled", "hung-up"])

STRUCK = """
import importlib, os, signal, sys
module, name, number, times = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
holder = importlib.import_module(module)
original = getattr(holder, name)

def strike(*arguments, **named):
    global times
    while times:
        times -= 1
        os.kill(os.getpid(), number)
    return original(*arguments, **named)

setattr(holder, name, strike)
from conform.cli import main
main(sys.argv[5:])
"""
"""Runs the command line, with signals sent to it where a function of it is first called."""


def strike(
    stage: str, number: int, folder: Path, report: Path, *arguments: str, times: int = 1
) -> subprocess.CompletedProcess[str]:
    module, _, name = stage.partition(":")
    command = [sys.executable, "-c", STRUCK, module, name, str(int(number)), str(times), "run", *arguments]
    command += ["--vectors", str(folder), "--no-cache", "--report", f"json:{report}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinySuite(tmp_path / "vectors").write()


@SIGNALS
@pytest.mark.parametrize(
    ("stage", "cases"),
    [
        ("conform.running.backends:supervise_backend", None),
        ("conform.golden.loading:iterate_lines", 0),
        ("conform.diagnosis.diagnose:diagnose", 7),
        ("conform.diagnosis.probes:observe_backend", 7),
    ],
    ids=["backends", "vectors", "diagnosis", "probes"],
)
def test_an_interrupted_run_reports_what_it_has(
    stage: str, cases: int | None, number: int, folder: Path, tmp_path: Path
) -> None:
    done = strike(stage, number, folder, tmp_path / "report.json", f"{BACKENDS}:AddsOne")
    assert (done.returncode, done.stderr) == (130, "")
    assert re.search(r"\nexit 130 in \S+ s, \d+ warnings?: interrupted, so this is part of a run\n\Z", done.stdout)
    report = json.loads((tmp_path / "report.json").read_text())
    assert not report["complete"]
    assert [len(backend["cases"]) for backend in report["backends"]] == ([] if cases is None else [cases])
    assert sorted(os.listdir(tmp_path)) == ["report.json", "vectors"]


@SIGNALS
@pytest.mark.parametrize(
    "stage",
    ["conform.running.runner:summarize_group", "conform.running.conformance:apply_known", "conform.atomic:_replace"],
    ids=["summary", "known", "writing"],
)
def test_what_a_run_found_out_is_kept_after_its_end(stage: str, number: int, folder: Path, tmp_path: Path) -> None:
    done = strike(stage, number, folder, tmp_path / "report.json", f"{BACKENDS}:Right")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "report.json").read_text())["complete"]


def test_a_second_signal_leaves_even_the_reports(folder: Path, tmp_path: Path) -> None:
    stage = "conform.atomic:_replace"
    done = strike(stage, signal.SIGTERM, folder, tmp_path / "report.json", f"{BACKENDS}:Right", times=2)
    assert (done.returncode, done.stderr) == (130, "conform: interrupted\n")
    assert os.listdir(tmp_path) == ["vectors"]


def test_a_backend_that_has_run_keeps_its_result_when_the_next_is_interrupted(folder: Path, tmp_path: Path) -> None:
    backends = (f"{BACKENDS}:Right", f"{BACKENDS}:Interrupts")
    report = tmp_path / "report.json"
    command = [
        sys.executable,
        "-m",
        "conform",
        "run",
        *backends,
        "--vectors",
        str(folder),
        "--report",
        f"json:{report}",
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 130
    assert [len(backend["cases"]) for backend in json.loads(report.read_text())["backends"]] == [7, 4]


@SIGNALS
def test_programs_that_processes_of_a_run_started_end_with_it(number: signal.Signals, tmp_path: Path) -> None:
    folder = TinySuite(tmp_path / "vectors").write()
    started = tmp_path / "started"
    (tmp_path / "sleeps.py").write_text(
        "import os, pathlib, time\nname = 'sleeps'\n"
        "def scale(a, factor):\n"
        f"    with open({str(started)!r}, 'a') as file: file.write(f'{{os.getpid()}}\\n')\n"
        "    time.sleep(300)\n"
    )
    command = [sys.executable, "-m", "conform", "run", str(tmp_path / "sleeps.py"), "--jobs", "2"]
    process = subprocess.Popen(
        [*command, "--vectors", str(folder), "--no-cache"], stdout=subprocess.DEVNULL, start_new_session=True
    )
    wait_for(started.exists)
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    assert process.wait(30) == 130
    wait_for(lambda: not any(is_alive(int(line)) for line in started.read_text().split()))


@SIGNALS
def test_a_report_that_waits_for_a_reader_can_be_interrupted(number: int, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reports = ("--report", f"json:{tmp_path / 'pipe'}", "--report", f"markdown:{tmp_path / 'summary.md'}")
    command = [sys.executable, "-m", "conform", "run", f"{BACKENDS}:Right", "--vectors", str(folder), *reports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = []
        while not told or " conforms: 7 pass" not in told[-1]:
            told.append(process.stdout.readline())
            assert told[-1]
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "conform: interrupted\n")
    assert "conforms" in (tmp_path / "summary.md").read_text()
    assert sorted(os.listdir(tmp_path)) == ["pipe", "summary.md", "vectors"]


def test_a_report_reaches_whoever_reads_a_pipe(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, "-m", "conform", "run", f"{BACKENDS}:Right", "--vectors", str(folder)]
    command += ["--report", f"json:{tmp_path / 'pipe'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert json.loads((tmp_path / "pipe").read_text())["conforms"]
        assert "exit 0" in process.communicate(timeout=60)[0]


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with finish_first():
        os.kill(os.getpid(), signal.SIGINT)
    assert [signal.getsignal(number) for number in ENDING] == before


def test_a_run_that_is_to_outlive_its_terminal_does(folder: Path, tmp_path: Path) -> None:
    stage = "conform.golden.loading:iterate_lines"
    shell = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]
    command = [sys.executable, "-c", STRUCK, *stage.split(":"), str(int(signal.SIGHUP)), "1", "run"]
    done = subprocess.run(
        [*shell, *command, f"{BACKENDS}:Right", "--vectors", str(folder), "--no-cache"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_postponed_comes_at_the_end() -> None:
    steps = []
    with pytest.raises(KeyboardInterrupt), finish_first(postpone=True):  # noqa: PT012
        os.kill(os.getpid(), signal.SIGINT)
        steps.append("after the signal")
    assert steps == ["after the signal"]
