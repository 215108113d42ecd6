"""Runs in several processes: the same result as in one, and what ends them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.backends.resolve import resolve_backend
from conform.backends.supervised import supervise_backend
from conform.diagnosis.patterns import Trait
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.results import BackendResult
from conform.running.runner import RunOptions, run_backend

BACKENDS = f"{Path(__file__).parent}/tiny_backends.py"
LIMITS = pytest.mark.parametrize("max_elements", [1, 1 << 18], ids=["case-a-block", "large-blocks"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinySuite(tmp_path).write()


def run_in_processes(
    folder: Path, spec: str, jobs: int, max_elements: int = 1 << 18, traits: Counter[Trait] | None = None
) -> BackendResult:
    manifest = load_manifest(folder)
    backend = supervise_backend(spec, manifest.operations)
    blocks = load_blocks(folder, manifest, max_elements=max_elements)
    try:
        return run_backend(backend, blocks, RunOptions(keep_passed=traits is None, jobs=jobs), traits=traits)
    finally:
        backend.close()


@LIMITS
def test_result_is_that_of_one_process(folder: Path, max_elements: int) -> None:
    manifest = load_manifest(folder)
    backend = resolve_backend(f"{BACKENDS}:AddsOne", manifest.operations)
    single = run_backend(backend, load_blocks(folder, manifest, max_elements=max_elements))
    assert len(single.cases) == 7
    assert not single.conforms
    assert run_in_processes(folder, f"{BACKENDS}:AddsOne", 3, max_elements) == single


@LIMITS
def test_what_passed_is_left_out_as_in_one_process(folder: Path, max_elements: int) -> None:
    manifest = load_manifest(folder)
    backend = resolve_backend(f"{BACKENDS}:AddsOne", manifest.operations)
    counted: Counter[Trait] = Counter()
    blocks = load_blocks(folder, manifest, max_elements=max_elements)
    single = run_backend(backend, blocks, RunOptions(keep_passed=False), traits=counted)
    found: Counter[Trait] = Counter()
    assert run_in_processes(folder, f"{BACKENDS}:AddsOne", 2, max_elements, found) == single
    assert 0 < len(single.cases) < 7
    assert found == counted


def test_every_process_calls_blocks(folder: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    (tmp_path / "noted.py").write_text(
        "import os, numpy as np\nname = 'noted'\n"
        f"def note():\n    with open({str(calls)!r}, 'a') as file: print(os.getpid(), file=file)\n"
        "def dot(a, b):\n    note()\n    return np.asarray(np.dot(a, b))\n"
        "def scale(a, factor):\n    note()\n    return a * factor\n"
    )
    assert run_in_processes(folder, str(tmp_path / "noted.py"), 3, max_elements=1).conforms
    assert len(set(calls.read_text().split())) == 3


def run_command(folder: Path, *arguments: str) -> tuple[str, int]:
    command = [sys.executable, "-m", "conform", "run", *arguments, "--vectors", str(folder), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # How long it took is no part of what it found out.
    return re.sub(r"(?m)^(exit \d+) in \S+ s", r"\1", done.stdout + done.stderr), done.returncode


def test_report_is_the_same_whatever_the_jobs(folder: Path) -> None:
    arguments = (f"{BACKENDS}:AddsOne", f"{BACKENDS}:OnlyDots", "-k", "not special")
    assert run_command(folder, *arguments, "--jobs", "2") == run_command(folder, *arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("-k", "nothing"), "no case is selected by -k nothing", id="nothing-selected"),
        pytest.param(("--case", "dot/plain/int32/n=3#0"), "no case", id="no-such-case"),
    ],
)
def test_wrong_usage_is_as_with_one_process(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    output, code = run_command(folder, f"{BACKENDS}:Right", "--jobs", "2", *arguments)
    assert said in output
    assert code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "cancelled"])
def test_interruption_ends_at_once_with_what_is_done(folder: Path, tmp_path: Path, number: signal.Signals) -> None:
    marker = tmp_path / "scaling"
    (tmp_path / "sleeps.py").write_text(
        "import pathlib, time\nimport numpy as np\nname = 'sleeps'\n"
        "def dot(a, b): return np.asarray(np.dot(a, b))\n"
        f"def scale(a, factor):\n    pathlib.Path({str(marker)!r}).touch()\n    time.sleep(300)\n"
    )
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "conform", "run", str(tmp_path / "sleeps.py"), "--jobs", "2", "--no-cache"]
    command += ["--vectors", str(folder), "--report", f"json:{report}"]
    # A group of its own, as a terminal has one, to which Ctrl-C sends the signal.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert re.search(r"\nexit 130 in \S+ s, \d+ warnings?: interrupted", output)
    document = json.loads(report.read_text())
    assert document["complete"] is False
    assert {case["operation"] for backend in document["backends"] for case in backend["cases"]} == {"dot"}
