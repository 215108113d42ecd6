"""Defects at array operations: arrays that tell of them, what can be wrong with one, and which cases catch it."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from vector_samples import get_blocks, get_manifest

from conform.backends.base import BackendBase
from conform.backends.check import check_backend
from conform.cli import run_cli
from conform.formats import get_format
from conform.mutants.detection import Power, measure_power
from conform.mutants.interposed.arguments import ARGUMENTS
from conform.mutants.interposed.arrays import Array, Call, Step, run_interposed
from conform.mutants.interposed.defects import list_defects
from conform.mutants.interposed.planting import Stand
from conform.mutants.jobs import map_operations
from conform.suite import Block

FLOAT32 = get_format("float32")


def trace(method: Callable[..., Any], *arrays: Array) -> tuple[list[str], Array]:
    """The steps of a method of positional parameters a, b, …, and its result."""
    steps: list[str] = []

    def perform(step: Step, call: Call) -> Any:
        steps.append(str(step))
        return call.run()

    inputs = dict(zip("abcd", arrays, strict=False))
    (result,) = run_interposed(method, inputs, {}, ["out"], perform)
    return steps, result


def in_place(a: Array) -> Array:
    b = a.copy()
    b += 1
    np.multiply(b, 2, out=b)
    return b


@pytest.mark.parametrize(
    ("method", "steps"),
    [
        (lambda a: np.exp(-a), ["a", "negative", "exp", "result-out"]),
        (lambda a: a * a * 3, ["a", "multiply", "multiply-2", "result-out"]),
        (lambda a: a.sum(axis=0), ["a", "add.reduce", "result-out"]),
        (lambda a: np.sum(a, axis=-1, keepdims=True), ["a", "sum", "result-out"]),
        (lambda a: np.where(a > 0, a, np.zeros_like(a)), ["a", "greater", "zeros_like", "where", "result-out"]),
        (lambda a: a.T @ a, ["a", "transpose", "matmul", "result-out"]),
        (lambda a: a[1:], ["a", "getitem", "result-out"]),
        (lambda a: a.astype(np.float64).astype(a.dtype), ["a", "astype-float64", "astype-float32", "result-out"]),
        (lambda a: np.outer(a, a), ["a", "outer", "result-out"]),
        (in_place, ["a", "add", "multiply", "result-out"]),
    ],
    ids=["ufuncs", "repeated", "method", "function", "choice", "product", "slice", "casts", "outer", "in-place"],
)
def test_every_array_operation_is_told_and_gives_what_it_gives(method: Callable[..., Any], steps: list[str]) -> None:
    array = np.arange(-4, 5, dtype=np.float32).reshape(3, 3) / 3
    told, result = trace(method, array)
    assert told == steps
    np.testing.assert_array_equal(result, method(array))
    assert type(result) is np.ndarray


def call(name: str, function: Callable[..., Any], *args: Any, kind: str = "step", **kwargs: Any) -> Call:
    return Call(name, function, args, kwargs, kind)


A = np.array([[4.5, -2.25, 3.0], [0.5, 7.0, -0.125], [2.0, 2.0, 9.0]], np.float32)
F = A / np.float32(3)
TINY = np.array([np.inf, np.nan, 1e-40, -3.0], np.float32)
CALLS = {
    "subtract": call("subtract", np.subtract, F, F[:, :1]),
    "multiply": call("multiply", np.multiply, np.float32([0, 2]), np.float32([np.inf, 3])),
    "constant": call("multiply", np.multiply, F, 0.75),
    "sum": call("sum", np.sum, F, axis=-1, keepdims=True),
    "max": call("max", np.max, F, axis=-1, keepdims=True),
    "matmul": call("matmul", np.matmul, F, F),
    "greater": call("greater", np.greater, A, 2),
    "where": call("where", np.where, A > 1, A, -A),
    "ones": call("ones_like", np.ones_like, A),
    "exp": call("exp", np.exp, F),
    "input": call("x", np.positive, TINY, kind="input"),
    "cast": call("astype-float32", lambda array: array.astype(np.float32), A.astype(np.float64) / 3),
    "long": call("sum", np.sum, np.arange(1, 9, dtype=np.float32), axis=-1),
}


@pytest.mark.parametrize(
    ("which", "defects"),
    [
        ("subtract", {"first-alone", "second-alone", "second-doubled", "swapped", "other-axis", "add-instead", "off"}),
        ("multiply", {"zero-wins", "divide-instead"}),
        ("constant", {"constant-off"}),
        ("sum", {"first-lost", "last-lost", "wrong-axis", "mean-instead", "max-instead", "rounded-to-bfloat16"}),
        ("max", {"first-lost", "min-instead", "fmax-instead"}),
        ("matmul", {"first-lost", "last-lost", "half-precise"}),
        ("greater", {"inverted", "greater_equal-instead"}),
        ("where", {"choice-swapped", "first-always", "second-always"}),
        ("ones", {"one-more"}),
        ("exp", {"exp2-instead", "expm1-instead", "rounded-to-tf32", "zero", "unsigned"}),
        ("input", {"flushed", "saturated", "nan-swallowed", "infinity-spoilt", "last-zero", "shifted"}),
        ("cast", {"truncated"}),
        ("long", {"block-lost"}),
    ],
)
def test_an_operation_can_have_these_defects_and_they_keep_its_shape_and_format(which: str, defects: set[str]) -> None:
    whole = CALLS[which]
    with np.errstate(all="ignore"):
        before = np.asarray(whole.run())
        found = {defect.name: np.asarray(defect.apply(whole, FLOAT32)) for defect in list_defects(whole, FLOAT32)}
    assert defects <= set(found)
    for name, after in found.items():
        assert after.dtype == before.dtype, name
        assert after.shape == before.shape, name
    unseen = {"unsigned", "nan-swallowed", "infinity-spoilt", "flushed", "saturated", "fmax-instead"}
    for name in defects - unseen | (defects & unseen if which == "input" else set()):
        assert not np.array_equal(found[name], before, equal_nan=True), name


def test_what_is_as_precise_as_the_format_is_no_defect() -> None:
    exp = CALLS["exp"]
    names = {defect.name for defect in list_defects(exp, get_format("bfloat16"))}
    assert "half-precise" in names
    assert not any(name.startswith("rounded-to") for name in names)
    assert "rounded-to-bfloat16" in {defect.name for defect in list_defects(exp, get_format("float16"))}


class Scales(BackendBase):
    """One operation, in a way that has an operation without effect."""

    name = "scales"

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        return np.maximum(grad * scale_factor, np.full_like(grad, -np.inf))


def measure(backend: type[BackendBase]) -> Power:
    operations = get_manifest().operations
    blocks = get_blocks("linear_gradient_scale", "float32")
    return measure_power([], blocks, operations, subject=check_backend(backend, operations))


def test_defects_are_caught_by_the_suite_and_those_that_change_nothing_are_none() -> None:
    power = measure(Scales)
    names = {detection.mutant.name.partition("/")[2] for detection in power.detections}
    assert {"multiply/second-alone", "grad/rounded-to-tf32", "result-grad/shifted"} <= names
    # Whatever the operand that is never the greater is, no argument shows it.
    assert "full_like/unsigned" not in names
    for detection in power.detections:
        for planting in detection.defects:
            assert planting.is_caught, detection.mutant.name
            ids = [power.cases[i].info.id for i in planting.caught]
            assert all(id.startswith("linear_gradient_scale/") for id in ids)


def test_a_defect_that_no_case_brings_to_bear_survives() -> None:
    operations = get_manifest().operations
    block = get_blocks("linear_gradient_scale", "float32")[0]
    finite = [
        case
        for case in range(len(block.cases))
        if all(np.isfinite(array).all() and array.any() for array in block.get_inputs(case).values())
    ]
    subject = check_backend(Scales, operations)
    power = measure_power([], [block.take(finite[:3])], operations, subject=subject)
    survivors = {each.mutant.name for each in power.detections if each.survivors}
    assert "linear_gradient_scale/grad/nan-swallowed" in survivors


class Breaks(BackendBase):
    name = "breaks"

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        scaled = grad * scale_factor
        if grad.size > 1 and not np.asarray(scaled).any() and np.asarray(grad).any() and np.asarray(scale_factor).any():
            raise ArithmeticError("all is lost")
        return scaled


def test_a_method_that_raises_with_a_defect_is_caught() -> None:
    operations = get_manifest().operations
    block = get_blocks("linear_gradient_scale", "float32")[0]
    stand = Stand(check_backend(Breaks, operations), block)
    (zero,) = (each for each in stand.interpositions if each.name.endswith("multiply/zero"))
    assert stand.plant(zero).caught


def test_every_argument_names_an_operation_of_the_vectors() -> None:
    from fnmatch import fnmatchcase

    names = [operation.name for operation in get_manifest().operations]
    for argument in ARGUMENTS:
        assert any(fnmatchcase(name, argument.operation) for name in names), argument


def test_the_command_plants_one_by_name_and_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["--operation", "linear_gradient_scale", "--dtype", "float16"]
    name = "linear_gradient_scale/multiply/second-alone"
    assert run_cli(["mutants", name, *chosen]) == 0
    assert "1 of 1 caught" in capsys.readouterr().out
    assert run_cli(["mutants", "--list", "--array-operations", *chosen]) == 0
    assert f"{name}  (array operations)" in capsys.readouterr().out
    assert run_cli(["mutants", "linear_gradient_scale/multiply/none", *chosen]) == 2
    assert "nothing of these cases has the mutant linear_gradient_scale/multiply/none" in capsys.readouterr().err


def test_operations_side_by_side_catch_what_they_catch_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = ["--operation", "linear_*_deriv", "--dtype", "float16", "--json", "-"]
    reports = []
    for jobs in ("1", "2"):
        assert run_cli(["mutants", "first-term-twice", "result-shifted", "--jobs", jobs, *chosen]) in (0, 1)
        reports.append(capsys.readouterr().out)
    assert reports[0] == reports[1]


def test_an_interrupted_measurement_leaves_no_process_behind() -> None:
    blocks = [*get_blocks("linear_bias_deriv", "float16"), *get_blocks("linear", "float16")]

    def work(group: list[Block]) -> int:
        if group[0].operation.name == "linear":
            threading.Event().wait(600)
        return os.getpid()

    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        map_operations(work, blocks, 2, interrupt)
    deadline = time.monotonic() + 60
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not multiprocessing.active_children()
