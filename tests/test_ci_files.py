"""The files for CI, ours and those for others: every command, option and extra in them exists."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import yaml

from conform.cli import COMMANDS, cli
from conform.report.kinds import parse_targets

ROOT = Path(__file__).parent.parent
WORKFLOW, ACTION, HOOKS = ".github/workflows/ci.yml", ".github/actions/conform/action.yml", ".pre-commit-hooks.yaml"
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:^|-m |[\"\s])conform ([a-z]+)((?: (?!\|\|).*)?)$", re.MULTILINE)


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def list_snippets() -> list[Any]:
    """The YAML of the README's section on CI."""
    section = (ROOT / "README.md").read_text().split("\n## As a CI gate\n")[1].split("\n## ")[0]
    return [yaml.safe_load(text) for text in FENCE.findall(section)]


def list_steps(document: Any) -> list[dict[str, Any]]:
    """Every step of a workflow or of a composite action."""
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


def list_scripts() -> Iterator[tuple[str, str]]:
    for path in (WORKFLOW, ACTION):
        for step in list_steps(load(path)):
            if "run" in step:
                yield f"{path}: {step['name']}", step["run"]
    for hook in load(HOOKS):
        yield f"{HOOKS}: {hook['id']}", shlex.join([*shlex.split(hook["entry"]), *hook["args"]])
    for snippet in list_snippets():
        if isinstance(snippet, dict) and "conform" in snippet:
            yield "README.md: GitLab", "\n".join(snippet["conform"]["script"])


def list_calls() -> list[Any]:
    calls = []
    for place, script in list_scripts():
        for name, rest in CALL.findall(script.replace("\\\n", " ")):
            words = shlex.split(rest.split("||")[0])
            calls.append(pytest.param(name, words, id=f"{place}: conform {name}"))
    return calls


def test_every_place_has_a_call() -> None:
    places = " ".join(str(call.id) for call in list_calls())
    for wanted in (
        f"{WORKFLOW}: Are the vectors what the definitions give?: conform generate",
        f"{ACTION}: Run conform: conform run",
        f"{HOOKS}: conform-lint: conform lint",
        "README.md: GitLab: conform run",
    ):
        assert wanted in places


@pytest.mark.parametrize(("name", "words"), list_calls())
def test_command_and_options_exist(name: str, words: list[str]) -> None:
    assert name in COMMANDS
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}
    assert {word for word in words if word.startswith("-")} <= known
    kinds = [words[i + 1].partition(":")[0] for i, word in enumerate(words) if word == "--report"]
    parse_targets([f"{kind}:{number}" for number, kind in enumerate(kinds)])


def test_every_input_of_the_action_is_used() -> None:
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", (ROOT / ACTION).read_text())) == set(load(ACTION)["inputs"])


def test_extras_and_versions_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / WORKFLOW).read_text()
    asked = re.findall(r"\.\[([\w,-]+)\]", text) + re.findall(r"extras: ([\w,-]+)", text)
    assert asked
    assert {extra for extras in asked for extra in extras.split(",")} <= set(project["optional-dependencies"])
    assert load(WORKFLOW)["jobs"]["tests"]["strategy"]["matrix"]["python"][0] == project["requires-python"][2:]


def test_the_suite_runs_under_every_kernel_and_on_one_thread() -> None:
    runs = load(WORKFLOW)["jobs"]["kernels"]["strategy"]["matrix"]["include"]
    settings = {word for run in runs for word in run["environment"].split()}
    assert {f"OPENBLAS_CORETYPE={kernel}" for kernel in ("Haswell", "SkylakeX", "Nehalem")} <= settings
    assert {"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"} <= settings
    script = (ROOT / ".ci" / "run").read_text()
    numerics = re.search(r"^numerics=\((.*)\)$", script, re.MULTILINE)
    assert numerics is not None
    assert all((ROOT / path).is_file() for path in numerics[1].split())


ORDERS = """
import numpy as np
left, right = np.random.default_rng(1).standard_normal((2, 40, 40))
whole, row = left @ right, left[:1] @ right
exact = (left[:, :, None] * right).sum(axis=1)
print(abs(whole - exact).max() < 1e-12, (whole[:1] == row).all())
"""


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="it is preloaded on Linux, with cc")
def test_the_blas_of_any_order_is_a_right_one_in_other_orders(tmp_path: Path) -> None:
    library = tmp_path / "any_order_blas.so"
    source = ROOT / "tests" / "any_order_blas.c"
    options = ["-O2", "-ffp-contract=off", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library)]
    subprocess.run(["cc", *options, str(source), "-lm"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    done = subprocess.run([sys.executable, "-c", ORDERS], env=environment, capture_output=True, text=True, check=False)
    if "scipy-openblas" not in json.dumps(np.show_config(mode="dicts")):
        pytest.skip("numpy is not a wheel with OpenBLAS in it")
    assert (done.stdout, done.stderr) == ("True False\n", "")
