"""Every theorem that an explanation cites is one that the Lean sources prove."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conform.explain import cite_theorem
from conform.folders import find_vectors
from conform.golden.manifest import load_manifest

SOURCES = Path(__file__).parent.parent / "lean_export" / "Conform" / "Soundness"
PROVED = {
    name
    for path in SOURCES.glob("*.lean")
    for name in re.findall(r"^(?:protected )?theorem (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}
CITED = [
    pytest.param(operation.definition, result.name, exact, id=f"{operation.name}-{result.name}-{exact}")
    for operation in load_manifest(find_vectors()).operations
    for result in operation.results
    for exact in (True, False)
]


@pytest.mark.parametrize(("definition", "result", "exact"), CITED)
def test_cited_theorem_is_proved(definition: str, result: str, exact: bool) -> None:
    namespace, _, name = cite_theorem(definition, result, exact).rpartition(".")
    assert namespace == "Conform.Soundness"
    assert name in PROVED


@pytest.mark.parametrize("name", ["Approximates.output", "Tree.kind_eq", "Tree.partial_le"])
def test_other_cited_theorems_are_proved(name: str) -> None:
    explanation = (Path(__file__).parent.parent / "conform" / "explain.py").read_text(encoding="utf-8")
    assert f"Conform.Soundness.{name}" in explanation
    assert {name, name.rpartition(".")[2]} & PROVED
