"""sparse, of PyData: arrays that hold only what is not zero, and kernels that numba compiles.

Install: python -m pip install sparse==0.19.3
"""

import numpy as np
import sparse

from conform.backends.base import BackendBase


class SparseBackend(BackendBase):
    """Every array is a COO, so that each operation is one of sparse arrays."""

    name = "sparse"
    # The kernels have no narrow formats.
    dtypes = ("float64", "float32", "int32", "int64")

    def to_native(self, array):
        return sparse.COO.from_numpy(array) if array.ndim else array

    def to_numpy(self, native):
        return native.todense() if isinstance(native, sparse.SparseArray) else np.asarray(native)

    def linear(self, weights, bias, input):
        return weights @ input + bias

    def linear_batched(self, weights, bias, input):
        return input @ weights.T + bias

    def batch_linear_deriv(self, weights, input, grad_output):
        grad_bias = grad_output.sum(axis=0, dtype=grad_output.dtype)
        return grad_output.T @ input, grad_bias, grad_output @ weights

    def linear_gradient_accumulate(self, grad1, grad2):
        return grad1 + grad2

    def linear_gradient_scale(self, grad, scale_factor):
        return grad * scale_factor[()]

    def info(self):
        return {"sparse": sparse.__version__}
