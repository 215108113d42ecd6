"""Generating: the folder is either as it was or wholly new, and a check names what differs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_lean import FakeLean
from tiny_suite import TinySuite

from conform.errors import HarnessError, UsageError, VectorError
from conform.folders import find_vectors
from conform.golden.generate import check_vectors, generate_vectors
from conform.golden.lean import LeanProject, find_lean_project
from conform.golden.lint import lint_vectors
from conform.golden.manifest import load_manifest


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    suite = TinySuite(tmp_path)
    suite.write()
    (suite.folder / "README.md").write_text("Read me.\n")
    return suite


@pytest.fixture
def lean(tmp_path: Path, suite: TinySuite) -> FakeLean:
    return FakeLean(tmp_path, suite)


@pytest.fixture
def project(suite: TinySuite, lean: FakeLean) -> LeanProject:
    return find_lean_project(suite.lean_export, str(lean.path))


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def list_beside(folder: Path) -> set[str]:
    return {path.name for path in folder.parent.iterdir()} - {folder.name}


def change_flags(suite: TinySuite) -> None:
    suite.cases["dot"][0]["flags"] = ["plain", "empty"]


def test_a_new_folder_is_valid(suite: TinySuite, lean: FakeLean, project: LeanProject, tmp_path: Path) -> None:
    lines: list[str] = []
    out = tmp_path / "new" / "vectors"
    manifest = generate_vectors(out, project, profile="full", seed=7, operations=["dot", "scale"], report=lines.append)
    assert [file.cases for file in manifest.files] == [4, 3]
    assert lines == ["dot: 4 cases"]
    assert lint_vectors(out) == []
    (call,) = lean.read_calls()
    assert call.endswith("--profile full --seed 7 --operation dot --operation scale")
    assert list_beside(out) == set()
    assert out.stat().st_mode & 0o777 == 0o755


def test_generated_files_are_replaced_and_others_kept(
    suite: TinySuite, lean: FakeLean, project: LeanProject, tmp_path: Path
) -> None:
    other = TinySuite(tmp_path / "other")
    (tmp_path / "other").mkdir()
    change_flags(other)
    other.write()
    lean.prepare(other)
    (suite.folder / "stale.jsonl").write_text("")
    (suite.folder / "notes").mkdir()
    (suite.folder / "notes" / "more.txt").write_text("more")
    beside = list_beside(suite.folder)
    generate_vectors(suite.folder, project)
    lean.log.unlink()
    assert (suite.folder / "dot.jsonl").read_bytes() == (other.folder / "dot.jsonl").read_bytes()
    assert sorted(path.name for path in suite.folder.iterdir()) == [
        "README.md",
        "SHA256SUMS",
        "dot.jsonl",
        "manifest.json",
        "notes",
        "scale.jsonl",
    ]
    assert (suite.folder / "notes" / "more.txt").read_text() == "more"
    assert list_beside(suite.folder) == beside
    assert lint_vectors(suite.folder) == []


def test_the_same_input_gives_the_same_bytes(suite: TinySuite, project: LeanProject) -> None:
    before = read_folder(suite.folder)
    generate_vectors(suite.folder, project)
    assert read_folder(suite.folder) == before


@pytest.mark.parametrize("jobs", [2, 9])
def test_operations_side_by_side_give_the_same_bytes(
    suite: TinySuite, lean: FakeLean, project: LeanProject, jobs: int
) -> None:
    # Each run writes what it is asked for, and nothing else.
    keep_one = 'mv "$4/${10}.jsonl" "$4/kept"; rm "$4"/*.jsonl; mv "$4/kept" "$4/${10}.jsonl"'
    manifest_only = f'mkdir -p "$4"; cp {lean.prepared}/manifest.json "$4"; exit 0'
    lean.script(before=f'case "$*" in *manifest-only*) {manifest_only};; esac', after=keep_one)
    before = read_folder(suite.folder)
    generate_vectors(suite.folder, project, seed=7, jobs=jobs)
    assert read_folder(suite.folder) == before
    first, *parts, last = lean.read_calls()
    assert first.endswith("--profile core --seed 7 --manifest-only")
    assert sorted(call.partition("--profile")[2] for call in parts) == [
        " core --seed 7 --operation dot",
        " core --seed 7 --operation scale",
    ]
    assert last.endswith("--profile core --seed 7 --manifest-only --flag empty --flag plain --flag special")


def test_one_that_fails_ends_the_others(suite: TinySuite, lean: FakeLean, project: LeanProject, tmp_path: Path) -> None:
    late = tmp_path / "late"
    lean.script(before=f'case "$*" in *scale) exit 3;; *dot) sleep 30; touch {late};; esac')
    before = read_folder(suite.folder)
    with pytest.raises(HarnessError, match="ended with code 3"):
        generate_vectors(suite.folder, project, jobs=2)
    assert read_folder(suite.folder) == before
    assert not late.exists()


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        pytest.param({"before": "exit 3"}, HarnessError, "ended with code 3", id="fails"),
        pytest.param({"after": "exit 1"}, HarnessError, "ended with code 1", id="fails-in-the-end"),
        pytest.param({"after": 'echo "{}" >> "$4/dot.jsonl"'}, VectorError, "lacks the field 'id'", id="invalid"),
        pytest.param({"after": 'rm "$4/dot.jsonl"'}, VectorError, "it is not there", id="incomplete"),
        pytest.param({"after": 'rm "$4/manifest.json"'}, VectorError, "cannot read", id="no-manifest"),
    ],
)
def test_a_failure_leaves_everything_as_it_was(
    suite: TinySuite, lean: FakeLean, project: LeanProject, script: dict[str, str], error: type, message: str
) -> None:
    lean.script(**script)
    before, beside = read_folder(suite.folder), list_beside(suite.folder)
    with pytest.raises(error, match=message):
        generate_vectors(suite.folder, project)
    assert read_folder(suite.folder) == before
    assert list_beside(suite.folder) - {"lake.log"} == beside - {"lake.log"}


@pytest.mark.parametrize("renames", [0, 1], ids=["before-the-first", "before-the-second"])
def test_an_interruption_leaves_everything_as_it_was(
    suite: TinySuite, project: LeanProject, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    before, done = read_folder(suite.folder), 0
    rename = Path.rename

    def interrupt(self: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == renames + 1:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        generate_vectors(suite.folder, project)
    assert read_folder(suite.folder) == before
    assert list_beside(suite.folder) == {"lean_export", "bin", "prepared", "lake.log"}


def test_what_a_killed_run_left_aside_is_put_back(suite: TinySuite, lean: FakeLean, project: LeanProject) -> None:
    before = read_folder(suite.folder)
    suite.folder.rename(suite.folder.with_name(".vectors.old"))
    lean.script(before="exit 3")
    with pytest.raises(HarnessError):
        generate_vectors(suite.folder, project)
    assert read_folder(suite.folder) == before
    shutil.copytree(suite.folder, suite.folder.with_name(".vectors.old"))
    lean.script()
    generate_vectors(suite.folder, project)
    assert not suite.folder.with_name(".vectors.old").exists()


def put_file(out: Path) -> None:
    out.write_text("")


def put_other_folder(out: Path) -> None:
    out.mkdir()
    (out / "thesis.txt").write_text("")


def put_link(out: Path) -> None:
    out.symlink_to(out.parent / "vectors")


@pytest.mark.parametrize(
    ("put", "message"),
    [
        pytest.param(put_file, "not a folder", id="file"),
        pytest.param(put_other_folder, "there are no vectors in it", id="other-folder"),
        pytest.param(put_link, "not a folder", id="link"),
    ],
)
def test_only_vectors_are_replaced(
    lean: FakeLean, project: LeanProject, tmp_path: Path, put: Callable[[Path], None], message: str
) -> None:
    put(tmp_path / "out")
    with pytest.raises(UsageError, match=message):
        generate_vectors(tmp_path / "out", project)
    assert lean.read_calls() == []


def test_a_folder_with_nothing_but_a_readme_is_filled(project: LeanProject, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("Read me.\n")
    generate_vectors(tmp_path / "out", project)
    assert (tmp_path / "out" / "README.md").read_text() == "Read me.\n"


def test_no_operation_is_lost(suite: TinySuite, lean: FakeLean, project: LeanProject) -> None:
    with pytest.raises(UsageError, match="the vectors of scale would be lost"):
        generate_vectors(suite.folder, project, operations=["dot"])
    assert lean.read_calls() == []


def test_an_operation_that_does_not_exist_is_said_before_what_would_be_lost(
    suite: TinySuite, lean: FakeLean, project: LeanProject
) -> None:
    before = read_folder(suite.folder)
    lean.script(before="echo 'no operation nope' >&2; exit 1")
    with pytest.raises(HarnessError, match="no operation nope"):
        generate_vectors(suite.folder, project, operations=["nope"])
    lean.script()
    with pytest.raises(UsageError, match="the vectors of dot, scale would be lost"):
        generate_vectors(suite.folder, project, operations=["new"])
    assert read_folder(suite.folder) == before


def test_a_check_uses_the_profile_and_seed_of_the_manifest(
    suite: TinySuite, lean: FakeLean, project: LeanProject
) -> None:
    suite.manifest.update(profile="full", seed=9)
    suite.write()
    lean.prepare(suite)
    before = read_folder(suite.folder)
    check_vectors(suite.folder, project)
    assert lean.read_calls()[-1].endswith("--profile full --seed 9 --functions tiny")
    assert read_folder(suite.folder) == before


def drop_case(suite: TinySuite) -> None:
    del suite.cases["dot"][1]


def add_case(suite: TinySuite) -> None:
    suite.cases["dot"].append({**suite.cases["dot"][1], "id": "dot/plain/int32/n=2#1"})


def change_seed(suite: TinySuite) -> None:
    suite.manifest["generator"] = "another hand"


def swap_cases(suite: TinySuite) -> None:
    suite.cases["dot"].reverse()


@pytest.mark.parametrize(
    ("mutate", "details"),
    [
        pytest.param(change_flags, ["dot.jsonl: 1 cases differ", "dot/plain/float32/n=2#0"], id="case"),
        pytest.param(drop_case, ["dot.jsonl: 1 cases are missing", "int32", "manifest.json: differs"], id="dropped"),
        pytest.param(add_case, ["dot.jsonl: 1 cases are no longer generated", "int32/n=2#1"], id="added"),
        pytest.param(swap_cases, ["dot.jsonl: the cases are in another order"], id="order"),
        pytest.param(change_seed, ["manifest.json: differs"], id="manifest"),
    ],
)
def test_a_check_names_what_differs(
    suite: TinySuite, project: LeanProject, mutate: Callable[[TinySuite], None], details: list[str]
) -> None:
    mutate(suite)
    suite.write()
    with pytest.raises(VectorError, match="the vectors are not what the Lean definitions give") as caught:
        check_vectors(suite.folder, project)
    for detail in details:
        assert detail in str(caught.value.hint)
    assert "scale.jsonl" not in str(caught.value.hint)


def test_a_check_of_some_operations_ignores_the_others(suite: TinySuite, project: LeanProject) -> None:
    change_flags(suite)
    suite.write()
    check_vectors(suite.folder, project, operations=["scale"])
    with pytest.raises(VectorError, match="not what the Lean definitions give"):
        check_vectors(suite.folder, project, operations=["dot"])


def test_a_check_finds_sources_that_changed_without_effect(suite: TinySuite, project: LeanProject) -> None:
    (suite.lean_export / "NN.lean").write_text("-- only a comment\n")
    with pytest.raises(VectorError, match=r"stale vectors: NN\.lean changed"):
        check_vectors(suite.folder, project)


REAL = find_vectors() / ".." / "lean_export"


@pytest.mark.skipif(shutil.which("lake") is None, reason="needs Lean: `lake` is not on PATH")
@pytest.mark.skipif(not REAL.is_dir(), reason="needs a checkout: the Lean sources are not beside the vectors")
def test_lean_gives_the_committed_vectors_of_an_operation() -> None:
    project = find_lean_project(REAL.resolve())
    check_vectors(find_vectors(), project, operations=[load_manifest(find_vectors()).operations[2].name])
