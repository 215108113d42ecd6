"""Globs: a star is any text, brackets are themselves, and none takes long."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from conform.errors import UsageError
from conform.gate.known import KnownEntry, KnownFailures
from conform.golden import globs
from conform.golden.globs import Glob, GlobIndex, match_glob


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
        ("*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?*?é", "a" * 5000, False),
        ("*?*?*?*é", "abcé", True),
        ("*?*?*?*é", "abé", False),
        ("*a*" * 300 + "b", "a" * 1000, False),
        ("*a?b*" * 200, "a" * 1000, False),
        ("*a?b*", "aaxb", True),
        ("*a?b", "aabxaxb", True),
        ("?", "\n", True),
        ("?*", "", False),
        ("", "", True),
        ("*", "", True),
        ("*?", "", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*.*", "a.b", True),
        ("\\*", "\\x", True),
    ],
)
def test_match(glob: str, text: str, matches: bool) -> None:
    assert match_glob(glob, text) is matches


def test_a_glob_matches_what_its_regular_expression_does() -> None:
    rng = random.Random(1)
    for _ in range(5000):
        glob = "".join(rng.choices("ab*?/", k=rng.randrange(8)))
        text = "".join(rng.choices("ab/", k=rng.randrange(9)))
        parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in glob)
        assert match_glob(glob, text) is bool(re.fullmatch("".join(parts), text, re.DOTALL)), (glob, text)


IDS = [
    f"{operation}/{family}/{dtype}/inDim={i},outDim={j}#{n}"
    for operation in ("linear", "linear_batched", "linear_gradient_scale")
    for family in ("normal", "small-integers", "nan-inf")
    for dtype in ("float64", "float32", "bfloat16", "int32")
    for i in (1, 3, 17, 64)
    for j in (2, 5, 33)
    for n in range(3)
]


@pytest.mark.parametrize("few", [0, 10**9], ids=["index", "each"])
def test_what_an_index_finds_is_what_matches(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globs, "_FEW", few)
    index = GlobIndex(IDS)
    for glob in (
        "linear/*",
        "*/float32/*=3,*#?",
        "*nan*64?outDim=33#1",
        "*",
        "*#",
        "*é*",
        "??*17*",
        IDS[5],
        "absent",
        "?",
    ):
        assert list(index.find(glob)) == [i for i, text in enumerate(IDS) if match_glob(glob, text)]


@pytest.mark.parametrize(
    "make",
    [
        lambda i: f"linear/*/float32/*#{i}x",
        lambda i: f"*?*?*?*?*{i}é",
        lambda i: f"linear/normal/float32/inDim={i},*",
        lambda i: f"*/float{i}/*",
        lambda i: f"*inDim=3,*{i}*{i}*linear",
        lambda i: f"linear/normal/float32/inDim=3,outDim=2#{i}",
        lambda i: "*/normal/*",
    ],
    ids=["tails", "marks", "heads", "middles", "orders", "names", "same"],
)
def test_very_many_globs_are_tried_on_few_texts(make: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    matches = Glob.matches

    def count(self: Glob, text: str) -> bool:
        nonlocal tried
        tried += 1
        return matches(self, text)

    monkeypatch.setattr(Glob, "matches", count)
    entries = tuple(KnownEntry(tuple(make(5 * i + j) for j in range(5)), "x") for i in range(3000))
    KnownFailures(entries).find_all(("numpy",), IDS)
    assert tried < 20 * len(entries) * 5 + 100 * len(IDS)


def test_globs_that_nearly_match_everything_are_refused_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(globs, "_MAX_TRIALS", 0)
    monkeypatch.setattr(globs, "_MAX_TRIALS_PER_TEXT", 64)
    index = GlobIndex(IDS)
    for i in range(65):
        index.find(f"*#{i}*linear*")
    assert list(index.find("*#1*linear*")) == []
    with pytest.raises(UsageError, match="too many globs like '\\*=1\\*linear\\*' that nearly match"):
        index.find("*=1*linear*")
