"""What can be wrong with one array operation, whatever method it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ml_dtypes  # noqa: F401  (bfloat16 as a dtype of numpy)
import numpy as np

from conform.formats import Format
from conform.mutants.interposed.arrays import Array, Call
from conform.mutants.rounding import round_through, step

Apply = Callable[[Call, Format], Any]
"""The result of an operation that has the defect, in a method whose inputs and results have the format."""


@dataclass(frozen=True)
class Defect:
    """A defect of an operation; `summary` has {step} where the operation is to be named.

    `fits` says whether an operation can have it at all: one that it could never change has it nowhere.
    """

    name: str
    summary: str
    fits: Callable[[Call, Format], bool]
    apply: Apply


_OTHERS: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "add": (np.subtract,),
    "subtract": (np.add,),
    "multiply": (np.add, np.divide),
    "divide": (np.multiply,),
    "maximum": (np.minimum, np.add, np.fmax),
    "minimum": (np.maximum, np.add, np.fmin),
    "exp": (np.exp2, np.expm1),
    "expm1": (np.exp, np.positive),
    "log": (np.log2, np.log1p),
    "log1p": (np.log, np.positive),
    "sqrt": (np.positive, np.square, np.cbrt),
    "square": (np.positive, np.abs),
    "tanh": (np.positive, np.sinh, np.arctan),
    "sinh": (np.cosh, np.tanh, np.positive),
    "cosh": (np.sinh, np.exp),
    "absolute": (np.positive, np.negative),
    "negative": (np.positive,),
    "greater": (np.greater_equal, np.less),
    "greater_equal": (np.greater, np.less),
    "less": (np.less_equal, np.greater),
    "less_equal": (np.less, np.greater),
    "sum": (np.mean, np.max, np.prod),
    "add.reduce": (np.mean, np.max, np.prod),
    "max": (np.min, np.mean, np.fmax.reduce),
    "maximum.reduce": (np.min, np.mean, np.fmax.reduce),
    "amax": (np.min, np.mean, np.fmax.reduce),
    "mean": (np.sum, np.max),
}
"""Functions of the same arguments that each could be mistaken for."""

_REDUCTIONS = ("sum", "add.reduce", "max", "amax", "maximum.reduce", "mean", "min", "minimum.reduce")
_CONSTANTS = ("zeros_like", "ones_like", "full_like")
_BLOCK = 4
_ORDERED = ("subtract", "divide", "power")
_BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum")


def list_defects(call: Call, target: Format) -> Iterator[Defect]:
    """The defects that an operation can have in a method of a format; one without entries has none."""
    if np.size(call.run()):
        for defect in (*_DEFECTS, *_list_others(call)):
            if defect.fits(call, target):
                yield defect


def _list_others(call: Call) -> Iterator[Defect]:
    for other in _OTHERS.get(call.name, ()):
        name = other.__name__ if other.__name__ != "reduce" else "fmax"
        if not _takes(call, other):
            continue
        yield Defect(
            f"{name}-instead",
            f"{{step}} is taken for {_describe_function(name)}",
            lambda call, target: True,
            lambda call, target, other=other: _call_other(call, other),  # type: ignore[misc]
        )


def _takes(call: Call, other: Callable[..., Any]) -> bool:
    """Whether another function takes what the operation is given."""
    try:
        with np.errstate(all="ignore"):
            _call_other(call, other)
    except (TypeError, ValueError):
        return False
    return True


def _call_other(call: Call, other: Callable[..., Any]) -> Any:
    kwargs = {name: value for name, value in call.kwargs.items() if name in ("axis", "keepdims")}
    result = other(*call.args, **(kwargs if call.name in _REDUCTIONS else {}))
    return np.asarray(result).astype(_dtype_of(call), copy=False)


def _describe_function(name: str) -> str:
    return "its argument" if name == "positive" else name


def _dtype_of(call: Call) -> np.dtype[Any]:
    return np.asarray(call.run()).dtype


def _is_float(call: Call) -> bool:
    return _kind(_dtype_of(call)) == "float"


def _kind(dtype: np.dtype[Any]) -> str:
    """ "float" for ml_dtypes' formats as well, whose kind is that of raw memory."""
    return "float" if dtype.kind == "f" or dtype.name == "bfloat16" else dtype.kind


def _computes(call: Call) -> bool:
    """Whether the operation gives floating-point numbers of its own: no copy, no constants, no other format."""
    return _is_float(call) and not call.name.startswith(("astype", "transpose", "getitem", *_CONSTANTS))


# Operands


def _is_binary(call: Call, target: Format) -> bool:
    return call.name in _BINARY and len(call.args) == 2


def _first_alone(call: Call, target: Format) -> Array:
    return _like(call, np.asarray(call.args[0]))


def _second_alone(call: Call, target: Format) -> Array:
    second = np.asarray(call.args[1], _dtype_of(call))
    alone: Mapping[str, Callable[[Array], Array]] = {
        "subtract": np.negative,
        "divide": lambda value: (1 / value).astype(value.dtype),
    }
    return _like(call, alone.get(call.name, np.positive)(second))


def _like(call: Call, value: Array) -> Array:
    result = np.asarray(call.run())
    return np.broadcast_to(value, np.broadcast_shapes(value.shape, result.shape)).astype(result.dtype)


def _double_second(call: Call, target: Format) -> Array:
    first, second = call.args
    return np.asarray(call.run_with(first, second * 2 if _is_number(second) else (second + second)))


def _swap(call: Call, target: Format) -> Array:
    return np.asarray(call.run_with(*reversed(call.args)))


def _has_constant(call: Call, target: Format) -> bool:
    return call.name in _BINARY and any(_is_number(arg) for arg in call.args)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _alter_constant(call: Call, target: Format) -> Array:
    args = (arg * (1 + _digit(target)) if _is_number(arg) else arg for arg in call.args)
    return np.asarray(call.run_with(*args))


def _is_square_broadcast(call: Call, target: Format) -> bool:
    if not _is_binary(call, target):
        return False
    shapes = [np.shape(arg) for arg in call.args]
    whole = np.broadcast_shapes(*shapes)
    small = [shape for shape in shapes if shape != whole and np.prod(shape, dtype=int) > 1]
    return len(whole) >= 2 and whole[-1] == whole[-2] > 1 and len(small) == 1


def _broadcast_otherwise(call: Call, target: Format) -> Array:
    whole = np.broadcast_shapes(*(np.shape(arg) for arg in call.args))
    args = [
        np.swapaxes(np.broadcast_to(arg, whole), -1, -2) if np.shape(arg) not in (whole, ()) else arg
        for arg in call.args
    ]
    return np.asarray(call.run_with(*args))


# Reductions and contractions


def _is_reduction(call: Call, target: Format) -> bool:
    return call.name in _REDUCTIONS and _count(call) > 1


def _axis(call: Call) -> Any:
    default = 0 if "." in call.name else None
    return call.kwargs.get("axis", call.args[1] if len(call.args) > 1 else default)


def _count(call: Call) -> int:
    array, axis = call.args[0], _axis(call)
    return int(array.size if axis is None else np.prod([array.shape[each] for each in np.atleast_1d(axis)]))


def _reduce(call: Call, keep: Callable[[int], slice]) -> Array:
    """The reduction over a part of its axis."""
    array, axis = call.args[0], _axis(call)
    if axis is None:
        part = array.reshape(-1)[keep(array.size)]
    else:
        first = int(np.atleast_1d(axis)[0])
        index = [slice(None)] * array.ndim
        index[first] = keep(array.shape[first])
        part = array[tuple(index)]
    return np.asarray(call.run_with(part, *call.args[1:]))


def _has_other_axis(call: Call, target: Format) -> bool:
    if not _is_reduction(call, target) or _axis(call) is None:
        return False
    array = call.args[0]
    return bool(array.ndim == 2 and array.shape[0] == array.shape[1] > 1)


def _take_other_axis(call: Call, target: Format) -> Array:
    return np.asarray(call.run_with(np.swapaxes(call.args[0], -1, -2), *call.args[1:]))


def _is_contraction(call: Call, target: Format) -> bool:
    return call.name in ("matmul", "dot") and np.ndim(call.args[0]) > 0 and call.args[0].shape[-1] > 1


def _contract(call: Call, keep: slice) -> Array:
    left, right = call.args
    rows = (slice(None),) * max(np.ndim(right) - 2, 0)
    return np.asarray(call.run_with(left[..., keep], right[(*rows, keep)]))


# Choices


def _is_choice(call: Call, target: Format) -> bool:
    return call.name == "where" and len(call.args) == 3


def _choose(pick: Callable[[Any, Any, Any], tuple[Any, Any, Any]]) -> Apply:
    return lambda call, target: np.asarray(call.run_with(*pick(*call.args)))


def _is_mask(call: Call, target: Format) -> bool:
    return _dtype_of(call).kind == "b"


# Numbers that come out


def _alters(alter: Callable[[Array, Format], Array]) -> Apply:
    def apply(call: Call, target: Format) -> Array:
        result = np.asarray(call.run())
        return np.asarray(alter(result, target)).astype(result.dtype, copy=False)

    return apply


def _computes_here(call: Call, target: Format) -> bool:
    return _computes(call)


def _rounds_to(name: str, precision: int) -> Defect:
    """A result kept in a narrower format; one that is as precise as the format of the method is no defect."""
    return Defect(
        f"rounded-to-{name}",
        f"{{step}} is rounded to {name}",
        lambda call, target: precision < target.precision and _computes(call),
        _alters(lambda values, target: round_through(values, name)),
    )


def _keep_half(values: Array, target: Format) -> Array:
    """Half of the significand's bits, by rounding."""
    wide = values.astype(np.float64)
    fraction, exponent = np.frexp(wide)
    scale = 2.0 ** (target.precision // 2)
    return np.where(np.isfinite(wide), np.ldexp(np.rint(fraction * scale) / scale, exponent), wide)


def _digit(target: Format) -> float:
    """A relative error that no rule allows: half of the digits are wrong."""
    return float(2.0 ** -(target.precision // 2))


def _flush(values: Array, target: Format) -> Array:
    return np.where(np.abs(values.astype(np.float64)) < 2.0**target.normal_exponent, np.zeros_like(values), values)


def _saturate(values: Array, target: Format) -> Array:
    largest = target.largest.to_float()
    return np.clip(values.astype(np.float64), -largest, largest)


def _swallow_nan(values: Array, target: Format) -> Array:
    return np.where(np.isnan(values), np.zeros_like(values), values)


def _spread_infinity(values: Array, target: Format) -> Array:
    return np.where(np.isinf(values), np.full_like(values, np.nan), values)


def _lose_last(values: Array, target: Format) -> Array:
    altered = values.copy()
    altered.reshape(-1)[-1:] = 0
    return altered


def _shift_along(values: Array, target: Format) -> Array:
    return np.roll(values, 1, axis=-1) if values.ndim else values


def _is_edge(call: Call, target: Format) -> bool:
    return call.kind != "step" and _is_float(call)


def _is_multiplication(call: Call, target: Format) -> bool:
    return call.name == "multiply" and _is_float(call)


def _zero_wins(call: Call, target: Format) -> Array:
    result = np.asarray(call.run())
    zero = (np.asarray(call.args[0]) == 0) | (np.asarray(call.args[1]) == 0)
    return np.where(zero, np.zeros_like(result), result)


def _narrows(call: Call, target: Format) -> bool:
    if not call.name.startswith("astype") or not _is_float(call):
        return False
    return bool(call.args[0].dtype.itemsize > _dtype_of(call).itemsize)


def _truncate(call: Call, target: Format) -> Array:
    wide, nearest = call.args[0].astype(np.float64), np.asarray(call.run())
    return step(nearest, np.where(np.abs(nearest.astype(np.float64)) > np.abs(wide), -1, 0))


def _is_constant(call: Call, target: Format) -> bool:
    return call.name in _CONSTANTS


_DEFECTS: tuple[Defect, ...] = (
    Defect("first-alone", "the second operand of {step} is missing", _is_binary, _first_alone),
    Defect("second-alone", "the first operand of {step} is missing", _is_binary, _second_alone),
    Defect("second-doubled", "the second operand of {step} counts twice", _is_binary, _double_second),
    Defect("swapped", "the operands of {step} are swapped", lambda call, _: call.name in _ORDERED, _swap),
    Defect("constant-off", "the constant of {step} is off in its middle digits", _has_constant, _alter_constant),
    Defect("other-axis", "an operand of {step} runs along the other axis", _is_square_broadcast, _broadcast_otherwise),
    Defect(
        "first-lost",
        "the first term of {step} is lost",
        _is_reduction,
        lambda call, _: _reduce(call, lambda count: slice(1, None)),
    ),
    Defect(
        "last-lost",
        "the last term of {step} is lost",
        _is_reduction,
        lambda call, _: _reduce(call, lambda count: slice(None, count - 1)),
    ),
    Defect(
        "block-lost",
        "the last quarter of the terms of {step} is lost",
        lambda call, target: _is_reduction(call, target) and _count(call) >= _BLOCK,
        lambda call, _: _reduce(call, lambda count: slice(None, count - count // _BLOCK)),
    ),
    Defect("wrong-axis", "{step} runs along the other axis", _has_other_axis, _take_other_axis),
    Defect(
        "first-lost",
        "the first term of {step} is lost",
        _is_contraction,
        lambda call, _: _contract(call, slice(1, None)),
    ),
    Defect(
        "last-lost",
        "the last term of {step} is lost",
        _is_contraction,
        lambda call, _: _contract(call, slice(None, -1)),
    ),
    Defect("choice-swapped", "{step} chooses the other way", _is_choice, _choose(lambda mask, a, b: (mask, b, a))),
    Defect(
        "first-always", "{step} always takes the first", _is_choice, _choose(lambda mask, a, b: (mask | True, a, b))
    ),
    Defect(
        "second-always", "{step} always takes the second", _is_choice, _choose(lambda mask, a, b: (mask & False, a, b))
    ),
    Defect("inverted", "{step} is inverted", _is_mask, lambda call, _: np.logical_not(call.run())),
    Defect("one-more", "{step} gives one more", _is_constant, lambda call, _: call.run() + np.ones_like(call.run())),
    _rounds_to("float32", 24),
    _rounds_to("tf32", 11),
    _rounds_to("float16", 11),
    _rounds_to("bfloat16", 8),
    Defect("half-precise", "{step} keeps half of its bits", _computes_here, _alters(_keep_half)),
    Defect(
        "off",
        "{step} is off in its middle digits",
        _computes_here,
        _alters(lambda values, target: values.astype(np.float64) * (1 + _digit(target))),
    ),
    Defect("flushed", "{step} is flushed to zero where it is subnormal", _computes_here, _alters(_flush)),
    Defect("saturated", "{step} stops at the largest number", _computes_here, _alters(_saturate)),
    Defect("nan-swallowed", "nan in {step} becomes zero", _computes_here, _alters(_swallow_nan)),
    Defect("infinity-spoilt", "infinities in {step} become nan", _computes_here, _alters(_spread_infinity)),
    Defect("unsigned", "{step} loses its sign", _computes_here, _alters(lambda values, _: np.abs(values))),
    Defect("zero", "{step} is zero", _computes_here, _alters(lambda values, _: np.zeros_like(values))),
    Defect("last-zero", "the last entry of {step} is zero", _is_edge, _alters(_lose_last)),
    Defect("shifted", "the entries of {step} are shifted by one", _is_edge, _alters(_shift_along)),
    Defect("zero-wins", "zero times infinity is zero in {step}", _is_multiplication, _zero_wins),
    Defect("truncated", "{step} rounds toward zero", _narrows, _truncate),
)
