"""The correct variants: none is flagged, and none is the reference under another name."""

from __future__ import annotations

import numpy as np
import pytest
from vector_samples import get_blocks, get_manifest, get_task

from conform.bits import view_bits
from conform.mutants.reference import ReferenceBackend
from conform.mutants.task import Change
from conform.mutants.variants.registry import VARIANTS, try_variants
from conform.mutants.variants.variant import Variant

SAMPLE = (
    ("linear_batched", "float32"),
    ("linear", "float16"),
    ("batch_linear_deriv", "bfloat16"),
    ("linear", "float64"),
    ("linear", "int32"),
)

SAME_EVERYWHERE = ("wrapping",)
"""Integers have one right answer."""


def test_there_are_enough_of_them() -> None:
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS) >= 25


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_no_rule_flags_a_correct_variant(variant: Variant) -> None:
    blocks = [block for group in SAMPLE for block in get_blocks(*group)]
    (trial,) = try_variants([variant], blocks, get_manifest().operations)
    assert trial.flagged == ()
    assert trial.cases > 0


@pytest.mark.parametrize(
    "variant", [each for each in VARIANTS if isinstance(each.implementation, Change)], ids=lambda variant: variant.name
)
def test_a_variant_answers_otherwise_than_the_reference_somewhere(variant: Variant) -> None:
    if variant.name in SAME_EVERYWHERE:
        pytest.skip("integers have one right answer")
    assert isinstance(variant.implementation, Change)
    groups = [*SAMPLE, ("linear_batched", "float16"), ("linear_batched", "float64")]
    tasks = [get_task(operation, dtype) for operation, dtype in groups if variant.exists_in(dtype)]
    differs = [
        (view_bits(answer) != view_bits(task.reference[name])).any()
        for task in tasks
        for name, answer in variant.implementation.compute(task).items()
    ]
    assert any(differs)


def test_a_wrong_variant_would_be_flagged() -> None:
    class OffByOne(ReferenceBackend):
        name = "off by one"

        def linear(self, weights: object, bias: object, input: object) -> object:
            return np.asarray(super().linear(weights, bias, input)) + np.asarray(bias).dtype.type(1)  # type: ignore[arg-type]

    (trial,) = try_variants([Variant("off", "", OffByOne)], get_blocks("linear", "int32"), get_manifest().operations)
    assert len(trial.flagged) > trial.cases / 2


def test_a_change_that_is_wrong_would_be_flagged() -> None:
    def negate(task: object, answers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: -answer for name, answer in answers.items()}

    variant = Variant("negated", "", Change(finish=negate))
    (trial,) = try_variants([variant], get_blocks("linear", "float32"), get_manifest().operations)
    assert len(trial.flagged) > trial.cases / 2


def test_cases_with_subnormal_inputs_are_not_asked_of_a_variant_that_flushes() -> None:
    (flushing,) = [variant for variant in VARIANTS if variant.flushes]
    blocks = get_blocks("linear", "float32")
    (trial,) = try_variants([flushing], blocks, get_manifest().operations)
    assert 0 < trial.cases < sum(len(block.cases) for block in blocks)
