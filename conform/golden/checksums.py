"""Writes and verifies SHA256SUMS, which covers the vectors and the Lean sources that they came from."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from conform.errors import VectorError
from conform.files import open_file, read_text_file

CHECKSUM_FILE = "SHA256SUMS"
SOURCE_PREFIX = "../lean_export/"

_ROOTS = ("NN", "Conform", "Export")
"""The libraries and the program that vectors come from; other programs and the tests change nothing in them."""

_LINE = re.compile(r"([0-9a-f]{64})  ([^\s/\\][^\\\n]*)\Z")
_MAX_BYTES = 4 * 1024 * 1024
_REGENERATE = "run `conform generate`"


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal; raises VectorError where it cannot be read."""
    try:
        with open_file(path, VectorError) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VectorError(f"cannot read: {error.strerror}", where=str(path)) from None


def read_checksums(folder: Path) -> Mapping[str, str]:
    """The checksums of a folder of vectors by path, as SHA256SUMS has them; raises VectorError."""
    path = folder / CHECKSUM_FILE
    if not path.exists():
        hint = f"Without it damaged vectors would go unnoticed; {_REGENERATE}."
        raise VectorError(f"there is no {CHECKSUM_FILE}", where=str(folder), hint=hint)
    text = read_text_file(path, _MAX_BYTES, VectorError)
    checksums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if match is None:
            raise VectorError("not a line of a checksum, two spaces and a path", where=f"{path}:{number}")
        digest, name = match.groups()
        if not _is_inside(name):
            raise VectorError(f"{name!r} leaves the vectors and their Lean sources", where=f"{path}:{number}")
        if name in checksums:
            raise VectorError(f"{name!r} is listed twice", where=f"{path}:{number}")
        checksums[name] = digest
    return checksums


def write_checksums(folder: Path, names: Iterable[str], lean_export: Path) -> None:
    """Write SHA256SUMS for the named files of the folder and for the Lean sources, sorted by path."""
    digests = {name: hash_file(folder / name) for name in names}
    for source in list_sources(lean_export):
        digests[SOURCE_PREFIX + source.relative_to(lean_export).as_posix()] = hash_file(source)
    text = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    temporary = folder / f"{CHECKSUM_FILE}.new"
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, folder / CHECKSUM_FILE)


def verify_file(folder: Path, name: str, checksums: Mapping[str, str]) -> str:
    """The checksum of a file of the vectors; raises VectorError where it is not the one listed."""
    if name not in checksums:
        hint = f"If it belongs here, {_REGENERATE}."
        raise VectorError(f"{CHECKSUM_FILE} does not list it", where=str(folder / name), hint=hint)
    digest = hash_file(folder / name)
    if digest != checksums[name]:
        hint = f"The file is damaged or was edited by hand; restore it, or {_REGENERATE}."
        raise VectorError(f"its SHA-256 is not the one in {CHECKSUM_FILE}", where=str(folder / name), hint=hint)
    return digest


def list_sources(lean_export: Path) -> list[Path]:
    """The files of lean_export that decide what the vectors are: the spec, its readings, the writer, and the build."""
    found = [lean_export / name for name in ("lakefile.toml", "lean-toolchain")]
    for root in _ROOTS:
        found += [path for path in (lean_export / f"{root}.lean",) if path.is_file()]
        found += (lean_export / root).rglob("*.lean")
    return sorted(found)


def find_stale_sources(lean_export: Path, checksums: Mapping[str, str]) -> list[str]:
    """What was changed, added or removed in the Lean sources since the vectors were generated, one text for each."""
    listed = {name.removeprefix(SOURCE_PREFIX) for name in checksums if name.startswith(SOURCE_PREFIX)}
    present = {path.relative_to(lean_export).as_posix() for path in list_sources(lean_export) if path.is_file()}
    stale = dict.fromkeys(listed - present, "was removed") | dict.fromkeys(present - listed, "was added")
    for name in listed & present:
        if hash_file(lean_export / name) != checksums[SOURCE_PREFIX + name]:
            stale[name] = "changed"
    return [f"{name} {what}" for name, what in sorted(stale.items())]


def check_sources(folder: Path, checksums: Mapping[str, str]) -> None:
    """Raise VectorError where the Lean sources beside the folder are not those that the vectors came from.

    Where no sources are there, as in an installed package, there is nothing to compare.
    """
    lean_export = folder / ".." / "lean_export"
    stale = find_stale_sources(lean_export, checksums) if lean_export.is_dir() else []
    if stale:
        more = f" (and {len(stale) - 1} more)" if len(stale) > 1 else ""
        what = f"stale vectors: {stale[0]}{more} since they were generated"
        raise VectorError(what, where=str(folder), hint=f"To bring them up to date, {_REGENERATE}.")


def _is_inside(name: str) -> bool:
    rest = name.removeprefix(SOURCE_PREFIX)
    parts = rest.split("/")
    return not any(part in ("", ".", "..") for part in parts) and (rest != name or len(parts) == 1)
