"""The exporter on TorchLean's own text: what it imports of the spec, and that the same program builds on ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LEAN_EXPORT = ROOT / "lean_export"
FOLDER = LEAN_EXPORT / "torchlean"
PROGRAM = FOLDER / "ExportOnTorchLean.lean"


def list_imports(path: Path) -> list[str]:
    return re.findall(r"^import (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def follow_imports() -> dict[str, list[str]]:
    """Every module of the exporter that the program needs, with what it imports; the spec's own are not followed."""
    found = {PROGRAM.stem: list_imports(PROGRAM)}
    todo = list(found[PROGRAM.stem])
    while todo:
        module = todo.pop()
        if module in found or module.startswith("NN."):
            continue
        found[module] = list_imports((LEAN_EXPORT / module.replace(".", "/")).with_suffix(".lean"))
        todo += found[module]
    return found


def test_tensors_are_touched_through_one_module() -> None:
    users = {module for module, imports in follow_imports().items() if "NN.Spec.Core.Tensor" in imports}
    assert users == {"Conform.TensorAccess"}


def test_of_the_spec_only_what_upstream_has_is_imported() -> None:
    spec = {each for imports in follow_imports().values() for each in imports if each.startswith("NN.")}
    assert spec <= {"NN.Core.Numeric", "NN.Spec.Core.Context", "NN.Spec.Core.Tensor", "NN.Spec.Layers.Linear"}


def test_the_pinned_revision_is_that_of_the_manifest_and_is_documented() -> None:
    package: dict[str, Any] = tomllib.loads((FOLDER / "lakefile.toml").read_text())
    (revision,) = [each["rev"] for each in package["require"]]
    files = LEAN_EXPORT.glob("Conform/Operations/*Linear*.lean")
    named = [re.search(r'upstream := "(\w+)"', path.read_text()) for path in files]
    assert {found[1] for found in named if found} == {revision}
    assert f"`{revision}`" in (FOLDER / "README.md").read_text()
    assert f"`{revision}`" in (ROOT / "README.md").read_text()


def test_the_workflow_runs_weekly_and_compares_every_case() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "torchlean.yml").read_text())
    # YAML reads the key `on` as true.
    assert "schedule" in workflow[True]
    steps = [step.get("run", "") for step in workflow["jobs"]["compare"]["steps"]]
    assert any("cmp " in step and "vectors" in step for step in steps)


@pytest.mark.skipif(shutil.which("lake") is None, reason="there is no lake on PATH")
@pytest.mark.skipif(not (LEAN_EXPORT / ".lake" / "build").is_dir(), reason="lean_export/ was not built yet")
def test_the_program_builds_on_our_own_text() -> None:
    command = ["lake", "env", "lean", str(PROGRAM)]
    done = subprocess.run(command, cwd=LEAN_EXPORT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
