"""What the README quotes is what conform prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conform.cli import run_cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_first_example_prints_what_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = re.search(r"```python\n(# mine\.py\n.*?)```", README, re.DOTALL)
    quoted = re.search(r"\$ (conform run mine\.py:Mine .*?)```", README, re.DOTALL)
    assert source is not None
    assert quoted is not None
    (tmp_path / "mine.py").write_text(source[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command, *lines = quoted[1].strip().splitlines()
    assert run_cli(command.split()[1:]) == 1
    # How much else there is grows with the vectors.
    out = re.sub(r"\d+ unsupported", "… unsupported", capsys.readouterr().out)
    *printed, code = out.splitlines()
    *lines, last = lines
    assert [line for line in lines if line != "…" and line not in printed] == []
    assert re.sub(r"\S+ s,", "", code) == re.sub(r"\S+ s,", "", last)


def test_paths_that_it_names_exist() -> None:
    linked = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert linked
    for path in linked:
        assert (ROOT / path).exists(), path
