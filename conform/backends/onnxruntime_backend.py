"""The layers in ONNX Runtime: an ONNX model with one node for every operation and format."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from conform.backends.base import Array, Option
from conform.backends.onnxruntime_activations import OnnxruntimeActivations
from conform.errors import BackendError

_TYPES = {"float64": TensorProto.DOUBLE, "float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16}
_OPSET = 13
# The oldest intermediate representation with this operator set, so that old runtimes read the model.
_IR_VERSION = 7
_LOG_ERRORS = 3
# A block is called twice in a row, so sessions are soon needed again or not at all.
_SESSIONS = 512


class OnnxruntimeBackend(OnnxruntimeActivations):
    """The forward operations; Gemm computes input · weightsᵀ + bias in one node."""

    name = "onnxruntime"
    subnormals = "keep"
    # Its float16 Gemm adds the bias to a float32 sum and rounds once.
    accumulates: Mapping[str, str] = {"float16": "float32"}
    dtypes = tuple(_TYPES)
    options: ClassVar[Mapping[str, Option]] = {
        "provider": Option("CPUExecutionProvider", "execution provider that runs the model"),
        "threads": Option(1, "threads within an operator; 0 leaves the runtime's choice"),
    }

    def __init__(self, provider: str = "CPUExecutionProvider", threads: int = 1) -> None:
        available = onnxruntime.get_available_providers()
        if provider not in available:
            what = f"option provider={provider}: not available; there is {', '.join(available)}"
            raise BackendError(what, where=self.name)
        if threads < 0:
            raise BackendError(f"option threads={threads}: expected zero or a positive number", where=self.name)
        self._provider, self._threads = provider, threads
        self._open_session = functools.lru_cache(maxsize=_SESSIONS)(self._build_session)

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        output: Array = self.linear_batched(weights, bias, input[np.newaxis])[0]
        return output

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        session = self._open_session(weights.dtype.name, *weights.shape, len(input))
        output: Array = session.run(None, {"weights": weights, "bias": bias, "input": input})[0]
        return output

    def info(self) -> Mapping[str, str]:
        return {
            "onnxruntime": onnxruntime.__version__,
            "onnx": onnx.__version__,
            "provider": self._provider,
            "threads": str(self._threads or "chosen by the runtime"),
        }

    def _build_session(self, dtype: str, rows: int, columns: int, batch: int) -> Any:
        kind = _TYPES[dtype]
        shapes = {"input": [batch, columns], "weights": [rows, columns], "bias": [rows]}
        graph = helper.make_graph(
            [helper.make_node("Gemm", list(shapes), ["output"], transB=1)],
            "linear",
            [helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes.items()],
            [helper.make_tensor_value_info("output", kind, [batch, rows])],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        return self._start(model)

    def _start(self, model: Any) -> Any:
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = self._threads
        settings.log_severity_level = _LOG_ERRORS
        return onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=[self._provider])
