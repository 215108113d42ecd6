"""Diagnosis: every defect is named from its answers, alone and in pairs, and nothing is said where nothing fits."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import replace

import ml_dtypes
import numpy as np
import pytest
from vector_samples import FOLDER, find_site, get_blocks, get_manifest, get_task, list_results

from conform.backends.base import Array
from conform.backends.check import check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.declaration import Declaration
from conform.diagnosis.combinations import COMBINATIONS
from conform.diagnosis.diagnose import Diagnosis, diagnose
from conform.diagnosis.evidence import Evidence, collect_evidence
from conform.golden.loading import load_blocks
from conform.golden.selection import make_selection
from conform.mutants.catalogue.state import CachesByShape
from conform.mutants.detection import find_failing
from conform.mutants.mutant import Mutant
from conform.mutants.registry import MUTANTS
from conform.mutants.rounding import round_to_tf32
from conform.mutants.task import Change, Task, prepare_task
from conform.running.runner import RunOptions, run_backend

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
RESULTS = list_results()
GROUPS = [(operation, dtype) for dtype in ("float32", "int64", "float64", "bfloat16") for operation in RESULTS]
NEVER_FAILING = ("ties-away", "integers-saturate")
"""Those that the rules allow wherever they can be planted."""
LONG = (
    "terms-past-256-dropped", "terms-past-1024-dropped", "terms-past-4096-dropped", "results-past-256-omitted",
    "results-past-1024-omitted", "result-index-wraps", "last-block-dropped-64", "block-ends-shared-64",
    "full-last-block-dropped-4096", "last-term-twice-before-4096", "terms-past-4097-dropped",
    "long-factors-in-float32", "long-factors-in-tf32", "long-factors-in-float16", "long-factors-in-bfloat16",
    "weights-index-wraps", "results-past-32768-omitted", "columns-past-32768-dropped",
)  # fmt: skip
"""Those that the sample, which leaves thousands of elements out, may not show."""
COMPUTING = [
    mutant
    for mutant in MUTANTS
    if isinstance(mutant.defect, Change) and not mutant.needs and mutant.name not in NEVER_FAILING + LONG
]
PAIRS = 27


def plant(task: Task, *mutants: Mutant) -> Evidence | None:
    """The evidence of a backend with the mutants, one after the other, in every result that they apply to."""
    answers = dict(task.reference)
    for name in task.terms:
        site = find_site(task.operation, name, task.format.name)
        change = Change()
        for mutant in mutants:
            if mutant.applies(site) and isinstance(mutant.defect, Change):
                change = change.then(mutant.defect)
        answers[name] = change.compute(task)[name]
    failing = sorted({case for name in answers for case in find_failing(task, name, answers[name]).tolist()})
    if not failing:
        return None
    rules = Declaration().rules_for(task.operation, task.format)
    answered = np.ones(len(task.block.cases), np.bool_)
    return collect_evidence(task.block, answers, answered, failing, rules)


def observe(backend: object, groups: Iterable[tuple[str, str]]) -> list[Evidence]:
    loaded = check_backend(backend, get_manifest().operations)
    evidence: list[Evidence] = []
    blocks = [block for group in groups for block in get_blocks(*group)]
    run_backend(loaded, blocks, RunOptions(), evidence=evidence)
    return evidence


def list_names(diagnoses: tuple[Diagnosis, ...]) -> list[str]:
    return [name for diagnosis in diagnoses for name in diagnosis.names]


@pytest.mark.parametrize("mutant", COMPUTING, ids=lambda mutant: mutant.name)
def test_every_mutant_is_named_from_its_answers(mutant: Mutant) -> None:
    for group in GROUPS:
        operation, dtype = group
        if any(mutant.applies(find_site(operation, name, dtype)) for name in RESULTS[operation]):
            evidence = plant(get_task(operation, dtype), mutant)
            if evidence is not None:
                break
    (first, *_) = diagnose([evidence])
    assert mutant.name in first.names
    assert first.explained == first.total == len(evidence.failing)
    assert str(first).startswith(tuple(first.summaries))


@functools.cache
def get_whole_task(operation: str, dtype: str) -> Task:
    """All cases of an operation and format, the families of thousands of elements included."""
    selection = make_selection(get_manifest(), operations=(operation,), dtypes=(dtype,))
    (block,) = load_blocks(FOLDER, get_manifest(), selection, max_elements=1 << 40)
    return prepare_task(block)


@pytest.mark.parametrize("name", LONG)
def test_defects_of_long_sums_and_many_results_are_named(name: str) -> None:
    groups = [("linear", "float32"), ("linear_gradient_scale", "float32"), ("linear", "float64")]
    planted = (plant(get_whole_task(*group), BY_NAME[name]) for group in groups)
    evidence = next(each for each in planted if each is not None)
    (first, *_) = diagnose([evidence])
    assert name in first.names
    assert first.explained == first.total == len(evidence.failing)


@pytest.mark.parametrize("name", NEVER_FAILING)
def test_what_the_rules_allow_leaves_no_evidence(name: str) -> None:
    mutant = BY_NAME[name]
    for operation, dtype in [("linear", "float32"), ("linear_gradient_accumulate", "int32"), ("linear", "int64")]:
        assert plant(get_whole_task(operation, dtype), mutant) is None
        for result in RESULTS[operation]:
            site = find_site(operation, result, dtype)
            assert not mutant.applies(site) or mutant.find_argument(site)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("bias-omitted", "gradient-negated"),
        ("last-term-dropped", "weights-transposed"),
        ("factors-in-tf32", "upstream-ignored"),
        ("nan-terms-skipped", "sums-in-bfloat16"),
        ("input-shifted", "subnormal-inputs-flushed"),
    ],
)
def test_defects_of_two_operations_are_both_named(forward: str, backward: str) -> None:
    evidence = [
        plant(get_task("linear", "float32"), BY_NAME[forward]),
        plant(get_task("linear_input_deriv", "float32"), BY_NAME[backward]),
    ]
    diagnoses = diagnose([each for each in evidence if each is not None])
    assert {forward, backward} <= set(list_names(diagnoses))
    assert {diagnosis.places for diagnosis in diagnoses} == {("linear.output",), ("linear_input_deriv.dx",)}


@pytest.mark.parametrize(
    ("operation", "first", "second"),
    [
        ("linear", "bias-omitted", "last-term-dropped"),
        ("linear", "bias-twice", "input-reversed"),
        ("linear_input_deriv", "gradient-negated", "weights-first-row-only"),
        ("linear_weights_deriv", "gradient-doubled", "input-shifted"),
        ("batch_linear_deriv", "gradient-negated", "batch-last-only"),
        ("linear_gradient_scale", "scale-squared", "result-shifted"),
    ],
)
def test_two_defects_of_one_result_are_named_together(operation: str, first: str, second: str) -> None:
    evidence = plant(get_task(operation, "float32"), BY_NAME[first], BY_NAME[second])
    assert evidence is not None
    words = " ".join(list_names(diagnose([evidence])))
    assert first in words
    assert second in words


def draw_pairs(count: int) -> list[tuple[str, str, Mutant, Mutant, Evidence]]:
    """Pairs of mutants of one result, across operations and formats, of which each shows on its own."""
    source = random.Random(1)
    pairs: list[tuple[str, str, Mutant, Mutant, Evidence]] = []
    while len(pairs) < count:
        operation = list(RESULTS)[len(pairs) % len(RESULTS)]
        dtype = source.choice(["float32", "float64", "int32", "bfloat16"])
        site = find_site(operation, source.choice(list(RESULTS[operation])), dtype)
        first, second = source.sample([mutant for mutant in COMPUTING if mutant.applies(site)], 2)
        task = get_task(operation, dtype)
        evidence = plant(task, first, second)
        if evidence is not None and plant(task, first) is not None and plant(task, second) is not None:
            pairs.append((operation, dtype, first, second, evidence))
    return pairs


def test_random_pairs_of_defects_are_told() -> None:
    """Both are named, or one that explains every failing case; where neither holds, one of the two still is named."""
    told, half = [], []
    for operation, dtype, first, second, evidence in draw_pairs(PAIRS):
        diagnoses = diagnose([evidence])
        words = " ".join(list_names(diagnoses))
        named = [mutant.name for mutant in (first, second) if mutant.name in words]
        pair = f"{operation} {dtype}: {first.name} + {second.name}"
        if len(named) == 2 or any(each.explained == each.total for each in diagnoses):
            told.append(pair)
        elif named:
            half.append(pair)
    assert len(told) >= 0.8 * PAIRS, half
    assert len(told) + len(half) >= 0.95 * PAIRS


def test_any_two_defects_combine() -> None:
    """A diagnosis tries pairs of them, whatever each expects to find."""
    for operation, dtype in (
        ("linear_gradient_scale", "float32"),
        ("linear_bias_deriv", "float64"),
        ("linear", "int32"),
    ):
        (block,) = get_blocks(operation, dtype)
        task = prepare_task(block.take(list(range(0, len(block.cases), 6))))
        sites = [find_site(operation, result, dtype) for result in RESULTS[operation]]
        changes = [
            (mutant.name, mutant.defect)
            for mutant in MUTANTS
            if isinstance(mutant.defect, Change) and any(mutant.applies(site) for site in sites)
        ]
        for (first, change), (second, other) in itertools.product(changes, repeat=2):
            answers = change.then(other).compute(task)
            shapes = {name: (answer.shape, answer.dtype) for name, answer in answers.items()}
            due = {name: (answer.shape, answer.dtype) for name, answer in task.reference.items()}
            assert shapes == due, (first, second)


class OmitsBias(NumpyBackend):
    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return (weights @ input).astype(input.dtype)


class MultipliesInTf32(NumpyBackend):
    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        if not (np.isfinite(weights).all() and np.isfinite(input).all()):
            return super().linear(weights, bias, input)
        return np.asarray(round_to_tf32(weights.copy()) @ round_to_tf32(input.copy()) + bias)


class SumsBackwardsInFloat16(NumpyBackend):
    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        total = np.zeros(weights.shape[1], np.float16)
        for row, factor in zip(weights[::-1], grad_output[::-1], strict=True):
            total = total + (row * factor).astype(np.float16)
        return total.astype(weights.dtype)


class ForgetsToTranspose(NumpyBackend):
    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        square = weights.shape[0] == weights.shape[1]
        return np.asarray((weights if square else weights.T) @ grad_output)


@pytest.mark.parametrize(
    ("backend", "operation", "summary"),
    [
        (OmitsBias, "linear", "bias omitted"),
        (MultipliesInTf32, "linear", "factors of products rounded to TF32"),
        (SumsBackwardsInFloat16, "linear_input_deriv", "sums kept in float16"),
        (ForgetsToTranspose, "linear_input_deriv", "weights transposed"),
        (CachesByShape, "linear", "the answer to an earlier case of the same shape"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_backend_written_otherwise_than_the_catalogue_is_diagnosed(
    backend: Callable[[], object], operation: str, summary: str
) -> None:
    evidence = observe(backend(), [(operation, "float32")])
    first = diagnose(evidence)[0]
    assert first.summaries[0] == summary
    assert first.total == sum(len(each.failing) for each in evidence)
    assert first.explained > 0.9 * first.total


class AnswersNoise(NumpyBackend):
    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        seed = abs(hash(weights.tobytes() + input.tobytes() + bias.tobytes()))
        return np.random.default_rng(seed).standard_normal(bias.shape).astype(bias.dtype)


def test_nothing_is_said_where_nothing_fits() -> None:
    evidence = observe(AnswersNoise(), [("linear", "float32")])
    assert len(evidence[0].failing) > 50
    assert diagnose(evidence) == ()


def test_nothing_is_said_of_a_backend_that_is_right() -> None:
    assert observe(NumpyBackend(), [("linear", "float32"), ("linear_backward", "int32")]) == []
    assert diagnose([]) == ()


def test_a_defect_that_right_cases_speak_against_is_not_named_for_a_narrower_one() -> None:
    evidence = plant(get_task("linear", "float32"), BY_NAME["bias-lost-when-empty"])
    assert evidence is not None
    (diagnosis,) = diagnose([evidence])
    assert diagnosis.names == ("bias-lost-when-empty",)


@pytest.mark.parametrize(
    ("explained", "total", "text"),
    [
        (36, 36, "bias omitted (all 36 failing cases in linear.output)"),
        (24, 36, "bias omitted (24 of 36 failing cases in linear.output)"),
        (12, 36, "bias omitted (12 of 36 failing cases, which leaves 24 to another cause, in linear.output)"),
        (1, 1, "bias omitted (1 of 1 failing case in linear.output)"),
    ],
)
def test_a_diagnosis_says_how_much_it_explains(explained: int, total: int, text: str) -> None:
    diagnosis = Diagnosis(("bias-omitted",), ("bias omitted",), explained, total, ("linear.output",))
    assert str(diagnosis) == text


def test_defects_that_cannot_be_told_apart_are_named_together() -> None:
    diagnosis = Diagnosis(("a", "b"), ("last term dropped", "tail dropped"), 3, 3, ("linear.output",))
    assert str(diagnosis).startswith("last term dropped, or tail dropped (all 3")


def test_an_operation_without_mutants_is_passed_over() -> None:
    (evidence,) = observe(OmitsBias(), [("linear", "float32")])
    operation = replace(evidence.block.operation, name="linear_of_tomorrow", sums={})
    assert diagnose([replace(evidence, block=replace(evidence.block, operation=operation))]) == ()


def answer_otherwise(
    operation: str, dtype: str, change: Callable[[Array], Array], signed_zero: bool = False
) -> Evidence:
    """The evidence of a backend whose answers, all of which count as failing, are those of the reference changed."""
    task = get_task(operation, dtype)
    answers = {name: change(answer) for name, answer in task.reference.items()}
    rules = Declaration().rules_for(operation, task.format, signed_zero)
    count = len(task.block.cases)
    return collect_evidence(task.block, answers, np.ones(count, np.bool_), range(count), rules)


def test_answers_that_are_nan_throughout_are_told() -> None:
    (first, *_) = diagnose([answer_otherwise("linear", "float32", lambda answer: np.full_like(answer, np.nan))])
    assert "every element of the answer nan" in first.summaries


def test_signs_of_zeros_are_told_apart_from_other_defects() -> None:
    evidence = answer_otherwise("linear", "float32", lambda answer: np.where(answer == 0, -answer, answer), True)
    (first, *_) = diagnose([evidence])
    assert "the sign of zeros alone" in first.summaries
    assert first.explained == first.total


def test_a_pair_of_defects_is_named_once() -> None:
    evidence = plant(get_task("linear_batched", "float32"), BY_NAME["bias-omitted"], BY_NAME["last-term-dropped"])
    assert evidence is not None
    for diagnosis in diagnose([evidence]):
        pairs = [tuple(sorted(name.split(" + "))) for name in diagnosis.names]
        assert len(set(pairs)) == len(pairs)


FLAWS = {mutant.name: mutant for mutant in COMBINATIONS}


@pytest.mark.parametrize("name", FLAWS)
def test_defects_that_come_together_are_told(name: str) -> None:
    mutant = FLAWS[name]
    for dtype in ("float32", "bfloat16", "int32", "float64", "int64"):
        if mutant.applies(find_site("linear_batched", "output", dtype)):
            evidence = plant(get_task("linear_batched", dtype), mutant)
            if evidence is not None:
                break
    (first, *_) = diagnose([evidence])
    assert mutant.summary in first.summaries
    assert first.explained == first.total


class MultipliesIntegersInFloat32(NumpyBackend):
    """Has no product of integers, and one of float32."""

    name = "multiplies integers in float32"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        product = weights.astype(np.float32) @ input.astype(np.float32)
        return np.asarray(product.astype(input.dtype) + bias)


class FlushesBoth(NumpyBackend):
    name = "flushes both"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return self._flush(super().linear(*map(self._flush, (weights, bias, input))))

    def _flush(self, array: Array) -> Array:
        return np.where(np.abs(array) < np.finfo(array.dtype).tiny, np.copysign(array.dtype.type(0), array), array)


class TakesBits(NumpyBackend):
    """Has no bfloat16, and is given its bits."""

    name = "takes bits"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        read = [array.view(np.uint16).astype(np.float64) for array in (weights, bias, input)]
        return np.asarray((read[0] @ read[2] + read[1]).astype(input.dtype))


class JoinsInBfloat16(NumpyBackend):
    """Two workers, each of which adds its part to the result."""

    name = "joins in bfloat16"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        wide, half = weights.astype(np.float64), (len(input) + 1) // 2
        parts = [wide[:, half:] @ input[half:].astype(np.float64), bias]
        total = (wide[:, :half] @ input[:half].astype(np.float64)).astype(ml_dtypes.bfloat16)
        for part in parts:
            total = (total.astype(np.float64) + part.astype(ml_dtypes.bfloat16)).astype(ml_dtypes.bfloat16)
        return total.astype(input.dtype)


@pytest.mark.parametrize(
    ("backend", "dtype", "told"),
    [
        (MultipliesIntegersInFloat32(), "int32", "integer products computed in float32"),
        (FlushesBoth(), "float32", "subnormal inputs and results flushed to zero"),
        (TakesBits(), "bfloat16", "bits of bfloat16 taken as integers"),
        (JoinsInBfloat16(), "float32", "parts of split sums joined in bfloat16"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_engines_with_such_defects_are_told(backend: NumpyBackend, dtype: str, told: str) -> None:
    (first, *_) = diagnose(observe(backend, [("linear", dtype)]))
    assert told in str(first)
    assert 2 * first.explained > first.total


def test_what_is_said_in_the_same_words_is_said_once() -> None:
    diagnosis = Diagnosis(("a", "b"), ("parts joined in float16",) * 2, 3, 3, ("linear.output",))
    assert str(diagnosis) == "parts joined in float16 (all 3 failing cases in linear.output)"
