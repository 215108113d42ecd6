"""The layers in PyTorch: forward by its own functions, gradients by autograd on them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import ml_dtypes
import numpy as np
import torch
from torch.nn.functional import linear

from conform.backends.base import Array, Option
from conform.backends.torch_activations import ROUNDED_BETWEEN, Function, TorchActivations
from conform.errors import BackendError

_FLOATS = ("float64", "float32", "float16", "bfloat16")
_OWN = {"float16": "float16", "bfloat16": "bfloat16"}
_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
_MANY = 1 << 20
_THREADS = torch.get_num_threads()
_AUTOGRAD = (
    "linear_weights_deriv",
    "linear_bias_deriv",
    "linear_input_deriv",
    "batch_linear_deriv",
    "linear_backward",
)


class TorchBackend(TorchActivations):
    """PyTorch, eager or compiled, on any of its devices."""

    name = "torch"
    subnormals = "keep"
    # Matrix products and the sum over the batch keep their sums of narrow formats in float32, and the bias is added
    # before the one rounding to the format.
    accumulates: Mapping[str, str] = {"float16": "float32", "bfloat16": "float32"}
    dtypes = (*_FLOATS, "int32", "int64")
    overrides: Mapping[str, Mapping[str, Any]] = {
        # For a single vector that is not contiguous, the product is rounded to the format before the bias is added.
        "linear": {"accumulates": {"float16": "float16", "bfloat16": "bfloat16"}},
        # Autograd differentiates with respect to floating-point tensors only.
        **{operation: {"dtypes": _FLOATS} for operation in _AUTOGRAD},
        **{operation: {"accumulates": _OWN} for operation in ROUNDED_BETWEEN},
    }
    options: ClassVar[Mapping[str, Option]] = {
        "device": Option("cpu", "torch device, as cpu, cuda or cuda:1"),
        "compile": Option(False, "run the layer through torch.compile"),
        "tf32": Option(False, "let float32 products use TF32 on devices that have it"),
        "threads": Option(0, "CPU threads within an operation; 0 leaves torch's choice"),
    }

    def __init__(self, device: str = "cpu", compile: bool = False, tf32: bool = False, threads: int = 0) -> None:
        self._device = _open_device(device)
        if threads < 0:
            raise BackendError(f"option threads={threads}: expected zero or a positive number", where=self.name)
        self._threads, self._tf32, self._compiled = threads or _THREADS, tf32, compile
        if self._device.type == "cuda":
            self.accumulates = _read_cuda_accumulates()
        self._compile = functools.cache(_compile)
        self._layer = self._prepare(linear)

    def to_native(self, array: Array) -> torch.Tensor:
        # These settings are the process's, and another backend of the same run may have others.
        if torch.get_num_threads() != self._threads:
            torch.set_num_threads(self._threads)
        if self._device.type == "cuda" and torch.backends.cuda.matmul.allow_tf32 != self._tf32:
            torch.backends.cuda.matmul.allow_tf32 = self._tf32
        # Nor does torch know negative strides.
        if any(stride < 0 for stride in array.strides):
            array = array.copy()
        # torch knows no bfloat16 of numpy's, so its bits travel as 16-bit integers.
        if array.dtype == _BFLOAT16:
            return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16).to(self._device)
        return torch.from_numpy(array).to(self._device)

    def to_numpy(self, native: torch.Tensor) -> Array:
        tensor = native.detach().cpu()
        narrow = tensor.dtype == torch.bfloat16
        array: Array = tensor.view(torch.int16).numpy().view(_BFLOAT16) if narrow else tensor.numpy()
        return array

    def linear(self, weights: torch.Tensor, bias: torch.Tensor, input: torch.Tensor) -> torch.Tensor:
        return self._layer(input, weights, bias)

    def linear_batched(self, weights: torch.Tensor, bias: torch.Tensor, input: torch.Tensor) -> torch.Tensor:
        return self._layer(input, weights, bias)

    def linear_weights_deriv(self, input: torch.Tensor, grad_output: torch.Tensor) -> torch.Tensor:
        weights = input.new_zeros(len(grad_output), len(input), requires_grad=True)
        return self._differentiate(self._layer(input, weights), grad_output, weights)[0]

    def linear_bias_deriv(
        self, grad_weights: torch.Tensor, grad_output: torch.Tensor, input: torch.Tensor
    ) -> torch.Tensor:
        # The bias gradient depends on no weights, so any of their shape will do.
        bias = torch.zeros_like(grad_output, requires_grad=True)
        return self._differentiate(self._layer(input, torch.zeros_like(grad_weights), bias), grad_output, bias)[0]

    def linear_input_deriv(self, weights: torch.Tensor, grad_output: torch.Tensor) -> torch.Tensor:
        input = weights.new_zeros(weights.shape[1], requires_grad=True)
        return self._differentiate(self._layer(input, weights), grad_output, input)[0]

    def batch_linear_deriv(
        self, weights: torch.Tensor, input: torch.Tensor, grad_output: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        bias = weights.new_zeros(len(weights))
        return self.linear_backward(weights, bias, input, grad_output)

    def linear_backward(
        self, weights: torch.Tensor, bias: torch.Tensor, input: torch.Tensor, grad_output: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        leaves = [tensor.detach().requires_grad_() for tensor in (weights, bias, input)]
        return self._differentiate(self._layer(leaves[2], leaves[0], leaves[1]), grad_output, *leaves)

    def linear_gradient_accumulate(self, grad1: torch.Tensor, grad2: torch.Tensor) -> torch.Tensor:
        return grad1 + grad2

    def linear_gradient_scale(self, grad: torch.Tensor, scale_factor: torch.Tensor) -> torch.Tensor:
        return grad * scale_factor

    def info(self) -> Mapping[str, str]:
        described = {
            "torch": torch.__version__,
            "device": str(self._device),
            "mode": "torch.compile" if self._compiled else "eager",
            "threads": str(self._threads),
            "BLAS": _find_blas(),
            "CPU capability": torch.backends.cpu.get_cpu_capability(),
        }
        if self._device.type == "cuda":
            described |= {"GPU": torch.cuda.get_device_name(self._device), "CUDA": str(torch.version.cuda)}
            described["TF32"] = "allowed" if self._tf32 else "not allowed"
        else:
            described["float32 matmul precision"] = torch.get_float32_matmul_precision()
            described |= {"TF32": f"has no effect on {self._device.type}"} if self._tf32 else {}
        return described

    def _prepare(self, function: Function) -> Function:
        return self._compile(function) if self._compiled else function

    def _differentiate(
        self, output: torch.Tensor, grad_output: torch.Tensor, *leaves: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        gradients = torch.autograd.grad(output, leaves, grad_output)
        # Autograd may hand the output's own gradient through, and the caller's array is not ours to return.
        return tuple(g.clone() if g.data_ptr() == grad_output.data_ptr() else g for g in gradients)


def _compile(function: Function) -> Function:
    # Past these limits torch would go on uncompiled, and the report would name what did not run.
    torch._dynamo.config.recompile_limit = _MANY
    torch._dynamo.config.accumulated_recompile_limit = _MANY
    torch._dynamo.config.fail_on_recompile_limit_hit = True
    compiled: Function = torch.compile(function, dynamic=True)
    return compiled


def _find_blas() -> str:
    """The BLAS that torch was built with, as it names it among its settings."""
    found = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    return found[1] if found else "unknown"


def _open_device(device: str) -> torch.device:
    try:
        opened = torch.device(device)
        torch.zeros(1, device=opened)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise BackendError(f"option device={device}: {reason}", where="torch") from error
    return opened


def _read_cuda_accumulates() -> dict[str, str]:
    """Where torch allows it, which it does unless told otherwise, cuBLAS adds partial sums in the narrow format."""
    matmul = torch.backends.cuda.matmul
    return {
        "float16": "float16" if matmul.allow_fp16_reduced_precision_reduction else "float32",
        "bfloat16": "bfloat16" if matmul.allow_bf16_reduced_precision_reduction else "float32",
    }
