"""The manifest: what is read from it, and every way of being wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import Json, TinySuite

from conform.errors import VectorError
from conform.golden.manifest import load_manifest
from conform.suite import Dimension, Parameter


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    return TinySuite(tmp_path)


def test_everything_is_read(suite: TinySuite) -> None:
    manifest = load_manifest(suite.write())
    assert (manifest.format_version, manifest.profile, manifest.seed) == (1, "core", 1)
    assert manifest.generator == "by hand"
    scale = manifest.get_operation("scale")
    assert scale.definition == "Spec.scale"
    assert scale.parameters[0] == Parameter("a", (Dimension("m", 1), Dimension("n")))
    assert scale.parameters[1] == Parameter("factor", ())
    assert manifest.flags[2].catches == ("raising on empty arrays",)
    assert [(file.path, file.operation, file.cases) for file in manifest.files] == [
        ("dot.jsonl", "dot", 4),
        ("scale.jsonl", "scale", 3),
    ]


def set_field(*path: str | int, value: object) -> Callable[[Json], None]:
    def apply(manifest: Json) -> None:
        *above, last = path
        part: Json = manifest
        for key in above:
            part = part[key]  # type: ignore[index]  # lists are walked through as well
        part[last] = value  # type: ignore[index]  # as above

    return apply


OPERATION, FLAG, FILE = ("operations", 0), ("flags", 0), ("files", 0)


@pytest.mark.parametrize(
    ("mutate", "message"),
    [
        pytest.param(set_field("format_version", value=2), "unknown format_version 2", id="version"),
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
            set_field(*OPERATION, "parameters", 0, "shape", value=["n-1"]), "'n-1' is not a dimension", id="dimension"
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
        pytest.param(b"", "not valid JSON", id="empty"),
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
    with pytest.raises(VectorError, match="larger than any manifest"):
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
