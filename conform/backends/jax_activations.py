"""The activations in JAX: its own functions, and gradients by `jax.vjp` of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from conform.backends.activation_formulas import ActivationFormulas
from conform.backends.base import BackendBase

Function = Callable[..., Any]


class _Formulas(ActivationFormulas):
    """What JAX has no function of its own for."""

    _namespace = jnp


_FORMULAS = _Formulas()


def _gelu(input: Any) -> Any:
    return jax.nn.gelu(input, approximate=True)


def _safe_log(input: Any, epsilon: Any) -> Any:
    return jnp.log(jax.nn.softplus(input) + epsilon)


def _derive(function: Function) -> Function:
    """The derivative of a function of every element of its first argument, by its vector-Jacobian product with ones."""

    def derivative(input: Any, *numbers: Any) -> Any:
        _, pull_back = jax.vjp(lambda input: function(input, *numbers), input)
        return pull_back(np.ones(input.shape, input.dtype))[0]

    return derivative


def _pull_back_softmax(input: Any, grad_output: Any) -> Any:
    return jax.vjp(jax.nn.softmax, input)[1](grad_output)[0]


def _of_input(function: Function) -> Any:
    def call(self: JaxActivations, input: jax.Array) -> jax.Array:
        return self._run(function, input)

    return call


_DERIVE_LEAKY_RELU, _DERIVE_ELU = _derive(jax.nn.leaky_relu), _derive(jax.nn.elu)
_DERIVE_SAFE_LOG, _DERIVE_SMOOTH_ABS = _derive(_safe_log), _derive(_FORMULAS.smooth_abs)


class JaxActivations(BackendBase):
    """Functions of a number alone, with a number of one's own beside it, and along the last axis."""

    relu, relu_deriv = _of_input(jax.nn.relu), _of_input(_derive(jax.nn.relu))
    sigmoid, sigmoid_deriv = _of_input(jax.nn.sigmoid), _of_input(_derive(jax.nn.sigmoid))
    tanh, tanh_deriv = _of_input(jnp.tanh), _of_input(_derive(jnp.tanh))
    gelu, gelu_deriv = _of_input(_gelu), _of_input(_derive(_gelu))
    swish, swish_deriv = _of_input(jax.nn.silu), _of_input(_derive(jax.nn.silu))
    softplus, softplus_deriv = _of_input(jax.nn.softplus), _of_input(_derive(jax.nn.softplus))
    sinh, sinh_deriv = _of_input(jnp.sinh), _of_input(_derive(jnp.sinh))
    cosh, cosh_deriv = _of_input(jnp.cosh), _of_input(_derive(jnp.cosh))
    logistic, logistic_deriv = _of_input(_FORMULAS.logistic), _of_input(_FORMULAS.logistic_deriv)
    softmax, log_softmax = _of_input(jax.nn.softmax), _of_input(jax.nn.log_softmax)

    def sigmoid_output_deriv(self, sigmoid_output: jax.Array) -> jax.Array:
        return self._run(_FORMULAS.sigmoid_output_deriv, sigmoid_output)

    def leaky_relu(self, input: jax.Array, slope: jax.Array) -> jax.Array:
        return self._run(jax.nn.leaky_relu, input, slope)

    def leaky_relu_deriv(self, input: jax.Array, slope: jax.Array) -> jax.Array:
        return self._run(_DERIVE_LEAKY_RELU, input, slope)

    def elu(self, input: jax.Array, alpha: jax.Array) -> jax.Array:
        return self._run(jax.nn.elu, input, alpha)

    def elu_deriv(self, input: jax.Array, alpha: jax.Array) -> jax.Array:
        return self._run(_DERIVE_ELU, input, alpha)

    def safe_log(self, input: jax.Array, epsilon: jax.Array) -> jax.Array:
        return self._run(_safe_log, input, epsilon)

    def safe_log_deriv(self, input: jax.Array, epsilon: jax.Array) -> jax.Array:
        return self._run(_DERIVE_SAFE_LOG, input, epsilon)

    def smooth_abs(self, input: jax.Array, epsilon: jax.Array) -> jax.Array:
        return self._run(_FORMULAS.smooth_abs, input, epsilon)

    def smooth_abs_deriv(self, input: jax.Array, epsilon: jax.Array) -> jax.Array:
        return self._run(_DERIVE_SMOOTH_ABS, input, epsilon)

    def softmax_backward(self, input: jax.Array, grad_output: jax.Array) -> jax.Array:
        return self._run(_pull_back_softmax, input, grad_output)

    def log_softmax_backward(self, output: jax.Array, grad_output: jax.Array) -> jax.Array:
        return self._run(_FORMULAS.log_softmax_backward, output, grad_output)

    def log_softmax_jvp(self, output: jax.Array, tangent: jax.Array) -> jax.Array:
        return self._run(_FORMULAS.log_softmax_jvp, output, tangent)

    def _run(self, function: Function, *arrays: jax.Array) -> jax.Array:
        """What a function gives, compiled or not."""
        raise NotImplementedError
