"""What the distribution is called and says of itself: an index has another project called conform."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from trove_classifiers import classifiers

import conform
from conform.backends.resolve import describe_extra

ROOT = Path(__file__).parent.parent
TEXTS = [
    path
    for pattern in ("*.md", "*.toml", "conform/**/*.py", "conform/**/*.md", ".github/**/*.yml", "tests/examples/**/*.*")
    for path in sorted(ROOT.glob(pattern))
]


@pytest.fixture(scope="module")
def metadata() -> dict[str, Any]:
    """The metadata that an index gets, as the build backend works it out."""
    command = [sys.executable, "-m", "hatchling", "metadata"]
    found: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return found


def test_the_name_and_the_version(metadata: dict[str, Any]) -> None:
    assert metadata["name"] == "leanconform"
    assert metadata["version"] == conform.__version__


def test_the_readme_of_an_index_has_absolute_links_alone(metadata: dict[str, Any]) -> None:
    links = re.findall(r"\]\(([^)]+)\)", metadata["readme"]["text"])
    home = metadata["urls"]["Repository"]
    assert any(link.startswith(f"{home}/blob/main/") for link in links)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_a_reader_of_an_index_finds_the_way(metadata: dict[str, Any]) -> None:
    assert {"Homepage", "Repository", "Documentation", "Changelog", "Issues"} <= set(metadata["urls"])
    assert metadata["keywords"]
    assert set(metadata["classifiers"]) <= classifiers
    assert (
        f"Programming Language :: Python :: {metadata['requires-python'].removeprefix('>=')}" in metadata["classifiers"]
    )


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_installs_the_other_project(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    assert re.findall(r"(?:pip install|dependencies)[^&|;\n]*[\"' ]conform(?:\[[\w,-]+\])?[\"' ]", text) == []


def test_the_hint_of_an_extra_can_be_followed(metadata: dict[str, Any]) -> None:
    for extra in metadata["optional-dependencies"]:
        assert f'python -m pip install ".[{extra}]"' in describe_extra(extra)
