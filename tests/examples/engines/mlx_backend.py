"""mlx on its CPU device; gradients by `mx.vjp`.

Install: python -m pip install "mlx[cpu]==0.32.4"

Products of narrow formats are summed in float32, which `addmm` rounds once, after the bias. It multiplies matrices of
floating-point numbers only.
"""

from typing import ClassVar

import ml_dtypes
import mlx.core as mx
import numpy as np

from conform.backends.base import BackendBase

_FLOATS = ("float64", "float32", "float16", "bfloat16")
_PRODUCTS = ("linear", "linear_batched", "batch_linear_deriv", "linear_backward")


class MlxBackend(BackendBase):
    """`mx.addmm`, its gradients, and operators, evaluated call by call."""

    name = "mlx"
    accumulates: ClassVar = {"float16": "float32", "bfloat16": "float32"}
    overrides: ClassVar = {name: {"dtypes": _FLOATS} for name in _PRODUCTS}

    def __init__(self):
        mx.set_default_device(mx.cpu)

    def to_native(self, array):
        if array.dtype == ml_dtypes.bfloat16:
            return mx.array(array.reshape(-1).view(np.uint16)).view(mx.bfloat16).reshape(array.shape)
        return mx.array(array, dtype=getattr(mx, array.dtype.name))

    def to_numpy(self, native):
        if native.dtype == mx.bfloat16:
            return np.array(native.reshape(-1).view(mx.uint16)).view(ml_dtypes.bfloat16).reshape(native.shape)
        return np.array(native)

    def linear(self, weights, bias, input):
        return _evaluate(mx.addmm(bias, input, weights.T))

    def linear_batched(self, weights, bias, input):
        return _evaluate(mx.addmm(bias, input, weights.T))

    def batch_linear_deriv(self, weights, input, grad_output):
        return self.linear_backward(weights, mx.zeros(weights.shape[0], weights.dtype), input, grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        _, gradients = mx.vjp(lambda w, b, x: mx.addmm(b, x, w.T), [weights, bias, input], [grad_output])
        return tuple(map(_evaluate, gradients))

    def linear_gradient_accumulate(self, grad1, grad2):
        return _evaluate(grad1 + grad2)

    def linear_gradient_scale(self, grad, scale_factor):
        return _evaluate(grad * scale_factor)

    def info(self):
        return {"mlx": mx.__version__, "device": str(mx.default_device())}


def _evaluate(array):
    # Arrays are computed when they are needed, which would be outside the call that is judged.
    mx.eval(array)
    return array
