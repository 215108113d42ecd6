"""Right implementations of the layer that sum in odd ways, all of which must conform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from conform.backends.base import Array, BackendBase
from conform.backends.numpy_backend import NumpyBackend

_OWN = {"float16": "float16", "bfloat16": "bfloat16"}


class Summing(BackendBase):
    """Every operation written with one function that sums terms along their first axis, in the format itself."""

    accumulates: Mapping[str, str] = _OWN

    def __init__(self, name: str, sum_terms: Callable[[Array], Array]) -> None:
        self.name = name
        self._sum = sum_terms

    def _contract(self, a: Array, b: Array, *more: Array) -> Array:
        """Σ_k a[..., k] · b[k, ...], with further terms of the result's shape behind."""
        terms = np.moveaxis(a, -1, 0)[..., np.newaxis] * b.reshape(len(b), *(1,) * (a.ndim - 1), b.shape[-1])
        extra = [np.broadcast_to(term, terms.shape[1:])[np.newaxis] for term in more]
        return self._sum(np.concatenate([terms, *extra]).astype(a.dtype, copy=False))

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return self._contract(weights, input[:, np.newaxis], bias[:, np.newaxis])[:, 0]

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        return self._contract(input, weights.T, bias)

    def linear_weights_deriv(self, input: Array, grad_output: Array) -> Array:
        return self._contract(grad_output[:, np.newaxis], input[np.newaxis])

    def linear_bias_deriv(self, grad_weights: Array, grad_output: Array, input: Array) -> Array:
        return self._sum(grad_output[np.newaxis].copy())

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        return self._contract(grad_output[np.newaxis], weights)[0]

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> tuple[Array, Array, Array]:
        return self._contract(grad_output.T, input), self._sum(grad_output.copy()), self._contract(grad_output, weights)

    def linear_backward(
        self, weights: Array, bias: Array, input: Array, grad_output: Array
    ) -> tuple[Array, Array, Array]:
        return (
            self.linear_weights_deriv(input, grad_output),
            grad_output.copy(),
            self.linear_input_deriv(weights, grad_output),
        )

    def linear_gradient_accumulate(self, grad1: Array, grad2: Array) -> Array:
        return self._sum(np.stack([grad1, grad2]))

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        return grad * scale_factor


def _sum_forward(terms: Array) -> Array:
    total = np.zeros(terms.shape[1:], terms.dtype)
    for term in terms:
        total = total + term
    return total


def _sum_reversed(terms: Array) -> Array:
    return _sum_forward(terms[::-1])


def _sum_bias_first(terms: Array) -> Array:
    return _sum_forward(np.roll(terms, 1, axis=0))


def _sum_pairwise(terms: Array) -> Array:
    while len(terms) > 1:
        odd = terms[len(terms) - len(terms) % 2 :]
        terms = np.concatenate([terms[0 : len(terms) - 1 : 2] + terms[1::2], odd])
    return _sum_forward(terms)


def _sum_blocked(terms: Array) -> Array:
    blocks = [_sum_forward(terms[start : start + 8]) for start in range(0, len(terms), 8)]
    return _sum_forward(np.stack([np.zeros_like(terms[:1].sum(axis=0, dtype=terms.dtype)), *blocks]))


def _sum_strided(terms: Array) -> Array:
    """As vector units do: four running sums side by side, added up in the end."""
    return _sum_forward(np.stack([_sum_forward(terms[lane::4]) for lane in range(4)]))


def _sum_compensated(terms: Array) -> Array:
    """Kahan's sum; the compensation is dropped where it is not finite, as an overflow would make it nan."""
    total = np.zeros(terms.shape[1:], terms.dtype)
    lost = np.zeros_like(total)
    for term in terms:
        corrected = term - lost
        raised = total + corrected
        lost = (raised - total) - corrected
        if not np.issubdtype(terms.dtype, np.integer):
            lost = np.where(np.isfinite(lost), lost, np.zeros_like(lost))
        total = raised
    return total


def _sum_shuffled(terms: Array) -> Array:
    return _sum_forward(terms[np.random.default_rng(len(terms)).permutation(len(terms))])


def _widen(array: Array) -> Array:
    return array if np.issubdtype(array.dtype, np.integer) else array.astype(np.longdouble)


class Wider(NumpyBackend):
    """Everything in extended precision, rounded once at the end."""

    name = "wider"
    accumulates: Mapping[str, str] = {}
    overrides: Mapping[str, Mapping[str, Any]] = {}

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return (_widen(weights) @ _widen(input) + _widen(bias)).astype(weights.dtype)

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        return (_widen(input) @ _widen(weights).T + _widen(bias)).astype(weights.dtype)

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> tuple[Array, Array, Array]:
        parts = super().batch_linear_deriv(_widen(weights), _widen(input), _widen(grad_output))
        return tuple(part.astype(weights.dtype) for part in parts)


class Einsum(NumpyBackend):
    name = "einsum"
    accumulates: Mapping[str, str] = {"float16": "float16"}
    overrides: Mapping[str, Mapping[str, Any]] = {}
    # numpy's einsum has no bfloat16.
    dtypes = ("float64", "float32", "float16", "int32", "int64")

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return np.einsum("oi,i->o", weights, input) + bias

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        return np.einsum("oi,bi->bo", weights, input) + bias

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> tuple[Array, Array, Array]:
        return (
            np.einsum("bo,bi->oi", grad_output, input),
            np.einsum("bo->o", grad_output),
            np.einsum("bo,oi->bi", grad_output, weights),
        )


class FusedMultiplyAdd(Summing):
    """Each product and sum rounded once together, emulated in a format that holds the product exactly."""

    def __init__(self) -> None:
        super().__init__("fused", _sum_forward)

    def _contract(self, a: Array, b: Array, *more: Array) -> Array:
        columns = np.moveaxis(a, -1, 0)[..., np.newaxis]
        rows = b.reshape(len(b), *(1,) * (a.ndim - 1), b.shape[-1])
        total = np.zeros(np.broadcast_shapes(columns.shape[1:], rows.shape[1:]), a.dtype)
        for x, y in zip(columns, rows, strict=True):
            total = (_widen(x) * _widen(y) + _widen(total)).astype(a.dtype)
        return _sum_forward(np.stack([total, *(np.broadcast_to(term, total.shape) for term in more)]))


RIGHT: Mapping[str, Callable[[], BackendBase]] = {
    "forward": lambda: Summing("forward", _sum_forward),
    "reversed": lambda: Summing("reversed", _sum_reversed),
    "bias-first": lambda: Summing("bias-first", _sum_bias_first),
    "pairwise": lambda: Summing("pairwise", _sum_pairwise),
    "blocked": lambda: Summing("blocked", _sum_blocked),
    "strided": lambda: Summing("strided", _sum_strided),
    "shuffled": lambda: Summing("shuffled", _sum_shuffled),
    "compensated": lambda: Summing("compensated", _sum_compensated),
    "fused": FusedMultiplyAdd,
    "wider": Wider,
    "einsum": Einsum,
}
