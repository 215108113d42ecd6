"""Atomic writing: a file is the old one or the new one, whatever happens between."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from conform.atomic import write_atomically
from conform.errors import UsageError


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")
    write_atomically(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    assert os.listdir(tmp_path) == ["report.txt"]


def test_a_file_has_the_mode_of_any_other(tmp_path: Path) -> None:
    write_atomically(tmp_path / "report.txt", "text")
    (tmp_path / "other.txt").write_text("text")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("report.txt", "other.txt")]
    assert modes[0] == modes[1]


def test_an_interruption_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")

    def fail(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(UsageError, match=r"report\.txt: cannot write: No space left on device"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.txt"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Create the folder first"):
        write_atomically(tmp_path / "absent" / "report.txt", "text")
