"""The hook `prepare`: it is called before calls of another kind, and what goes wrong in it is the verdict on them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.base import Unsupported
from conform.backends.check import check_backend
from conform.backends.connection import Limits
from conform.backends.numpy_backend import NumpyBackend
from conform.backends.protocol import write_call, write_hello
from conform.backends.supervised import supervise_backend
from conform.backends.worker import serve
from conform.errors import BackendError
from conform.results import BackendResult, Rule, Verdict
from conform.running.observe import Checks, observe_block
from conform.running.rounds import FIRST, OTHER_FORMAT, REPEAT
from conform.running.runner import run_backend

BLOCK = get_block("linear", "float32", "small-integers", "normal")
SIZES = {tuple(case.sizes.items()) for case in BLOCK.cases}
CHOSEN = {"in": 5, "out": 2, "batch": 3}
Kind = tuple[str, dict[str, tuple[int, ...]], dict[str, np.dtype[Any]]]


class Compiler(NumpyBackend):
    """Right, and only for calls of the kind that it was told to prepare for last."""

    name = "compiler"

    def __init__(self) -> None:
        self.prepared: list[Kind] = []

    def prepare(self, operation: str, shapes: Any, dtypes: Any) -> None:
        self.prepared.append((operation, dict(shapes), dict(dtypes)))

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        given = {"weights": weights, "bias": bias, "input": input}
        shapes = {name: array.shape for name, array in given.items()}
        assert self.prepared[-1] == ("linear", shapes, {name: array.dtype for name, array in given.items()})
        return super().linear(weights, bias, input)


class Picky(NumpyBackend):
    """Does not get ready for one shape, in a way of its own."""

    name = "picky"
    kind: type[BaseException] = ArithmeticError

    def __init__(self) -> None:
        self.asked = 0

    def prepare(self, operation: str, shapes: Any, dtypes: Any) -> None:
        if shapes["weights"] == (2, 5):
            self.asked += 1
            raise self.kind("no program for two by five")


class Declining(Picky):
    kind = Unsupported


class Hanging(NumpyBackend):
    name = "hanging"

    def prepare(self, operation: str, shapes: Any, dtypes: Any) -> None:
        if shapes["weights"] == (2, 5):
            while True:
                pass


def run(backend: Any) -> BackendResult:
    return run_backend(check_backend(backend, OPERATIONS), [BLOCK])


def pick(result: BackendResult, chosen: bool) -> list[Any]:
    return [
        found for found, case in zip(result.cases, BLOCK.cases, strict=True) if (dict(case.sizes) == CHOSEN) == chosen
    ]


def test_every_call_is_of_the_kind_that_was_prepared_for_last() -> None:
    compiler = Compiler()
    assert run(compiler).conforms
    assert all(first != second for first, second in zip(compiler.prepared, compiler.prepared[1:], strict=False))
    assert {dtype.name for _, _, dtypes in compiler.prepared for dtype in dtypes.values()} > {"float32"}


def test_cases_of_equal_sizes_come_one_after_the_other() -> None:
    assert len(SIZES) < len(BLOCK.cases)
    compiler = Compiler()
    observe_block(check_backend(compiler, OPERATIONS), BLOCK, Checks((FIRST, REPEAT)), lambda count: None)
    # The last group of the first round is the first one of the second.
    assert len(compiler.prepared) == 2 * len(SIZES) - 1
    assert compiler.prepared == compiler.prepared[::-1]


def test_a_call_in_another_format_is_prepared_for_and_so_is_the_one_after_it() -> None:
    compiler = Compiler()
    seen = observe_block(check_backend(compiler, OPERATIONS), BLOCK, Checks((FIRST, OTHER_FORMAT)), lambda count: None)
    assert not seen.problems
    names = [dtypes["weights"].name for _, _, dtypes in compiler.prepared[len(SIZES) :]]
    assert names == ["float8_e5m2", "float32"] * (len(names) // 2)
    assert names


def test_what_it_raises_is_the_error_of_all_the_cases_it_was_about() -> None:
    picky = Picky()
    result = run(picky)
    failed = pick(result, chosen=True)
    assert len(failed) > 1
    for case in failed:
        (problem,) = case.problems
        assert (case.verdict, problem.rule) == (Verdict.ERROR, Rule.RAISED)
        assert problem.message == "ArithmeticError: no program for two by five"
        assert "in prepare" in problem.detail
    assert {case.verdict for case in pick(result, chosen=False)} == {Verdict.PASS}
    assert picky.asked == 1


def test_it_may_decline() -> None:
    result = run(Declining())
    assert {(case.verdict, case.reason) for case in pick(result, chosen=True)} == {
        (Verdict.UNSUPPORTED, "no program for two by five")
    }
    assert {case.verdict for case in pick(result, chosen=False)} == {Verdict.PASS}


@pytest.mark.parametrize("name", ["Picky", "Declining", "Compiler"])
def test_a_process_of_its_own_makes_no_difference(name: str) -> None:
    backend = supervise_backend(f"{Path(__file__)}:{name}", OPERATIONS)
    try:
        result = run_backend(backend, [BLOCK])
    finally:
        backend.close()  # type: ignore[misc]
    direct = run(globals()[name]())
    assert [(case.verdict, case.reason) for case in result.cases] == [
        (case.verdict, case.reason) for case in direct.cases
    ]


def test_one_that_takes_too_long_costs_the_cases_that_it_is_about() -> None:
    backend = supervise_backend(f"{Path(__file__)}:Hanging", OPERATIONS, Limits(call=1.0, start=60.0))
    try:
        result = run_backend(backend, [BLOCK])
    finally:
        backend.close()  # type: ignore[misc]
    failed = pick(result, chosen=True)
    assert {case.verdict for case in failed} == {Verdict.ERROR}
    assert "gave no answer within 1 s" in failed[0].problems[0].message
    assert {case.verdict for case in pick(result, chosen=False)} == {Verdict.PASS}


def test_single_calls_are_prepared_for_as_well() -> None:
    given = {name: BLOCK.get_inputs(0)[name] for name in ("weights", "bias", "input")}
    lines = [write_hello("test", OPERATIONS), *(write_call(number, "linear", given, {}) for number in (1, 2))]
    answers = io.BytesIO()
    serve(f"{Path(__file__)}:Compiler", lines, answers)
    _, *answered = map(orjson.loads, answers.getvalue().splitlines())
    assert [sorted(each) for each in answered] == [["id", "results"]] * 2


@pytest.mark.parametrize(
    ("prepare", "fragment"),
    [
        pytest.param(lambda self, operation: None, "prepare cannot be called: too many positional", id="too-few"),
        pytest.param(lambda self, a, b, c, d: None, "prepare cannot be called: missing a required", id="too-many"),
        pytest.param(3, "prepare is not callable", id="number"),
    ],
)
def test_one_that_cannot_be_called_is_found_before_anything_runs(prepare: Any, fragment: str) -> None:
    backend = type("Wrong", (NumpyBackend,), {"prepare": prepare})
    with pytest.raises(BackendError, match=fragment):
        check_backend(backend, OPERATIONS)
