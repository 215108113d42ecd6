"""Loading: what a valid suite gives, and that every way of being invalid is named with its line and case."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_suite import Json, TinySuite

from conform.errors import UsageError, VectorError
from conform.exact import Dyadic
from conform.folders import find_vectors
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.suite import NO_QUANTUM, Block


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    return TinySuite(tmp_path)


def load_all(folder: Path, **options: Any) -> list[Block]:
    return list(load_blocks(folder, load_manifest(folder), **options))


def test_a_block_has_all_cases_of_an_operation_and_format(suite: TinySuite) -> None:
    blocks = load_all(suite.write())
    assert [(block.operation.name, block.format.name, len(block.cases)) for block in blocks] == [
        ("dot", "float32", 3),
        ("dot", "int32", 1),
        ("scale", "float32", 2),
        ("scale", "int32", 1),
    ]
    dot = blocks[0]
    assert [case.line for case in dot.cases] == [1, 3, 4]
    assert dot.input_offsets["a"].tolist() == [0, 2, 2, 4]
    assert dot.inputs["a"].dtype == np.float32
    np.testing.assert_array_equal(dot.inputs["a"], [1, -1.5, np.inf, 3])
    out = dot.expected["out"]
    assert out.offsets.tolist() == [0, 1, 2, 3]
    assert out.value.item(0) == Dyadic(-4)
    assert [out.value.item(i) for i in (1, 2)] == [Dyadic(0), np.inf]
    assert out.quantum.tolist() == [1, NO_QUANTUM, NO_QUANTUM]
    assert out.floor.tolist() == [1, NO_QUANTUM, 0]
    assert [out.peak.item(i) for i in range(3)] == [Dyadic(8), Dyadic(0), Dyadic(15)]
    assert out.depth.tolist() == [3, 0, 3]


def test_shapes_follow_from_sizes(suite: TinySuite) -> None:
    block = next(b for b in load_all(suite.write()) if b.operation.name == "scale")
    inputs = block.get_inputs(0)
    assert inputs["a"].shape == (2, 2)
    assert inputs["factor"].shape == ()
    assert inputs["factor"] == 3
    assert block.get_inputs(1)["a"].shape == (1, 0)


def test_floor_and_peak_are_shared_where_left_out(suite: TinySuite) -> None:
    out = load_all(suite.write())[2].expected["out"]
    assert out.floor is out.quantum
    assert out.peak is out.magnitude


def test_blocks_are_bounded_by_elements(suite: TinySuite) -> None:
    blocks = load_all(suite.write(), max_elements=5)
    assert sorted(case.id for block in blocks for case in block.cases) == sorted(
        case["id"] for cases in suite.cases.values() for case in cases
    )
    assert [len(block.cases) for block in blocks if block.operation.name == "dot"] == [1, 1, 2]


def test_only_selected_cases_come(suite: TinySuite) -> None:
    folder = suite.write()
    manifest = load_manifest(folder)
    blocks = list(load_blocks(folder, manifest, make_selection(manifest, flags=["empty"])))
    assert [case.id for block in blocks for case in block.cases] == [
        "dot/plain/float32/n=0#0",
        "scale/plain/float32/m=0,n=0#0",
    ]


def test_nothing_selected_is_wrong_usage(suite: TinySuite) -> None:
    folder = suite.write()
    manifest = load_manifest(folder)
    selection = make_selection(manifest, operations=["dot"], dtypes=["float64"])
    with pytest.raises(UsageError, match="no case is selected by --operation dot --dtype float64"):
        list(load_blocks(folder, manifest, selection))


def change(path: str, value: Any) -> Callable[[Json], None]:
    """A change of the case at a path such as `results.out.depth`."""

    def apply(case: Json) -> None:
        *above, last = path.split(".")
        for key in above:
            case = case[key]
        case[last] = value

    return apply


def remove(path: str) -> Callable[[Json], None]:
    def apply(case: Json) -> None:
        *above, last = path.split(".")
        for key in above:
            case = case[key]
        del case[last]

    return apply


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(change("note", 1), "the case has the unknown field 'note'", id="unknown-field"),
        pytest.param(remove("flags"), "the case lacks the field 'flags'", id="missing-field"),
        pytest.param(change("id", 7), "the id '7' is not a short text", id="id-type"),
        pytest.param(change("id", "dot/plain/float32/n=2"), "does not agree", id="id-without-number"),
        pytest.param(change("id", "dot/plain/float32/n=2#01"), "does not agree", id="id-leading-zero"),
        pytest.param(change("id", "dot/plain/float32/n=3#0"), "does not agree", id="id-sizes"),
        pytest.param(change("id", "dot/plain/float64/n=2#0"), "does not agree", id="id-dtype"),
        pytest.param(change("id", "scale/plain/float32/n=2#0"), "does not agree", id="id-operation"),
        pytest.param(change("id", "dot/empty/float32/n=2#0"), "does not agree", id="id-family"),
        pytest.param(change("dtype", "float33"), "unknown dtype 'float33'; there are float64", id="unknown-dtype"),
        pytest.param(change("dtype", ["float32"]), "unknown dtype", id="dtype-type"),
        pytest.param(change("sizes", [2]), "sizes must be an object", id="sizes-type"),
        pytest.param(change("sizes", {"n": 2, "k": 1}), "unknown size 'k'; the shapes have n", id="unknown-size"),
        pytest.param(change("sizes", {}), "the size 'n' is missing", id="missing-size"),
        pytest.param(change("sizes", {"n": -1}), "the size n must be an integer from 0", id="negative-size"),
        pytest.param(change("sizes", {"n": 2.0}), "the size n must be an integer", id="fractional-size"),
        pytest.param(change("sizes", {"n": True}), "the size n must be an integer", id="true-size"),
        pytest.param(change("flags", "plain"), "flags must be a list", id="flags-type"),
        pytest.param(change("flags", []), "flags must be a list that names the family", id="no-flags"),
        pytest.param(change("flags", ["plain", "odd"]), "unknown flag 'odd'", id="unknown-flag"),
        pytest.param(change("flags", ["plain", "plain"]), "a flag is given twice", id="repeated-flag"),
        pytest.param(change("inputs", []), "inputs must be an object", id="inputs-type"),
        pytest.param(change("inputs.c", []), "unknown input 'c'; the operation has a, b", id="unknown-input"),
        pytest.param(remove("inputs.b"), "the input 'b' is missing", id="missing-input"),
        pytest.param(change("inputs.a", ["0x1p0"]), "a has 1 elements where the sizes n=2 give 2", id="short-input"),
        pytest.param(change("inputs.a", "0x1p0"), "a must be a list of 2, not str", id="single-input"),
        pytest.param(change("inputs.a", ["0x1p0", 1]), r"a\[1\]: not a text: 1", id="input-type"),
        pytest.param(change("inputs.a", ["0x1p0", "1.5"]), r"a\[1\]: not a number: '1.5'", id="decimal-input"),
        pytest.param(change("inputs.b", ["0x1p0", "0x1"]), r"b\[1\]: not a number: '0x1'", id="no-exponent"),
        pytest.param(change("inputs.a", ["0x1p0\n0x1p0", "0x1p0"]), r"a\[0\]: not a number", id="newline-input"),
        pytest.param(
            change("inputs.a", ["0x1p0", "0x1p999999999"]), r"a\[1\]: exponent out of range", id="exponent-bomb"
        ),
        pytest.param(
            change("inputs.a", ["0x1p0", "0x1000001p0"]), r"a\[1\]: .* not representable in float32", id="too-precise"
        ),
        pytest.param(change("inputs.a", ["0x1p128", "0x1p0"]), r"a\[0\]: .* not representable", id="too-large"),
        pytest.param(change("inputs.a", ["0x1p-150", "0x1p0"]), r"a\[0\]: .* not representable", id="too-small"),
        pytest.param(change("inputs.a", ["0x1p5000", "0x1p0"]), r"a\[0\]: .* not representable", id="much-too-large"),
        pytest.param(change("inputs.a", ["-0x1p-5000", "0x1p0"]), r"a\[0\]: .* not representable", id="much-too-small"),
        pytest.param(change("results", []), "results must be an object", id="results-type"),
        pytest.param(change("results.dx", {}), "unknown result 'dx'; the operation has out", id="unknown-result"),
        pytest.param(remove("results.out"), "the result 'out' is missing", id="missing-result"),
        pytest.param(change("results.out", []), "out must be an object", id="result-type"),
        pytest.param(change("results.out.error", 1), "out has the unknown component 'error'", id="unknown-component"),
        pytest.param(remove("results.out.depth"), "out lacks the component 'depth'", id="missing-component"),
        pytest.param(change("results.out.value", "0x1p0"), "out.value must be a list of 1", id="single-value"),
        pytest.param(change("results.out.value", []), "out.value has 0 elements", id="short-value"),
        pytest.param(
            change("results.out.magnitude", ["0x1p3", "0x1p3"]), "out.magnitude has 2 elements", id="long-component"
        ),
        pytest.param(change("results.out.magnitude", 8), r"out.magnitude: not a text: 8", id="magnitude-type"),
        pytest.param(change("results.out.magnitude", None), r"out.magnitude: not a text: None", id="null-magnitude"),
        pytest.param(change("results.out.magnitude", "0x3p0"), "magnitude is less than", id="small-magnitude"),
        pytest.param(change("results.out.magnitude", "-0x1p3"), "the magnitude is negative", id="negative-magnitude"),
        pytest.param(change("results.out.magnitude", "-0x0p0"), "the magnitude is negative", id="minus-zero-magnitude"),
        pytest.param(change("results.out.magnitude", "inf"), "value is finite, but the", id="infinite-magnitude"),
        pytest.param(change("results.out.value", ["nan"]), "value is not finite, but the", id="nan-value"),
        pytest.param(change("results.out.underflow", "-0x1p0"), "the underflow is negative", id="negative-underflow"),
        pytest.param(change("results.out.underflow", "inf"), "underflow weight is not finite", id="infinite-underflow"),
        pytest.param(change("results.out.depth", -1), "the depth is negative", id="negative-depth"),
        pytest.param(change("results.out.depth", "3"), r"out.depth: must be an integer, not '3'", id="depth-type"),
        pytest.param(change("results.out.depth", [3.0]), r"out.depth\[0\]: must be an integer", id="fractional-depth"),
        pytest.param(change("results.out.depth", True), r"out.depth: must be .*, not True", id="true-depth"),
        pytest.param(change("results.out.depth", None), r"out.depth: must be .*, not None", id="null-depth"),
        pytest.param(change("results.out.depth", 2**62), r"out.depth: out of range", id="huge-depth"),
        pytest.param(change("results.out.depth", 2**24 + 1), r"out of range, which is ±16777216", id="vast-depth"),
        pytest.param(change("results.out.quantum", -(2**19)), r"out of range, which is ±262144", id="huge-quantum"),
        pytest.param(change("inputs.a", ["0x1p0", "0x1p65537"]), r"out of range, which is ±65536", id="exponent"),
        pytest.param(change("results.out.quantum", "1"), "must be an integer or null", id="quantum-type"),
        pytest.param(change("results.out.quantum", 1 << 40), r"out.quantum: out of range", id="huge-quantum"),
        pytest.param(change("results.out.quantum", -(10**18)), r"out.quantum: out of range", id="tiny-quantum"),
        pytest.param(change("results.out.quantum", None), "the quantum is null, but", id="null-quantum"),
        pytest.param(change("results.out.floor", 2), "the floor is above the quantum", id="high-floor"),
        pytest.param(change("results.out.floor", None), "the floor is above the quantum", id="null-floor"),
        pytest.param(change("results.out.peak", "0x1p2"), "the peak is less than the magnitude", id="low-peak"),
        pytest.param(change("results.out.peak", "inf"), "the peak is not finite", id="infinite-peak"),
    ],
)
def test_a_wrong_case_is_rejected(suite: TinySuite, mutate: Callable[[Json], None], message: str) -> None:
    mutate(suite.cases["dot"][0])
    folder = suite.write()
    with pytest.raises(VectorError, match=message) as caught:
        load_all(folder)
    assert caught.value.where == f"{folder / 'dot.jsonl'}:1"
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(change("inputs.a", ["-0x0p0", "0x0p0"]), r"a\[0\]: .* not representable in int", id="minus-zero"),
        pytest.param(change("inputs.a", ["0x0p0", "nan"]), r"a\[1\]: .* not representable", id="nan"),
        pytest.param(change("inputs.a", ["0x1p-1", "0x0p0"]), r"a\[0\]: .* not representable", id="half"),
        pytest.param(change("inputs.a", ["0x1p31", "0x0p0"]), r"a\[0\]: .* not representable", id="too-large"),
        pytest.param(change("inputs.a", ["-0x80000001p0", "0x0p0"]), r"a\[0\]: .* not repres", id="too-small"),
        pytest.param(change("inputs.a", ["0x1p-5000", "0x0p0"]), r"a\[0\]: .* not representable", id="tiny"),
        pytest.param(change("results.out.value", ["-0x15p-1"]), "value is not an integer of int32", id="half-value"),
        pytest.param(change("results.out.magnitude", ["0x1p31"]), "magnitude is beyond the range", id="overflow"),
        pytest.param(change("results.out.magnitude", ["0x1dp-1"]), "magnitude is not an integer", id="half-magnitude"),
        pytest.param(change("results.out.peak", ["0x1p31"]), "peak is beyond the range of int32", id="high-peak"),
    ],
)
def test_a_wrong_integer_case_is_rejected(suite: TinySuite, mutate: Callable[[Json], None], message: str) -> None:
    mutate(suite.cases["dot"][1])
    folder = suite.write()
    with pytest.raises(VectorError, match=message) as caught:
        load_all(folder)
    assert caught.value.where == f"{folder / 'dot.jsonl'}:2"
    assert "case dot/plain/int32/n=2#0" in caught.value.what


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(remove("results.out.peak"), "there must be a peak", id="no-peak"),
        pytest.param(change("results.out.quantum", [0]), "quantum of zero, inf and nan must be null", id="quantum"),
    ],
)
def test_a_wrong_special_case_is_rejected(suite: TinySuite, mutate: Callable[[Json], None], message: str) -> None:
    suite.cases["dot"] = [suite.cases["dot"][3]]
    mutate(suite.cases["dot"][0])
    folder = suite.write()
    with pytest.raises(VectorError, match=message):
        load_all(folder)


def test_the_element_is_named_behind_other_cases(suite: TinySuite) -> None:
    suite.cases["scale"].append({**suite.cases["scale"][0], "id": "scale/plain/float32/m=1,n=2#1"})
    suite.cases["scale"][3]["results"] = json.loads(json.dumps(suite.cases["scale"][3]["results"]))
    suite.cases["scale"][3]["results"]["out"]["quantum"][2] = "x"
    with pytest.raises(VectorError, match=r"m=1,n=2#1: out.quantum\[2\]: must be") as caught:
        load_all(suite.write())
    assert str(caught.value.where).endswith("scale.jsonl:4")


def test_an_empty_result_has_no_single_components(suite: TinySuite) -> None:
    suite.cases["scale"][2]["results"]["out"]["depth"] = 1
    with pytest.raises(VectorError, match=r"out.depth must be a list of 0, not int"):
        load_all(suite.write())


@pytest.mark.parametrize(
    ("numbers", "twice"),
    [
        ((0, 1, 2), None),
        ((2, 0, 1), None),
        ((5, 0, 3), None),
        ((0, 1, 1), 1),
        ((1, 0, 1), 1),
        ((0, 1, 0), 0),
        ((2, 0, 1, 2), 2),
        ((7, 7), 7),
    ],
)
def test_ids_may_come_in_any_order_but_once(suite: TinySuite, numbers: tuple[int, ...], twice: int | None) -> None:
    case = suite.cases["dot"][0]
    suite.cases["dot"] = [{**case, "id": f"dot/plain/float32/n=2#{number}"} for number in numbers]
    if twice is None:
        assert len(load_all(suite.write())[0].cases) == len(numbers)
        return
    with pytest.raises(VectorError, match=f"n=2#{twice}: the id is given twice"):
        load_all(suite.write())


def test_an_id_given_twice_is_rejected(suite: TinySuite) -> None:
    suite.cases["dot"].append(suite.cases["dot"][0])
    with pytest.raises(VectorError, match="case dot/plain/float32/n=2#0: the id is given twice") as caught:
        load_all(suite.write())
    assert str(caught.value.where).endswith("dot.jsonl:5")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(b"\n", "empty, where JSON is due", id="blank"),
        pytest.param(b"{\n", "not valid JSON", id="cut-off"),
        pytest.param(b"[]\n", "not a JSON object", id="list"),
        pytest.param(b'{"id":"\xff"}\n', "not text in UTF-8: the byte 0xff at 7", id="encoding"),
        pytest.param(b"[" * 2000 + b"\n", "not valid JSON", id="deep"),
        pytest.param(b'{"id":NaN}\n', "not valid JSON", id="nan"),
    ],
)
def test_a_line_that_is_no_object_is_rejected(suite: TinySuite, line: bytes, message: str) -> None:
    folder = suite.write()
    (folder / "dot.jsonl").write_bytes(line)
    suite.seal()
    with pytest.raises(VectorError, match=message) as caught:
        load_all(folder)
    assert str(caught.value.where).endswith("dot.jsonl:1")


@pytest.mark.parametrize("spaced", [False, True], ids=["compact", "spaced"])
def test_a_key_given_twice_is_rejected(suite: TinySuite, spaced: bool) -> None:
    folder = suite.write()
    path = folder / "dot.jsonl"
    text = path.read_text().replace('"depth":3,', '"depth":3,"depth":3,', 1)
    path.write_text(text.replace(":", " : ") if spaced else text)
    suite.seal()
    with pytest.raises(VectorError, match="the key 'depth' is given twice"):
        load_all(folder)


def test_white_space_is_no_matter(suite: TinySuite) -> None:
    folder = suite.write()
    path = folder / "dot.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in suite.cases["dot"]).rstrip("\n"))
    suite.seal()
    assert sum(len(block.cases) for block in load_all(folder)) == 7


def test_an_endless_line_is_refused(suite: TinySuite, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = suite.write()
    monkeypatch.setattr("conform.golden.loading.MAX_LINE", 20)
    monkeypatch.setattr("conform.golden.cases.MAX_LINE", 20)
    with pytest.raises(VectorError, match="the line is longer than 20 bytes"):
        load_all(folder)


def test_a_wrong_count_is_rejected(suite: TinySuite) -> None:
    folder = suite.write()
    suite.manifest["files"][0]["cases"] = 5
    (folder / "manifest.json").write_text(json.dumps(suite.manifest))
    suite.seal()
    with pytest.raises(VectorError, match="the file has 4 cases where the manifest states 5"):
        load_all(folder)


def test_a_changed_file_is_rejected(suite: TinySuite) -> None:
    folder = suite.write()
    path = folder / "scale.jsonl"
    path.write_text(path.read_text().replace("0x9p0", "0xbp0"))
    with pytest.raises(VectorError, match="its SHA-256 is not the one in SHA256SUMS") as caught:
        load_all(folder)
    assert caught.value.where == str(path)


def test_numbers_of_unselected_cases_are_not_parsed(suite: TinySuite) -> None:
    suite.cases["dot"][0]["inputs"]["a"][0] = "one"
    folder = suite.write()
    manifest = load_manifest(folder)
    blocks = list(load_blocks(folder, manifest, make_selection(manifest, operations=["dot"], dtypes=["int32"])))
    assert [case.id for block in blocks for case in block.cases] == ["dot/plain/int32/n=2#0"]


def test_the_committed_vectors_load() -> None:
    folder = find_vectors()
    manifest = load_manifest(folder)
    counts = dict.fromkeys((operation.name for operation in manifest.operations), 0)
    for block in load_blocks(folder, manifest):
        counts[block.operation.name] += len(block.cases)
    assert counts == {file.operation: file.cases for file in manifest.files}
    assert sum(counts.values()) >= 3000
