"""The terms of sums along several axes and of windows, against the same sums written as loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from conform.columns import collect_exact
from conform.exact import ZERO
from conform.formats import get_format
from conform.golden.dimensions import parse_formula
from conform.mutants.task import prepare_task
from conform.mutants.terms import has_sums
from conform.suite import Attribute, Block, CaseInfo, Dimension, Expected, Operation, Parameter, Sum, Window

COMPUTED = "(width+2*padding-window)/stride+1"


def make_convolution(*, addend: bool) -> Operation:
    """A convolution in one dimension: kernels [out, in, window] over an image [in, width]."""
    wide = Dimension(COMPUTED, 0, parse_formula(COMPUTED))
    scale, step, offset = (parse_formula(text) for text in ("stride", "1", "0-padding"))
    window = Window("image", 1, 1, 1, scale, step, offset)
    parameters = (
        Parameter("kernel", (Dimension("out"), Dimension("in"), Dimension("window"))),
        Parameter("image", (Dimension("in"), Dimension("width"))),
        Parameter("bias", (Dimension("out"),)),
    )
    total = Sum((Dimension("in"), Dimension("window")), ("kernel", "image"), ("bias",) if addend else (), (window,))
    attributes = (Attribute("stride", "", 1), Attribute("padding", "", 0))
    results = (Parameter("output", (Dimension("out"), wide)),)
    return Operation("conv", "", "", parameters, results, attributes=attributes, sums={"output": total})


def convolve(kernel: np.ndarray, image: np.ndarray, bias: np.ndarray, stride: int, padding: int) -> np.ndarray:
    padded = np.pad(image, ((0, 0), (padding, padding)))
    count = (padded.shape[1] - kernel.shape[2]) // stride + 1
    result = np.zeros((len(kernel), count))
    for out, place in np.ndindex(result.shape):
        for channel, k in itertools.product(range(kernel.shape[1]), range(kernel.shape[2])):
            result[out, place] += kernel[out, channel, k] * padded[channel, place * stride + k]
    return result + bias[:, np.newaxis]


def make_block(operation: Operation, cases: list[CaseInfo]) -> tuple[Block, list[dict[str, np.ndarray]]]:
    source = np.random.default_rng(7)
    made = [
        {
            parameter.name: source.integers(-4, 5, parameter.resolve_shape(case.scope)).astype(np.float64)
            for parameter in operation.parameters
        }
        for case in cases
    ]
    inputs = {name: np.concatenate([each[name].reshape(-1) for each in made]) for name in made[0]}
    offsets = {name: np.cumsum([0, *(each[name].size for each in made)]) for name in made[0]}
    counts = [int(np.prod(operation.results[0].resolve_shape(case.scope))) for case in cases]
    zeros, none = collect_exact([ZERO] * sum(counts)), np.zeros(sum(counts), np.int64)
    expected = Expected(np.cumsum([0, *counts]), zeros, zeros, none, zeros, none, none, zeros)
    return Block(operation, get_format("float64"), tuple(cases), inputs, offsets, {"output": expected}), made


@pytest.mark.parametrize("addend", [False, True], ids=["without a bias", "with a bias"])
def test_a_window_reads_what_a_loop_reads(addend: bool) -> None:
    settings = [(1, 0), (2, 0), (1, 1), (2, 2), (3, 1)]
    cases = [
        CaseInfo(f"c{i}", {"out": 2, "in": 3, "window": 3, "width": 7}, (), i, {"stride": stride, "padding": padding})
        for i, (stride, padding) in enumerate(settings)
    ]
    block, made = make_block(make_convolution(addend=addend), cases)
    task = prepare_task(block)
    wanted = [
        convolve(each["kernel"], each["image"], each["bias"] * addend, *setting)
        for each, setting in zip(made, settings, strict=True)
    ]
    np.testing.assert_array_equal(task.reference["output"], np.concatenate([each.reshape(-1) for each in wanted]))
    # Padding is no term.
    assert len(task.terms["output"].left) < len(wanted) * 2 * 7 * (9 + addend)


def test_an_operation_with_a_result_that_is_no_sum_has_no_terms() -> None:
    operation = make_convolution(addend=True)
    assert has_sums(operation)
    assert not has_sums(Operation("norm", "", "", operation.parameters, operation.results))
