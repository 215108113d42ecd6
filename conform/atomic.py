"""Writes files so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from conform.errors import ConformError, HarnessError, UsageError
from conform.temporary import make_temporary_file

_SURROUNDINGS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""Errors that no other path would have avoided."""


def write_atomically(path: Path, text: str) -> None:
    """Write a text file under a temporary name beside it and rename it; an existing file stays until then.

    A link is followed, and a device or a pipe is written to as it is. What a killed run left half written is removed.
    Raises UsageError where the folder does not exist
    or cannot be written to, and HarnessError where the disk is full.
    """
    try:
        target = Path(os.path.realpath(path))
        # Renamed over /dev/null, a file would be in its place.
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        else:
            _replace(target, text)
    except OSError as error:
        kind: type[ConformError] = HarnessError if error.errno in _SURROUNDINGS else UsageError
        hint = None if path.parent.is_dir() else "Create the folder first."
        raise kind(f"cannot write: {error.strerror}", where=str(path), hint=hint) from None


def _replace(path: Path, text: str) -> None:
    handle, temporary = make_temporary_file(path.parent, path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            # It was made for its owner alone; a report is an ordinary file.
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
            if os.name == "posix":
                # While it is locked, or another run could take it for abandoned.
                os.replace(temporary, path)
        if os.name != "posix":
            os.replace(temporary, path)
    except BaseException:
        # An interruption too must leave nothing behind.
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
