"""Cases of an operation with attributes, computed sizes, and a result beyond sums of products."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny_suite import Json, TinySuite

from conform.errors import VectorError
from conform.exact import format_number
from conform.golden.cases import CaseReader
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.packing import pack_block, unpack_block
from conform.golden.scanning import LineScanner
from conform.suite import Block

OUT: Json = {
    "value": ["0x1p0", "0x0p0"],
    "radius": ["0x1p-130", "0x0p0"],
    "magnitude": ["0x1p0", "0x0p0"],
    "models": {
        "float16": {"depth": 6, "underflow": "0x3p0", "inherited": ["0x1p-9", "inf"], "peak": "0x1p0"},
        "float32": {"depth": [6, 7], "underflow": "0x3p0", "inherited": "0x1p-22", "peak": ["0x1p0", "0x0p0"]},
    },
}


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    """A suite whose operation `dot` is something else: it has a stride, and exponentials of what it reads."""
    suite = TinySuite(tmp_path)
    operation = suite.manifest["operations"][0]
    operation["attributes"] = [{"name": "stride", "meaning": "How far apart.", "least": 1}]
    operation["parameters"] = [{"name": "a", "shape": ["n"]}]
    operation["results"] = [{"name": "out", "shape": ["(n-1)/stride+1"]}]
    operation["sums"] = operation["theorems"] = []
    case = {
        "id": "dot/plain/float16/n=4,stride=3#0",
        "dtype": "float16",
        "sizes": {"n": 4},
        "attributes": {"stride": 3},
        "flags": ["plain"],
        "inputs": {"a": ["0x0p0", "0x1p0", "0x1p1", "-inf"]},
        "results": {"out": copy.deepcopy(OUT)},
    }
    plain = {**case, "id": "dot/plain/float16/n=1,stride=1#0", "sizes": {"n": 1}, "attributes": {"stride": 1}}
    models = {
        name: {**model, "inherited": "0x0p0", "depth": 6, "peak": "0x1p0"} for name, model in OUT["models"].items()
    }
    plain["inputs"] = {"a": ["0x0p0"]}
    plain["results"] = {"out": {"value": ["0x1p0"], "radius": "0x0p0", "magnitude": "0x1p0", "models": models}}
    suite.cases["dot"] = [case, plain]
    return suite


def load(suite: TinySuite) -> Block:
    folder = suite.write()
    return next(iter(load_blocks(folder, load_manifest(folder))))


def check_block(block: Block) -> None:
    assert [dict(case.attributes) for case in block.cases] == [{"stride": 3}, {"stride": 1}]
    assert dict(block.cases[0].scope) == {"n": 4, "stride": 3}
    expected = block.expected["out"]
    assert expected.offsets.tolist() == [0, 2, 3]
    assert expected.radius is not None
    assert [format_number(expected.radius.item(i)) for i in range(3)] == ["0x1p-130", "0x0p0", "0x0p0"]
    assert list(expected.models) == ["float16", "float32"]
    own, wide = expected.models.values()
    assert own.depth.tolist() == [6, 6, 6]
    assert wide.depth.tolist() == [6, 7, 6]
    assert own.inherited.high.tolist() == [0.5, np.inf, 0.0]
    assert [format_number(wide.peak.item(i)) for i in range(3)] == ["0x1p0", "0x0p0", "0x1p0"]
    assert expected.depth.tolist() == own.depth.tolist()


def test_all_components_are_read(suite: TinySuite) -> None:
    check_block(load(suite))


def test_a_line_is_cut_up_as_it_is_decoded(suite: TinySuite) -> None:
    folder = suite.write()
    manifest = load_manifest(folder)
    operation, file = manifest.get_operation("dot"), manifest.files[0]
    for number, line in enumerate((folder / file.path).read_bytes().splitlines(keepends=True), 1):
        spaced = json.dumps(json.loads(line)).encode()
        assert LineScanner(operation).scan(line) is not None
        assert LineScanner(operation).scan(spaced) is None
        scanned, decoded = CaseReader(folder, file, manifest), CaseReader(folder, file, manifest)
        assert scanned.read(line, number) == decoded.read(spaced, number)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"models":{', b'"models":{},"more":{'),
        (b'"float32":{', b'"float16":{'),
        (b'"float32":{', b'"float/32":{'),
        (b'},"float32"', b'}"float32"'),
        (b'"inherited"', b'"peak"'),
        (b'"radius"', b'"radii"'),
    ],
    ids=["another-object", "model-twice", "slash", "no-comma", "component-twice", "no-radius"],
)
def test_a_line_that_is_not_as_the_exporter_writes_it_is_not_cut_up(suite: TinySuite, old: bytes, new: bytes) -> None:
    folder = suite.write()
    manifest = load_manifest(folder)
    line = (folder / "dot.jsonl").read_bytes().splitlines(keepends=True)[0]
    assert old in line
    assert LineScanner(manifest.get_operation("dot")).scan(line.replace(old, new, 1)) is None


def test_a_block_is_packed_without_loss(suite: TinySuite) -> None:
    block = load(suite)
    check_block(unpack_block(pack_block(block), block.operation))


def test_a_case_taken_alone_keeps_its_components(suite: TinySuite) -> None:
    taken = load(suite).take([1]).expected["out"]
    assert taken.radius is not None
    assert len(taken.radius) == 1
    assert taken.models["float32"].depth.tolist() == [6]
    assert taken.models["float16"].inherited.high.tolist() == [0.0]


def change(*path: str, value: object = None) -> Callable[[Json], None]:
    def apply(case: Json) -> None:
        *above, last = path
        for key in above:
            case = case[key]
        if value is None:
            del case[last]
        else:
            case[last] = value

    return apply


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(change("attributes"), "lacks the field 'attributes'", id="attributes"),
        pytest.param(change("attributes", value=[3]), "attributes must be an object", id="attributes-type"),
        pytest.param(change("attributes", "stride"), "the attribute 'stride' is missing", id="attribute"),
        pytest.param(change("attributes", "more", value=1), "unknown attribute 'more'", id="attribute-unknown"),
        pytest.param(
            change("attributes", "stride", value=0), "the attribute stride must be an integer from 1", id="least"
        ),
        pytest.param(change("attributes", "stride", value=True), "not True", id="attribute-true"),
        pytest.param(change("attributes", "stride", value=1), "should read like", id="another-stride"),
        pytest.param(change("results", "out", "radius"), "lacks the component 'radius'", id="radius"),
        pytest.param(change("results", "out", "quantum", value=0), "unknown component 'quantum'", id="quantum"),
        pytest.param(change("results", "out", "models", value={}), "models must be an object", id="no-models"),
        pytest.param(change("results", "out", "models", "float16"), "there must be float16", id="own-model"),
        pytest.param(change("results", "out", "models", "float32"), "has the models float", id="other-models"),
        pytest.param(change("results", "out", "models", "int32", value={}), "unknown model 'int32'", id="model"),
        pytest.param(
            change("results", "out", "models", "float32", "peak"), "must have depth, underflow", id="model-component"
        ),
        pytest.param(
            change("results", "out", "models", "float32", "inherited", value="-0x1p0"), "negative", id="negative"
        ),
        pytest.param(change("results", "out", "models", "float32", "peak", value="nan"), "nan", id="nan"),
        pytest.param(change("results", "out", "models", "float32", "depth", value=-1), "depth in float32", id="depth"),
        pytest.param(change("results", "out", "radius", value="inf"), "the radius is not finite", id="infinite-radius"),
        pytest.param(
            change("results", "out", "models", "float32", "depth", value=[6]), "has 1 elements where", id="length"
        ),
    ],
)
def test_a_wrong_case_is_rejected(suite: TinySuite, mutate: Callable[[Json], None], message: str) -> None:
    mutate(suite.cases["dot"][0])
    with pytest.raises(VectorError) as caught:
        load(suite)
    assert message in str(caught.value)
