"""Sums of products that are rounded before an addend is added: what is legal, and what that claim still catches."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest
from test_judge_agreement import ELEMENTS, collect_expected, make_elements

from conform.backends.check import check_backend
from conform.bits import decode, decode_one
from conform.declaration import ClaimError, parse_declaration
from conform.diagnosis.probes import list_mismatches, observe_arithmetic
from conform.exact import ZERO, Dyadic
from conform.folders import find_vectors
from conform.formats import get_format
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.judge.addends import attach_addends
from conform.judge.arrays import judge_elements
from conform.judge.rules import Rules
from conform.judge.scalar import ExpectedElement, derive_limits, judge_element
from conform.judge.status import Status
from conform.running.runner import run_backend
from conform.suite import Block

MANIFEST = load_manifest(find_vectors())
SUMS = ("linear", "linear_batched")
FLOAT16, FLOAT32 = get_format("float16"), get_format("float32")
SEPARATE = Rules(FLOAT16, FLOAT32, separate=True)
SUMMED = Rules(FLOAT16, FLOAT32)


def load(operation: str, dtype: str) -> list[Block]:
    selection = make_selection(MANIFEST, operations=(operation,), dtypes=(dtype,))
    return list(load_blocks(find_vectors(), MANIFEST, selection))


class Separate:
    """Products summed in float32, rounded to the format, and the bias added there."""

    name = "separate"
    dtypes = ("float16",)
    accumulates = {"float16": "float32"}  # noqa: RUF012
    addends = "separate"

    def linear(self, weights: np.ndarray, bias: np.ndarray, input: np.ndarray) -> np.ndarray:
        return self.linear_batched(weights, bias, input[np.newaxis])[0]

    def linear_batched(self, weights: np.ndarray, bias: np.ndarray, input: np.ndarray) -> np.ndarray:
        return self.multiply(input, weights).astype(np.float16) + bias

    def multiply(self, input: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return input.astype(np.float32) @ weights.T.astype(np.float32)


class Summed(Separate):
    """The bias is a term of the sum."""

    name = "summed"

    def linear_batched(self, weights: np.ndarray, bias: np.ndarray, input: np.ndarray) -> np.ndarray:
        return (self.multiply(input, weights) + bias.astype(np.float32)).astype(np.float16)


class Narrow(Separate):
    """Sums are kept in float16, one term after the other."""

    name = "narrow"

    def multiply(self, input: np.ndarray, weights: np.ndarray) -> np.ndarray:
        total = np.zeros((len(input), len(weights)), np.float16)
        for column in range(input.shape[1]):
            total = total + np.multiply.outer(input[:, column], weights[:, column])
        return total


def run(backend: type[Separate], **claims: object) -> tuple[int, int]:
    made = type(backend.__name__, (backend,), claims)
    loaded = check_backend(made, [MANIFEST.get_operation(name) for name in SUMS])
    result = run_backend(loaded, itertools.chain.from_iterable(load(name, "float16") for name in SUMS))
    assert {case.verdict for case in result.cases} <= {"pass", "fail"}
    return sum(group.passed for group in result.groups), sum(group.failed for group in result.groups)


def test_products_rounded_before_the_bias_conform_by_the_claim_alone() -> None:
    assert run(Separate)[1] == 0
    assert run(Separate, addends="summed")[1] > 0


def test_a_bias_that_is_a_term_conforms_by_the_claim_too() -> None:
    assert run(Summed)[1] == run(Summed, addends="summed")[1] == 0


def test_sums_in_the_narrow_format_do_not_conform_by_the_claim() -> None:
    assert run(Narrow)[1] > 0
    assert run(Narrow, accumulates={"float16": "float16"})[1] == 0


def make(value: Dyadic, addend: Dyadic, magnitude: Dyadic, depth: int = 5) -> ExpectedElement:
    return ExpectedElement(value, magnitude, depth, ZERO, -40, -40, magnitude, addend=addend)


def test_the_bound_is_that_of_two_roundings() -> None:
    value, addend, magnitude = Dyadic(3, 1), Dyadic(-1, 4), Dyadic(40)
    limits = derive_limits(make(value, addend, magnitude), SEPARATE)
    u, half, first = Dyadic(1, -11), Dyadic(1, -25), limits.sum_bound
    between = first + u * (Dyadic(22) + first) + half
    assert limits.bound == between + u * (Dyadic(6) + between) + half
    assert derive_limits(make(value, addend, magnitude), SUMMED).bound == first + u * (Dyadic(6) + first) + half


def test_without_an_addend_or_a_wider_accumulator_nothing_changes() -> None:
    element = make(Dyadic(3), Dyadic(1), Dyadic(40))
    alone = replace(element, addend=None)
    assert derive_limits(alone, SEPARATE) == derive_limits(alone, SUMMED)
    own = Rules(FLOAT16, FLOAT16)
    assert derive_limits(element, replace(own, separate=True)) == derive_limits(element, own)


@pytest.mark.parametrize(
    ("value", "addend", "got", "legal"),
    [
        (64000, -2000, math.inf, True),
        (64000, 2000, math.inf, False),
        (-64000, 2000, -math.inf, True),
        (64000, -2000, -math.inf, False),
        (64000, -2000, math.nan, False),
    ],
    ids=["sum-overflows", "sum-does-not", "below", "other-side", "nan"],
)
def test_the_sum_may_overflow_before_the_addend_brings_it_back(
    value: int, addend: int, got: float, legal: bool
) -> None:
    # 64000 = 66000 - 2000, and float16 ends at 65504.
    element = replace(make(Dyadic(value), Dyadic(addend), Dyadic(70000)), quantum=-1, floor=-1)
    for rules, allowed in ((SEPARATE, legal), (SUMMED, False)):
        decision = judge_element(element, got, rules)
        assert (decision.status is not Status.FAILED) == allowed
        fast = judge_elements(collect_expected([element]), np.array([got], np.float16), rules)
        assert fast.status[0] == decision.status


def test_an_infinite_addend_may_meet_a_sum_that_overflowed() -> None:
    element = ExpectedElement(-math.inf, math.inf, 5, ZERO, None, None, Dyadic(70000), addend=-math.inf)
    assert judge_element(element, math.nan, SEPARATE).status is Status.UNINFORMATIVE
    assert judge_element(element, math.nan, SUMMED).status is Status.FAILED
    small = replace(element, peak=Dyadic(1000))
    assert judge_element(small, math.nan, SEPARATE).status is Status.FAILED


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16", "float8_e4m3fn"])
def test_arrays_agree_with_the_exact_judge(name: str) -> None:
    output, seen = get_format(name), set()
    for seed in range(20):
        source = random.Random(seed)
        kept = get_format("float64" if name == "float32" else "float32")
        rules = Rules(output, kept, flush=seed % 3 == 0, separate=True)
        elements, answers = make_elements(source, rules, draw_addend)
        got = np.array(answers, dtype=np.float64).astype(output.dtype)
        fast = judge_elements(collect_expected(elements), got, rules)
        for i, element in enumerate(elements):
            decision = judge_element(element, decode_one(got[i]), rules)
            assert Status(int(fast.status[i])) is decision.status, (element, got[i], rules, decision)
            seen.add(decision.status)
    assert seen == set(Status)
    assert 20 * ELEMENTS >= 4000


def draw_addend(source: random.Random, element: ExpectedElement, rules: Rules) -> ExpectedElement:
    """An addend of the output format, no greater than the magnitude."""
    if not isinstance(element.magnitude, Dyadic) or not element.magnitude:
        return replace(element, addend=ZERO)
    share = source.choice((0.0, 1.0, -1.0, 0.5, source.uniform(-1, 1)))
    size = min(element.magnitude.to_float(), rules.output.largest.to_float())
    with np.errstate(all="ignore"):
        return replace(element, addend=decode_one(rules.output.dtype.type(share * size)))


@pytest.mark.parametrize("operation", SUMS)
def test_every_element_gets_the_addend_that_its_definition_adds(operation: str) -> None:
    for block in load(operation, "float16"):
        attached = attach_addends(block, SEPARATE)
        column = attached.expected["output"].addend
        assert column is not None
        for number, case in enumerate(block.cases):
            start, stop = block.expected["output"].offsets[number : number + 2].tolist()
            bias = block.get_inputs(number)["bias"]
            shape = block.operation.results[0].resolve_shape(case.scope)
            wanted = decode(np.ascontiguousarray(np.broadcast_to(bias, shape)))
            found = column.cut(start, stop)
            assert np.array_equal(found.high, wanted.high, equal_nan=True)
            assert np.array_equal(found.exponent, wanted.exponent)
        assert attach_addends(block, SUMMED) is block


def test_results_without_one_addend_are_left_alone() -> None:
    for operation in ("linear_gradient_accumulate", "linear_input_deriv"):
        for block in load(operation, "float16"):
            assert all(each.addend is None for each in attach_addends(block, SEPARATE).expected.values())


@pytest.mark.parametrize(
    ("backend", "separate", "claims", "told"),
    [
        (Separate, True, {}, []),
        (Separate, True, {"addends": "summed"}, ["sums are rounded before an addend is added to them"]),
        (Summed, False, {}, ["addends are terms of the sums"]),
        (Summed, False, {"addends": "summed"}, []),
        (Narrow, None, {"accumulates": {"float16": "float16"}}, []),
    ],
    ids=["separate", "undeclared", "looser", "summed", "narrow"],
)
def test_probes_see_where_the_addend_comes_in(
    backend: type[Separate], separate: bool | None, claims: dict[str, object], told: list[str]
) -> None:
    made = type(backend.__name__, (backend,), claims)
    loaded = check_backend(made, [MANIFEST.get_operation(name) for name in SUMS])
    for operation in SUMS:
        observed = observe_arithmetic(loaded, operation, "float16")
        assert observed is not None
        assert observed.separate is separate
        assert observed.accumulator == ("float16" if backend is Narrow else "float32")
        mismatches = list_mismatches([observed], loaded.declaration)
        assert len(mismatches) == len(told)
        assert all(part in text for part, text in zip(told, mismatches, strict=True))


def test_the_claim_is_one_of_two_words() -> None:
    assert parse_declaration(addends="separate", operations=SUMS).rules_for("linear", FLOAT16).separate
    assert (
        not parse_declaration(addends={"bfloat16": "separate"}, operations=SUMS).rules_for("linear", FLOAT16).separate
    )
    with pytest.raises(ClaimError, match="addends must be 'summed' or 'separate', not 'rounded'"):
        parse_declaration(addends={"float16": "rounded"}, operations=SUMS)
