"""A small suite with its own oracle: every operation of the layer, traced in exact fractions, term by term."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from conform.columns import ExactArray, collect_exact
from conform.exact import Dyadic, ExactNumber
from conform.formats import FLOAT_NAMES, Format, get_format
from conform.suite import NO_QUANTUM, Block, CaseInfo, Dimension, Expected, Operation, Parameter, Sum

FORMATS = ("float64", "float32", "float16", "bfloat16", "int32", "int64")


@dataclass(frozen=True)
class Traced:
    """A number with what the judge needs to know of how it came about; `finite` sums the finite terms alone."""

    value: Fraction | float
    magnitude: Fraction | float
    finite: Fraction
    peak: Fraction
    depth: int = 0
    underflow: Fraction = Fraction(0)
    quantum: int = NO_QUANTUM
    floor: int = NO_QUANTUM

    def __add__(self, other: Traced) -> Traced:
        finite = self.finite + other.finite
        quantum = min(self.quantum, other.quantum)
        return Traced(
            _apply(float.__add__, Fraction.__add__, self.value, other.value),
            _apply(float.__add__, Fraction.__add__, self.magnitude, other.magnitude),
            finite,
            max(self.peak, other.peak, finite),
            max(self.depth, other.depth) + 1,
            self.underflow + other.underflow + 1,
            quantum,
            min(self.floor, other.floor, quantum),
        )

    def __mul__(self, other: Traced) -> Traced:
        finite = self.finite * other.finite
        quantum = self.quantum + other.quantum if finite else NO_QUANTUM
        return Traced(
            _apply(float.__mul__, Fraction.__mul__, self.value, other.value),
            _apply(float.__mul__, Fraction.__mul__, self.magnitude, other.magnitude),
            finite,
            max(self.peak, other.peak, finite),
            self.depth + other.depth + 1,
            self.underflow * other.finite + other.underflow * self.finite + self.underflow * other.underflow + 1,
            quantum,
            min(self.floor, other.floor, quantum),
        )


def _apply(special: Any, exact: Any, a: Fraction | float, b: Fraction | float) -> Fraction | float:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return exact(a, b)
    # Only signs, zeros and special values matter here, and float arithmetic gets those right.
    return special(
        float(np.sign(a)) if isinstance(a, Fraction) else a, float(np.sign(b)) if isinstance(b, Fraction) else b
    )


def _trace(x: Any) -> Traced:
    number = float(x) if not isinstance(x, np.integer) else int(x)
    if not math.isfinite(number):
        return Traced(number, abs(number), Fraction(0), Fraction(0))
    exact = Fraction(number)
    quantum = NO_QUANTUM
    if exact:
        low = exact.numerator & -exact.numerator
        quantum = low.bit_length() - exact.denominator.bit_length()
    return Traced(exact, abs(exact), abs(exact), abs(exact), quantum=quantum, floor=quantum)


ZERO = _trace(0.0)


def _multiply(a: Any, b: Any) -> Any:
    """The product of two matrices of traced numbers, each dot product folded left from zero."""
    product = np.empty((a.shape[0], b.shape[1]), object)
    for i, j in np.ndindex(product.shape):
        product[i, j] = functools.reduce(Traced.__add__, a[i] * b[:, j], ZERO)
    return product


def _apply_layer(weights: Any, bias: Any, input: Any) -> Any:
    return _multiply(input, weights.T) + bias


def _backward(weights: Any, input: Any, grad_output: Any) -> Any:
    sums = [functools.reduce(Traced.__add__, column, ZERO) for column in grad_output.T]
    bias = np.array([*sums, None], object)[:-1]
    return _multiply(grad_output.T, input), bias, _multiply(grad_output, weights)


SPEC: dict[str, Callable[..., Any]] = {
    "linear": lambda weights, bias, input: _apply_layer(weights, bias, input[None])[0],
    "linear_batched": _apply_layer,
    "linear_weights_deriv": lambda input, grad_output: grad_output[:, None] * input,
    "linear_bias_deriv": lambda grad_weights, grad_output, input: grad_output,
    "linear_input_deriv": lambda weights, grad_output: _multiply(grad_output[None], weights)[0],
    "batch_linear_deriv": _backward,
    "linear_backward": lambda weights, bias, input, grad_output: (
        grad_output[:, None] * input,
        grad_output,
        _multiply(grad_output[None], weights)[0],
    ),
    "linear_gradient_accumulate": lambda grad1, grad2: grad1 + grad2,
    "linear_gradient_scale": lambda grad, scale_factor: grad * scale_factor,
}

_W, _B, _X, _G = "weights:out,in", "bias:out", "input:in", "grad_output:out"
_BATCH = ("input:batch+1,in", "grad_output:batch+1,out")
_D = ("dW:out,in", "db:out", "dx:in")
_SIGNATURES = {
    "linear": ((_W, _B, _X), ("output:out",)),
    "linear_batched": ((_W, _B, "input:batch,in"), ("output:batch,out",)),
    "linear_weights_deriv": ((_X, _G), ("dW:out,in",)),
    "linear_bias_deriv": (("grad_weights:out,in", _G, _X), ("db:out",)),
    "linear_input_deriv": ((_W, _G), ("dx:in",)),
    "batch_linear_deriv": ((_W, *_BATCH), ("dW:out,in", "db:out", "dx:batch+1,in")),
    "linear_backward": ((_W, _B, _X, _G), _D),
    "linear_gradient_accumulate": (("grad1:out,in", "grad2:out,in"), ("grad:out,in",)),
    "linear_gradient_scale": (("grad:out,in", "scale_factor:"), ("grad:out,in",)),
}


def _read_parameter(text: str) -> Parameter:
    name, _, shape = text.partition(":")
    symbols = [part.partition("+") for part in shape.split(",") if part]
    return Parameter(name, tuple(Dimension(symbol, int(offset or 0)) for symbol, _, offset in symbols))


_SUMS = {
    name: {"output": Sum((Dimension("in"),), ("weights", "input"), ("bias",))} for name in ("linear", "linear_batched")
}

OPERATIONS = tuple(
    Operation(
        name,
        f"Spec.{name}",
        "",
        tuple(map(_read_parameter, given)),
        tuple(map(_read_parameter, results)),
        sums=_SUMS.get(name, {}),
    )
    for name, (given, results) in _SIGNATURES.items()
)

SIZES = (
    {"in": 3, "out": 3, "batch": 2},
    {"in": 5, "out": 2, "batch": 3},
    {"in": 1, "out": 4, "batch": 0},
    {"in": 0, "out": 2, "batch": 1},
    {"in": 7, "out": 0, "batch": 1},
)
LONG = {"in": 65, "out": 2, "batch": 1}


def make_inputs(operation: Operation, sizes: dict[str, int], kind: str, format: Format, seed: int) -> dict[str, Any]:
    """The inputs of one case; kinds are small-integers, normal, nan, subnormal and overflow."""
    rng = np.random.default_rng(seed)
    made = {}
    for parameter in operation.parameters:
        shape = parameter.resolve_shape(sizes)
        values = rng.integers(-5, 6, shape).astype(np.float64)
        if kind == "normal":
            values = rng.standard_normal(shape)
        elif kind == "nan":
            values = rng.choice([np.nan, np.inf, -np.inf, 0.0, 1.0, -2.0], shape, p=[0.05, 0.1, 0.1, 0.15, 0.3, 0.3])
        elif kind == "subnormal":
            values = values * 2.0**format.subnormal_exponent
        elif kind == "overflow":
            values = values * (format.largest.to_float() / 8)
        made[parameter.name] = np.asarray(values).astype(format.dtype)
    return made


def make_block(
    operation: str, dtype: str, kinds: Iterable[str] = ("small-integers", "normal", "nan"), sizes: Any = SIZES
) -> Block:
    """Every kind in every size, and each of these twice with other numbers, so that no shape comes up only once."""
    found = next(each for each in OPERATIONS if each.name == operation)
    format = get_format(dtype)
    chosen = [kind for kind in kinds if dtype in FLOAT_NAMES or kind == "small-integers"]
    cases, made = [], []
    for kind in chosen:
        for size in sizes:
            for n in range(2):
                text = ",".join(f"{symbol}={value}" for symbol, value in size.items())
                cases.append(CaseInfo(f"{operation}/{kind}/{dtype}/{text}#{n}", size, (kind,), len(cases) + 1))
                made.append(make_inputs(found, size, kind, format, len(cases)))
    return assemble_block(found, format, cases, made)


def assemble_block(operation: Operation, format: Format, cases: list[CaseInfo], made: list[dict[str, Any]]) -> Block:
    """The block of the given cases with what the specification makes of their inputs."""
    answers = [_evaluate(operation, inputs) for inputs in made]
    expected = {}
    for position, result in enumerate(operation.results):
        per_case = [answer[position].reshape(-1).tolist() for answer in answers]
        expected[result.name] = _collect(per_case)
    inputs, offsets = {}, {}
    for parameter in operation.parameters:
        arrays = [each[parameter.name].reshape(-1) for each in made]
        inputs[parameter.name] = np.concatenate(arrays)
        offsets[parameter.name] = np.cumsum([0, *map(len, arrays)])
    return Block(operation, format, tuple(cases), inputs, offsets, expected)


def _evaluate(operation: Operation, inputs: dict[str, Any]) -> tuple[Any, ...]:
    traced = {name: _trace_array(array) for name, array in inputs.items()}
    with np.errstate(all="ignore"):
        answer = SPEC[operation.name](**traced)
    return answer if len(operation.results) > 1 else (answer,)


def _trace_array(array: Any) -> Any:
    if array.ndim == 0:
        return _trace(array[()])
    traced = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        traced[index] = _trace(array[index])
    return traced


def _collect(per_case: list[list[Traced]]) -> Expected:
    flat = [element for case in per_case for element in case]

    def take(name: str) -> ExactArray:
        return collect_exact([_to_exact(getattr(element, name)) for element in flat])

    def count(name: str) -> Any:
        return np.array([getattr(element, name) for element in flat], np.int64)

    offsets = np.cumsum([0, *map(len, per_case)])
    return Expected(
        offsets, take("value"), take("magnitude"), count("depth"), take("underflow"),
        count("quantum"), count("floor"), take("peak"),
    )  # fmt: skip


def _to_exact(number: Fraction | float) -> ExactNumber:
    if isinstance(number, float):
        return number
    return Dyadic(number.numerator, 1 - number.denominator.bit_length()).normalized()


@functools.cache
def get_block(operation: str, dtype: str, *kinds: str, long: bool = False) -> Block:
    """`make_block`, made once; with `long`, sums of dozens of terms alone."""
    return make_block(operation, dtype, kinds or ("small-integers", "normal", "nan"), (LONG,) if long else SIZES)


def list_blocks(dtypes: Iterable[str] = FORMATS, *kinds: str) -> list[Block]:
    """One block of every operation in each of the formats."""
    return [get_block(operation.name, dtype, *kinds) for operation in OPERATIONS for dtype in dtypes]
