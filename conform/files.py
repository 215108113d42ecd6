"""Opens what must be an ordinary file: no pipe that nobody fills, no device without an end, no folder."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from conform.errors import ConformError, UsageError

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def open_file(path: Path, kind: type[ConformError], buffering: int = 1 << 16) -> io.BufferedReader:
    """The file opened for reading bytes.

    Raises UsageError where this user may not read it, and `kind` where it cannot be read for any other reason, or is
    no ordinary file.
    """
    # Without O_NONBLOCK, to open a pipe is to wait until somebody writes to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except PermissionError as error:
        raise UsageError(f"cannot read: {error.strerror}", where=str(path)) from None
    except (OSError, ValueError) as error:
        raise kind(f"cannot read: {getattr(error, 'strerror', None) or error}", where=str(path)) from None
    form = stat.S_IFMT(os.fstat(handle).st_mode)
    if form != stat.S_IFREG:
        os.close(handle)
        found = _KINDS.get(form, "no ordinary file")
        raise kind(f"cannot read: it is {found}, where a file is due", where=str(path))
    return io.BufferedReader(io.FileIO(handle, "rb"), buffering)


def read_file(path: Path, limit: int, kind: type[ConformError]) -> bytes:
    """The bytes of a file; raises `kind` for one of more than `limit` bytes, and what `open_file` raises."""
    with open_file(path, kind) as file:
        try:
            data = file.read(limit + 1)
        except OSError as error:
            raise kind(f"cannot read: {error.strerror}", where=str(path)) from None
    if len(data) > limit:
        raise kind(f"larger than {limit} bytes", where=str(path))
    return data


def read_text_file(path: Path, limit: int, kind: type[ConformError]) -> str:
    """The same as text in UTF-8; raises `kind`, with the line, for a byte that is none."""
    data = read_file(path, limit, kind)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"not text in UTF-8: the byte 0x{data[error.start]:02x} does not belong there"
        raise kind(what, where=f"{path}:{line}") from None
