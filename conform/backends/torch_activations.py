"""The activations in PyTorch: its own functions, and gradients by autograd on them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional as nn

from conform.backends.base import BackendBase

Function = Callable[..., torch.Tensor]


def _safe_log(input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    return torch.log(nn.softplus(input) + epsilon)


def _smooth_abs(input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
    return torch.sqrt(input * input + epsilon)


def _logistic(input: torch.Tensor) -> torch.Tensor:
    power = torch.exp(input)
    return power / (power + 1)


# What autograd calls with outputs; to go through it would compute these anew.
def _sigmoid_backward(output: torch.Tensor) -> torch.Tensor:
    return torch.ops.aten.sigmoid_backward(torch.ones_like(output), output)


def _log_softmax_backward(output: torch.Tensor, grad_output: torch.Tensor) -> torch.Tensor:
    return torch.ops.aten._log_softmax_backward_data(grad_output, output, -1, output.dtype)


def _log_softmax_jvp(output: torch.Tensor, tangent: torch.Tensor) -> torch.Tensor:
    return tangent - (torch.exp(output) * tangent).sum(-1, keepdim=True)


ROUNDED_BETWEEN = (
    "sigmoid_deriv",
    "sigmoid_output_deriv",
    "tanh_deriv",
    "safe_log",
    "safe_log_deriv",
    "smooth_abs",
    "smooth_abs_deriv",
    "logistic",
    "logistic_deriv",
    "softmax_backward",
    "log_softmax_jvp",
)
"""What takes several of torch's functions, or one of an output that was returned, and so is rounded between them."""

_GELU = functools.partial(nn.gelu, approximate="tanh")
_SOFTMAX = functools.partial(torch.softmax, dim=-1)
_LOG_SOFTMAX = functools.partial(torch.log_softmax, dim=-1)


def _of_input(function: Function) -> Any:
    def call(self: TorchActivations, input: torch.Tensor) -> torch.Tensor:
        return self._prepare(function)(input)

    return call


def _derivative_of(function: Function) -> Any:
    def call(self: TorchActivations, input: torch.Tensor) -> torch.Tensor:
        return self._derive(function, input)

    return call


class TorchActivations(BackendBase):
    """Functions of a number alone, with a number of one's own beside it, and along the last axis."""

    relu, relu_deriv = _of_input(torch.relu), _derivative_of(torch.relu)
    sigmoid, sigmoid_deriv = _of_input(torch.sigmoid), _derivative_of(torch.sigmoid)
    tanh, tanh_deriv = _of_input(torch.tanh), _derivative_of(torch.tanh)
    gelu, gelu_deriv = _of_input(_GELU), _derivative_of(_GELU)
    swish, swish_deriv = _of_input(nn.silu), _derivative_of(nn.silu)
    softplus, softplus_deriv = _of_input(nn.softplus), _derivative_of(nn.softplus)
    sinh, sinh_deriv = _of_input(torch.sinh), _derivative_of(torch.sinh)
    cosh, cosh_deriv = _of_input(torch.cosh), _derivative_of(torch.cosh)
    logistic, logistic_deriv = _of_input(_logistic), _derivative_of(_logistic)
    softmax, log_softmax = _of_input(_SOFTMAX), _of_input(_LOG_SOFTMAX)

    def sigmoid_output_deriv(self, sigmoid_output: torch.Tensor) -> torch.Tensor:
        return self._prepare(_sigmoid_backward)(sigmoid_output)

    def leaky_relu(self, input: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        return self._prepare(nn.leaky_relu)(input, slope.item())

    def leaky_relu_deriv(self, input: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        return self._derive(nn.leaky_relu, input, slope.item())

    def elu(self, input: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
        return self._prepare(nn.elu)(input, alpha.item())

    def elu_deriv(self, input: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
        return self._derive(nn.elu, input, alpha.item())

    def safe_log(self, input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
        return self._prepare(_safe_log)(input, epsilon)

    def safe_log_deriv(self, input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
        return self._derive(_safe_log, input, epsilon)

    def smooth_abs(self, input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
        return self._prepare(_smooth_abs)(input, epsilon)

    def smooth_abs_deriv(self, input: torch.Tensor, epsilon: torch.Tensor) -> torch.Tensor:
        return self._derive(_smooth_abs, input, epsilon)

    def softmax_backward(self, input: torch.Tensor, grad_output: torch.Tensor) -> torch.Tensor:
        leaf = input.detach().requires_grad_()
        return torch.autograd.grad(self._prepare(_SOFTMAX)(leaf), leaf, grad_output)[0]

    def log_softmax_backward(self, output: torch.Tensor, grad_output: torch.Tensor) -> torch.Tensor:
        return self._prepare(_log_softmax_backward)(output, grad_output)

    def log_softmax_jvp(self, output: torch.Tensor, tangent: torch.Tensor) -> torch.Tensor:
        return self._prepare(_log_softmax_jvp)(output, tangent)

    def _prepare(self, function: Function) -> Function:
        """The function as it is, or compiled."""
        raise NotImplementedError

    def _derive(self, function: Function, input: torch.Tensor, *numbers: Any) -> torch.Tensor:
        """The derivative of a function of every element, by autograd with ones."""
        leaf = input.detach().requires_grad_()
        output = self._prepare(function)(leaf, *numbers)
        return torch.autograd.grad(output, leaf, torch.ones_like(output))[0]
