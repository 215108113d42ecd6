"""The rounds of calls beyond the first two: what a backend is called with in them, and what only they find out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.check import check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.bits import view_bits
from conform.results import Rule, Verdict
from conform.running.observe import Checks
from conform.running.rounds import (
    FIRST,
    OTHER_FORMAT,
    PAYLOADS,
    REFILLED,
    REPEAT,
    ROUNDS,
    STRIDED,
    choose_cases,
)
from conform.running.runner import RunOptions, run_backend

BLOCK = get_block("linear", "float32", "small-integers", "normal", long=True)


class Recorder(NumpyBackend):
    """Right, and keeps what it was called with: addresses, strides and bits."""

    name = "recorder"

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        self.calls.append(
            {
                "address": weights.ctypes.data,
                "strides": weights.strides,
                "dtype": weights.dtype.name,
                "shape": weights.shape,
                "bits": weights.tobytes() + bias.tobytes() + input.tobytes(),
            }
        )
        return super().linear(weights, bias, input)


def record(*rounds: str, block: Any = BLOCK, **options: Any) -> list[dict[str, Any]]:
    from conform.running.observe import observe_block

    recorder = Recorder()
    seen = observe_block(
        check_backend(recorder, OPERATIONS), block, Checks((FIRST, *rounds), **options), lambda n: None
    )
    assert not seen.problems
    return recorder.calls[len(block.cases) :]


def run(backend: Any, *blocks: Any, **options: Any) -> Any:
    return run_backend(check_backend(backend, OPERATIONS), blocks or [BLOCK], RunOptions(**options))


def test_every_round_but_the_first_two_is_of_a_few_cases() -> None:
    block = get_block("linear", "float32")
    for label, chosen in zip(ROUNDS, choose_cases(ROUNDS, block, False), strict=True):
        assert chosen.all() == (label in (FIRST, REPEAT)), label
    whole = dict(zip(ROUNDS, choose_cases(ROUNDS, block, True), strict=True))
    assert whole[STRIDED].all()


def test_layouts_are_other_ones() -> None:
    strides = {call["strides"] for call in record(STRIDED) if min(call["shape"]) > 1}
    dense = {tuple(np.empty(call["shape"], np.float32).strides) for call in record(STRIDED)}
    assert strides - dense


def test_refilled_memory_keeps_its_address() -> None:
    calls = record(REFILLED)
    pairs = list(zip(calls[::2], calls[1::2], strict=True))
    assert pairs
    for first, second in pairs:
        assert first["address"] == second["address"]
        assert first["bits"] != second["bits"]


def test_a_call_of_the_same_sizes_in_another_format_comes_before() -> None:
    calls = record(OTHER_FORMAT)
    pairs = list(zip(calls[::2], calls[1::2], strict=True))
    assert pairs
    for other, own in pairs:
        assert other["shape"] == own["shape"]
        assert (other["dtype"], own["dtype"]) == ("float8_e5m2", "float32")


def test_a_backend_of_one_format_is_called_in_no_other() -> None:
    class OneFormat(Recorder):
        dtypes = ("float32",)

    recorder = OneFormat()
    assert run(recorder).conforms
    assert {call["dtype"] for call in recorder.calls} == {"float32"}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_nan_has_other_payloads_and_is_nan_still(dtype: str) -> None:
    block = get_block("linear", dtype, "nan", long=True)
    found: set[int] = set()

    class Looks(NumpyBackend):
        name = "looks"

        def linear(self, weights: Any, bias: Any, input: Any) -> Any:
            for array in (weights, bias, input):
                found.update(view_bits(np.ascontiguousarray(array))[np.isnan(array).reshape(-1)].tolist())
            return super().linear(weights, bias, input)

    usual = set(np.array([np.nan, -np.nan]).astype(block.format.dtype).view(f"u{block.format.dtype.itemsize}").tolist())
    assert run(Looks(), block).conforms
    assert found - usual


class Refuses(NumpyBackend):
    name = "refuses"

    def __init__(self, refuse: Callable[..., bool]) -> None:
        self._refuse = refuse

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        if self._refuse(weights, bias, input):
            raise ValueError("not that")
        return super().linear(weights, bias, input)


@pytest.mark.parametrize(
    ("label", "refuse"),
    [
        (STRIDED, lambda weights, bias, input: not weights.flags.c_contiguous),
        (PAYLOADS, lambda weights, bias, input: bool((view_bits(np.ascontiguousarray(weights)) == 0x7F800001).any())),
    ],
    ids=[STRIDED, PAYLOADS],
)
def test_what_a_round_finds_bears_its_name(label: str, refuse: Callable[..., bool]) -> None:
    result = run(Refuses(refuse), BLOCK, get_block("linear", "float32", "nan", long=True))
    assert {problem.call for case in result.cases for problem in case.problems} == {label}
    assert not result.conforms


def test_an_input_that_is_changed_in_refilled_memory_is_found() -> None:
    class Overwrites(NumpyBackend):
        name = "overwrites"

        def __init__(self) -> None:
            self.seen: list[int] = []

        def linear(self, weights: Any, bias: Any, input: Any) -> Any:
            answer = super().linear(weights, bias, input)
            if bias.size and bias.ctypes.data in self.seen[-1:]:
                bias[0] += 1
            self.seen.append(bias.ctypes.data)
            return answer

    result = run(Overwrites(), BLOCK)
    found = {(problem.rule, problem.call) for case in result.cases for problem in case.problems}
    assert (Rule.MUTATION, REFILLED) in found


def test_an_empty_sum_that_is_never_written_is_found() -> None:
    class LeavesUnwritten(NumpyBackend):
        name = "leaves-unwritten"

        def linear_input_deriv(self, weights: Any, grad_output: Any) -> Any:
            if not grad_output.size:
                return np.empty(weights.shape[1], weights.dtype)
            return super().linear_input_deriv(weights, grad_output)

    for dtype in ("float32", "int64"):
        block = get_block("linear_input_deriv", dtype, "small-integers")
        hollow = [i for i, case in enumerate(block.cases) if case.sizes["out"] == 0 and case.sizes["in"] > 0]
        assert hollow
        result = run(LeavesUnwritten(), block.take(hollow))
        assert {case.verdict for case in result.cases} == {Verdict.FAIL}


def test_all_layouts_are_for_those_who_ask() -> None:
    def is_reversed(weights: Any, bias: Any, input: Any) -> bool:
        return any(stride < 0 for array in (weights, bias, input) for stride in array.strides)

    assert run(Refuses(is_reversed)).conforms
    assert not run(Refuses(is_reversed), non_contiguous=True).conforms
