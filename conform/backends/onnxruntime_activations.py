"""The activations that ONNX has an operator for."""

from __future__ import annotations

import functools
from typing import Any

import onnx
from onnx import helper
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidGraph
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as NotThere

from conform.backends.base import Array, BackendBase, Unsupported

_TYPES = {"float64": "DOUBLE", "float32": "FLOAT", "float16": "FLOAT16"}
_OPSET, _IR_VERSION = 20, 9
# Operators that a later set brought, with its number and the intermediate representation that goes with it.
_LATER = {"Swish": (24, 11)}


def _operator(name: str, **attributes: Any) -> Any:
    """A method that runs one operator on its input."""

    def call(self: OnnxruntimeActivations, input: Array) -> Array:
        return self._run(name, {"input": input}, **attributes)

    return call


class OnnxruntimeActivations(BackendBase):
    """One operator each; a derivative that is another one of them is that operator."""

    relu, sigmoid, tanh, softplus = (_operator(name) for name in ("Relu", "Sigmoid", "Tanh", "Softplus"))
    gelu = _operator("Gelu", approximate="tanh")
    swish = _operator("Swish")
    sinh, cosh = _operator("Sinh"), _operator("Cosh")
    sinh_deriv, cosh_deriv, softplus_deriv = cosh, sinh, sigmoid
    softmax, log_softmax = _operator("Softmax", axis=-1), _operator("LogSoftmax", axis=-1)

    def leaky_relu(self, input: Array, slope: Array) -> Array:
        # LeakyRelu takes its slope as a constant of the model, in float32; PRelu takes it as an array.
        return self._run("PRelu", {"input": input, "slope": slope})

    def elu(self, input: Array, alpha: Array) -> Array:
        return self._run("Elu", {"input": input}, alpha=float(alpha))

    def _run(self, operator: str, inputs: dict[str, Array], **attributes: Any) -> Array:
        ranks = tuple((name, array.ndim) for name, array in inputs.items())
        dtype = next(iter(inputs.values())).dtype.name
        session = self._open_operator(operator, dtype, ranks, tuple(attributes.items()))
        output: Array = session.run(None, inputs)[0]
        return output

    @functools.cached_property
    def _open_operator(self) -> Any:
        """Starts a session with a model of one operator, for arrays of any size; those started are kept."""
        return functools.lru_cache(maxsize=None)(self._build_operator)

    def _build_operator(
        self, operator: str, dtype: str, ranks: tuple[tuple[str, int], ...], attributes: tuple[tuple[str, Any], ...]
    ) -> Any:
        opset, version = _LATER.get(operator, (_OPSET, _IR_VERSION))
        kind = getattr(onnx.TensorProto, _TYPES[dtype])
        inputs = [
            helper.make_tensor_value_info(name, kind, [f"{name}{axis}" for axis in range(rank)]) for name, rank in ranks
        ]
        output = helper.make_tensor_value_info("output", kind, ["rows", "columns"])
        node = helper.make_node(operator, [name for name, _ in ranks], ["output"], **dict(attributes))
        graph = helper.make_graph([node], operator, inputs, [output])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=version)
        try:
            return self._start(model)
        except (InvalidGraph, NotThere) as error:
            raise Unsupported(f"this version has no {operator} of {dtype}") from error

    def _start(self, model: Any) -> Any:
        """A session with a model."""
        raise NotImplementedError
