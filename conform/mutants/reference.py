"""The reference implementation, one call at a time: plain numpy in a wider format, rounded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from conform.backends.base import Array, BackendBase
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


def compute(operation: str, inputs: Inputs) -> Results:
    """The results of an operation, in arrays of their own."""
    dtype = next(iter(inputs.values())).dtype
    wide = {name: widen(array) for name, array in inputs.items()}
    return tuple(narrow(result, get_format(dtype.name)) for result in FORMULAS[operation](wide))


class ReferenceBackend(BackendBase):
    """Every operation through `respond`, so that a defect in how results are returned is written once for all."""

    name = "reference"

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        """The results of a call."""
        return compute(operation, inputs)

    def call(self, operation: str, **inputs: Array) -> object:
        """What a call returns: the only result, or a tuple of several."""
        results = self.respond(operation, inputs)
        return results[0] if len(results) == 1 else results

    def linear(self, weights: Array, bias: Array, input: Array) -> object:
        return self.call("linear", weights=weights, bias=bias, input=input)

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> object:
        return self.call("linear_batched", weights=weights, bias=bias, input=input)

    def linear_weights_deriv(self, input: Array, grad_output: Array) -> object:
        return self.call("linear_weights_deriv", input=input, grad_output=grad_output)

    def linear_bias_deriv(self, grad_weights: Array, grad_output: Array, input: Array) -> object:
        return self.call("linear_bias_deriv", grad_weights=grad_weights, grad_output=grad_output, input=input)

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> object:
        return self.call("linear_input_deriv", weights=weights, grad_output=grad_output)

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> object:
        return self.call("batch_linear_deriv", weights=weights, input=input, grad_output=grad_output)

    def linear_backward(self, weights: Array, bias: Array, input: Array, grad_output: Array) -> object:
        return self.call("linear_backward", weights=weights, bias=bias, input=input, grad_output=grad_output)

    def linear_gradient_accumulate(self, grad1: Array, grad2: Array) -> object:
        return self.call("linear_gradient_accumulate", grad1=grad1, grad2=grad2)

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> object:
        return self.call("linear_gradient_scale", grad=grad, scale_factor=scale_factor)
