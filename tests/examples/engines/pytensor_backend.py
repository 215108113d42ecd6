"""PyTensor with its default linker, which compiles graphs with numba.

Install: python -m pip install pytensor==3.0.7

With `[mode=FAST_COMPILE]` numpy runs the same graphs.
"""

from typing import ClassVar

import numpy as np
import pytensor
import pytensor.tensor as pt

from conform.backends.base import BackendBase, Option

_FLOATS = ("float64", "float32")


class PytensorBackend(BackendBase):
    """One function for each operation and format, of any shape."""

    name = "pytensor"
    # The linker has no float16, and gradients are of floating-point numbers.
    dtypes = (*_FLOATS, "int32", "int64")
    overrides: ClassVar = {name: {"dtypes": _FLOATS} for name in ("batch_linear_deriv", "linear_backward")}
    options: ClassVar = {"mode": Option("NUMBA", "how graphs are compiled", choices=("NUMBA", "FAST_COMPILE"))}

    def __init__(self, mode="NUMBA"):
        self._mode, self._functions = mode, {}

    def linear(self, weights, bias, input):
        return self._run(lambda w, b, x: w @ x + b, weights, bias, input)

    def linear_batched(self, weights, bias, input):
        return self._run(lambda w, b, x: x @ w.T + b, weights, bias, input)

    def batch_linear_deriv(self, weights, input, grad_output):
        def differentiate(w, b, x, g):
            return pt.grad(None, [w, b, x], known_grads={x @ w.T + b: g})

        return tuple(self._run(differentiate, weights, np.zeros(len(weights), weights.dtype), input, grad_output))

    def linear_backward(self, weights, bias, input, grad_output):
        def differentiate(w, b, x, g):
            return pt.grad(None, [w, b, x], known_grads={w @ x + b: g})

        return tuple(self._run(differentiate, weights, bias, input, grad_output))

    def linear_gradient_accumulate(self, grad1, grad2):
        return self._run(lambda a, b: a + b, grad1, grad2)

    def linear_gradient_scale(self, grad, scale_factor):
        return self._run(lambda a, factor: a * factor, grad, scale_factor)

    def info(self):
        return {"pytensor": pytensor.__version__}

    def _run(self, build, *arrays):
        key = (build.__code__, arrays[0].dtype)
        if key not in self._functions:
            inputs = [pt.tensor(dtype=array.dtype, shape=(None,) * array.ndim) for array in arrays]
            self._functions[key] = pytensor.function(
                inputs, build(*inputs), mode=self._mode, accept_inplace=False, on_unused_input="ignore"
            )
        return self._functions[key](*arrays)
