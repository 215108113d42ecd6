"""Growth: suites that repeat another one are sound, and a run of each is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.cli import run_cli
from conform.errors import UsageError
from conform.folders import find_vectors
from conform.golden.checksums import hash_file
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.growth import Growth, Suite, format_growth, measure_growth, parse_suites, repeat_suite


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The first cases of one of the committed files, as vectors of their own."""
    source, folder = find_vectors(), tmp_path / "small"
    folder.mkdir()
    data = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    data["files"] = [{**file, "cases": 5} for file in data["files"] if file["operation"] == "linear_bias_deriv"]
    (path,) = (file["path"] for file in data["files"])
    lines = (source / path).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / path).write_text("".join(lines[:5]), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    sums = "".join(f"{hash_file(folder / name)}  {name}\n" for name in sorted(("manifest.json", path)))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return folder


def test_repeated_cases_differ_in_their_numbers_alone(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path)
    folder, out = suite.write(), tmp_path / "out"
    out.mkdir()
    repeat_suite(folder, 3, out)
    once = [case.id for block in load_blocks(folder, load_manifest(folder)) for case in block.cases]
    thrice = [case.id for block in load_blocks(out, load_manifest(out)) for case in block.cases]
    assert len(set(thrice)) == len(thrice) == 3 * len(once)
    assert {name.partition("#")[0] for name in thrice} == {name.partition("#")[0] for name in once}


def test_each_suite_is_run_in_a_process_of_its_own(small: Path) -> None:
    one, four = measure_growth("numpy", [Suite(small, 1), Suite(small, 4)])
    assert (one.factor, four.factor) == (1, 4)
    assert (one.cases, four.cases) == (5, 20)
    assert four.elements == 4 * one.elements > 0
    assert min(one.seconds, four.seconds) > 0
    assert min(one.peak_mib, four.peak_mib) > 10


def test_the_command_prints_a_line_for_each_suite(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["bench", "--vectors", str(small), "--growth", f"1,{small}:2"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["suite", "cases", "elements", "MB", "CPU", "s", "µs/element", "peak", "MiB"]
    assert [line.split()[:4] for line in lines] == [["core", "×", "1", "5"], ["core", "×", "2", "10"]]


def test_time_is_shown_for_each_element() -> None:
    text = format_growth([Growth("full", 10, 40, 2_000_000, 3_000_000, 4.0, 99.6)])
    assert text.splitlines()[1].split() == ["full", "×", "10", "40", "2000000", "3", "4.0", "2.00", "100"]


def test_suites_are_multiples_of_folders() -> None:
    assert parse_suites("1,a:b:10", Path("v")) == [Suite(Path("v"), 1), Suite(Path("a:b"), 10)]


@pytest.mark.parametrize("text", ["", "0", "ten", "1,", "full:", "-1"])
def test_what_is_no_multiple_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="is no multiple of a suite"):
        parse_suites(text, Path())


def test_a_suite_that_does_not_fit_is_wrong_usage(small: Path) -> None:
    with pytest.raises(UsageError, match="do not fit"):
        next(measure_growth("numpy", [Suite(small, 10**13)]))
