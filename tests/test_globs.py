"""Globs: a star is any text, brackets are themselves."""

from __future__ import annotations

import pytest

from conform.golden.globs import match_glob


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("linear/*", "linear/normal/float32/inDim=3#0", True),
        ("linear/*", "linear_batched/normal", False),
        ("linear*", "linear_batched/normal", True),
        ("*/float16/*", "linear/normal/float16/inDim=3#0", True),
        ("linear", "linear/normal", False),
        ("inDim=?#0", "inDim=3#0", True),
        ("inDim=?#0", "inDim=13#0", False),
        ("torch[device=cuda]", "torch[device=cuda]", True),
        ("torch[device=cuda]", "torchd", False),
        ("a.c", "abc", False),
        ("**********************b", "a" * 5000, False),
    ],
)
def test_match(glob: str, text: str, matches: bool) -> None:
    assert match_glob(glob, text) is matches
