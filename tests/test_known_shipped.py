"""The file of what is known to be off in the frameworks whose backends ship."""

from __future__ import annotations

import functools
import shlex

import pytest
from vector_samples import get_manifest

from conform.backends.resolve import find_registered
from conform.gate.known import KnownEntry
from conform.gate.known_file import SHIPPED, format_known, read_known
from conform.golden.choosing import choose_cases
from conform.golden.globs import GlobIndex

ENTRIES = read_known(SHIPPED).entries


@functools.cache
def index_cases(operation: str) -> GlobIndex:
    blocks = choose_cases(None, operations=(operation,)).load()
    return GlobIndex([case.id for block in blocks for case in block.cases])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.backend}-{entry.cases[0].split('/')[0]}")
def test_entry_says_of_which_version_it_is_and_how_to_see_it(entry: KnownEntry) -> None:
    assert entry.backend in find_registered()
    framework, version = entry.reason.partition(":")[0].split(" ")
    assert framework == entry.backend
    assert version[0].isdigit()
    assert entry.reproduce is not None
    python, option, code = shlex.split(entry.reproduce, comments=True)
    assert (python, option) == ("python", "-c")
    compile(code, "<reproduction>", "exec")
    assert "due" in entry.reproduce.rpartition("#")[2]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.backend}-{entry.cases[0].split('/')[0]}")
def test_entry_is_about_cases_that_there_are(entry: KnownEntry) -> None:
    names = {operation.name for operation in get_manifest().operations}
    for glob in entry.cases:
        operation = glob.split("/")[0]
        assert operation in names
        assert index_cases(operation).find(glob), glob


def test_reproduction_is_written_and_read() -> None:
    assert "reproduce: " in format_known(ENTRIES[:1], "")
