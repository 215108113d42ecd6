"""PaddlePaddle on a CPU; gradients by `paddle.grad`.

Install: python -m pip install paddlepaddle==3.3.1
"""

from typing import ClassVar

import paddle

from conform.backends.base import BackendBase

_FLOATS = ("float64", "float32")


class PaddleBackend(BackendBase):
    """`paddle.matmul`, operators, and the gradients of both."""

    name = "paddle"
    # On a CPU, addition has no narrow formats; gradients are of floating-point numbers.
    dtypes = (*_FLOATS, "int32", "int64")
    overrides: ClassVar = {name: {"dtypes": _FLOATS} for name in ("batch_linear_deriv", "linear_backward")}

    def __init__(self):
        paddle.set_device("cpu")

    def to_native(self, array):
        return paddle.to_tensor(array)

    def to_numpy(self, native):
        return native.numpy()

    def linear(self, weights, bias, input):
        return paddle.matmul(weights, input) + bias

    def linear_batched(self, weights, bias, input):
        return paddle.matmul(input, weights, transpose_y=True) + bias

    def batch_linear_deriv(self, weights, input, grad_output):
        bias = paddle.zeros([weights.shape[0]], weights.dtype)
        return _differentiate(self.linear_batched, (weights, bias, input), grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        return _differentiate(self.linear, (weights, bias, input), grad_output)

    def linear_gradient_accumulate(self, grad1, grad2):
        return grad1 + grad2

    def linear_gradient_scale(self, grad, scale_factor):
        return grad * scale_factor

    def info(self):
        return {"paddle": paddle.__version__}


def _differentiate(layer, inputs, grad_output):
    leaves = [tensor.detach() for tensor in inputs]
    for leaf in leaves:
        leaf.stop_gradient = False
    gradients = paddle.grad([layer(*leaves)], leaves, grad_outputs=[grad_output])
    # The gradient of a sum is the very tensor that was given, which a result must not be.
    return tuple(gradient.clone() for gradient in gradients)
