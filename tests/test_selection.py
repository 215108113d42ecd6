"""Which cases a selection selects, and what it says to names that are not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_suite import TinySuite

from conform.errors import UsageError
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.suite import Manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return TinySuite(tmp_path).write()


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    return load_manifest(folder)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        pytest.param({}, 7, id="everything"),
        pytest.param({"operations": ["dot"]}, 4, id="operation"),
        pytest.param({"operations": ["d*", "scale"]}, 7, id="globs"),
        pytest.param({"dtypes": ["int32"]}, 2, id="dtype"),
        pytest.param({"dtypes": ["int*", "float32"]}, 7, id="dtypes"),
        pytest.param({"flags": ["empty"]}, 2, id="flag"),
        pytest.param({"flags": ["empty", "special"]}, 3, id="flags"),
        pytest.param({"flags": ["plain"], "dtypes": ["float32"]}, 4, id="flag-and-dtype"),
        pytest.param({"text": "n=2 and not scale"}, 3, id="text-of-the-id"),
        pytest.param({"text": "EMPTY"}, 2, id="text-of-a-flag"),
        pytest.param({"ids": ["dot/plain/int32/n=2#0"]}, 1, id="case"),
        pytest.param({"ids": ["dot/plain/int32/n=2#0", "scale/plain/float32/m=0,n=0#0"]}, 2, id="cases"),
    ],
)
def test_a_selection_selects(folder: Path, manifest: Manifest, criteria: dict[str, Any], expected: int) -> None:
    selection = make_selection(manifest, **criteria)
    assert sum(len(block.cases) for block in load_blocks(folder, manifest, selection)) == expected


@pytest.mark.parametrize(
    ("criteria", "message", "hint"),
    [
        pytest.param({"operations": ["dto"]}, "unknown operation 'dto'; did you mean 'dot'", "dot, scale", id="close"),
        pytest.param({"operations": ["x*"]}, r"unknown operation 'x\*'$", "There are: dot, scale.", id="glob"),
        pytest.param({"dtypes": ["float23"]}, "unknown dtype 'float23'; did you mean 'float32'", "int64", id="dtype"),
        pytest.param({"flags": ["empt"]}, "unknown flag 'empt'; did you mean 'empty'", "plain, special", id="flag"),
        pytest.param({"ids": ["dott/plain/int32/n=2#0"]}, "unknown operation 'dott'", "dot, scale", id="case"),
        pytest.param({"text": "a b"}, "expected `and`, `or` or the end", "", id="text"),
    ],
)
def test_unknown_names_are_wrong_usage(manifest: Manifest, criteria: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError, match=message.removesuffix("$")) as caught:
        make_selection(manifest, **criteria)
    assert hint in (caught.value.hint or "")
    assert ("did you mean" in caught.value.what) == ("did you mean" in message or "dott" in message)


def test_a_selection_says_what_was_asked_for(manifest: Manifest) -> None:
    selection = make_selection(manifest, operations=["dot"], text="n=2")
    assert str(selection) == "--operation dot -k n=2"
