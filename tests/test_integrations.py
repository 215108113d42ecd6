"""What other repositories wire in: the action, the hook and the snippets, each against its schema, and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conform.report.json_report import read_report

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / ".github/actions/conform/action.yml"
WORKFLOW = ROOT / ".github/workflows/ci.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def read_snippet(fragment: str) -> str:
    """The one YAML block of the README that contains a fragment."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [text for text in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if fragment in text]
    assert len(found) == 1
    return str(found[0])


def wrap_steps(steps: str) -> str:
    """A workflow with these steps."""
    indented = "".join(f"      {line}\n" for line in steps.splitlines())
    return f"on: push\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n{indented}"


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        pytest.param("vendor.github-actions", ACTION.read_text(encoding="utf-8"), id="action"),
        pytest.param("vendor.github-workflows", WORKFLOW.read_text(encoding="utf-8"), id="workflow"),
        pytest.param("vendor.github-workflows", wrap_steps(read_snippet("actions/conform@")), id="steps in the README"),
        pytest.param("vendor.gitlab-ci", read_snippet("junit: conform.xml"), id="GitLab snippet in the README"),
    ],
)
def test_meets_its_schema(tmp_path: Path, schema: str, text: str) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    path = tmp_path / "file.yml"
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_readme_gives_the_action_only_inputs_that_it_has() -> None:
    inputs = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    steps = [*yaml.safe_load(read_snippet("actions/conform@"))]
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    steps += [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["with"] for step in steps if "actions/conform" in step.get("uses", "")]
    assert len(used) == 2
    assert all(given.keys() <= inputs.keys() for given in used)
    assert all(inputs[name].get("required") is not True or name in given for given in used for name in inputs)


def test_no_input_of_the_action_is_read_as_a_command() -> None:
    for step in yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]:
        assert "${{" not in step["run"]


def run_action(folder: Path, **given: str) -> tuple[int, str]:
    """Run the action's own script as a runner would; returns its exit code and what it said of it."""
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    step = next(step for step in action["runs"]["steps"] if step.get("id") == "run")
    defaults = {f"CONFORM_{name.upper()}": value.get("default", "") for name, value in action["inputs"].items()}
    output, summary = folder / "output", folder / "summary"
    environment = {
        **os.environ,
        **{name: value for name, value in defaults.items() if name in step["env"]},
        **{f"CONFORM_{name.upper()}": value for name, value in given.items()},
        "CONFORM_PYTHON": sys.executable,
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    code = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode
    return code, output.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_action_runs_every_backend_and_writes_every_report(tmp_path: Path) -> None:
    arguments = "--operation=linear\n\n  --dtype=int32  "
    code, said = run_action(tmp_path, backends="numpy\n  array-api:numpy\n", arguments=arguments)
    assert (code, said) == (0, "exit-code=0\n")
    reports = tmp_path / "conform-reports"
    assert {path.name for path in reports.iterdir()} == {"report.json", "report.html", "junit.xml", "summary.md"}
    run = read_report(reports / "report.json")
    assert [backend.backend for backend in run.backends] == ["numpy", "array-api:numpy"]
    assert "conforms" in (tmp_path / "summary").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"backends": "$(touch stolen); `touch stolen`"}, id="a command"),
        pytest.param({"backends": "numpy", "known": "none.yaml"}, id="a file that is not there"),
    ],
)
def test_the_action_passes_a_wrong_use_on(tmp_path: Path, given: dict[str, str]) -> None:
    code, said = run_action(tmp_path, **given)
    assert (code, said) == (2, "exit-code=2\n")
    assert not (tmp_path / "stolen").exists()


def find_hook() -> dict[str, Any]:
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert len(hooks) == 1
    hook: dict[str, Any] = hooks[0]
    return hook


def test_the_hook_checks_the_vectors_of_the_repository(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "vectors", tmp_path / "vectors")
    hook = find_hook()
    program, *arguments = [*hook["entry"].split(), *hook["args"]]
    assert program == "conform"
    command = [sys.executable, "-m", program, *arguments]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    with (tmp_path / "vectors/linear.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert linted.returncode == 3
    assert "linear.jsonl" in linted.stdout


@pytest.mark.parametrize(
    ("path", "fires"),
    [
        ("vectors/linear.jsonl", True),
        ("lean_export/NN/Spec/Layers/Linear.lean", True),
        ("sub/vectors/manifest.json", True),
        ("conform/gate/known.py", False),
    ],
)
def test_the_hook_fires_for_vectors_and_their_sources(path: str, fires: bool) -> None:
    assert (re.search(find_hook()["files"], path) is not None) is fires


def test_the_readme_names_the_hook() -> None:
    (repository,) = yaml.safe_load(read_snippet("id: conform-lint"))
    assert [hook["id"] for hook in repository["hooks"]] == [find_hook()["id"]]
