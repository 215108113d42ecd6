"""The ids of the cases, read from the files without parsing what else a case has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from conform.golden.loading import iterate_lines
from conform.suite import Manifest

_ID = re.compile(rb'"id":\s*"([^"\\]+)"')
_CLOSE = 0.4
_COMPARED = 5000


def iterate_ids(folder: Path, manifest: Manifest, operation: str | None = None) -> Iterator[str]:
    """The id of every case, or of those of one operation, in the order of the files; nothing is checked."""
    for file in manifest.files:
        if operation is None or file.operation == operation:
            for line in iterate_lines(folder / file.path):
                if found := _ID.search(line):
                    yield found[1].decode(errors="replace")


def suggest_cases(folder: Path, manifest: Manifest, name: str) -> str:
    """What to do where no case has an id: take one of those that are written much like it, if there are any."""
    operations = [file.operation for file in manifest.files]
    start, slash, rest = name.partition("/")
    close = [start] if start in operations else difflib.get_close_matches(start, operations, 1)
    known = list(iterate_ids(folder, manifest, close[0]))[:_COMPARED] if close else []
    likely = difflib.get_close_matches(f"{close[0]}{slash}{rest}", known, 3, cutoff=_CLOSE) if close else []
    if name in known:
        return "There is such a case, but another option leaves it out."
    return f"Did you mean {' or '.join(likely)}?" if likely else "`conform list cases` shows what there is."
