"""Defects of sizes, places and factors that kernels treat apart: each is caught, and each family is there for one."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from vector_samples import FOLDER, get_manifest, get_task

from conform.golden.loading import load_blocks
from conform.golden.selection import make_selection
from conform.mutants.catalogue import kernels, shortcuts
from conform.mutants.detection import Power, measure_power
from conform.mutants.mutant import Mutant
from conform.mutants.registry import find_mutants
from conform.mutants.summary import get_family
from conform.mutants.task import Change
from conform.suite import LARGE

MUTANTS = [*kernels.MUTANTS, *shortcuts.MUTANTS]
FAMILIES = (
    "tiles", "large", "aligned-sums", "far-term", "halves", "identity", "negative-zeros", "single-zero",
    "extreme-bytes",
)  # fmt: skip


@functools.cache
def measure() -> Power:
    chosen = make_selection(
        get_manifest(),
        operations=("linear", "linear_batched", "linear_bias_deriv"),
        dtypes=("float32", "float16", "int32"),
    )
    return measure_power(MUTANTS, load_blocks(FOLDER, get_manifest(), chosen), get_manifest().operations)


def list_plantings() -> list[tuple[str, set[str]]]:
    """Every defect with the families that catch it."""
    power = measure()
    return [
        (
            f"{detection.mutant.name} in {planting.site}",
            {get_family(power.cases[i].info.id) for i in planting.caught.tolist()},
        )
        for detection in power.detections
        for planting in detection.defects
    ]


def test_each_is_caught_wherever_it_is_planted() -> None:
    assert len(list_plantings()) > len(MUTANTS)
    assert [name for name, families in list_plantings() if not families] == []


def test_each_needs_these_families_somewhere() -> None:
    planted = {name.split()[0] for name, _ in list_plantings()}
    needing = {name.split()[0] for name, families in list_plantings() if families <= set(FAMILIES)}
    assert planted - needing == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_can_be_spared(family: str) -> None:
    assert [name for name, families in list_plantings() if families == {family}]


def test_large_cases_are_for_the_mutants_that_need_them() -> None:
    power = measure()
    large = {i for i, case in enumerate(power.cases) if case.cost > LARGE}
    assert large
    for detection in power.detections:
        found = set(detection.cases.tolist())
        assert found <= large if detection.mutant.large else not found & large


@pytest.mark.parametrize("mutant", find_mutants(["weights-index-wraps", "results-past-32768-omitted"]))
def test_a_defect_of_large_cases_changes_no_small_one(mutant: Mutant) -> None:
    task = get_task("linear", "int64")
    assert isinstance(mutant.defect, Change)
    np.testing.assert_array_equal(mutant.defect.compute(task)["output"], task.reference["output"])
