"""Checksums: written as sha256sum reads them, and every difference named."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.errors import VectorError
from conform.golden.checksums import check_sources, find_stale_sources, list_sources, read_checksums, verify_file


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    suite = TinySuite(tmp_path)
    suite.write()
    return suite


def test_the_list_is_sorted_and_covers_vectors_and_sources(suite: TinySuite) -> None:
    lines = (suite.folder / "SHA256SUMS").read_text().splitlines()
    assert [line[66:] for line in lines] == [
        "../lean_export/NN.lean",
        "../lean_export/NN/Spec/Scale.lean",
        "../lean_export/lakefile.toml",
        "../lean_export/lean-toolchain",
        "dot.jsonl",
        "manifest.json",
        "scale.jsonl",
    ]
    assert list(read_checksums(suite.folder)) == [line[66:] for line in lines]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_accepts_it(suite: TinySuite) -> None:
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=suite.folder, check=True, capture_output=True)
    (suite.folder / "dot.jsonl").write_text("")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=suite.folder, check=False, capture_output=True)
    assert done.returncode == 1


DIGEST = "0" * 64


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("dot.jsonl\n", "not a line of a checksum", id="no-checksum"),
        pytest.param(f"{DIGEST} dot.jsonl\n", "not a line of a checksum", id="one-space"),
        pytest.param(f"{DIGEST[1:]}  dot.jsonl\n", "not a line of a checksum", id="short"),
        pytest.param(f"{DIGEST[1:]}G  dot.jsonl\n", "not a line of a checksum", id="no-hexadecimal"),
        pytest.param(f"{DIGEST}  /etc/passwd\n", "not a line of a checksum", id="absolute"),
        pytest.param(f"{DIGEST}  ../secret\n", "leaves the vectors", id="above"),
        pytest.param(f"{DIGEST}  ../lean_export/../../secret\n", "leaves the vectors", id="above-sources"),
        pytest.param(f"{DIGEST}  a/b\n", "leaves the vectors", id="below"),
        pytest.param(f"{DIGEST}  a\n{DIGEST}  a\n", "'a' is listed twice", id="twice"),
    ],
)
def test_a_wrong_list_is_rejected(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(text)
    with pytest.raises(VectorError, match=message) as caught:
        read_checksums(tmp_path)
    assert caught.value.where == f"{tmp_path / 'SHA256SUMS'}:{text.count(chr(10))}"


def test_a_list_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(VectorError, match="there is no SHA256SUMS"):
        read_checksums(tmp_path)


def test_a_file_must_be_listed(suite: TinySuite) -> None:
    with pytest.raises(VectorError, match="SHA256SUMS does not list it"):
        verify_file(suite.folder, "dot.jsonl", {})


def test_tests_and_build_products_are_no_sources(suite: TinySuite) -> None:
    names = [path.relative_to(suite.lean_export).as_posix() for path in list_sources(suite.lean_export)]
    assert names == ["NN/Spec/Scale.lean", "NN.lean", "lakefile.toml", "lean-toolchain"]


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        pytest.param(lambda path: path.write_text("def scale := 3\n"), "NN/Spec/Scale.lean changed", id="changed"),
        pytest.param(lambda path: path.unlink(), "NN/Spec/Scale.lean was removed", id="removed"),
        pytest.param(lambda path: path.with_name("New.lean").write_text(""), "NN/Spec/New.lean was added", id="added"),
    ],
)
def test_a_stale_source_is_named(suite: TinySuite, change: Callable[[Path], None], stale: str) -> None:
    checksums = read_checksums(suite.folder)
    check_sources(suite.folder, checksums)
    change(suite.lean_export / "NN" / "Spec" / "Scale.lean")
    assert find_stale_sources(suite.lean_export, checksums) == [stale]
    with pytest.raises(VectorError, match=f"stale vectors: {stale} since they were generated") as caught:
        check_sources(suite.folder, checksums)
    assert "conform generate" in str(caught.value.hint)


def test_vectors_without_sources_beside_them_are_not_stale(suite: TinySuite) -> None:
    shutil.rmtree(suite.lean_export)
    check_sources(suite.folder, read_checksums(suite.folder))
