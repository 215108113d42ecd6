"""Completion in bash, zsh and fish: of commands, flags, operations, formats, cases and backends."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_suite import TinySuite

BACKENDS = Path(__file__).parent / "tiny_backends.py"

TYPED = [
    pytest.param("conform ge", ["generate"], id="command"),
    pytest.param("conform run --det", ["--deterministic"], id="option"),
    pytest.param("conform run --vectors {vectors} --operation sc", ["scale"], id="operation"),
    pytest.param("conform run --dtype bf", ["bfloat16"], id="format"),
    pytest.param("conform list cases --vectors {vectors} --flag e", ["empty"], id="flag"),
    pytest.param(
        "conform run numpy --vectors {vectors} --case scale/plain/i", ["scale/plain/int32/m=0,n=1#0"], id="case"
    ),
    pytest.param(
        "conform explain --vectors {vectors} dot/plain/float32/n=",
        ["dot/plain/float32/n=2#0", "dot/plain/float32/n=0#0"],
        id="case after its first =",
    ),
    pytest.param("conform run num", ["numpy"], id="backend"),
    pytest.param("conform run numpy tor", ["torch"], id="second backend"),
    pytest.param("conform run array-a", ["array-api:"], id="prefix"),
    pytest.param("conform run {backends}:Ra", ["{backends}:RaisesOnEmpty"], id="class of a file"),
    pytest.param("conform mutants bias-om", ["bias-omitted"], id="mutant"),
    pytest.param("conform run --vectors /nonesuch --operation sc", [], id="vectors that are not there"),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The paths that are typed, and a folder with the program that a shell completes for."""
    root = tmp_path_factory.mktemp("completion")
    program = root / "bin" / "conform"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m conform "$@"\n')
    program.chmod(0o755)
    return {"vectors": str(TinySuite(root).write()), "backends": str(BACKENDS), "bin": str(program.parent)}


def run_shell(command: list[str], places: dict[str, str], **environment: str) -> str:
    path = f"{places['bin']}{os.pathsep}{os.environ['PATH']}"
    given = {**os.environ, "PATH": path, "HOME": places["bin"], **environment}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


BASH = """
eval "$(_CONFORM_COMPLETE=bash_source conform)"
compopt() { :; }
COMP_LINE=$1 COMP_POINT=${#1}
COMP_WORDS=() COMP_CWORD=0
_conform_completion conform "$2" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_bash(typed: str, completed: list[str], places: dict[str, str]) -> None:
    line = typed.format(**places)
    word = line.rpartition(" ")[2]
    # What bash takes for the word begins after the last = or :, and so do the answers that it wants.
    broken = max(word.rfind("="), word.rfind(":")) + 1
    out = run_shell(["bash", "-c", BASH, "bash", line, word[broken:]], places)
    assert out.split() == [name.format(**places)[broken:] for name in completed]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_in_quotes(places: dict[str, str]) -> None:
    line = f"conform run --vectors {places['vectors']} --case 'dot/plain/int32/n="
    out = run_shell(["bash", "-c", BASH, "bash", line, "dot/plain/int32/n="], places)
    assert out.split() == ["dot/plain/int32/n=2#0"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_fish(typed: str, completed: list[str], places: dict[str, str]) -> None:
    script = "_CONFORM_COMPLETE=fish_source conform | source; complete -C $argv[1]"
    out = run_shell(["fish", "--no-config", "-c", script, typed.format(**places)], places)
    assert sorted(line.partition("\t")[0] for line in out.splitlines()) == sorted(
        name.format(**places) for name in completed
    )


@pytest.mark.parametrize(("typed", "completed"), TYPED)
def test_zsh_is_told(typed: str, completed: list[str], places: dict[str, str]) -> None:
    line = typed.format(**places)
    words = str(line.count(" "))
    told = run_shell(["conform"], places, _CONFORM_COMPLETE="zsh_complete", COMP_WORDS=line, COMP_CWORD=words)
    names = [name.replace("\\:", ":") for name in told.splitlines()[1::3]]
    assert names == [name.format(**places) for name in completed]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_reads_the_script(places: dict[str, str]) -> None:
    script = 'compdef() { print "$@" }; eval "$(_CONFORM_COMPLETE=zsh_source conform)"; whence -w _conform_completion'
    out = run_shell(["zsh", "-f", "-c", script], places)
    assert out.splitlines() == ["_conform_completion conform", "_conform_completion: function"]


def test_the_readme_says_how_in_every_shell() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [
        shell for shell in ("bash", "zsh", "fish") if f"_CONFORM_COMPLETE={shell}_source conform" not in readme
    ] == []
