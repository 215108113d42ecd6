"""Keeps parsed blocks in the user's cache folder, so that unchanged vectors are not parsed again."""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform import __version__
from conform.golden.packing import pack_block, unpack_block
from conform.suite import Block, Operation

_LAYOUT = 1
"""To be raised whenever blocks, their validation or their packing change."""
_MAX_ENTRIES = 200

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
    zipfile.BadZipFile,
    zlib.error,
)
"""All that reading bytes which are no longer what was written can raise; none of it matters to the user."""


class CacheMissError(Exception):
    """What was asked for is not in the cache, or not any more."""


@dataclass(frozen=True)
class BlockCache:
    """Parsed blocks by key, a file for each file of vectors; the folder need not exist nor be writable."""

    folder: Path

    def make_key(self, *parts: str) -> str:
        """The key of what depends on these texts, and on nothing else but the code that parses."""
        text = "\0".join((__version__, str(_LAYOUT), sys.byteorder, *parts))
        return hashlib.sha256(text.encode()).hexdigest()

    def read(self, key: str, operation: Operation) -> Iterator[Block]:
        """The blocks of the entry; raises CacheMissError, perhaps after some of them, when the rest cannot be had."""
        try:
            with self._get_path(key).open("rb") as file, np.load(file, allow_pickle=False) as entry:
                # The last member says how many there are, so an entry without it is not whole.
                for i in range(int(entry["count"])):
                    yield unpack_block(entry[str(i)], operation)
        except _DAMAGE as error:
            raise CacheMissError(key) from error

    def write(self, key: str) -> CacheWriter:
        """A context in which blocks are added to a new entry, which is there once the context ends without error."""
        return CacheWriter(self._get_path(key))

    def _get_path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


class CacheWriter:
    """Writes an entry beside its place and moves it there when it is whole; where that fails, nothing is kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary: Path | None = None
        self._archive: zipfile.ZipFile | None = None
        self._count = 0

    def __enter__(self) -> CacheWriter:
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, suffix=".new")
            os.close(handle)
            self._temporary = Path(name)
            self._archive = zipfile.ZipFile(self._temporary, "w")
        return self

    def add(self, block: Block) -> None:
        """Append a block."""
        if self._archive is not None:
            self._write(str(self._count), pack_block(block))
            self._count += 1

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._write("count", np.array(self._count))
        if self._archive is not None and self._temporary is not None:
            with suppress(OSError):
                self._archive.close()
                if kind is None:
                    os.replace(self._temporary, self._path)
                    _drop_oldest(self._path.parent)
        self._discard()

    def _write(self, name: str, array: NDArray[Any]) -> None:
        if self._archive is None:
            return
        try:
            with self._archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        except OSError:
            self._discard()

    def _discard(self) -> None:
        if self._archive is not None:
            # Closing writes the directory of the archive, which a full disk refuses again.
            with suppress(OSError):
                self._archive.close()
            self._archive = None
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)


def find_cache_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """Where the cache belongs by the customs of the platform, None where there is no home."""
    given = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given) / "conform"
    if platform == "win32":
        local = environment.get("LOCALAPPDATA", "")
        return Path(local) / "conform" / "Cache" if local else None
    home = environment.get("HOME", "")
    if not os.path.isabs(home):
        return None
    return Path(home) / ("Library/Caches/conform" if platform == "darwin" else ".cache/conform")


def _drop_oldest(folder: Path) -> None:
    """Keep the entries that were written last, since vectors that change leave the old ones behind."""
    entries = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[_MAX_ENTRIES:]:
        path.unlink(missing_ok=True)
