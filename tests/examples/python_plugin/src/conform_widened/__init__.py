"""The linear layer in numpy, computed in float64 and rounded once at the end."""

from typing import ClassVar

import numpy as np

from conform.backends.base import BackendBase, Option

NARROW = ("float32", "float16", "bfloat16")


class WidenedBackend(BackendBase):
    """numpy with every narrow format widened to float64."""

    name = "widened"
    accumulates: ClassVar = dict.fromkeys(NARROW, "float64")
    options: ClassVar = {"order": Option("C", "memory layout of the widened arrays", choices=("C", "F"))}

    def __init__(self, order="C"):
        self._order = order

    def linear(self, weights, bias, input):
        return self._round(self._widen(weights) @ self._widen(input) + self._widen(bias), input)

    def linear_batched(self, weights, bias, input):
        return self._round(self._widen(input) @ self._widen(weights).T + self._widen(bias), input)

    def linear_weights_deriv(self, input, grad_output):
        return self._round(np.outer(self._widen(grad_output), self._widen(input)), input)

    def linear_bias_deriv(self, grad_weights, grad_output, input):
        return grad_output.copy()

    def linear_input_deriv(self, weights, grad_output):
        return self._round(self._widen(weights).T @ self._widen(grad_output), weights)

    def batch_linear_deriv(self, weights, input, grad_output):
        grad = self._widen(grad_output)
        gradients = (grad.T @ self._widen(input), grad.sum(axis=0), grad @ self._widen(weights))
        return tuple(self._round(gradient, weights) for gradient in gradients)

    def linear_backward(self, weights, bias, input, grad_output):
        return (
            self.linear_weights_deriv(input, grad_output),
            grad_output.copy(),
            self.linear_input_deriv(weights, grad_output),
        )

    def linear_gradient_accumulate(self, grad1, grad2):
        return self._round(self._widen(grad1) + self._widen(grad2), grad1)

    def linear_gradient_scale(self, grad, scale_factor):
        return self._round(self._widen(grad) * self._widen(scale_factor), grad)

    def info(self):
        return {"numpy": np.__version__}

    def _widen(self, array):
        return array.astype(np.float64 if array.dtype.name in NARROW else array.dtype, order=self._order)

    def _round(self, array, like):
        return array.astype(like.dtype)
