"""Writing the smoke profile beside the vectors, where the list of checksums covers it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from conform.atomic import write_atomically
from conform.errors import VectorError
from conform.golden.checksums import CHECKSUM_FILE, hash_file, read_checksums
from conform.golden.profiles import MAX_BYTES, PROFILE_FILE
from conform.mutants.cover import SMOKE
from conform.strict_json import read_json


def write_smoke(folder: Path, ids: Sequence[str]) -> None:
    """Put the cases of the smoke profile into the folder's profiles, and their checksum into SHA256SUMS.

    Other profiles stay. Raises VectorError where what is there cannot be read.
    """
    path = folder / PROFILE_FILE
    profiles: object = {}
    if path.is_file():
        profiles = read_json(path, MAX_BYTES, VectorError)
    if not isinstance(profiles, dict):
        raise VectorError("must map each profile to a list of ids", where=str(path))
    checksums = dict(read_checksums(folder))
    write_atomically(path, json.dumps(profiles | {SMOKE: list(ids)}, indent=1) + "\n")
    checksums[PROFILE_FILE] = hash_file(path)
    write_atomically(folder / CHECKSUM_FILE, "".join(f"{checksums[name]}  {name}\n" for name in sorted(checksums)))
