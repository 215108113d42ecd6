"""The catalogue of defects: each does what it says, applies where it says, and is caught."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vector_samples import find_site, get_blocks, get_manifest, get_smoke, get_task

from conform.bits import view_bits
from conform.errors import UsageError
from conform.mutants.detection import Power, find_failing, measure_power
from conform.mutants.mutant import Mutant
from conform.mutants.registry import MUTANTS, find_mutants, list_sites
from conform.mutants.report import describe_reach
from conform.mutants.task import Change

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
COMPUTING = [mutant for mutant in MUTANTS if isinstance(mutant.defect, Change)]
CALLING = [mutant for mutant in MUTANTS if not isinstance(mutant.defect, Change) and mutant.name != "raises-past-1024"]
"""Those that small cases show."""
FORMATS = ("float64", "float32", "float16", "bfloat16", "int32", "int64")

Case = dict[str, Any]

FORMULAS: dict[str, tuple[str, Callable[[Case], Any]]] = {
    "bias-omitted": ("linear", lambda x: x["weights"] @ x["input"]),
    "bias-twice": ("linear_batched", lambda x: x["input"] @ x["weights"].T + 2 * x["bias"]),
    "bias-negated": ("linear", lambda x: x["weights"] @ x["input"] - x["bias"]),
    "bias-in-loop": ("linear", lambda x: x["weights"] @ x["input"] + len(x["input"]) * x["bias"]),
    "bias-first-element": ("linear", lambda x: x["weights"] @ x["input"] + x["bias"][:1]),
    "weights-rows-shifted": ("linear", lambda x: np.roll(x["weights"], -1, axis=0) @ x["input"] + x["bias"]),
    "weights-columns-shifted": ("linear_input_deriv", lambda x: np.roll(x["weights"], -1, axis=1).T @ x["grad_output"]),
    "input-reversed": ("linear", lambda x: x["weights"] @ x["input"][::-1] + x["bias"]),
    "first-term-dropped": ("linear", lambda x: x["weights"][:, 1:] @ x["input"][1:] + x["bias"]),
    "last-term-dropped": ("linear_input_deriv", lambda x: x["weights"][:-1].T @ x["grad_output"][:-1]),
    "tail-dropped-4": ("linear", lambda x: _sum_first(x, len(x["input"]) // 4 * 4)),
    "terms-past-256-dropped": ("linear", lambda x: _sum_first(x, 256)),
    "second-half-lost": ("linear", lambda x: _sum_first(x, (len(x["input"]) + 1) // 2)),
    "gradient-negated": ("linear_weights_deriv", lambda x: -np.outer(x["grad_output"], x["input"])),
    "upstream-ignored": ("linear_input_deriv", lambda x: x["weights"].sum(axis=0)),
    "bias-gradient-from-weights": ("linear_bias_deriv", lambda x: x["grad_weights"].sum(axis=1)),
    "accumulate-subtracts": ("linear_gradient_accumulate", lambda x: x["grad1"] - x["grad2"]),
    "accumulate-first-twice": ("linear_gradient_accumulate", lambda x: 2 * x["grad1"]),
    "scale-ignored": ("linear_gradient_scale", lambda x: x["grad"]),
    "scale-added": ("linear_gradient_scale", lambda x: x["grad"] + x["scale_factor"]),
    "identity-copied": (
        "linear",
        lambda x: x["weights"] @ x["input"] + (0 if _is_identity(x["weights"]) else x["bias"]),
    ),
    "off-by-one": ("linear_gradient_scale", lambda x: x["grad"] * x["scale_factor"] + 1),
}
"""Defects of integers, written out for one operation each."""


def _sum_first(x: Case, count: int) -> Any:
    return x["weights"][:, :count] @ x["input"][:count] + x["bias"]


def _is_identity(weights: Any) -> bool:
    return weights.shape[0] == weights.shape[1] > 0 and bool((weights == np.eye(len(weights))).all())


def test_there_are_enough_of_them_and_of_every_kind() -> None:
    assert len(BY_NAME) == len(MUTANTS) >= 220
    assert {mutant.topic for mutant in MUTANTS} == {
        "bias", "indexing", "reduction", "batching", "gradients", "updates", "precision", "rounding", "integers",
        "special values", "range", "shapes", "state", "layout", "kernels", "shortcuts",
    }  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_described_and_applies_somewhere(mutant: Mutant) -> None:
    assert mutant.summary
    assert not mutant.summary.endswith(".")
    assert mutant.mistake.endswith(".")
    sites = list_sites(mutant, get_manifest().operations, FORMATS)
    assert sites
    assert all(bool(site.result) == isinstance(mutant.defect, Change) for site in sites)
    for equivalence in mutant.equivalences:
        assert any(equivalence.where(site) for site in sites), "an argument about no site"
        assert equivalence.argument.endswith(".")


@pytest.mark.parametrize("name", FORMULAS)
def test_mutant_is_the_defect_that_it_says(name: str) -> None:
    operation, formula = FORMULAS[name]
    task = get_task(operation, "int64")
    (result,) = task.terms
    defect = BY_NAME[name].defect
    assert isinstance(defect, Change)
    answer = defect.compute(task)[result]
    for case in range(len(task.block.cases)):
        start, stop = task.block.expected[result].offsets[case : case + 2]
        np.testing.assert_array_equal(answer[start:stop], formula(task.block.get_inputs(case)).reshape(-1))


@functools.cache
def measure_smoke() -> Power:
    return measure_power(MUTANTS, get_smoke(), get_manifest().operations)


def test_smoke_profile_catches_every_mutant_that_is_not_argued_to_be_legal() -> None:
    missed = [each.mutant.name for each in measure_smoke().detections if each.defects and not len(each.cases)]
    assert missed == []
    assert len(measure_smoke().cases) <= 60


def test_the_readme_says_how_far_the_smoke_profile_reaches() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert describe_reach(measure_smoke()) in " ".join(readme.split())


def test_no_mutant_is_caught_where_it_is_argued_to_be_legal() -> None:
    power = measure_smoke()
    wrong = [
        f"{each.mutant.name} in {planting.site}"
        for each in power.detections
        for planting in each.plantings
        if planting.argument is not None and planting.is_caught
    ]
    assert wrong == []


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ["ties-away", "result-truncated", "result-rounded-up"])
def test_argued_mutants_differ_from_the_reference_and_pass(name: str, dtype: str) -> None:
    mutant = BY_NAME[name]
    task = get_task("linear_batched", dtype)
    site = find_site("linear_batched", "output", dtype)
    assert isinstance(mutant.defect, Change)
    answer = mutant.defect.compute(task)["output"]
    if mutant.find_argument(site) is not None:
        assert (view_bits(answer) != view_bits(task.reference["output"])).any()
        assert not len(find_failing(task, "output", answer))
    else:
        assert len(find_failing(task, "output", answer))


@pytest.mark.parametrize("mutant", CALLING, ids=lambda mutant: mutant.name)
def test_a_defect_of_calls_is_caught_when_it_is_called(mutant: Mutant) -> None:
    operations = ("linear_batched", "linear_backward", "linear_gradient_accumulate")
    name = next(name for name in operations if mutant.applies(find_site(name, "", "float16")))
    power = measure_power([mutant], get_blocks(name, "float16"), get_manifest().operations)
    assert power.caught == power.planted == 1


def test_find_mutants_gives_all_without_names_and_each_once() -> None:
    assert find_mutants(()) == MUTANTS
    assert [mutant.name for mutant in find_mutants(("flattens", "bias-omitted", "flattens"))] == [
        "flattens",
        "bias-omitted",
    ]


@pytest.mark.parametrize(("name", "hint"), [("bias-omited", "Did you mean bias-omitted"), ("xyzzy", "--list")])
def test_an_unknown_name_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"unknown mutant '{name}'(.|\n)*{hint}"):
        find_mutants([name])
