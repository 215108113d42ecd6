"""Activations that are wrong in ways that happen, and right ones that are written otherwise than the definition."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from conform.backends.base import Array

Function = Callable[..., Any]
_BETA = 1.702
_SLOPE = math.sqrt(2 / math.pi)


def _shift(x: Array) -> Array:
    return x - np.max(x, axis=-1, keepdims=True, initial=-np.inf)


def _total(x: Array) -> Array:
    return x.sum(axis=-1, keepdims=True, dtype=x.dtype)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def _softplus(x: Array) -> Array:
    return np.where(x > 0, x, 0) + np.log1p(np.exp(-abs(x)))


def _in_bfloat16(x: Array) -> Array:
    return x.astype(ml_dtypes.bfloat16).astype(x.dtype)


def _sum_in_bfloat16(x: Array) -> Array:
    total = np.zeros((*x.shape[:-1], 1), x.dtype)
    for i in range(x.shape[-1]):
        total = _in_bfloat16(total + x[..., i : i + 1])
    return total


def _normalise(powers: Array, total: Array) -> Array:
    return (powers / total).astype(powers.dtype)


def _erf(x: Array) -> Array:
    return np.vectorize(math.erf, otypes=[x.dtype])(x).astype(x.dtype)


def _flush(x: Array) -> Array:
    return np.where(abs(x) < np.finfo(x.dtype).tiny, np.zeros_like(x), x)


def _tanh_gelu(x: Array) -> Array:
    return x * (1 + np.tanh(_SLOPE * (x + 0.044715 * x**3))) / 2


def _erf_gelu(x: Array) -> Array:
    return x * (1 + _erf(x / math.sqrt(2))) / 2


def _log_softmax(x: Array) -> Array:
    shifted = _shift(x)
    return shifted - np.log(_total(np.exp(shifted)))


WRONG: dict[str, tuple[str, Function]] = {
    "softmax without a shift": ("softmax", lambda input: _normalise(np.exp(input), _total(np.exp(input)))),
    "softmax shifted by the first entry": (
        "softmax",
        lambda input: _normalise(np.exp(input - input[:, :1]), _total(np.exp(input - input[:, :1]))),
    ),
    "softmax without the last term": (
        "softmax",
        lambda input: _normalise(np.exp(_shift(input)), _total(np.exp(_shift(input))[:, :-1])),
    ),
    "softmax down the columns": ("softmax", lambda input: NumpyColumns.softmax(input)),
    "softmax with powers in bfloat16": (
        "softmax",
        lambda input: _normalise(_in_bfloat16(np.exp(_shift(input))), _total(np.exp(_shift(input)))),
    ),
    "softmax with a sum in bfloat16": (
        "softmax",
        lambda input: _normalise(np.exp(_shift(input)), _sum_in_bfloat16(np.exp(_shift(input)))),
    ),
    "log-softmax without a shift": ("log_softmax", lambda input: input - np.log(_total(np.exp(input)))),
    "log-softmax without the last term": (
        "log_softmax",
        lambda input: _shift(input) - np.log(_total(np.exp(_shift(input))[:, :-1])),
    ),
    "the logarithm of softmax": (
        "log_softmax",
        lambda input: np.log(_normalise(np.exp(_shift(input)), _total(np.exp(_shift(input))))),
    ),
    "a gradient without the last term": (
        "log_softmax_backward",
        lambda output, grad_output: grad_output - np.exp(output) * _total(grad_output[:, :-1]),
    ),
    "a tangent without the last term": (
        "log_softmax_jvp",
        lambda output, tangent: tangent - _total((np.exp(output) * tangent)[:, :-1]),
    ),
    "gelu by erf": ("gelu", lambda input: _erf_gelu(input)),
    "gelu by a sigmoid of 1.702 x": ("gelu", lambda input: input * _sigmoid(_BETA * input)),
    "swish with another β": ("swish", lambda input: input * _sigmoid(_BETA * input)),
    "swish by a hard sigmoid": ("swish", lambda input: input * np.clip(input / 6 + 0.5, 0, 1)),
    "relu's derivative at 0 from above": ("relu_deriv", lambda input: (input >= 0).astype(input.dtype)),
    "leaky relu's derivative at 0 from above": (
        "leaky_relu_deriv",
        lambda input, slope: np.where(input >= 0, np.ones_like(input), slope),
    ),
    "elu's derivative at 0 from above": (
        "elu_deriv",
        lambda input, alpha: np.where(input >= 0, np.ones_like(input), alpha * np.exp(input)),
    ),
    "elu without alpha": ("elu", lambda input, alpha: np.where(input > 0, input, np.expm1(input))),
    "safe log without ε": ("safe_log", lambda input, epsilon: np.log(_softplus(input)).astype(input.dtype)),
    "smooth abs without ε": ("smooth_abs", lambda input, epsilon: abs(input)),
    "smooth abs' derivative without ε": ("smooth_abs_deriv", lambda input, epsilon: np.sign(input)),
    "relu that swallows nan": ("relu", lambda input: np.fmax(input, np.zeros_like(input))),
    "leaky relu that swallows nan": (
        "leaky_relu",
        lambda input, slope: np.fmax(input, 0) + slope * np.fmin(input, 0),
    ),
    "tanh that flushes": ("tanh", lambda input: _flush(np.tanh(input))),
    "sinh that flushes": ("sinh", lambda input: _flush(np.sinh(input))),
    "leaky relu that flushes": (
        "leaky_relu",
        lambda input, slope: _flush(np.where(input > 0, input, slope * input)),
    ),
    "tanh that cancels near 0": ("tanh", lambda input: 1 - 2 / (np.exp(2 * input) + 1)),
    "sinh that cancels near 0": ("sinh", lambda input: (np.exp(input) - np.exp(-input)) / 2),
    "sigmoid by tanh": ("sigmoid", lambda input: (1 + np.tanh(input / 2)) / 2),
    "softplus that overflows": ("softplus", lambda input: np.log(1 + np.exp(input))),
    "softplus, the identity from 8 on": ("softplus", lambda input: np.where(input > 8, input, _softplus(input))),
}


class NumpyColumns:
    @staticmethod
    def softmax(input: Array) -> Array:
        powers = np.exp(input - np.max(input, axis=0, initial=-np.inf))
        return _normalise(powers, powers.sum(axis=0, dtype=powers.dtype))


def _reverse_softmax(input: Array) -> Array:
    powers = np.exp(_shift(input))
    total = np.zeros((len(powers), 1), powers.dtype)
    for i in reversed(range(powers.shape[1])):
        total = total + powers[:, i : i + 1]
    return powers * (1 / total)


def _online_softmax(input: Array) -> Array:
    """One pass, which rescales the sum where the maximum grows (Milakov and Gimelshein 2018)."""
    greatest = np.full((len(input), 1), -np.inf, input.dtype)
    total = np.zeros_like(greatest)
    for i in range(input.shape[1]):
        entry = input[:, i : i + 1]
        grown = np.maximum(greatest, entry)
        # Before anything but masked entries came, there is nothing to rescale.
        before = np.where(np.isneginf(greatest), 0, total * np.exp(greatest - grown)).astype(input.dtype)
        total = before + np.where(np.isneginf(entry), 0, np.exp(entry - grown)).astype(input.dtype)
        greatest = grown
    return np.exp(input - greatest) / total


class OnlineSoftmax:
    name = "online"
    softmax = staticmethod(_online_softmax)


def _whole_log_sum(input: Array) -> Array:
    greatest = np.max(input, axis=-1, keepdims=True, initial=-np.inf)
    return input - (greatest + np.log(_total(np.exp(input - greatest))))


RIGHT: dict[str, tuple[str, Function]] = {
    "softmax summed from the end, times a reciprocal": ("softmax", _reverse_softmax),
    "online softmax": ("softmax", _online_softmax),
    "log-softmax that subtracts the logarithm of the whole sum": ("log_softmax", _whole_log_sum),
    "gelu as the definition has it": ("gelu", lambda input: _tanh_gelu(input)),
    "sigmoid of one branch": ("sigmoid", lambda input: _sigmoid(input)),
    "sigmoid's derivative by subtraction": ("sigmoid_deriv", lambda input: _sigmoid(input) * (1 - _sigmoid(input))),
    "tanh's derivative by subtraction": ("tanh_deriv", lambda input: 1 - np.tanh(input) * np.tanh(input)),
    "swish as a quotient": ("swish", lambda input: input / (1 + np.exp(-input))),
    "elu by a subtraction": (
        "elu",
        lambda input, alpha: np.where(input > 0, input, alpha * (np.exp(input) - 1)),
    ),
    "softplus by logaddexp": ("softplus", lambda input: np.logaddexp(input, np.zeros_like(input))),
    "smooth abs by hypot": ("smooth_abs", lambda input, epsilon: np.hypot(input, np.sqrt(epsilon))),
}
