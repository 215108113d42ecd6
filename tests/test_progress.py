"""The progress bar: only on a terminal, and only when a run takes long."""

from __future__ import annotations

import io
import sys

import pytest

from conform.commands import progress
from conform.commands.progress import show_progress


class Terminal(io.StringIO):
    """Standard error as a terminal that remembers what it was sent."""

    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    """Standard error that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, as a list of one number that can be set."""
    now = [1000.0]
    monkeypatch.setattr("conform.commands.progress.time.monotonic", lambda: now[0])
    return now


def test_without_a_terminal_there_is_a_line_every_thirty_seconds(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with show_progress(5000) as advance:
        for second in range(1, 96):
            clock[0] = 1000.0 + second
            advance("jax", 20)
    lines = [f"jax: {20 * second:,} of 5,000 cases after {second} s" for second in (30, 60, 90)]
    assert stream.getvalue().splitlines() == lines


def test_a_line_does_not_wait_for_a_case_to_end(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with show_progress(None) as advance:
        advance("jax", 7)
        clock[0] += 31
        advance("jax", 0)
    assert stream.getvalue() == "jax: 7 cases after 31 s\n"


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "none"])
def test_nobody_need_be_there_to_read_it(closed: bool, monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    monkeypatch.setattr(sys, "stderr", Broken() if closed else None)
    with show_progress(10) as advance:
        clock[0] += 31
        advance("numpy", 10)


def test_a_short_run_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    with show_progress(10) as advance:
        advance("numpy", 10)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_each_backend_and_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    with show_progress(10) as advance:
        advance("numpy", 4)
        advance("jax", 10)
        advance("numpy", 3)
    shown = terminal.getvalue()
    assert "numpy" in shown
    assert "7/10" in shown
    assert "10/10" in shown
    # The cursor moves up and the lines of the bar are erased, so that only the report remains.
    assert shown.rstrip().endswith("\x1b[2K")
