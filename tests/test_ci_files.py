"""The files for CI, ours and those for others: every command, option and extra in them exists."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
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
    assert len(asked) == 2
    assert {extra for extras in asked for extra in extras.split(",")} <= set(project["optional-dependencies"])
    assert load(WORKFLOW)["jobs"]["tests"]["strategy"]["matrix"]["python"][0] == project["requires-python"][2:]
