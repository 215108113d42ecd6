"""The layers in any namespace that follows the Python array API standard, named `array-api:NAMESPACE`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from conform.backends.activation_formulas import ActivationFormulas
from conform.backends.base import Array, Option, OptionValue
from conform.backends.check import LoadedBackend, check_backend
from conform.backends.numpy_backend import describe_blas
from conform.backends.options import parse_options, split_options
from conform.errors import BackendError
from conform.suite import Operation
from conform.texts import describe_exception

_DTYPES = ("float64", "float32", "int32", "int64")
_DENSE = ("todense", "unwrap_numpy")
"""How sparse and symbolic arrays are made numpy's, where `numpy.asarray` is refused or gives an object."""
_NEEDED = ("matmul", "sum", "asarray")
OPTIONS = {"subnormals": Option("keep", "what the namespace does to subnormal numbers", ("keep", "flush"))}


class ArrayApiBackend(ActivationFormulas):
    """The functions of one namespace; the standard has no float16 and no bfloat16."""

    def __init__(self, namespace: Any, label: str, **options: OptionValue) -> None:
        self.name = f"array-api:{label}"
        self.subnormals = str(options["subnormals"])
        self.dtypes = _list_dtypes(namespace)
        self._namespace = namespace
        self._matmul, self._sum = namespace.matmul, namespace.sum

    def to_native(self, array: Array) -> Any:
        return self._namespace.asarray(array)

    def to_numpy(self, native: Any) -> Array:
        try:
            return np.from_dlpack(native)
        except (AttributeError, TypeError, ValueError, RuntimeError, BufferError):
            # What is lazy, sparse or symbolic cannot lend its memory.
            return _make_dense(native)

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        return self._matmul(weights, input) + bias

    def linear_batched(self, weights: Any, bias: Any, input: Any) -> Any:
        return self._matmul(input, weights.T) + bias

    def linear_weights_deriv(self, input: Any, grad_output: Any) -> Any:
        return grad_output[:, None] * input[None, :]

    def linear_bias_deriv(self, grad_weights: Any, grad_output: Any, input: Any) -> Any:
        return self._copy(grad_output)

    def linear_input_deriv(self, weights: Any, grad_output: Any) -> Any:
        return self._matmul(weights.T, grad_output)

    def batch_linear_deriv(self, weights: Any, input: Any, grad_output: Any) -> tuple[Any, Any, Any]:
        bias_gradient = self._sum(grad_output, axis=0, dtype=grad_output.dtype)
        return self._matmul(grad_output.T, input), bias_gradient, self._matmul(grad_output, weights)

    def linear_backward(self, weights: Any, bias: Any, input: Any, grad_output: Any) -> tuple[Any, Any, Any]:
        bias_gradient = self._copy(grad_output)
        return self.linear_weights_deriv(input, grad_output), bias_gradient, self._matmul(weights.T, grad_output)

    def linear_gradient_accumulate(self, grad1: Any, grad2: Any) -> Any:
        return grad1 + grad2

    def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
        return grad * scale_factor

    def _copy(self, array: Any) -> Any:
        """Memory of its own, which the standard promises of no arithmetic: `+` may give what it is given."""
        return self._namespace.asarray(array, copy=True)

    def info(self) -> Mapping[str, str]:
        version = getattr(self._namespace, "__version__", "unknown")
        standard = getattr(self._namespace, "__array_api_version__", "unknown")
        described = {self._namespace.__name__: str(version), "array API": str(standard)}
        if hasattr(self._namespace, "__array_namespace_info__"):
            described["device"] = str(self._namespace.__array_namespace_info__().default_device())
        # Those over numpy multiply with its BLAS.
        return described | ({"numpy": np.__version__, **describe_blas()} if self._is_numpy() else {})

    def _is_numpy(self) -> bool:
        array = self._namespace.asarray([0.0])
        return isinstance(getattr(array, "_array", array), np.ndarray)


def _list_dtypes(namespace: Any) -> tuple[str, ...]:
    """The formats that the namespace says it has by default; all where it does not say."""
    if not hasattr(namespace, "__array_namespace_info__"):
        return _DTYPES
    listed = namespace.__array_namespace_info__().dtypes(kind=("real floating", "signed integer"))
    return tuple(name for name in _DTYPES if name in listed)


def _make_dense(native: Any) -> Array:
    """An array without DLPack as numpy's: as numpy takes it, or else as its own library says that it is to be had."""
    own = next((getattr(native, name) for name in _DENSE if hasattr(native, name)), None)
    array: Array = np.asarray(native) if own is None else np.asarray(own())
    return array


def connect(spec: str, operations: Sequence[Operation]) -> LoadedBackend:
    """The backend `array-api:NAMESPACE`; raises BackendError where the namespace is missing or lacks what is needed."""
    label, given = split_options(spec.removeprefix("array-api:").strip())
    namespace = _import_namespace(label, spec)
    missing = [name for name in _NEEDED if not hasattr(namespace, name)]
    if missing:
        raise BackendError(f"{label} is not an array API namespace: it has no {', '.join(missing)}", where=spec)
    options = parse_options(given, OPTIONS, where=spec)
    backend = ArrayApiBackend(namespace, label, **options)
    return replace(check_backend(backend, operations, spec), options=options)


def _import_namespace(label: str, spec: str) -> ModuleType:
    if not label:
        raise BackendError("no namespace is named", where=spec, hint="For example: array-api:array_api_strict")
    try:
        return importlib.import_module(label)
    except ImportError as error:
        hint = f"Install the package that provides {label}, or correct its name."
        raise BackendError(f"cannot be imported: {describe_exception(error)}", where=spec, hint=hint) from error
