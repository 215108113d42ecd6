"""The guide to a backend of one's own, followed to the letter."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conform.cli import run_cli

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text().partition("## Add a backend\n")[2].partition("\n## ")[0]
PROGRAM = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0]
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]


def run_guide(program: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    command = next(line for line in COMMANDS if "mine.py" in line)
    (folder / "mine.py").write_text(program)
    monkeypatch.chdir(folder)
    return run_cli([*shlex.split(command)[1:], "--operation", "linear"])


def test_the_backend_of_the_guide_conforms_as_it_is_declared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_guide(PROGRAM, tmp_path, monkeypatch) == 0
    out = capsys.readouterr().out
    assert re.search(r"mine\.py:Mine conforms: \d+ pass, \d+ unsupported\n", out)
    assert "warning:" not in out.lower()


def test_a_failure_looks_as_the_guide_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert PROGRAM.count(" + bias") == 1
    assert run_guide(PROGRAM.replace(" + bias", ""), tmp_path, monkeypatch) == 1
    out = capsys.readouterr().out
    assert "expected" in out
    assert "reproduce: conform run mine.py:Mine --case" in out
    assert "most likely: bias omitted" in out


def test_the_files_that_the_guide_names_are_there() -> None:
    named = re.findall(r"(?:conform|tests|lean_export)/[\w./]*", GUIDE)
    assert len(named) > 4
    assert [path for path in named if not (ROOT / path.rstrip(".")).exists()] == []
