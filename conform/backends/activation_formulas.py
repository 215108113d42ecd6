"""The activations as formulas over the functions of any namespace that follows the Python array API standard."""

from __future__ import annotations

from typing import Any

from conform.backends.base import BackendBase

_ROOT_2_OVER_PI = 0.7978845608028653558798921198687637
_CUBIC = 0.044715


class ActivationFormulas(BackendBase):
    """Arrays in, arrays out; softmax and log-softmax run along the last axis.

    What the definition computes as a difference of nearly equal numbers is written without it, through expm1, log1p and
    e^-|x|, which cannot overflow. At infinities and nan the formulas give what the definition gives.
    """

    _namespace: Any
    """The namespace that the functions are of."""

    def relu(self, input: Any) -> Any:
        return self._namespace.maximum(input, self._namespace.zeros_like(input))

    def relu_deriv(self, input: Any) -> Any:
        return self._namespace.where(input > 0, self._namespace.ones_like(input), self._namespace.zeros_like(input))

    def leaky_relu(self, input: Any, slope: Any) -> Any:
        return self._namespace.where(input > 0, input, slope * input)

    def leaky_relu_deriv(self, input: Any, slope: Any) -> Any:
        return self._namespace.where(input > 0, self._namespace.ones_like(input), slope)

    def elu(self, input: Any, alpha: Any) -> Any:
        return self._namespace.where(input > 0, input, alpha * self._namespace.expm1(input))

    def elu_deriv(self, input: Any, alpha: Any) -> Any:
        ones = self._namespace.ones_like(input)
        return self._namespace.where(input > 0, ones, alpha * self._namespace.exp(input))

    def sigmoid(self, input: Any) -> Any:
        return self._sigmoid(input)

    def sigmoid_deriv(self, input: Any) -> Any:
        return self._bell(input)

    def sigmoid_output_deriv(self, sigmoid_output: Any) -> Any:
        return sigmoid_output * (1 - sigmoid_output)

    def tanh(self, input: Any) -> Any:
        return self._namespace.tanh(input)

    def tanh_deriv(self, input: Any) -> Any:
        return 4 * self._bell(2 * input)

    def gelu(self, input: Any) -> Any:
        return input * self._sigmoid(self._bend(input))

    def gelu_deriv(self, input: Any) -> Any:
        bent = self._bend(input)
        slope = 2 * _ROOT_2_OVER_PI * (1 + 3 * _CUBIC * input * input)
        return self._sigmoid(bent) + input * self._bell(bent) * slope

    def swish(self, input: Any) -> Any:
        return input * self._sigmoid(input)

    def swish_deriv(self, input: Any) -> Any:
        return self._sigmoid(input) + input * self._bell(input)

    def softplus(self, input: Any) -> Any:
        return self._softplus(input)

    def softplus_deriv(self, input: Any) -> Any:
        return self._sigmoid(input)

    def safe_log(self, input: Any, epsilon: Any) -> Any:
        return self._namespace.log(self._softplus(input) + epsilon)

    def safe_log_deriv(self, input: Any, epsilon: Any) -> Any:
        return self._sigmoid(input) / (self._softplus(input) + epsilon)

    def smooth_abs(self, input: Any, epsilon: Any) -> Any:
        return self._namespace.sqrt(input * input + epsilon)

    def smooth_abs_deriv(self, input: Any, epsilon: Any) -> Any:
        return input / self._namespace.sqrt(input * input + epsilon)

    def sinh(self, input: Any) -> Any:
        return self._namespace.sinh(input)

    def sinh_deriv(self, input: Any) -> Any:
        return self._namespace.cosh(input)

    def cosh(self, input: Any) -> Any:
        return self._namespace.cosh(input)

    def cosh_deriv(self, input: Any) -> Any:
        return self._namespace.sinh(input)

    def logistic(self, input: Any) -> Any:
        power = self._namespace.exp(input)
        return power / (power + 1)

    def logistic_deriv(self, input: Any) -> Any:
        power = self._namespace.exp(input)
        return power / (power + 1) / (power + 1)

    def softmax(self, input: Any) -> Any:
        return self._softmax(input)

    def softmax_backward(self, input: Any, grad_output: Any) -> Any:
        output = self._softmax(input)
        return output * (grad_output - self._total(grad_output * output))

    def log_softmax(self, input: Any) -> Any:
        shifted = self._shift(input)
        return shifted - self._namespace.log(self._total(self._namespace.exp(shifted)))

    def log_softmax_backward(self, output: Any, grad_output: Any) -> Any:
        return grad_output - self._namespace.exp(output) * self._total(grad_output)

    def log_softmax_jvp(self, output: Any, tangent: Any) -> Any:
        return tangent - self._total(self._namespace.exp(output) * tangent)

    def _sigmoid(self, x: Any) -> Any:
        power = self._namespace.exp(-self._namespace.abs(x))
        return self._namespace.where(x < 0, power, self._namespace.ones_like(x)) / (1 + power)

    def _bell(self, x: Any) -> Any:
        """σ(x)·σ(−x), the derivative of the sigmoid."""
        power = self._namespace.exp(-self._namespace.abs(x))
        return power / ((1 + power) * (1 + power))

    def _bend(self, x: Any) -> Any:
        """The argument of the sigmoid in gelu: (1 + tanh y)/2 = σ(2y)."""
        return 2 * _ROOT_2_OVER_PI * (x + _CUBIC * x * x * x)

    def _softplus(self, x: Any) -> Any:
        positive = self._namespace.maximum(x, self._namespace.zeros_like(x))
        return positive + self._namespace.log1p(self._namespace.exp(-self._namespace.abs(x)))

    def _shift(self, x: Any) -> Any:
        # A row without entries has no maximum, and nothing to shift.
        return x - self._namespace.max(x, axis=-1, keepdims=True) if x.shape[-1] else x

    def _softmax(self, x: Any) -> Any:
        powers = self._namespace.exp(self._shift(x))
        return powers / self._total(powers)

    def _total(self, x: Any) -> Any:
        return self._namespace.sum(x, axis=-1, keepdims=True)
