"""Writes files so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from conform.errors import UsageError


def write_atomically(path: Path, text: str) -> None:
    """Write a text file under a temporary name beside it and rename it; an existing file stays until then.

    Raises UsageError where the folder does not exist or cannot be written to.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for the owner alone; a report is an ordinary file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        hint = "Create the folder first." if isinstance(error, FileNotFoundError) else None
        raise UsageError(f"cannot write: {error.strerror}", where=str(path), hint=hint) from None
