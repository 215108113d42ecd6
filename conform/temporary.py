"""Temporary files and folders that are locked while their maker lives, so that the next run can remove what is left."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_SUFFIX = ".conform-new"
_PREFIX = 100
"""So much of a name is in the temporary one, which must not become too long for the file system."""


def make_temporary_file(folder: Path, name: str) -> tuple[int, Path]:
    """An empty file in a folder, open and locked, and its path; what killed runs left for the same name is removed.

    `name` is that of the file to be. Raises OSError where the folder does not exist or cannot be written to.
    """
    remove_abandoned(folder, name)
    while True:
        handle, path = tempfile.mkstemp(prefix=_begin(name), suffix=_SUFFIX, dir=folder)
        if _lock(handle, path):
            return handle, Path(path)
        os.close(handle)


def make_temporary_folder(folder: Path, name: str) -> tuple[int | None, Path]:
    """The same for a folder; without locks of folders, as on Windows, there is no descriptor."""
    remove_abandoned(folder, name)
    while True:
        path = tempfile.mkdtemp(prefix=_begin(name), suffix=_SUFFIX, dir=folder)
        if sys.platform == "win32":
            return None, Path(path)
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            if _lock(handle, path):
                return handle, Path(path)
            os.close(handle)


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Remove the temporary files and folders whose maker has ended, of one name or of all; others are left alone."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        left = [each for each in os.listdir(folder) if each.startswith(_begin(name)) and each.endswith(_SUFFIX)]
        for each in left:
            with contextlib.suppress(OSError):
                _remove_unlocked(folder / each)


def _begin(name: str) -> str:
    return f".{name[:_PREFIX]}." if name else "."


def _lock(handle: int, path: str) -> bool:
    """Lock what was just made; false where it was taken for abandoned before, and removed."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Either it is about to be removed, or this file system has no locks, and then nothing is ever removed.
        return os.path.exists(path)
    return os.path.exists(path)


def _remove_unlocked(path: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(handle)
