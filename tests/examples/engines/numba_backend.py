"""Loops that numba compiles with LLVM, as the user of numba would write them.

Install: python -m pip install numba==0.65.1

Declares the formats that numba has on a processor, with sums in the format itself. With `[fastmath=true]` LLVM may take
sums in another order, which no rule forbids.
"""

from typing import ClassVar

import numba
import numpy as np

from conform.backends.base import BackendBase, Option


class NumbaBackend(BackendBase):
    """Nested loops over arrays of any layout, one compiled function for each format and layout."""

    name = "numba"
    dtypes = ("float64", "float32", "int32", "int64")
    options: ClassVar = {"fastmath": Option(False, "let LLVM reassociate and assume that nothing is nan or infinite")}

    def __init__(self, fastmath=False):
        compile_loops = numba.njit(fastmath={"reassoc", "contract"} if fastmath else False)
        self._layer, self._gradients = compile_loops(_apply_layer), compile_loops(_differentiate)
        self._add, self._scale = compile_loops(_add), compile_loops(_scale)

    def linear(self, weights, bias, input):
        return self._layer(weights, bias, input.reshape(1, -1))[0]

    def linear_batched(self, weights, bias, input):
        return self._layer(weights, bias, input)

    def batch_linear_deriv(self, weights, input, grad_output):
        return self._gradients(weights, input, grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        grad_weights, grad_bias, grad_input = self._gradients(weights, input[None], grad_output[None])
        return grad_weights, grad_bias, grad_input[0]

    def linear_gradient_accumulate(self, grad1, grad2):
        return self._add(grad1, grad2)

    def linear_gradient_scale(self, grad, scale_factor):
        return self._scale(grad, scale_factor[()])

    def info(self):
        return {"numba": numba.__version__}


def _apply_layer(weights, bias, input):
    output = np.empty((input.shape[0], weights.shape[0]), weights.dtype)
    for n in range(input.shape[0]):
        for i in range(weights.shape[0]):
            total = bias[i]
            for k in range(weights.shape[1]):
                total += weights[i, k] * input[n, k]
            output[n, i] = total
    return output


def _differentiate(weights, input, grad):
    grad_weights, grad_input = np.zeros(weights.shape, weights.dtype), np.zeros(input.shape, input.dtype)
    grad_bias = np.zeros(weights.shape[0], weights.dtype)
    for n in range(input.shape[0]):
        for i in range(weights.shape[0]):
            grad_bias[i] += grad[n, i]
            for k in range(weights.shape[1]):
                grad_weights[i, k] += grad[n, i] * input[n, k]
                grad_input[n, k] += grad[n, i] * weights[i, k]
    return grad_weights, grad_bias, grad_input


def _add(a, b):
    return a + b


def _scale(a, factor):
    return a * factor
