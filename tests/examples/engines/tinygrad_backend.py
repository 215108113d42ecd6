"""tinygrad on its CPU device, which compiles C with clang; gradients by its own differentiation.

Install: python -m pip install tinygrad==0.14.0, and clang 16 or later; CC names it where it is not called clang

Products of narrow formats are rounded before they are summed in float32, so sums count as kept in the format itself. A
kernel is compiled for each shape: `--profile smoke` takes two minutes, the whole suite hours.
"""

import importlib.metadata
from typing import ClassVar

import ml_dtypes
import numpy as np
from tinygrad import Device, Tensor, dtypes

from conform.backends.base import BackendBase

_FLOATS = ("float64", "float32", "float16", "bfloat16")


class TinygradBackend(BackendBase):
    """`Tensor.linear`, `Tensor.gradient` and operators, realized call by call."""

    name = "tinygrad"
    accumulates: ClassVar = {"float16": "float16", "bfloat16": "bfloat16"}
    # Only tensors of floating-point numbers have gradients.
    overrides: ClassVar = {name: {"dtypes": _FLOATS} for name in ("batch_linear_deriv", "linear_backward")}

    def to_native(self, array):
        if array.dtype == ml_dtypes.bfloat16:
            return Tensor(array.view(np.uint16)).bitcast(dtypes.bfloat16)
        return Tensor(array)

    def to_numpy(self, native):
        if native.dtype == dtypes.bfloat16:
            return native.bitcast(dtypes.uint16).numpy().view(ml_dtypes.bfloat16)
        return native.numpy()

    def linear(self, weights, bias, input):
        return input.linear(weights.T, bias).realize()

    def linear_batched(self, weights, bias, input):
        return input.linear(weights.T, bias).realize()

    def batch_linear_deriv(self, weights, input, grad_output):
        bias = Tensor.zeros(weights.shape[0], dtype=weights.dtype).contiguous()
        return self.linear_backward(weights, bias, input, grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        output = input.linear(weights.T, bias)
        gradients = output.gradient(weights, bias, input, gradient=grad_output)
        return tuple(gradient.realize() for gradient in gradients)

    def linear_gradient_accumulate(self, grad1, grad2):
        return (grad1 + grad2).realize()

    def linear_gradient_scale(self, grad, scale_factor):
        return (grad * scale_factor).realize()

    def info(self):
        return {"tinygrad": importlib.metadata.version("tinygrad"), "device": Device.DEFAULT}
