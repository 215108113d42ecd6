"""Finding and running Lean; what is missing is said with the way to get it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_lean import FakeLean
from tiny_suite import TinySuite

from conform.errors import HarnessError, UsageError
from conform.golden.lean import find_lean_project


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    suite = TinySuite(tmp_path)
    suite.write()
    return suite


def test_a_project_is_found_with_its_lake(suite: TinySuite, tmp_path: Path) -> None:
    lean = FakeLean(tmp_path, suite)
    project = find_lean_project(suite.lean_export, str(lean.path))
    assert (project.folder, project.lake) == (suite.lean_export, lean.path / "lake")


@pytest.mark.parametrize("name", ["lake", "lean"])
def test_a_missing_program_is_named(suite: TinySuite, tmp_path: Path, name: str) -> None:
    lean = FakeLean(tmp_path, suite)
    (lean.path / name).unlink()
    with pytest.raises(UsageError, match=f"`{name}` is not on PATH") as caught:
        find_lean_project(suite.lean_export, str(lean.path))
    assert "elan-init.sh" in str(caught.value.hint)


def test_another_version_is_refused(suite: TinySuite, tmp_path: Path) -> None:
    lean = FakeLean(tmp_path, suite, version="4.1.0")
    with pytest.raises(UsageError, match=r"Lean is version 4\.1\.0, and lean-toolchain asks for 4\.0\.0"):
        find_lean_project(suite.lean_export, str(lean.path))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("#!/bin/sh\nexit 1\n", id="fails"),
        pytest.param("#!/bin/sh\necho hello\n", id="no-version"),
        pytest.param("no program\n", id="no-program"),
    ],
)
def test_a_lean_that_does_not_run_is_refused(suite: TinySuite, tmp_path: Path, script: str) -> None:
    lean = FakeLean(tmp_path, suite)
    (lean.path / "lean").write_text(script)
    with pytest.raises(UsageError, match="`lean --version` failed"):
        find_lean_project(suite.lean_export, str(lean.path))


def test_sources_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the Lean sources are not here") as caught:
        find_lean_project(tmp_path)
    assert "checkout" in str(caught.value.hint)


def test_progress_is_passed_on(suite: TinySuite, tmp_path: Path) -> None:
    lines: list[str] = []
    project = find_lean_project(suite.lean_export, str(FakeLean(tmp_path, suite).path))
    project.export(["--out", str(tmp_path / "out")], lines.append)
    assert lines == ["dot: 4 cases"]
    assert (tmp_path / "out" / "dot.jsonl").is_file()


def test_a_failing_exporter_is_quoted(suite: TinySuite, tmp_path: Path) -> None:
    lean = FakeLean(tmp_path, suite)
    lean.script(before="for i in $(seq 99); do echo line $i; done; echo error: no such module >&2; exit 3")
    project = find_lean_project(suite.lean_export, str(lean.path))
    with pytest.raises(HarnessError, match="`lake exe export` ended with code 3") as caught:
        project.export(["--out", str(tmp_path / "out")], lambda line: None)
    hint = str(caught.value.hint)
    assert "error: no such module" in hint
    assert len(hint.splitlines()) == 12
