"""autograd, of HIPS: gradients of functions in numpy.

Install: python -m pip install autograd==1.9.1

Layers are `numpy.dot`, which its users write.
"""

import importlib.metadata
from typing import ClassVar

import autograd.numpy as np
from autograd import make_vjp

from conform.backends.base import BackendBase


class AutogradBackend(BackendBase):
    """`numpy.dot` and what `make_vjp` makes of it."""

    name = "autograd"
    # It differentiates functions of floating-point numbers.
    dtypes = ("float64", "float32", "float16")
    # A product is rounded before a bias is added.
    accumulates: ClassVar = {"float16": "float16"}

    def linear(self, weights, bias, input):
        return np.dot(weights, input) + bias

    def linear_batched(self, weights, bias, input):
        return np.dot(input, weights.T) + bias

    def batch_linear_deriv(self, weights, input, grad_output):
        bias = np.zeros(len(weights), weights.dtype)
        return _differentiate(self.linear_batched, (weights, bias, input), grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        return _differentiate(self.linear, (weights, bias, input), grad_output)

    def info(self):
        return {"autograd": importlib.metadata.version("autograd"), "numpy": np.__version__}


def _differentiate(layer, inputs, grad_output):
    backward, _ = make_vjp(lambda arguments: layer(*arguments))(inputs)
    return tuple(map(np.array, backward(grad_output)))
