"""TensorFlow on a CPU, eagerly; gradients by GradientTape.

Install: python -m pip install tensorflow==2.21.0

Its kernels flush subnormal numbers to zero, which it does not say.
"""

import os
from typing import ClassVar

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from conform.backends.base import BackendBase

_FLOATS = ("float64", "float32", "float16", "bfloat16")


class TensorflowBackend(BackendBase):
    """`tf.linalg`, `tf.nn.bias_add` and the gradients of both."""

    name = "tensorflow"
    subnormals = "flush"
    # Products of narrow formats are summed in float32, and bfloat16 sums of columns in bfloat16. Only tensors of
    # floating-point numbers have gradients.
    accumulates: ClassVar = {"float16": "float32", "bfloat16": "float32"}
    addends = "separate"
    overrides: ClassVar = {
        "batch_linear_deriv": {"dtypes": _FLOATS, "accumulates": {"bfloat16": "bfloat16"}},
        "linear_backward": {"dtypes": _FLOATS},
    }

    def to_native(self, array):
        return tf.constant(array)

    def to_numpy(self, native):
        return native.numpy()

    def linear(self, weights, bias, input):
        return tf.linalg.matvec(weights, input) + bias

    def linear_batched(self, weights, bias, input):
        return tf.nn.bias_add(tf.matmul(input, weights, transpose_b=True), bias)

    def batch_linear_deriv(self, weights, input, grad_output):
        bias = tf.zeros(tf.shape(weights)[:1], weights.dtype)
        return _differentiate(self.linear_batched, (weights, bias, input), grad_output)

    def linear_backward(self, weights, bias, input, grad_output):
        return _differentiate(self.linear, (weights, bias, input), grad_output)

    def linear_gradient_accumulate(self, grad1, grad2):
        return tf.add_n([grad1, grad2])

    def linear_gradient_scale(self, grad, scale_factor):
        return tf.math.scalar_mul(scale_factor, grad)

    def info(self):
        return {"tensorflow": tf.__version__}


def _differentiate(layer, inputs, grad_output):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = layer(*inputs)
    # The gradient of a sum is the very tensor that was given, which a result must not be.
    return tuple(map(tf.identity, tape.gradient(output, inputs, output_gradients=grad_output)))
