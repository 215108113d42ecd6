"""Plugins and fixtures that several tests use, and a Ctrl-C that reaches them."""

import signal
from pathlib import Path

import pytest
from tiny_suite import TinySuite

pytest_plugins = ["pytester"]

# Started in the background, a process ignores Ctrl-C, and so does whatever it starts; several tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cache be in a folder of the test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def vectors(tmp_path: Path) -> str:
    """The folder of the tiny suite, written for this test."""
    return str(TinySuite(tmp_path).write())
