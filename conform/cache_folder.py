"""The folder that the user's caches are in, and whether what is in it can be trusted."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path


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


def find_fault(folder: Path) -> str | None:
    """Why a folder is not to be trusted, None where it is this user's and nobody else may write to it, or is missing.

    What is cached decides verdicts, so whoever can write it decides.
    """
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    return find_stranger(found) if stat.S_ISDIR(found.st_mode) else "it is no folder"


def find_stranger(found: os.stat_result) -> str | None:
    """Who else could have written a file or folder; where users have no numbers, as on Windows, nobody is told."""
    if not hasattr(os, "geteuid"):
        return None
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    return "others may write to it" if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else None
