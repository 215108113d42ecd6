"""Every theorem that the manifest names is one that the Lean sources prove, and every result has one for its bound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conform.folders import find_vectors
from conform.golden.manifest import load_manifest
from conform.judge.derivation import cite_theorem
from conform.suite import Operation

SOURCES = Path(__file__).parent.parent / "lean_export"
PROVED = {
    name.rpartition(".")[2]
    for path in (*SOURCES.glob("NN/**/*.lean"), *SOURCES.glob("Conform/**/*.lean"))
    for name in re.findall(r"^(?:protected )?theorem (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}
OPERATIONS = load_manifest(find_vectors()).operations


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_what_is_cited_is_proved(operation: Operation) -> None:
    for names in operation.theorems.values():
        assert {name.rpartition(".")[2] for name in names} <= PROVED


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.theorems], ids=lambda each: each.name)
def test_every_rule_of_a_sum_has_a_theorem(operation: Operation) -> None:
    for result in operation.sums:
        for rule in ("exact", "bound", "rounding", "special", "overflow"):
            assert cite_theorem(operation, result, rule).startswith("theorem: ")


def test_every_sum_of_products_and_an_addend_has_a_theorem_on_rounding_before_it() -> None:
    sums = [(each, result) for each in OPERATIONS for result, total in each.sums.items() if total.factors]
    with_addend = [(each, result) for each, result in sums if len(each.sums[result].addends) == 1]
    assert with_addend
    for each, result in with_addend:
        assert cite_theorem(each, result, "separate").startswith("theorem: ")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_result_has_a_theorem_about_its_bound(operation: Operation) -> None:
    for result in operation.results:
        for rule in ("exact", "bound", "rounding"):
            assert cite_theorem(operation, result.name, rule).startswith("theorem: ")
