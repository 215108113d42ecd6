"""The end of programs: what is left of them, and what ends them."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from faulty_runs import LIMITS, SCRIPT, is_running, list_arguments, make_block, run, running, wait_until_ended
from toy_suite import OPERATIONS

from conform.backends.connection import Connection
from conform.backends.process import connect_program
from conform.running.runner import run_backend


def test_no_descriptor_and_no_process_is_left(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    starts = tmp_path / "starts"
    run("crash", mark=str(starts), factors=(13.0, 2.0) * 5)
    run("orphan", mark=str(starts), factors=(13.0, 2.0) * 2)
    assert len(os.listdir("/dev/fd")) == before
    pids = [int(pid) for pid in starts.read_text().split()]
    assert len(pids) == 9
    assert not any(is_running(pid) for pid in pids)


def test_what_a_program_starts_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = f"sleep 1000 & echo $! > {note}; exec {sys.executable} {SCRIPT}"
    backend = connect_program(["sh", "-c", script], "cmd:sh", OPERATIONS, LIMITS)
    pid = int(note.read_text())
    assert is_running(pid)
    backend.close()
    assert wait_until_ended(pid)


def test_a_program_may_end_by_itself_when_its_input_ends(tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = f"{sys.executable} {SCRIPT}; echo ended > {note}"
    connect_program(["sh", "-c", script], "cmd:sh", OPERATIONS, LIMITS).close()
    assert note.read_text() == "ended\n"


def test_a_connection_is_a_context(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    with Connection(list_arguments("crash", str(starts)), OPERATIONS, LIMITS) as connection:
        assert connection.open().name == "faulty"
        assert is_running(int(starts.read_text()))
    assert not is_running(int(starts.read_text()))
    connection.close()


def test_an_interrupt_ends_the_program_and_the_run(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with running("hang", mark=str(starts)) as backend:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            result = run_backend(backend, [make_block()])
            assert not is_running(int(starts.read_text()))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not result.complete


@pytest.mark.parametrize(
    "ending", ["", "import os, signal; os.kill(os.getpid(), signal.SIGINT)", "raise SystemExit(1)"]
)
def test_the_program_ends_with_a_harness_that_does_not_close_it(tmp_path: Path, ending: str) -> None:
    starts = tmp_path / "starts"
    code = f"""
        from conform.backends.connection import Connection
        connection = Connection({list_arguments("crash", str(starts))!r}, ())
        connection.open()
        {ending}
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, check=False)
    assert wait_until_ended(int(starts.read_text()))
