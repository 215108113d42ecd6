"""Profiles: named lists of cases that stand in for the whole suite where time is short."""

from __future__ import annotations

from pathlib import Path

from conform.errors import UsageError, VectorError
from conform.golden.checksums import read_checksums, verify_file
from conform.strict_json import read_json

PROFILE_FILE = "profiles.json"
MAX_BYTES = 16 * 1024 * 1024


def read_profile(folder: Path, name: str) -> tuple[str, ...]:
    """The ids of the cases of a profile.

    `profiles.json` maps a profile to the list of its ids; the list of checksums covers it. Raises UsageError for a
    name it does not have.
    """
    path = folder / PROFILE_FILE
    if not path.is_file():
        raise UsageError(f"unknown profile {name!r}", where=str(folder), hint="These vectors have no profiles.")
    profiles = _read_profiles(folder)
    if name not in profiles:
        raise UsageError(f"unknown profile {name!r}", where=str(path), hint=f"There are: {', '.join(profiles)}.")
    return tuple(profiles[name])


def list_profiles(folder: Path) -> tuple[str, ...]:
    """The names of the profiles; none where there is no file of them."""
    return tuple(_read_profiles(folder)) if (folder / PROFILE_FILE).is_file() else ()


def _read_profiles(folder: Path) -> dict[str, list[str]]:
    path = folder / PROFILE_FILE
    verify_file(folder, PROFILE_FILE, read_checksums(folder))
    profiles = read_json(path, MAX_BYTES, VectorError)
    if not isinstance(profiles, dict) or not all(_is_list_of_texts(ids) for ids in profiles.values()):
        raise VectorError("must map each profile to a list of ids", where=str(path))
    return profiles


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
