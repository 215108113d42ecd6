"""Lint: nothing on sound vectors, and every defect at once on others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.folders import find_vectors
from conform.golden.lint import lint_vectors


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    return TinySuite(tmp_path)


def list_findings(folder: Path) -> list[str]:
    return [finding.what for finding in lint_vectors(folder)]


def test_a_sound_suite_has_no_findings(suite: TinySuite) -> None:
    assert lint_vectors(suite.write()) == []


def test_the_committed_vectors_are_few_enough_to_clone() -> None:
    files = [path for path in find_vectors().rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40_000_000


def test_the_committed_vectors_are_sound() -> None:
    assert lint_vectors(find_vectors()) == []


def test_all_findings_are_collected(suite: TinySuite) -> None:
    suite.cases["dot"][0]["inputs"]["a"][0] = "one"
    suite.cases["dot"][2]["dtype"] = "float33"
    suite.cases["dot"].append({**suite.cases["dot"][3], "id": "dot/special/float32/n=2#1", "flags": []})
    suite.cases["scale"][1]["results"]["out"]["depth"] = -1
    folder = suite.write()
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"cases": 5', '"cases": 6'))
    suite.seal()
    (folder / "scale.jsonl").write_text((folder / "scale.jsonl").read_text() + "{}\n")
    (suite.lean_export / "NN.lean").write_text("def dot := 9\n")
    found = lint_vectors(folder)
    assert [(finding.what, Path(finding.where).name) for finding in found] == [
        ("stale vectors: NN.lean changed since they were generated", "vectors"),
        ("its SHA-256 is not the one in SHA256SUMS", "scale.jsonl"),
        ("case dot/plain/float32/n=0#0: unknown dtype 'float33'; there are " + FORMATS, "dot.jsonl:3"),
        ("case dot/special/float32/n=2#1: flags must be a list that names the family at least", "dot.jsonl:5"),
        ("case dot/plain/float32/n=2#0: a[0]: not a number: 'one'", "dot.jsonl:1"),
        ("the file has 5 cases where the manifest states 6", "dot.jsonl"),
        ("the case lacks the field 'id'", "scale.jsonl:4"),
        ("case scale/plain/int32/m=0,n=1#0: out.value[0]: the depth is negative", "scale.jsonl:2"),
        ("the file has 4 cases where the manifest states 3", "scale.jsonl"),
        ("dot has no element in float32 that must be exact", "manifest.json"),
        ("scale has no case in int32", "manifest.json"),
    ]


FORMATS = "float64, float32, float16, bfloat16, float8_e4m3fn, float8_e5m2, int32, int64"


def set_quantum(suite: TinySuite) -> None:
    suite.cases["dot"][0]["results"]["out"]["quantum"] = 3


def set_magnitude(suite: TinySuite) -> None:
    suite.cases["dot"][0]["results"]["out"]["magnitude"] = "0x11p0"


def set_long_value(suite: TinySuite) -> None:
    out = suite.cases["dot"][0]["results"]["out"]
    out["value"] = [f"-0x{(1 << 200) + 1:x}p-198"]


def drop_integers(suite: TinySuite) -> None:
    suite.cases["dot"] = [case for case in suite.cases["dot"] if case["dtype"] != "int32"]


def drop_flag(suite: TinySuite) -> None:
    suite.cases["dot"] = [case for case in suite.cases["dot"] if "special" not in case["flags"]]


def clear_parameter(suite: TinySuite) -> None:
    for case in suite.cases["dot"]:
        case["inputs"]["b"] = ["0x0p0"] * len(case["inputs"]["b"])


def add_operation(suite: TinySuite) -> None:
    suite.manifest["operations"].append({**suite.manifest["operations"][0], "name": "unused"})


def widen(suite: TinySuite) -> None:
    for case in suite.cases["scale"]:
        if case["dtype"] == "float32" and case["sizes"]["n"]:
            case["results"]["out"]["quantum"] = [-30, -30, -30, None]


def make_function(suite: TinySuite) -> None:
    """A function in place of `scale`: no quantum, no exact element, and no integers."""
    suite.cases["scale"] = [case for case in suite.cases["scale"] if case["dtype"] == "float32"]
    for case in suite.cases["scale"]:
        out = case["results"]["out"]
        count = len(out["value"])
        model = {"depth": [6] * count, "underflow": ["0x3p0"] * count, "inherited": ["0x1p-9"] * count}
        models = {"float32": model | {"peak": ["0x1p9"] * count}}
        beyond = {"value": out["value"], "radius": ["0x0p0"] * count, "magnitude": out["magnitude"], "models": models}
        case["results"]["out"] = beyond


def move_to_another_layer(suite: TinySuite) -> None:
    suite.manifest["operations"][0]["layer"] = "other"
    drop_integers(suite)


@pytest.mark.parametrize("mutate", [make_function, move_to_another_layer])
def test_floating_point_alone_is_enough_for_functions_and_for_layers_without_integers(
    suite: TinySuite, mutate: Callable[[TinySuite], None]
) -> None:
    mutate(suite)
    assert list_findings(suite.write()) == []


@pytest.mark.parametrize(
    ("mutate", "findings"),
    [
        pytest.param(set_quantum, ["case dot/plain/float32/n=2#0: a value of out is no multiple"], id="value"),
        pytest.param(
            set_magnitude, ["case dot/plain/float32/n=2#0: a magnitude of out is no multiple"], id="magnitude"
        ),
        pytest.param(set_long_value, ["case dot/plain/float32/n=2#0: a value of out is no multiple"], id="long-value"),
        pytest.param(drop_integers, ["dot has no case in int32"], id="format"),
        pytest.param(drop_flag, ["no case has the flag 'special'"], id="flag"),
        pytest.param(clear_parameter, ["the parameter b of dot is zero or empty in every case"], id="parameter"),
        pytest.param(widen, ["scale has no element in float32 that must be exact"], id="exact"),
        pytest.param(
            add_operation,
            [
                "unused has no case in float32",
                "unused has no case in int32",
                "the parameter a of unused is zero",
                "the parameter b of unused is zero",
            ],
            id="operation",
        ),
    ],
)
def test_a_defect_of_the_suite_is_found(
    suite: TinySuite, mutate: Callable[[TinySuite], None], findings: list[str]
) -> None:
    mutate(suite)
    found = list_findings(suite.write())
    assert len(found) == len(findings)
    for what, start in zip(found, findings, strict=True):
        assert what.startswith(start)


def test_a_manifest_that_cannot_be_read_is_the_only_finding(suite: TinySuite) -> None:
    folder = suite.write()
    (folder / "manifest.json").write_text(json.dumps({**suite.manifest, "format_version": 9}))
    suite.seal()
    assert list_findings(folder) == ["unknown format_version 9"]


def test_many_findings_are_cut_short(suite: TinySuite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.golden.lint._MAX_FINDINGS", 2)
    for case in suite.cases["dot"]:
        case["flags"] = []
    found = list_findings(suite.write())
    assert [what.startswith("case dot/") for what in found[:3]] == [True, True, False]
    assert found[2] == "2 more findings in this file are left out"
