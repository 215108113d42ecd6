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


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


def test_nobody_watches_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with show_progress(10) as advance:
        assert advance is None
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_a_short_run_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    with show_progress(10) as advance:
        assert advance is not None
        advance("numpy", 10)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_each_backend_and_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    with show_progress(10) as advance:
        assert advance is not None
        advance("numpy", 4)
        advance("jax", 10)
        advance("numpy", 3)
    shown = terminal.getvalue()
    assert "numpy" in shown
    assert "7/10" in shown
    assert "10/10" in shown
    # The cursor moves up and the lines of the bar are erased, so that only the report remains.
    assert shown.rstrip().endswith("\x1b[2K")
