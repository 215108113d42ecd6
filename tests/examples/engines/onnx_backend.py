"""The reference evaluator of the ONNX standard, which computes a graph with numpy.

Install: python -m pip install onnx==1.23.2

A layer is `Gemm` for a batch, and `MatMul` and `Add` for a vector, as exporters write it; gradients are `MatMul`. Both
round a product to the format before the bias is added: `Gemm` is `numpy.dot(a, b) * alpha`, then `+ c * beta`.
"""

from typing import ClassVar

import onnx
from onnx import parser
from onnx.reference import ReferenceEvaluator

from conform.backends.base import BackendBase

_TYPES = {"float64": "double", "float32": "float"}
_GRAPHS = {
    "vector": """vector (T[o, i] weights, T[o] bias, T[i] input) => (T[o] output) {
        product = MatMul (weights, input)
        output = Add (product, bias)
    }""",
    "batch": """batch (T[o, i] weights, T[o] bias, T[n, i] input) => (T[n, o] output) {
        output = Gemm <transB = 1> (input, weights, bias)
    }""",
    "gradients": """gradients (T[o, i] weights, T[n, i] input, T[n, o] grad) => (T[o, i] dW, T[o] db, T[n, i] dx) {
        transposed = Transpose (grad)
        dW = MatMul (transposed, input)
        axes = Constant <value_ints = [0]> ()
        db = ReduceSum <keepdims = 0> (grad, axes)
        dx = MatMul (grad, weights)
    }""",
    "add": "add (T[o, i] a, T[o, i] b) => (T[o, i] sum) { sum = Add (a, b) }",
    "scale": "scale (T[o, i] a, T[] factor) => (T[o, i] scaled) { scaled = Mul (a, factor) }",
}


class OnnxBackend(BackendBase):
    """One graph for each operation and format, of any shape."""

    name = "onnx-reference"
    # numpy sums products of narrow formats in float32, and ReduceSum adds rows in the format itself.
    accumulates: ClassVar = {"float16": "float32", "bfloat16": "float32"}
    addends = "separate"
    overrides: ClassVar = {"batch_linear_deriv": {"accumulates": {"float16": "float16", "bfloat16": "bfloat16"}}}

    def __init__(self):
        self._sessions = {}

    def linear(self, weights, bias, input):
        return self._run("vector", weights=weights, bias=bias, input=input)[0]

    def linear_batched(self, weights, bias, input):
        return self._run("batch", weights=weights, bias=bias, input=input)[0]

    def batch_linear_deriv(self, weights, input, grad_output):
        return tuple(self._run("gradients", weights=weights, input=input, grad=grad_output))

    def linear_backward(self, weights, bias, input, grad_output):
        grad_weights, grad_bias, grad_input = self.batch_linear_deriv(weights, input[None], grad_output[None])
        return grad_weights, grad_bias, grad_input[0]

    def linear_gradient_accumulate(self, grad1, grad2):
        return self._run("add", a=grad1, b=grad2)[0]

    def linear_gradient_scale(self, grad, scale_factor):
        return self._run("scale", a=grad, factor=scale_factor)[0]

    def info(self):
        return {"onnx": onnx.__version__}

    def _run(self, graph, **feeds):
        dtype = next(iter(feeds.values())).dtype.name
        if (graph, dtype) not in self._sessions:
            text = _GRAPHS[graph].replace("T[", f"{_TYPES.get(dtype, dtype)}[")
            model = parser.parse_model(f'<ir_version: 10, opset_import: ["" : 21]> {text}')
            self._sessions[graph, dtype] = ReferenceEvaluator(model)
        return self._sessions[graph, dtype].run(None, feeds)
