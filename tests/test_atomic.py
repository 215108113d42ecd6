"""Atomic writing: a file is the old one or the new one, whatever happens between."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from conform.atomic import write_atomically
from conform.errors import HarnessError, UsageError
from conform.temporary import make_temporary_file, make_temporary_folder, remove_abandoned


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


@pytest.mark.parametrize(
    ("raised", "seen", "message"),
    [
        (OSError(28, "No space left on device"), HarnessError, r"report\.txt: cannot write: No space left on device"),
        (PermissionError(13, "Permission denied"), UsageError, r"report\.txt: cannot write: Permission denied"),
        (KeyboardInterrupt(), KeyboardInterrupt, "^$"),
    ],
    ids=["full disk", "permission", "interruption"],
)
def test_what_ends_the_writing_leaves_the_old_file_alone(
    raised: BaseException, seen: type[BaseException], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")

    def fail(descriptor: int) -> None:
        raise raised

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(seen, match=message):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.txt"]


KILLED = """
import os, signal, sys
from pathlib import Path
from conform import atomic
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
atomic.write_atomically(Path(sys.argv[1]), "half")
"""


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    for name in ("report.txt", "other.txt"):
        done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / name)], check=False)
        assert done.returncode == -signal.SIGKILL
    others = [".report.txt.original", "report.txt.conform-new", ".report.txt2.abc.conform-new"]
    for name in others:
        (tmp_path / name).touch()
    assert len(os.listdir(tmp_path)) == 5
    write_atomically(path, "whole")
    assert path.read_text() == "whole"
    left = set(os.listdir(tmp_path)) - {"report.txt", *others}
    assert [name.startswith(".other.txt.") for name in left] == [True]


def test_what_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    handle, path = make_temporary_file(tmp_path, "report.txt")
    kept, folder = make_temporary_folder(tmp_path, "vectors")
    write_atomically(tmp_path / "report.txt", "text")
    remove_abandoned(tmp_path)
    assert path.exists()
    assert folder.exists()
    os.close(handle)
    assert kept is not None
    os.close(kept)
    remove_abandoned(tmp_path)
    assert os.listdir(tmp_path) == ["report.txt"]


def test_what_was_taken_for_abandoned_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = tempfile.mkstemp

    def lose_the_first(**arguments: Any) -> tuple[int, str]:
        handle, path = make(**arguments)
        made.append(path)
        if len(made) == 1:
            os.unlink(path)
        return handle, path

    monkeypatch.setattr(tempfile, "mkstemp", lose_the_first)
    write_atomically(tmp_path / "report.txt", "text")
    assert len(made) == 2
    assert os.listdir(tmp_path) == ["report.txt"]


def test_a_link_is_followed_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report.txt").symlink_to("elsewhere/true.txt")
    write_atomically(tmp_path / "report.txt", "text")
    assert (tmp_path / "report.txt").is_symlink()
    assert (tmp_path / "elsewhere" / "true.txt").read_text() == "text"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(tmp_path / "pipe", "text")
    assert os.read(reading, 10) == b"text"
    os.close(reading)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_name_may_be_as_long_as_the_file_system_lets_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / ("n" * 255), "text")
    assert (tmp_path / ("n" * 255)).read_text() == "text"


def test_what_is_no_text_is_escaped(tmp_path: Path) -> None:
    write_atomically(tmp_path / "report.txt", os.fsdecode(b"cmd:\xff"))
    assert (tmp_path / "report.txt").read_text() == "cmd:\\udcff"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Create the folder first"):
        write_atomically(tmp_path / "absent" / "report.txt", "text")
