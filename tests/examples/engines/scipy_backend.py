"""scipy.sparse: weights, gradients and their products as rows of what is not zero.

Install: python -m pip install scipy==1.17.1
"""

import scipy
from scipy.sparse import csr_array, kron

from conform.backends.base import BackendBase


class ScipyBackend(BackendBase):
    """Weights, or gradients where there are no weights, are a csr_array; all else is dense."""

    name = "scipy-sparse"
    # The kernels have no narrow formats.
    dtypes = ("float64", "float32", "int32", "int64")

    def to_numpy(self, native):
        return native.toarray() if scipy.sparse.issparse(native) else native

    def linear(self, weights, bias, input):
        return csr_array(weights) @ input + bias

    def linear_batched(self, weights, bias, input):
        return (csr_array(weights) @ input.T).T + bias

    def linear_weights_deriv(self, input, grad_output):
        return kron(csr_array(grad_output[:, None]), csr_array(input[None]))

    def linear_input_deriv(self, weights, grad_output):
        return csr_array(weights).T @ grad_output

    def batch_linear_deriv(self, weights, input, grad_output):
        grad = csr_array(grad_output)
        return grad.T @ input, grad.sum(axis=0, dtype=grad_output.dtype), grad @ weights

    def linear_gradient_accumulate(self, grad1, grad2):
        return csr_array(grad1) + csr_array(grad2)

    def linear_gradient_scale(self, grad, scale_factor):
        return csr_array(grad) * scale_factor[()]

    def info(self):
        return {"scipy": scipy.__version__}
