"""Globs: a star is any text, brackets are themselves."""

from __future__ import annotations

import pytest

from conform.golden.globs import match_glob, select_matches


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


def test_matches_are_selected_in_their_order() -> None:
    texts = ["linear/a#0", "scale/a#0", "linear/b#1", "linear[x]"]
    assert select_matches("linear/*", texts) == ["linear/a#0", "linear/b#1"]
    assert select_matches("*a#?", texts) == ["linear/a#0", "scale/a#0"]
    assert select_matches("linear[x]", texts) == ["linear[x]"]
    assert select_matches("other/*", texts) == []
