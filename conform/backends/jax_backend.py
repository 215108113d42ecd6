"""The layers in JAX: forward by its own functions, gradients by `jax.vjp`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import jaxlib
import numpy as np

from conform.backends.base import Array, Option
from conform.backends.jax_activations import JaxActivations
from conform.backends.programs import NONE, USUAL, open_programs
from conform.errors import BackendError

_FLOATS = ("float64", "float32", "float16", "bfloat16")
_GRADIENTS = (
    "linear_weights_deriv",
    "linear_bias_deriv",
    "linear_input_deriv",
    "batch_linear_deriv",
    "linear_backward",
)
Gradients = tuple[jax.Array, jax.Array, jax.Array]
_MANY = 100
"""So many programs are kept in memory before they may go."""
_OWN = {"float16": "float16", "bfloat16": "bfloat16"}
_ROUNDED_BEFORE_BIAS = ("linear", "linear_batched", "batch_linear_deriv")


class JaxBackend(JaxActivations):
    """JAX, every operation compiled as a whole by `jit` or run one primitive at a time, with 64-bit numbers."""

    name = "jax"
    # XLA runs its CPU code with subnormals of the hardware's formats flushed to zero, and computes bfloat16 in
    # float32, of which bfloat16's subnormals are subnormals too. Those of float16 are normal numbers of float32.
    subnormals: str | Mapping[str, str] = {"float64": "flush", "float32": "flush", "bfloat16": "flush"}
    # A product sums both narrow formats in float32, but is rounded before the bias is added; the bias gradient of a
    # batch is a sum in the format itself.
    accumulates: Mapping[str, str] = {"float16": "float32", "bfloat16": "float32"}
    dtypes = (*_FLOATS, "int32", "int64")
    # The tangents of integers carry no numbers in JAX, so integers have no gradients.
    overrides: Mapping[str, Mapping[str, Any]] = {
        # What is made of several of XLA's operations is rounded between them.
        **{operation: {"accumulates": _OWN} for operation in vars(JaxActivations) if not operation.startswith("_")},
        **{operation: {"accumulates": _OWN} for operation in _ROUNDED_BEFORE_BIAS},
        **{operation: {"dtypes": _FLOATS} for operation in _GRADIENTS},
        "batch_linear_deriv": {"accumulates": _OWN, "dtypes": _FLOATS},
    }
    options: ClassVar[Mapping[str, Option]] = {
        "device": Option("cpu", "JAX platform, with an index if need be, as cpu or gpu:1"),
        "precision": Option(
            "default",
            "what float32 products keep of their factors; on GPUs, JAX's default is TF32, and highest is float32",
            ("default", "high", "highest", "tensorfloat32", "bfloat16"),
        ),
        "jit": Option(True, "compile every operation as a whole, as against one primitive at a time"),
        "cache": Option(USUAL, f"folder that keeps compiled programs from run to run, {USUAL} or {NONE}"),
    }

    def __init__(self, device: str = "cpu", precision: str = "default", jit: bool = True, cache: str = USUAL) -> None:
        # Without this, float64 arrays silently become float32.
        jax.config.update("jax_enable_x64", True)
        folder, self._kept = open_programs("jax", cache, os.environ)
        if folder is not None:
            _keep_programs(folder)
        self._shapes: set[tuple[Any, ...]] = set()
        self._device = _open_device(device)
        if self._device.platform != "cpu":
            # Other code generators keep them unless told otherwise.
            self.subnormals = "keep"
        self._compiled, self._precision = jit, precision
        self._programs: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._forward = self._compile(_apply_layer)
        self._backward = self._compile(_differentiate)
        self._differentiate_weights = self._compile(_differentiate_weights)
        self._differentiate_bias = self._compile(_differentiate_bias)
        self._differentiate_input = self._compile(_differentiate_input)
        self._accumulate = self._compile(jnp.add)
        self._scale = self._compile(jnp.multiply)

    def prepare(
        self,
        operation: str,
        shapes: Mapping[str, tuple[int, ...]],
        dtypes: Mapping[str, np.dtype[Any]],
        **attributes: int,
    ) -> None:
        """Let go of the programs in memory, about 1.7 MB each, now and then, and not between calls of one kind."""
        kind = (operation, *dtypes.values())
        if len(self._shapes) >= _MANY and all(each[: len(kind)] != kind for each in self._shapes):
            jax.clear_caches()
            self._shapes.clear()
        self._shapes.add((*kind, *shapes.values(), *attributes.values()))

    def to_native(self, array: Array) -> jax.Array:
        # JAX may go on using the caller's memory, which the caller is free to change.
        return jax.device_put(array.copy(), self._device)

    def to_numpy(self, native: jax.Array) -> Array:
        return np.asarray(native)

    def linear(self, weights: jax.Array, bias: jax.Array, input: jax.Array) -> jax.Array:
        return self._forward(weights, bias, input)

    def linear_batched(self, weights: jax.Array, bias: jax.Array, input: jax.Array) -> jax.Array:
        return self._forward(weights, bias, input)

    def linear_weights_deriv(self, input: jax.Array, grad_output: jax.Array) -> jax.Array:
        return self._differentiate_weights(input, grad_output)

    def linear_bias_deriv(self, grad_weights: jax.Array, grad_output: jax.Array, input: jax.Array) -> jax.Array:
        return self._differentiate_bias(grad_weights, grad_output, input)

    def linear_input_deriv(self, weights: jax.Array, grad_output: jax.Array) -> jax.Array:
        return self._differentiate_input(weights, grad_output)

    def batch_linear_deriv(self, weights: jax.Array, input: jax.Array, grad_output: jax.Array) -> Gradients:
        bias = np.zeros(len(weights), weights.dtype)
        return self.linear_backward(weights, bias, input, grad_output)

    def linear_backward(
        self, weights: jax.Array, bias: jax.typing.ArrayLike, input: jax.Array, grad_output: jax.Array
    ) -> Gradients:
        gradients: Gradients = self._backward(weights, bias, input, grad_output)
        return gradients

    def linear_gradient_accumulate(self, grad1: jax.Array, grad2: jax.Array) -> jax.Array:
        return self._accumulate(grad1, grad2)

    def linear_gradient_scale(self, grad: jax.Array, scale_factor: jax.Array) -> jax.Array:
        return self._scale(grad, scale_factor)

    def info(self) -> Mapping[str, str]:
        return {
            "jax": jax.__version__,
            "jaxlib": jaxlib.__version__,
            "device": f"{self._device} ({self._device.device_kind})",
            "compiled programs": self._kept,
            "mode": "jit" if self._compiled else "eager",
            "threads": "chosen by XLA",
            "matmul precision": self._precision,
        }

    def _run(self, function: Callable[..., Any], *arrays: jax.Array) -> jax.Array:
        if function not in self._programs:
            self._programs[function] = self._compile(function)
        result: jax.Array = self._programs[function](*arrays)
        return result

    def _compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        prepared = jax.jit(function) if self._compiled else function

        # The setting is part of what a program is compiled for, so that backends with others do not meet.
        def call(*arrays: Any) -> Any:
            with jax.default_matmul_precision(self._precision), warnings.catch_warnings():
                # A program that cannot be read from the folder, as a killed run may leave it, is compiled again.
                warnings.filterwarnings("ignore", "Error (read|writ)ing persistent compilation cache")
                return prepared(*arrays)

        return call


def _apply_layer(weights: Any, bias: Any, input: Any) -> Any:
    return input @ weights.T + bias


def _differentiate(weights: Any, bias: Any, input: Any, grad_output: Any) -> Any:
    _, pull_back = jax.vjp(_apply_layer, weights, bias, input)
    return pull_back(grad_output)


# A gradient does not depend on the point it is taken at, so zeros stand in for what an operation is not given. They
# are numpy's: JAX would compile a program to make its own.
def _differentiate_weights(input: Any, grad_output: Any) -> Any:
    weights = np.zeros((len(grad_output), len(input)), input.dtype)
    _, pull_back = jax.vjp(lambda weights: _apply_layer(weights, np.zeros(len(weights), input.dtype), input), weights)
    return pull_back(grad_output)[0]


def _differentiate_bias(grad_weights: Any, grad_output: Any, input: Any) -> Any:
    bias = np.zeros(len(grad_output), input.dtype)
    _, pull_back = jax.vjp(lambda bias: _apply_layer(grad_weights, bias, input), bias)
    return pull_back(grad_output)[0]


def _differentiate_input(weights: Any, grad_output: Any) -> Any:
    bias, input = np.zeros(len(weights), weights.dtype), np.zeros(weights.shape[1], weights.dtype)
    _, pull_back = jax.vjp(lambda input: _apply_layer(weights, bias, input), input)
    return pull_back(grad_output)[0]


def _keep_programs(folder: Path) -> None:
    """JAX keeps only what took it a second to compile unless told otherwise; ours are small, but thousands."""
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _open_device(device: str) -> Any:
    platform, _, index = device.partition(":")
    try:
        return jax.devices(platform)[int(index or 0)]
    except (RuntimeError, ValueError, IndexError) as error:
        reason = str(error).splitlines()[0]
        raise BackendError(f"option device={device}: {reason}", where="jax") from error
