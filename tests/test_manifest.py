"""The manifest: what is read from it, and every way of being wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import Json, TinySuite

from conform.errors import VectorError
from conform.golden.dimensions import parse_formula
from conform.golden.manifest import load_manifest
from conform.suite import Accuracy, Attribute, Dimension, Parameter, Sum, Window


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    return TinySuite(tmp_path)


def test_everything_is_read(suite: TinySuite) -> None:
    manifest = load_manifest(suite.write())
    assert (manifest.format_version, manifest.profile, manifest.seed) == (2, "core", 1)
    assert (manifest.generator, manifest.upstream) == ("by hand", "by nobody")
    assert manifest.function_table.functions == {"div": Accuracy("div", "2.5", 5, 3)}
    dot = manifest.get_operation("dot")
    assert dot.sums == {"out": Sum((Dimension("n"),), ("a", "b"))}
    assert dot.theorems == {("out", "exact"): ("Tiny.dot_exact",)}
    assert (dot.layer, dot.upstream, dot.deviates, dot.attributes) == ("tiny", "0000000", None, ())
    scale = manifest.get_operation("scale")
    assert scale.definition == "Spec.scale"
    assert scale.parameters[0] == Parameter("a", (Dimension("m", 1), Dimension("n")))
    assert scale.parameters[1] == Parameter("factor", ())
    assert manifest.flags[2].catches == ("raising on empty arrays",)
    assert [(file.path, file.operation, file.cases) for file in manifest.files] == [
        ("dot.jsonl", "dot", 4),
        ("scale.jsonl", "scale", 3),
    ]


def test_windows_attributes_and_computed_sizes_are_read(suite: TinySuite) -> None:
    folder = suite.write()
    pool = suite.manifest["operations"][0]
    pool["deviates"] = "Divides by nothing."
    pool["attributes"] = [{"name": "stride", "meaning": "How far the window moves.", "least": 1}]
    pool["parameters"] = [{"name": "a", "shape": ["n"]}, {"name": "b", "shape": ["k"]}]
    pool["results"] = [{"name": "out", "shape": ["(n-k)/stride+1"]}]
    window = {"parameter": "a", "dimension": 0, "result": 0, "axis": 0, "scale": "stride", "step": "1", "offset": "0"}
    pool["sums"] = [{"result": "out", "axes": ["k"], "factors": ["a", "b"], "addends": [], "windows": [window]}]
    (folder / "manifest.json").write_text(json.dumps(suite.manifest))
    suite.seal()
    read = load_manifest(folder).get_operation("dot")
    assert read.deviates == "Divides by nothing."
    assert read.attributes == (Attribute("stride", "How far the window moves.", 1),)
    assert read.results[0].resolve_shape({"n": 9, "k": 2, "stride": 3}) == (3,)
    assert read.results[0].resolve_shape({"n": 1, "k": 3, "stride": 1}) == (0,)
    formulas = (parse_formula(text) for text in ("stride", "1", "0"))
    assert read.sums["out"].windows == (Window("a", 0, 0, 0, *formulas),)


def set_field(*path: str | int, value: object) -> Callable[[Json], None]:
    def apply(manifest: Json) -> None:
        *above, last = path
        part: Json = manifest
        for key in above:
            part = part[key]  # type: ignore[index]  # lists are walked through as well
        part[last] = value  # type: ignore[index]  # as above

    return apply


SUM, FUNCTION = ("operations", 0, "sums", 0), ("function_table", "functions", 0)
OPERATION, FLAG, FILE = ("operations", 0), ("flags", 0), ("files", 0)


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(set_field("format_version", value=1), "unknown format_version 1", id="old-version"),
        pytest.param(set_field("format_version", value=3), "unknown format_version 3", id="version"),
        pytest.param(set_field("format_version", value=True), "format_version", id="version-true"),
        pytest.param(set_field("extra", value=1), "manifest: unknown field 'extra'", id="unknown-field"),
        pytest.param(lambda manifest: manifest.pop("seed"), "manifest: field 'seed' is missing", id="missing-field"),
        pytest.param(set_field("seed", value="1"), "seed: must be of type int", id="seed-type"),
        pytest.param(set_field("profile", value=1), "profile: must be of type str", id="profile-type"),
        pytest.param(set_field("operations", value={}), "operations: must be of type list", id="operations-type"),
        pytest.param(set_field("operations", value=[]), "unknown operation 'dot'", id="no-operations"),
        pytest.param(set_field(*OPERATION, value=1), r"operations\[0\]: must be an object", id="operation-type"),
        pytest.param(set_field(*OPERATION, "more", value=1), "unknown field 'more'", id="operation-field"),
        pytest.param(set_field(*OPERATION, "name", value="a/b"), "'a/b' is not a name", id="operation-name"),
        pytest.param(set_field("operations", 1, "name", value="dot"), "'dot' is there twice", id="operation-twice"),
        pytest.param(
            set_field(*OPERATION, "parameters", 1, "name", value="a"), "'a' is there twice", id="parameter-twice"
        ),
        pytest.param(
            set_field(*OPERATION, "parameters", 0, "shape", value=["n-"]), "'n-' is not a dimension", id="dimension"
        ),
        pytest.param(
            set_field(*OPERATION, "parameters", 0, "shape", value=["n+01"]), "is not a dimension", id="offset"
        ),
        pytest.param(
            set_field(*OPERATION, "parameters", 0, "shape", value=["__import__('os')"]), "not a dimension", id="code"
        ),
        pytest.param(set_field(*OPERATION, "parameters", 0, "shape", value=[3]), "3 is not a dimension", id="number"),
        pytest.param(set_field(*OPERATION, "results", 0, "shape", value=["k"]), "that no parameter has", id="unbound"),
        pytest.param(set_field(*OPERATION, "results", value=[]), "no results", id="no-results"),
        pytest.param(set_field(*OPERATION, "layer", value="A layer"), "is not the name of a layer", id="layer"),
        pytest.param(set_field(*OPERATION, "deviates", value=1), "deviates: must be of type str", id="deviates"),
        pytest.param(
            set_field(*OPERATION, "attributes", value=[{"name": "a", "meaning": "", "least": 0}]),
            "'a' is there twice",
            id="attribute-twice",
        ),
        pytest.param(
            set_field(*OPERATION, "attributes", value=[{"name": "n", "meaning": "", "least": 0}]),
            "n is a size and an attribute",
            id="attribute-is-a-size",
        ),
        pytest.param(
            set_field(*OPERATION, "attributes", value=[{"name": "k", "meaning": "", "least": -1}]),
            "no negative value",
            id="attribute-least",
        ),
        pytest.param(
            set_field(*SUM, "factors", value=["a", "c"]), "'c' is no parameter", id="sum-of-what-is-not-there"
        ),
        pytest.param(set_field(*SUM, "axes", value=[]), "a has the dimension n, which neither", id="sum-without-axis"),
        pytest.param(set_field(*SUM, "result", value="b"), "'b' is no result", id="sum-of-no-result"),
        pytest.param(set_field(*SUM, "factors", value=["a", "b", "a"]), "out has 3 factors", id="three-factors"),
        pytest.param(set_field(*SUM, "windows", value=[{}]), "field 'parameter' is missing", id="window-fields"),
        pytest.param(set_field(*OPERATION, "theorems", 0, "name", value="dot"), "not the full name", id="theorem-name"),
        pytest.param(set_field(*OPERATION, "theorems", 0, "rule", value="any"), "is no rule of a result", id="rule"),
        pytest.param(set_field(*FUNCTION, "ulps", value=2.5), "write a multiple of a half", id="ulps"),
        pytest.param(set_field(*FUNCTION, "roundings", value=4), "2.5 ulps are 5 roundings and 3", id="roundings"),
        pytest.param(set_field(*FLAG, "catches", value=[]), "catches must name the defects", id="no-catches"),
        pytest.param(set_field(*FLAG, "catches", value=[1]), "catches must name the defects", id="catches-type"),
        pytest.param(set_field(*FLAG, "name", value="Not A Flag"), "is not a flag name", id="flag-name"),
        pytest.param(set_field(*FLAG, "name", value="empty"), "'empty' is there twice", id="flag-twice"),
        pytest.param(set_field(*FILE, "path", value="/etc/passwd"), "is not the name of a .jsonl file", id="absolute"),
        pytest.param(set_field(*FILE, "path", value="../dot.jsonl"), "is not the name of a .jsonl file", id="above"),
        pytest.param(set_field(*FILE, "path", value="a\\b.jsonl"), "is not the name", id="backslash"),
        pytest.param(set_field(*FILE, "path", value="scale.jsonl"), "'scale.jsonl' is there twice", id="file-twice"),
        pytest.param(set_field(*FILE, "path", value="other.jsonl"), "but it is not there", id="missing-file"),
        pytest.param(set_field(*FILE, "operation", value="sub"), "unknown operation 'sub'", id="file-operation"),
        pytest.param(set_field(*FILE, "cases", value=-1), "a negative number of cases", id="negative-count"),
    ],
)
def test_a_wrong_manifest_is_rejected(suite: TinySuite, mutate: Callable[[Json], None], message: str) -> None:
    folder = suite.write()
    mutate(suite.manifest)
    (folder / "manifest.json").write_text(json.dumps(suite.manifest))
    suite.seal()
    with pytest.raises(VectorError, match=message) as caught:
        load_manifest(folder)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(b"", "empty, where JSON is due", id="empty"),
        pytest.param(b"[]", "not a JSON object", id="list"),
        pytest.param(b'{"seed":1,"seed":2}', "the key 'seed' is given twice", id="key-twice"),
    ],
)
def test_a_manifest_that_is_no_object_is_rejected(suite: TinySuite, text: bytes, message: str) -> None:
    folder = suite.write()
    (folder / "manifest.json").write_bytes(text)
    with pytest.raises(VectorError, match=message):
        load_manifest(folder)


def test_a_manifest_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(VectorError, match="cannot read: No such file"):
        load_manifest(tmp_path)


def test_a_manifest_of_any_size_is_not_read(suite: TinySuite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.golden.manifest._MAX_BYTES", 10)
    with pytest.raises(VectorError, match="larger than 10 bytes"):
        load_manifest(suite.write())


def test_a_changed_manifest_is_rejected(suite: TinySuite) -> None:
    folder = suite.write()
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("by hand", "by foot"))
    with pytest.raises(VectorError, match="its SHA-256 is not the one"):
        load_manifest(folder)


def test_a_file_beside_the_manifest_is_rejected(suite: TinySuite) -> None:
    folder = suite.write()
    (folder / "extra.jsonl").touch()
    with pytest.raises(VectorError, match="the manifest does not name this file") as caught:
        load_manifest(folder)
    assert str(caught.value.where).endswith("extra.jsonl")


def test_a_checksum_of_something_else_is_rejected(suite: TinySuite) -> None:
    folder = suite.write()
    with (folder / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  notes.txt\n")
    with pytest.raises(VectorError, match=r"'notes.txt' is listed, but is no part of the vectors"):
        load_manifest(folder)
