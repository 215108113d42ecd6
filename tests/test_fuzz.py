"""Fuzzing: seed after seed up to the first failure, whose vectors are kept and fail again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_lean import FakeLean
from tiny_suite import TinySuite

from conform.cli import run_cli
from conform.commands.fuzz import command
from conform.errors import UsageError, VectorError
from conform.fuzz import MAX_SEED, Draw, fuzz_backends
from conform.golden.lean import LeanProject, find_lean_project
from conform.golden.lint import lint_vectors

RIGHT = Path(__file__).with_name("tiny_backends.py")


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    suite = TinySuite(tmp_path)
    suite.write()
    return suite


@pytest.fixture
def lean(tmp_path: Path, suite: TinySuite, monkeypatch: pytest.MonkeyPatch) -> FakeLean:
    lean = FakeLean(tmp_path, suite)
    lean.use(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return lean


@pytest.fixture
def project(suite: TinySuite, lean: FakeLean) -> LeanProject:
    return find_lean_project(suite.lean_export, str(lean.path))


def fail_from_seed(lean: FakeLean, seed: int) -> None:
    """Let the exporter write a wrong value from a seed on, so that a right backend fails it."""
    change = """sed -i 's/"value":\\["0x7fffffffp0"/"value":["0x7ffffffdp0"/' "$4"/scale.jsonl"""
    lean.script(after=f'case "$*" in *"--seed {seed}"*) {change};; esac')


def list_seeds(lean: FakeLean) -> list[str]:
    return [match[1] for call in lean.read_calls() if (match := re.search(r"--seed (\d+)", call))]


def test_each_round_has_the_next_seed(project: LeanProject, lean: FakeLean, tmp_path: Path) -> None:
    rounds = list(fuzz_backends([f"{RIGHT}:Right"], project, Draw(7, "full", ("dot", "scale")), 3, tmp_path / "keep"))
    assert [(each.seed, each.run.conforms, each.kept) for each in rounds] == [(n, True, None) for n in (7, 8, 9)]
    assert list_seeds(lean) == ["7", "8", "9"]
    assert all("--profile full" in call and "--operation dot --operation scale" in call for call in lean.read_calls())
    assert not (tmp_path / "keep").exists()


def test_the_first_failure_ends_it_and_its_vectors_fail_again(
    project: LeanProject, lean: FakeLean, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_from_seed(lean, 8)
    rounds = list(fuzz_backends([f"{RIGHT}:Right"], project, Draw(7), 5, tmp_path / "keep"))
    assert [each.run.conforms for each in rounds] == [True, False]
    assert list_seeds(lean) == ["7", "8"]
    kept = tmp_path / "keep" / "seed-8"
    assert rounds[-1].kept == kept
    assert [path.name for path in kept.parent.iterdir()] == ["seed-8"]
    assert lint_vectors(kept) == []
    assert run_cli(["run", f"{RIGHT}:Right", "--vectors", str(kept)]) == 1
    assert "rule integer" in capsys.readouterr().out


def test_seeds_end_where_the_exporter_s_end(project: LeanProject, lean: FakeLean, tmp_path: Path) -> None:
    rounds = list(fuzz_backends([f"{RIGHT}:Right"], project, Draw(MAX_SEED - 1), 9, tmp_path / "keep"))
    assert [each.seed for each in rounds] == [MAX_SEED - 1, MAX_SEED]


def test_vectors_of_an_earlier_failure_are_not_overwritten(
    project: LeanProject, lean: FakeLean, tmp_path: Path
) -> None:
    (tmp_path / "keep" / "seed-9").mkdir(parents=True)
    with pytest.raises(UsageError, match="earlier failure"):
        next(fuzz_backends([f"{RIGHT}:Right"], project, Draw(8), 3, tmp_path / "keep"))
    assert lean.read_calls() == []


def test_an_exporter_whose_vectors_are_broken_is_no_verdict(
    project: LeanProject, lean: FakeLean, tmp_path: Path
) -> None:
    lean.script(after='echo broken >> "$4"/dot.jsonl')
    with pytest.raises(VectorError, match="not valid"):
        next(fuzz_backends([f"{RIGHT}:Right"], project, Draw(1), 3, tmp_path / "keep"))
    assert not (tmp_path / "keep").exists()


def run_fuzz(suite: TinySuite, *arguments: str) -> int:
    return run_cli(["fuzz", "--lean", str(suite.lean_export), *arguments])


def test_the_command_says_each_seed_and_how_to_see_a_failure_again(
    suite: TinySuite, lean: FakeLean, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_from_seed(lean, 5)
    assert run_fuzz(suite, f"{RIGHT}:Right", "--seed", "4", "--operation", "sc*") == 1
    out = capsys.readouterr().out
    assert f"seed 4: {RIGHT}:Right conforms" in out
    assert f"seed 5: {RIGHT}:Right does not conform" in out
    assert "--vectors conform-fuzz/seed-5" in out
    assert out.endswith("the vectors of seed 5 are kept in conform-fuzz/seed-5\nexit 1\n")
    assert all(call.endswith("--operation scale") for call in lean.read_calls())


def test_the_command_draws_a_seed_and_conforms(
    suite: TinySuite, lean: FakeLean, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_fuzz(suite, f"{RIGHT}:Right", "--rounds", "2") == 0
    first, second = (int(seed) for seed in list_seeds(lean))
    assert second == first + 1
    assert capsys.readouterr().out.endswith("exit 0\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonesuch"], "nonesuch"),
        ([f"{RIGHT}:Right", "--operation", "dat"], "dat"),
        ([f"{RIGHT}:Right", "--policy", "missing.yaml"], "missing.yaml"),
    ],
    ids=["backend", "operation", "policy"],
)
def test_wrong_usage_shows_before_anything_is_exported(
    suite: TinySuite, lean: FakeLean, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    assert run_fuzz(suite, *arguments) == 2
    assert complaint in capsys.readouterr().err
    assert lean.read_calls() == []


def test_help_says_what_is_kept() -> None:
    shown = CliRunner().invoke(command, ["--help"]).output
    assert "conform-fuzz" in shown
