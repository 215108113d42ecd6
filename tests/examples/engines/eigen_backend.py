"""Eigen, compiled from eigen.cpp when a format is called first, and called through ctypes.

Install: apt-get install g++ libeigen3-dev (3.4.0)

Narrow formats are its own `half` and `bfloat16`, whose every operation is rounded. Signed integers may not overflow in
C++, so the file is compiled with `-fwrapv`.
"""

import ctypes
import subprocess
import tempfile
from pathlib import Path
from typing import ClassVar

import numpy as np

from conform.backends.base import BackendBase, Option

_SOURCE = Path(__file__).with_name("eigen.cpp")
_VERSION = "#include <Eigen/Core>\nEIGEN_WORLD_VERSION EIGEN_MAJOR_VERSION EIGEN_MINOR_VERSION\n"
_TYPES = {
    "float64": "double",
    "float32": "float",
    "float16": "Eigen::half",
    "bfloat16": "Eigen::bfloat16",
    "int32": "std::int32_t",
    "int64": "std::int64_t",
}


class EigenBackend(BackendBase):
    """Products, sums of columns and maps of matrices that numpy owns."""

    name = "eigen"
    dtypes = tuple(_TYPES)
    accumulates: ClassVar = {"float16": "float16", "bfloat16": "bfloat16"}
    options: ClassVar = {
        "compiler": Option("c++", "the compiler"),
        "flags": Option("-O2", "its options"),
        "include": Option("/usr/include/eigen3", "where Eigen is"),
    }

    def __init__(self, compiler="c++", flags="-O2", include="/usr/include/eigen3"):
        self._command = [compiler, "-std=c++17", "-fwrapv", *flags.split(), "-I", include]
        self._libraries = {}

    def linear(self, weights, bias, input):
        return self.linear_batched(weights, bias, input[None])[0]

    def linear_batched(self, weights, bias, input):
        output = np.empty((input.shape[0], weights.shape[0]), weights.dtype)
        self._call("apply_layer", [weights, bias, input, output], [*output.shape, weights.shape[1]])
        return output

    def batch_linear_deriv(self, weights, input, grad_output):
        shapes = weights.shape, weights.shape[:1], input.shape
        gradients = tuple(np.empty(shape, weights.dtype) for shape in shapes)
        sizes = [*grad_output.shape, weights.shape[1]]
        self._call("differentiate", [weights, input, grad_output, *gradients], sizes)
        return gradients

    def linear_backward(self, weights, bias, input, grad_output):
        grad_weights, grad_bias, grad_input = self.batch_linear_deriv(weights, input[None], grad_output[None])
        return grad_weights, grad_bias, grad_input[0]

    def linear_gradient_accumulate(self, grad1, grad2):
        total = np.empty(grad1.shape, grad1.dtype)
        self._call("add", [grad1, grad2, total], grad1.shape)
        return total

    def linear_gradient_scale(self, grad, scale_factor):
        scaled = np.empty(grad.shape, grad.dtype)
        self._call("scale", [grad, scale_factor, scaled], grad.shape)
        return scaled

    def info(self):
        command = [*self._command, "-E", "-P", "-x", "c++", "-"]
        told = subprocess.run(command, input=_VERSION, capture_output=True, text=True, check=True)
        return {"eigen": ".".join(told.stdout.splitlines()[-1].split())}

    def _call(self, function, arrays, sizes):
        # Inputs that are not contiguous are copied; results are contiguous, and written in place.
        arrays = [np.ascontiguousarray(array) for array in arrays]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        library = self._load_library(arrays[0].dtype.name)
        getattr(library, function)(*pointers, *map(ctypes.c_long, sizes))

    def _load_library(self, dtype):
        if dtype not in self._libraries:
            with tempfile.TemporaryDirectory() as folder:
                library = Path(folder) / "eigen.so"
                options = [f"-DNUMBER={_TYPES[dtype]}", "-shared", "-fPIC", "-o", library]
                subprocess.run([*self._command, *options, _SOURCE], check=True)
                self._libraries[dtype] = ctypes.CDLL(str(library))
        return self._libraries[dtype]
