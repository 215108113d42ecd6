"""The layers in numpy, as their user would write them."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np
from threadpoolctl import threadpool_info

from conform.backends.base import Array
from conform.backends.numpy_activations import NumpyActivations

_OWN = {"float16": "float16", "bfloat16": "bfloat16"}


class NumpyBackend(NumpyActivations):
    """numpy's `@`, broadcasting and sums on arrays of the format itself."""

    name = "numpy"
    subnormals = "keep"
    # `@` sums both narrow formats in float32. What differs is where it rounds: for float16 it returns float16, so the
    # product is rounded before the bias is added; for bfloat16, which numpy has no loop for, it returns float32.
    accumulates: Mapping[str, str] = {"float16": "float32", "bfloat16": "float32"}
    addends: Mapping[str, str] = {"float16": "separate"}
    overrides: Mapping[str, Mapping[str, Any]] = {
        # The bias gradient is a sum down the columns, which is rounded to the format at every row.
        "batch_linear_deriv": {"accumulates": _OWN},
    }

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return (weights @ input + bias).astype(input.dtype, copy=False)

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        return (input @ weights.T + bias).astype(input.dtype, copy=False)

    def linear_weights_deriv(self, input: Array, grad_output: Array) -> Array:
        return np.outer(grad_output, input)

    def linear_bias_deriv(self, grad_weights: Array, grad_output: Array, input: Array) -> Array:
        return grad_output.copy()

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        return (weights.T @ grad_output).astype(weights.dtype, copy=False)

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> tuple[Array, Array, Array]:
        grad_weights = (grad_output.T @ input).astype(weights.dtype, copy=False)
        grad_bias = grad_output.sum(axis=0, dtype=grad_output.dtype)
        grad_input = (grad_output @ weights).astype(weights.dtype, copy=False)
        return grad_weights, grad_bias, grad_input

    def linear_backward(
        self, weights: Array, bias: Array, input: Array, grad_output: Array
    ) -> tuple[Array, Array, Array]:
        grad_input = (weights.T @ grad_output).astype(weights.dtype, copy=False)
        return np.outer(grad_output, input), grad_output.copy(), grad_input

    def linear_gradient_accumulate(self, grad1: Array, grad2: Array) -> Array:
        return grad1 + grad2

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        return grad * scale_factor

    def info(self) -> Mapping[str, str]:
        return {"numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__, **describe_blas(), **describe_machine()}


def describe_blas() -> dict[str, str]:
    """The BLAS that numpy runs, with its threads; the one that it was built with where none shows in the process."""
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    described = {"BLAS": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()}
    for pool in threadpool_info():
        if pool.get("user_api") == "blas":
            kernel = f" ({pool['architecture']})" if pool.get("architecture") else ""
            described["BLAS"] = f"{pool['internal_api']} {pool.get('version') or ''}".strip() + kernel
            described["BLAS threads"] = str(pool["num_threads"])
            break
    return described


def describe_machine() -> dict[str, str]:
    return {"machine": platform.machine() or "unknown"}
