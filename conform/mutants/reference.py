"""The reference implementation, one call at a time: plain numpy in a wider format, rounded once.

What is no sum of products is as numpy's backend has it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from conform.backends.base import KNOWN_ATTRIBUTES, Array, BackendBase
from conform.backends.numpy_backend import NumpyBackend
from conform.formats import get_format
from conform.mutants.task import narrow, widen

Inputs = Mapping[str, Array]
Results = tuple[Array, ...]

FORMULAS: Mapping[str, Callable[[Inputs], Results]] = {
    "linear": lambda x: (x["weights"] @ x["input"] + x["bias"],),
    "linear_batched": lambda x: (x["input"] @ x["weights"].T + x["bias"],),
    "linear_weights_deriv": lambda x: (np.outer(x["grad_output"], x["input"]),),
    "linear_bias_deriv": lambda x: (x["grad_output"],),
    "linear_input_deriv": lambda x: (x["weights"].T @ x["grad_output"],),
    "batch_linear_deriv": lambda x: (
        x["grad_output"].T @ x["input"],
        x["grad_output"].sum(axis=0),
        x["grad_output"] @ x["weights"],
    ),
    "linear_backward": lambda x: (
        np.outer(x["grad_output"], x["input"]),
        x["grad_output"],
        x["weights"].T @ x["grad_output"],
    ),
    "linear_gradient_accumulate": lambda x: (x["grad1"] + x["grad2"],),
    "linear_gradient_scale": lambda x: (x["grad"] * x["scale_factor"],),
}


def compute(operation: str, inputs: Inputs, attributes: Mapping[str, int] = MappingProxyType({})) -> Results:
    """The results of an operation, in arrays of their own."""
    if operation not in FORMULAS:
        results: Any = getattr(_NUMPY, operation)(**inputs, **attributes)
        return results if isinstance(results, tuple) else (results,)
    dtype = next(iter(inputs.values())).dtype
    wide = {name: widen(array) for name, array in inputs.items()}
    return tuple(narrow(result, get_format(dtype.name)) for result in FORMULAS[operation](wide))


_NUMPY = NumpyBackend()


def _has_numpy(operation: str) -> bool:
    return not operation.startswith("_") and operation not in KNOWN_ATTRIBUTES and hasattr(_NUMPY, operation)


class ReferenceBackend(BackendBase):
    """Every operation through `respond`, so that a defect in how results are returned is written once for all."""

    name = "reference"
    _attributes: Mapping[str, int] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        """The results of a call."""
        return compute(operation, inputs, self._attributes)

    def call(self, operation: str, **arguments: Any) -> object:
        """What a call returns: the only result, or a tuple of several."""
        inputs = {name: value for name, value in arguments.items() if isinstance(value, np.ndarray)}
        self._attributes = {name: value for name, value in arguments.items() if name not in inputs}
        results = self.respond(operation, inputs)
        return results[0] if len(results) == 1 else results

    def __getattr__(self, operation: str) -> Callable[..., object]:
        """The method for any operation that there are formulas for, or that numpy's backend has."""
        if operation not in FORMULAS and not _has_numpy(operation):
            raise AttributeError(operation)
        return functools.partial(self.call, operation)
