"""Runs in the vectors: what they stand for, that they change nothing else, and how a malformed one is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_suite import Json, TinySuite

from conform.errors import VectorError
from conform.golden import runs
from conform.golden.cases import CaseReader
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.packing import pack_block
from conform.golden.runs import MalformedRunError, count_decoded, count_elements, flatten
from conform.suite import Block


@pytest.mark.parametrize(
    ("items", "flat", "repeats"),
    [
        (b"", b"", None),
        (b'"a","b"', b'"a","b"', None),
        (b'[3,"a"]', b'"a"', [3]),
        (b'"a",[3,"b"],"c","d",[2,null],[16,5]', b'"a","b","c","d",null,5', [1, 3, 1, 1, 2, 16]),
    ],
)
def test_a_run_stands_for_equal_entries(items: bytes, flat: bytes, repeats: list[int] | None) -> None:
    found, counts = flatten(items)
    assert (found, None if counts is None else counts.tolist()) == (flat, repeats)
    decoded = json.loads(b"[%s]" % items)
    assert count_elements(items) == count_decoded(decoded) == (len(decoded) if repeats is None else sum(repeats))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        pytest.param(b'[1,"a"]', "count of 2 or more, not 1", id="one"),
        pytest.param(b'[0,"a"]', "not a run", id="none"),
        pytest.param(b'[-3,"a"]', "not a run", id="negative"),
        pytest.param(b'[3.0,"a"]', "not a run", id="fraction"),
        pytest.param(b'["3","a"]', "not a run", id="text"),
        pytest.param(b"[3]", "not a run", id="no-entry"),
        pytest.param(b'[3,"a","b"]', "not a run", id="two-entries"),
        pytest.param(b'[3,[3,"a"]]', "not a run", id="nested"),
        pytest.param(b'[3,"a"', "not a run", id="open"),
        pytest.param(b'"a"[3,"b"]', "no comma", id="no-comma-before"),
        pytest.param(b'[3,"a"]"b"', "no comma", id="no-comma-after"),
        pytest.param(b'[99999999999999999999999,"a"]', "longer than", id="endless"),
        pytest.param(b'[8388608,"a"],[2,"a"]', "8388610 elements, more than", id="too-many"),
    ],
)
def test_a_malformed_run_is_refused(items: bytes, message: str) -> None:
    with pytest.raises(MalformedRunError, match=message):
        count_elements(items)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        pytest.param([[1, "a"]], "count of 2 or more, not 1", id="one"),
        pytest.param([[True, "a"]], "a count and an entry", id="true"),
        pytest.param([[2.0, "a"]], "a count and an entry", id="fraction"),
        pytest.param([[2]], "a count and an entry", id="no-entry"),
        pytest.param([[2, [2, "a"]]], "a count and an entry", id="nested"),
        pytest.param([[1 << 40, "a"]], "longer than", id="endless"),
        pytest.param([[1 << 23, "a"], "b"], "more than", id="too-many"),
    ],
)
def test_a_malformed_decoded_run_is_refused(entries: list[Any], message: str) -> None:
    with pytest.raises(MalformedRunError, match=message):
        count_decoded(entries)


def compress(entries: list[Any]) -> list[Any]:
    """The entries with every two or more equal ones in a row as a run."""
    found: list[list[Any]] = []
    for entry in entries:
        if found and found[-1][1] == entry:
            found[-1][0] += 1
        else:
            found.append([1, entry])
    return [run if run[0] > 1 else run[1] for run in found]


WIDE: Json = {
    "id": "scale/plain/float32/m=0,n=9#0",
    "dtype": "float32",
    "sizes": {"m": 0, "n": 9},
    "flags": ["plain"],
    "inputs": {"a": ["0x1p0"] * 3 + ["0x3p0"] + ["0x0p0"] * 4 + ["-0x1p0"], "factor": ["0x1p1"]},
    "results": {
        "out": {
            "value": ["0x1p1"] * 3 + ["0x3p1"] + ["0x0p0"] * 4 + ["-0x1p1"],
            "magnitude": ["0x1p1"] * 3 + ["0x3p1"] + ["0x0p0"] * 4 + ["0x1p1"],
            "depth": [1] * 8 + [2],
            "underflow": ["0x1p0"] * 2 + ["0x1p1"] * 7,
            "quantum": [1] * 4 + [None] * 4 + [1],
            "floor": [0] * 4 + [None] * 4 + [0],
            "peak": ["0x1p1"] * 3 + ["0x3p1"] * 6,
        }
    },
}


def write_runs(case: Json) -> Json:
    inputs = {name: compress(entries) for name, entries in case["inputs"].items()}
    out = {name: compress(entries) for name, entries in case["results"]["out"].items()}
    return {**case, "inputs": inputs, "results": {"out": out}}


def load_scale(folder: Path) -> list[Block]:
    return [block for block in load_blocks(folder, load_manifest(folder)) if block.operation.name == "scale"]


def write_suite(folder: Path, case: Json, *, spaced: bool = False) -> Path:
    suite = TinySuite(folder)
    suite.cases["scale"].insert(1, case)
    path = suite.write() / "scale.jsonl"
    if spaced:
        path.write_text("".join(json.dumps(json.loads(line)) + "\n" for line in path.read_text().splitlines()))
        suite.seal()
    return path.parent


@pytest.mark.parametrize("spaced", [False, True], ids=["as-exported", "spaced"])
def test_runs_make_no_difference(tmp_path: Path, spaced: bool) -> None:
    plain = write_suite(tmp_path / "plain", WIDE, spaced=spaced)
    short = write_suite(tmp_path / "runs", write_runs(WIDE), spaced=spaced)
    assert (b'"a":[[3,"0x1p0"],"0x3p0",[4,"0x0p0"],"-0x1p0"]' in (short / "scale.jsonl").read_bytes()) != spaced
    expected, found = load_scale(plain), load_scale(short)
    assert len(expected) == len(found) == 2
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(pack_block(one), pack_block(other))


def test_a_line_with_runs_is_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only by way of decoding all of it, which is slow."""
    folder = write_suite(tmp_path, write_runs(WIDE))
    manifest = load_manifest(folder)
    monkeypatch.setattr(CaseReader, "_read_decoded", None)
    reader = CaseReader(folder, next(file for file in manifest.files if file.operation == "scale"), manifest)
    line = (folder / "scale.jsonl").read_bytes().splitlines(keepends=True)[1]
    assert reader.read(line, 2).counts.elements == 19


@pytest.mark.parametrize(
    ("place", "entries", "message"),
    [
        pytest.param("a", [[8, "0x1p0"]], "a has 8 elements where the sizes m=0,n=9 give 9", id="short"),
        pytest.param("a", [[10, "0x1p0"]], "a has 10 elements", id="long"),
        pytest.param("a", [[9, "0x1000001p0"]], r"a\[0\]: .* not representable", id="too-precise"),
        pytest.param("a", [[1, "0x1p0"], [8, "0x1p0"]], "a: a run must have a count of 2 or more, not 1", id="one"),
        pytest.param("a", [["9", "0x1p0"]], "a: a run must be a list of a count and an entry", id="text-count"),
        pytest.param("a", [[3, "0x1p0"], [4, "x"], "0x0p0", "0x0p0"], r"a\[3\]: not a number: 'x'", id="no-number"),
        pytest.param("a", [[1 << 24, "0x1p0"]], "a: a run of 16777216 elements is longer", id="bomb"),
        pytest.param("value", [[9, "0x1p3"]], r"magnitude is less", id="value"),
        pytest.param("depth", [[4, 1], [5, 1.5]], r"out.depth\[4\]: must be an integer", id="depth"),
        pytest.param("quantum", [[4, 1], [5, "x"]], r"out.quantum\[4\]: must be an integer or null", id="quantum"),
        pytest.param("depth", [[9, [2, 1]]], "out.depth: a run must be", id="nested"),
    ],
)
def test_a_wrong_run_is_rejected(tmp_path: Path, place: str, entries: list[Any], message: str) -> None:
    case = write_runs(WIDE)
    (case["inputs"] if place == "a" else case["results"]["out"])[place] = entries
    folder = write_suite(tmp_path, case)
    with pytest.raises(VectorError, match=message) as caught:
        load_scale(folder)
    assert str(caught.value.where).endswith("scale.jsonl:2")


def test_runs_are_limited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(runs, "MAX_ELEMENTS", 8)
    with pytest.raises(VectorError, match="9 elements, more than 8"):
        load_scale(write_suite(tmp_path, write_runs(WIDE)))
