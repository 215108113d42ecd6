"""The gallery of engines: each has its known failures, and is as known wherever it is installed."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import shutil
from pathlib import Path

import pytest
import yaml

import conform
from conform.gate.known_file import read_known
from conform.golden.globs import GlobIndex

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "examples" / "engines"
ADAPTERS = sorted(FOLDER.glob("*_backend.py"))
NATIVE = {"eigen_backend": [Path("/usr/include/eigen3/Eigen/Core"), Path(shutil.which("c++") or "c++")]}
"""What an adapter needs that is no Python package."""

FORMATS = {"eigen_backend": ["float32"]}
"""Which formats are tried here, where one takes a compiler ten seconds; all are where nothing is said."""

every_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=[path.stem for path in ADAPTERS])


@pytest.fixture(scope="module")
def cases() -> GlobIndex:
    return GlobIndex([case.id for block in conform.load_vectors().load() for case in block.cases])


def read_source(adapter: Path) -> ast.Module:
    return ast.parse(adapter.read_text(encoding="utf-8"))


def list_pins(adapter: Path) -> dict[str, str]:
    """The versions that an adapter's known failures are of, as it says how to install them."""
    install = re.search(r"^Install: (.*)$", ast.get_docstring(read_source(adapter)) or "", re.MULTILINE)
    assert install is not None, f"{adapter.name} does not say how to install its engine"
    return dict(re.findall(r"([\w-]+)(?:\[\w+\])?==([\d.]+\w*)", install[1]))


def list_imports(adapter: Path) -> set[str]:
    imported = set()
    for node in ast.walk(read_source(adapter)):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    return {name.partition(".")[0] for name in imported}


def find_obstacle(adapter: Path) -> str | None:
    """Why an engine cannot be judged here; None where it can."""
    missing = [name for name in sorted(list_imports(adapter)) if importlib.util.find_spec(name) is None]
    missing += [str(path) for path in NATIVE.get(adapter.stem, []) if not path.exists()]
    if missing:
        return f"{', '.join(missing)} is not installed"
    for name, version in list_pins(adapter).items():
        installed = importlib.metadata.version(name)
        if installed != version:
            return f"its known failures are of {name} {version}, and {installed} is installed"
    return None


@every_adapter
def test_is_as_known_on_the_smoke_profile(adapter: Path) -> None:
    obstacle = find_obstacle(adapter)
    if obstacle is not None:
        pytest.skip(obstacle)
    known = adapter.with_suffix(".yaml")
    result = conform.run(str(adapter), profile="smoke", known=known, dtypes=FORMATS.get(adapter.stem, ()))
    assert result.stale == ()
    assert result.conforms, [(case.id, case.problems[0].message) for case in result.backends[0].cases if case.problems]


@every_adapter
def test_known_failures_name_cases_and_say_why(adapter: Path, cases: GlobIndex) -> None:
    for entry in read_known(adapter.with_suffix(".yaml")).entries:
        assert [glob for glob in entry.cases if not cases.find(glob)] == []
        assert "not yet stated" not in entry.reason
        # A defect is told by a number, or by the words of its refusal.
        assert re.search(r"\d|`", entry.reason), entry.where


@every_adapter
def test_the_readmes_name_it_and_its_version(adapter: Path) -> None:
    link = f"({adapter.relative_to(ROOT).as_posix()})"
    rows = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if link in line]
    assert len(rows) == 1
    assert [version for version in list_pins(adapter).values() if version not in rows[0]] == []
    assert f"({adapter.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_no_known_failures_are_left_behind() -> None:
    assert [path.stem for path in sorted(FOLDER.glob("*.yaml"))] == [path.stem for path in ADAPTERS]


def test_the_workflow_judges_the_versions_that_failures_are_known_of() -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["engines"]
    runs = job["strategy"]["matrix"]["include"]
    assert {"eigen", "mlx", "numba", "onnx", "tinygrad", "tensorflow"} >= {run["engine"] for run in runs}
    for run in runs:
        pins = list_pins(FOLDER / f"{run['engine']}_backend.py")
        asked = dict(re.findall(r"([\w-]+)(?:\[\w+\])?==([\d.]+\w*)", run.get("python", "")))
        assert asked == pins
