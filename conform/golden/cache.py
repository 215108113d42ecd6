"""Keeps parsed blocks in the user's cache folder, so that unchanged vectors are not parsed again."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import stat
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from conform import __version__, columns, exact, formats, strict_json, suite
from conform.cache_folder import find_fault, find_stranger
from conform.golden.packing import pack_block, unpack_block
from conform.suite import Block, Operation
from conform.temporary import make_temporary_file, remove_abandoned

_LAYOUT = 6
"""To be raised whenever the form of entries changes."""
_SUFFIX = ".blocks"
_MAX_ENTRIES = 200

_RECORD = struct.Struct("<QQ")
"""What comes before the data of a block, their length in bytes and their CRC-32; and what comes last, with a count.

An entry begins with its own name, so that none stands for another; the sums are against damage, not against people.
"""
_END = (1 << 64) - 1

_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    MemoryError,
    RuntimeError,
    struct.error,
)
"""All that reading bytes which are no longer what was written can raise; none of it matters to the user."""


class CacheMissError(Exception):
    """What was asked for is not in the cache, or not any more."""


@dataclass(frozen=True)
class BlockCache:
    """Parsed blocks by key, a file for each file of vectors; the folder need not exist nor be writable."""

    folder: Path

    @functools.cached_property
    def fault(self) -> str | None:
        """Why nothing is read from the folder or written to it, None where it is this user's alone."""
        return find_fault(self.folder)

    def make_key(self, *parts: str) -> str:
        """The key of what depends on these texts, and on nothing else but the code that parses."""
        text = "\0".join((__version__, _hash_code(), str(_LAYOUT), sys.byteorder, *parts))
        return hashlib.sha256(text.encode()).hexdigest()

    def read(self, key: str, operation: Operation) -> Iterator[Block]:
        """The blocks of the entry; raises CacheMissError, perhaps after some of them, when the rest cannot be had."""
        try:
            for data in self.read_packed(key):
                yield unpack_block(data, operation)
        except _DAMAGE as error:
            raise CacheMissError(key) from error

    def read_packed(self, key: str) -> Iterator[NDArray[np.uint8]]:
        """The same, packed as they were written."""
        try:
            if self.fault is not None:
                raise PermissionError(self.fault)
            with _open_own(self.get_path(key)) as file:
                yield from _read_records(file, self.get_path(key).name.encode())
        except _DAMAGE as error:
            raise CacheMissError(key) from error

    def write(self, key: str) -> CacheWriter:
        """A context in which blocks are added to a new entry, which is there once the context ends without error."""
        return CacheWriter(self.get_path(key))

    def get_path(self, key: str) -> Path:
        """The file of an entry."""
        return self.folder / f"{key}{_SUFFIX}"


class CacheWriter:
    """Writes an entry beside its place and moves it there when it is whole; where that fails, nothing is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary: Path | None = None
        self._file: BinaryIO | None = None
        self._count = 0

    def __enter__(self) -> CacheWriter:
        with suppress(OSError):
            folder = self._path.parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if find_fault(folder) is None:
                remove_abandoned(folder)
                handle, self._temporary = make_temporary_file(folder, self._path.name)
                self._file = os.fdopen(handle, "wb")
                self._file.write(self._path.name.encode())
        return self

    def add(self, block: Block) -> None:
        """Append a block."""
        if self._file is not None:
            data = pack_block(block).data
            self._write(len(data), zlib.crc32(data), data)
            self._count += 1

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._write(_END, self._count, b"")
        if self._file is not None and self._temporary is not None:
            with suppress(OSError):
                self._file.flush()
                if kind is None:
                    if os.name != "posix":
                        self._file.close()
                    os.replace(self._temporary, self._path)
                    _drop_oldest(self._path.parent)
        self._discard()

    def _write(self, length: int, check: int, data: bytes | memoryview) -> None:
        if self._file is None:
            return
        try:
            self._file.write(_RECORD.pack(length, check))
            self._file.write(data)
        except OSError:
            self._discard()

    def _discard(self) -> None:
        if self._file is not None:
            # Closing writes what is buffered, which a full disk refuses again.
            with suppress(OSError):
                self._file.close()
            self._file = None
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)


def _open_own(path: Path) -> io.FileIO:
    """An entry, if it is an ordinary file of this user's alone; raises OSError for any other."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = io.FileIO(os.open(path, flags), "rb")
    found = os.fstat(file.fileno())
    fault = find_stranger(found) if stat.S_ISREG(found.st_mode) else "it is no ordinary file"
    if fault is not None:
        file.close()
        raise PermissionError(fault)
    return file


@functools.cache
def _hash_code() -> str:
    """A hash of the code that makes blocks of vectors, so that no entry outlives what it was made by."""
    modules = (columns, exact, formats, strict_json, suite)
    paths = [*Path(__file__).parent.glob("*.py"), *(Path(module.__file__ or "") for module in modules)]
    digest = hashlib.sha256()
    for path in sorted(paths):
        # An installation without its sources has at least its version.
        with suppress(OSError):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read_records(file: io.FileIO, name: bytes) -> Iterator[NDArray[np.uint8]]:
    """The data of each record, read anew; raises an error of some kind for any that is not what was written."""
    left = os.fstat(file.fileno()).st_size - len(name)
    if file.read(len(name)) != name:
        raise ValueError("it is another entry")
    count = 0
    while True:
        length, check = _RECORD.unpack(file.read(_RECORD.size))
        left -= _RECORD.size
        if length == _END:
            # An entry without this record, which says how many there are before it, is not whole.
            if check != count:
                raise ValueError("records are missing")
            return
        if length > left:
            raise EOFError
        data = np.empty(length, np.uint8)
        if file.readinto(data.data) != length or zlib.crc32(data.data) != check:
            raise ValueError("a record is damaged")
        left -= length
        count += 1
        yield data


def _drop_oldest(folder: Path) -> None:
    """Keep the entries that were written last, since vectors that change leave the old ones behind."""
    entries = sorted(folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[_MAX_ENTRIES:]:
        path.unlink(missing_ok=True)
