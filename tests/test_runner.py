"""The tester tested: wrong backends are judged wrong, each for its own defect, and right ones conform."""

from __future__ import annotations

import asyncio
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from right_backends import RIGHT
from toy_suite import FORMATS, OPERATIONS, get_block, list_blocks, make_block
from wrong_backends import (
    WRONG,
    CachesByShape,
    OmitsBias,
    OverwritesInput,
    RaisesOnEmpty,
    ReturnsColumn,
    ReusesBuffer,
    VariesLastBit,
)

from conform.backends.base import CallError, Unsupported
from conform.backends.check import LoadedBackend, check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.declaration import Declaration
from conform.diagnosis.patterns import Trait, list_patterns
from conform.gate.known import KnownEntry, KnownFailures
from conform.results import BackendResult, Rule, Verdict
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block


def load(backend: object) -> LoadedBackend:
    return check_backend(backend, OPERATIONS)


def run(backend: object, *blocks: Block, **options: Any) -> BackendResult:
    return run_backend(load(backend), blocks, RunOptions(**options))


def list_rules(result: BackendResult) -> set[Rule]:
    return {problem.rule for case in result.cases for problem in case.problems}


class Scaling(NumpyBackend):
    """A base for backends with one operation of interest."""

    name = "scaling"


@pytest.mark.parametrize("name", RIGHT)
def test_right_backend_conforms(name: str) -> None:
    blocks = [
        *list_blocks(),
        *list_blocks(("float32", "bfloat16"), "subnormal", "overflow"),
        *(get_block("linear", dtype, "small-integers", "normal", "overflow", long=True) for dtype in FORMATS),
    ]
    result = run(RIGHT[name](), *blocks, non_contiguous=True, deterministic=True)
    assert [(case.id, case.problems) for case in result.cases if case.problems] == []
    assert result.conforms


@pytest.mark.parametrize("backend", [NumpyBackend, RaisesOnEmpty, OmitsBias, ReturnsColumn, OverwritesInput])
def test_leaving_out_what_passed_changes_nothing_else(backend: type[NumpyBackend]) -> None:
    blocks = list_blocks(("float32", "int32"))
    traits: Counter[Trait] = Counter()
    whole = run(backend(), *blocks)
    part = run_backend(load(backend()), blocks, RunOptions(keep_passed=False), traits=traits)
    failed = tuple(case for case in whole.cases if case.verdict is not Verdict.PASS)
    assert len(failed) < len(whole.cases)
    assert part == replace(whole, cases=failed)
    assert part.verdicts == whole.verdicts
    assert part.conforms == whole.conforms
    assert list_patterns(part.cases, traits) == list_patterns(whole.cases)


def test_numpy_backend_conforms_with_every_check_but_signed_zero() -> None:
    result = run(NumpyBackend(), *list_blocks(), non_contiguous=True, deterministic=True)
    assert result.conforms
    assert {case.verdict for case in result.cases} == {Verdict.PASS}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_backend_is_found_out(name: str) -> None:
    wrong = WRONG[name]
    options = {wrong.needs: True} if wrong.needs else {}
    result = run(wrong.make(), *list_blocks(), **options)
    assert not result.conforms
    assert wrong.rule in list_rules(result)


@pytest.mark.parametrize("name", [name for name, wrong in WRONG.items() if wrong.needs])
def test_defect_of_a_switchable_check_passes_without_it(name: str) -> None:
    assert run(WRONG[name].make(), *list_blocks(("float64", "float32"))).conforms


def test_only_cases_that_show_the_defect_fail() -> None:
    result = run(RaisesOnEmpty(), get_block("linear_batched", "float32"))
    errors = {case.id for case in result.cases if case.verdict is Verdict.ERROR}
    empty = {case.id for case in result.cases if "=0" in case.id}
    assert errors == empty
    assert result.groups[0].errors == len(empty)


def test_exception_is_kept_with_its_place_in_the_backend() -> None:
    result = run(RaisesOnEmpty(), get_block("linear_batched", "float32"))
    problem = next(case for case in result.cases if case.verdict is Verdict.ERROR).problems[0]
    assert problem.message == "ValueError: matrices must not be empty"
    assert problem.detail is not None
    assert "wrong_backends.py" in problem.detail
    assert "calls.py" not in problem.detail


def test_call_error_shows_its_own_detail() -> None:
    class Remote(Scaling):
        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            raise CallError("the process ended with signal 11", "stderr: oh no")

    problem = run(Remote(), get_block("linear_gradient_scale", "float32")).cases[0].problems[0]
    assert (problem.message, problem.detail) == ("the process ended with signal 11", "stderr: oh no")


@pytest.mark.parametrize("leaving", [SystemExit(0), asyncio.CancelledError(), GeneratorExit()], ids=repr)
def test_exit_of_the_backend_is_an_error_of_its_case(leaving: BaseException) -> None:
    class Quits(Scaling):
        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            raise leaving

    result = run(Quits(), get_block("linear_gradient_scale", "float32"))
    assert {case.verdict for case in result.cases} == {Verdict.ERROR}


def test_failing_element_is_described_in_full() -> None:
    case = next(c for c in run(OmitsBias(), get_block("linear", "float32", "small-integers")).cases if c.failed)
    problem = case.problems[0]
    element = problem.element
    assert element is not None
    assert problem.rule is Rule.EXACT
    assert problem.call == "first"
    assert element.result == "output"
    assert element.error is not None
    assert float(element.error.decimal) == abs(float(element.got.decimal) - float(element.expected.decimal))
    assert case.inputs is not None
    assert "bias = " in case.inputs
    assert problem.derivation is not None
    assert "must equal v exactly" in problem.derivation


def test_number_of_described_elements_is_limited_and_all_are_counted() -> None:
    block = get_block("linear", "float32", "small-integers")
    full = run(OmitsBias(), block, max_failures=10).cases
    short = run(OmitsBias(), block, max_failures=1).cases
    assert [case.failed for case in full] == [case.failed for case in short]
    assert max(len(case.problems) for case in full) > 1
    assert max(len(case.problems) for case in short) == 1


def test_failure_of_the_second_call_names_it() -> None:
    class Tires(Scaling):
        calls = 0

        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            self.calls += 1
            scaled = super().linear_gradient_scale(grad, scale_factor)
            return scaled if self.calls <= 10 else scaled + grad.dtype.type(1)

    result = run(Tires(), get_block("linear_gradient_scale", "float32", "small-integers"))
    assert {problem.call for case in result.cases for problem in case.problems} == {"repeat"}


def test_raising_in_the_second_call_only_is_an_error() -> None:
    class Tires(Scaling):
        calls = 0

        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            self.calls += 1
            if self.calls > 10:
                raise RuntimeError("tired")
            return super().linear_gradient_scale(grad, scale_factor)

    result = run(Tires(), get_block("linear_gradient_scale", "float32", "small-integers"))
    assert {case.verdict for case in result.cases} == {Verdict.ERROR}


def test_stale_cache_fails_only_where_a_shape_comes_up_again() -> None:
    result = run(CachesByShape(), get_block("linear", "float64", "small-integers"))
    passed = [case.id for case in result.cases if case.verdict is Verdict.PASS]
    assert any(name.endswith("#0") for name in passed)
    assert not any(name.endswith("#1") and "in=3" in name for name in passed)


def test_aliasing_check_can_be_switched_off() -> None:
    assert run(ReusesBuffer(), get_block("linear_input_deriv", "float32"), aliasing=False).conforms


def test_legal_but_different_answers_are_both_judged() -> None:
    result = run(VariesLastBit(), get_block("linear", "float32"))
    assert result.conforms
    assert result.groups[0].bound_elements > 0


def test_missing_method_is_unsupported_and_never_a_pass() -> None:
    class ForwardOnly:
        name = "forward-only"
        linear = NumpyBackend().linear

    result = run(ForwardOnly(), get_block("linear_batched", "float32"))
    assert {case.verdict for case in result.cases} == {Verdict.UNSUPPORTED}
    assert result.cases[0].reason == "the backend has no method of that name"
    assert not result.conforms


def test_undeclared_dtype_is_unsupported() -> None:
    class Float32Only(NumpyBackend):
        name = "float32-only"
        dtypes = ("float32",)

    result = run(Float32Only(), get_block("linear", "float32"), get_block("linear", "float64"))
    assert [(group.dtype, group.unsupported > 0) for group in result.groups] == [("float32", False), ("float64", True)]
    assert result.conforms


def test_case_that_a_backend_turns_down_is_unsupported_with_its_reason() -> None:
    class Picky(Scaling):
        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            if not grad.size:
                raise Unsupported("no empty gradients")
            return super().linear_gradient_scale(grad, scale_factor)

    result = run(Picky(), get_block("linear_gradient_scale", "float32"))
    turned_down = [case for case in result.cases if case.verdict is Verdict.UNSUPPORTED]
    assert {case.reason for case in turned_down} == {"no empty gradients"}
    assert result.groups[0].passed + len(turned_down) == result.groups[0].cases


def test_subnormal_inputs_of_a_flushing_backend_are_on_their_own_line_and_not_called() -> None:
    called = []

    class Flushing(Scaling):
        subnormals = "flush"

        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            called.append(grad.copy())
            return super().linear_gradient_scale(grad, scale_factor)

    block = get_block("linear_gradient_scale", "float32", "subnormal", "small-integers")
    result = run(Flushing(), block)
    smallest = np.finfo(np.float32).smallest_normal
    assert result.groups[0].declared > 0
    assert result.groups[0].passed + result.groups[0].declared == result.groups[0].cases
    assert not any(((grad != 0) & (np.abs(grad) < smallest)).any() for grad in called)


def test_keeping_backend_is_called_with_subnormal_inputs() -> None:
    result = run(NumpyBackend(), get_block("linear_gradient_scale", "float32", "subnormal"))
    assert result.groups[0].declared == 0
    assert result.conforms


def test_interrupt_ends_the_run_with_what_was_finished() -> None:
    class Interrupted(Scaling):
        def linear_batched(self, weights: Any, bias: Any, input: Any) -> Any:
            raise KeyboardInterrupt

    result = run(Interrupted(), get_block("linear", "float32"), get_block("linear_batched", "float32"))
    assert not result.complete
    assert not result.conforms
    assert {case.operation for case in result.cases} == {"linear"}


def test_fail_fast_ends_at_the_first_case_that_does_not_pass() -> None:
    given: list[str] = []

    def give() -> Iterator[Block]:
        for operation in ("linear_input_deriv", "linear", "linear_batched"):
            given.append(operation)
            yield get_block(operation, "float32")

    result = run_backend(load(OmitsBias()), give(), RunOptions(fail_fast=True))
    verdicts = [case.verdict for case in result.cases]
    assert verdicts[-1] is Verdict.FAIL
    assert verdicts.count(Verdict.FAIL) == 1
    assert sum(group.cases for group in result.groups) == len(verdicts)
    assert given == ["linear_input_deriv", "linear"]
    assert not result.complete


def test_fail_fast_passes_known_failures_and_stops_at_one_that_passes() -> None:
    blocks = [get_block("linear_input_deriv", "float32"), get_block("linear", "float32")]
    failing = [case.id for case in run(OmitsBias(), *blocks).cases if case.verdict is Verdict.FAIL]
    entry = KnownEntry(tuple(failing), "omits the bias")
    known = KnownFailures((entry,))
    assert run(OmitsBias(), *blocks, fail_fast=True, known=known).complete
    passing = run(NumpyBackend(), *blocks, fail_fast=True, known=known)
    assert not passing.complete
    assert passing.cases[-1].id == failing[0]


def test_progress_counts_every_case_once() -> None:
    told: list[int] = []
    blocks = [get_block("linear", "float32"), get_block("linear_gradient_scale", "int32")]
    run_backend(load(NumpyBackend()), blocks, progress=told.append)
    assert sum(told) == sum(len(block.cases) for block in blocks)


def test_every_case_has_one_result_in_order() -> None:
    blocks = list_blocks(("float32", "int32"))
    result = run(RIGHT["reversed"](), *blocks)
    assert [case.id for case in result.cases] == [case.id for block in blocks for case in block.cases]


def test_elements_are_counted_once_whatever_the_number_of_calls() -> None:
    block = get_block("linear_backward", "float32")
    total = sum(len(column.value) for column in block.expected.values())
    group = run(NumpyBackend(), block, non_contiguous=True).groups[0]
    assert group.exact_elements + group.bound_elements + group.uninformative_elements == total


def test_numeric_warnings_stay_inside_and_others_are_reported_once() -> None:
    class Warns(Scaling):
        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            warnings.warn("overflow encountered", RuntimeWarning, stacklevel=1)
            warnings.warn("this kernel is deprecated", UserWarning, stacklevel=1)
            return super().linear_gradient_scale(grad, scale_factor)

    result = run(Warns(), *(get_block("linear_gradient_scale", dtype) for dtype in ("float32", "float64")))
    assert result.warnings == ("UserWarning: this kernel is deprecated",)


class TwentyBits(NumpyBackend):
    """Rounds its inputs to 20 bits, which the bound of a long enough sum leaves room for."""

    name = "twenty-bits"

    def linear_batched(self, weights: Any, bias: Any, input: Any) -> Any:
        rounded = [((array.view(np.int32) + 8) & ~15).view(np.float32) for array in (weights, input)]
        return super().linear_batched(rounded[0], bias, rounded[1])


def test_lost_precision_is_measured_and_warned_of_though_every_bound_holds() -> None:
    block = make_block("linear_batched", "float32", ("normal",), ({"in": 30, "out": 4, "batch": 8},))
    honest, lossy = run(NumpyBackend(), block), run(TwentyBits(), block)
    assert honest.groups[0].bits is not None
    assert lossy.groups[0].bits is not None
    assert honest.groups[0].bits > 22
    assert 19 < lossy.groups[0].bits < 22
    assert honest.warnings == ()
    assert lossy.conforms
    assert lossy.warnings[0].startswith("linear_batched float32: the errors amount to arithmetic of ")


def test_group_without_an_informative_element_is_warned_of() -> None:
    block = get_block("linear_batched", "float32")
    empty = [i for i, case in enumerate(block.cases) if case.sizes["batch"] == 0]
    result = run(NumpyBackend(), block.take(empty))
    assert result.groups[0].passed == len(empty)
    assert result.warnings == ("linear_batched float32: no element was settled by a rule that could have failed it",)


def test_declared_accumulation_decides_the_rules() -> None:
    block = get_block("linear", "float16", "normal", long=True)
    backend = load(RIGHT["forward"]())
    assert run_backend(backend, [block]).groups[0].accumulates == "float16"
    boast = replace(backend, declaration=Declaration(accumulates={"float16": "float64"}))
    result = run_backend(boast, [block])
    assert result.groups[0].accumulates == "float64"
    assert not result.conforms


def test_run_of_nothing_does_not_conform() -> None:
    assert not run(NumpyBackend()).conforms


def test_result_carries_what_the_backend_says_of_itself() -> None:
    result = run(NumpyBackend(), get_block("linear", "float32"))
    assert result.info["numpy"] == np.__version__
    assert result.declared["accumulates (batch_linear_deriv)"] == "float16 in float16, bfloat16 in bfloat16"
