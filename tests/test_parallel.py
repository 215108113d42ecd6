"""Runs in several processes: the same result as in one, and what ends them."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.backends.resolve import resolve_backend
from conform.diagnosis.patterns import Trait
from conform.errors import BackendError, HarnessError
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.results import BackendResult
from conform.running.parallel import Workload, run_parallel
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block

BACKENDS = f"{Path(__file__).parent}/tiny_backends.py"
LIMITS = pytest.mark.parametrize("max_elements", [1, 1 << 18], ids=["case-a-block", "large-blocks"])


def load_operation(folder: Path, max_elements: int, operation: str) -> Iterable[Block]:
    manifest = load_manifest(folder)
    return load_blocks(folder, manifest, make_selection(manifest, operations=[operation]), max_elements=max_elements)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinySuite(tmp_path).write()


def run_in_processes(
    folder: Path, spec: str, jobs: int, max_elements: int = 1 << 18, traits: Counter[Trait] | None = None
) -> BackendResult:
    manifest = load_manifest(folder)
    load = functools.partial(load_operation, folder, max_elements)
    workload = Workload(jobs, manifest, tuple(file.operation for file in manifest.files), load)
    options = RunOptions(keep_passed=traits is None)
    return run_parallel(workload, resolve_backend(spec, manifest.operations), options, traits=traits)


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


def test_process_that_dies_says_nothing_about_the_backend(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "dies.py"
    path.write_text("import os\nname = 'dies'\ndef scale(a, factor): os._exit(0)\n")
    with pytest.raises(HarnessError, match=r"dies\.py: a process of the run ended by itself\n.*--isolate"):
        run_in_processes(folder, str(path), 2)


def test_error_in_a_process_is_the_error_of_the_run(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "once.py"
    path.write_text(
        "import multiprocessing\nassert multiprocessing.parent_process() is None, 'once'\n"
        "name = 'once'\ndef scale(a, factor): return a * factor\n"
    )
    with pytest.raises(BackendError, match=r"once\.py:2: cannot be imported: AssertionError: once"):
        run_in_processes(folder, str(path), 2)


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
        pytest.param(("--fail-fast",), "--fail-fast needs --jobs 1", id="fail-fast"),
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
    assert re.search(r"\nexit 130: interrupted", output)
    document = json.loads(report.read_text())
    assert document["complete"] is False
    assert {case["operation"] for backend in document["backends"] for case in backend["cases"]} == {"dot"}
