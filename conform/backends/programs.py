"""Programs that a backend has compiled, kept in the user's cache folder from run to run."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from conform.cache_folder import find_cache_folder, find_fault, find_stranger

USUAL, NONE = "usual", "none"
"""What stands for the folder in the user's cache folder, and for none, where another could be named."""
_MAX_ENTRIES = 20_000


def open_programs(name: str, choice: str, environment: Mapping[str, str]) -> tuple[Path | None, str]:
    """The folder for the programs of the library `name`, and a word about it for the report; None where none are kept.

    It is made if need be. Programs are run as they are, so the usual folder is used only where it, and whatever is in
    it, is this user's and nobody else may write to it; in one that is named, that is the user's business. Of very many
    programs in the usual folder, the oldest are removed.
    """
    if choice == NONE:
        return None, "not kept"
    if choice != USUAL:
        return Path(choice), f"kept in {choice}"
    place = find_cache_folder(environment)
    if place is None:
        return None, "not kept: there is no cache folder"
    folder = place / name / _name_processor()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fault = find_fault(place) or find_fault(folder.parent) or find_fault(folder) or _find_strange_entry(folder)
    except OSError as error:
        fault = str(error.strerror)
    return (folder, f"kept in {folder}") if fault is None else (None, f"not kept in {folder}: {fault}")


def _name_processor() -> str:
    """A name for what this processor can do: in a folder that machines share, none runs what was made for another."""
    features = ""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    text = f"{platform.machine()} {platform.processor()} {features}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _find_strange_entry(folder: Path) -> str | None:
    """Why an entry is not to be trusted; None where all are, in which case there are not too many any more."""
    found: list[tuple[float, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            # Another run may be writing to the folder, or removing from it.
            with suppress(FileNotFoundError):
                each = entry.stat(follow_symlinks=False)
                fault = find_stranger(each) if stat.S_ISREG(each.st_mode) else "it is no ordinary file"
                if fault is not None:
                    return f"{entry.name}: {fault}"
                found.append((each.st_mtime, entry.path))
    for _, path in sorted(found, reverse=True)[_MAX_ENTRIES:]:
        with suppress(OSError):
            os.unlink(path)
    return None
