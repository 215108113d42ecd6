"""Wrong implementations of the layer, each with the defect that its name says and the rule that must find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from conform.backends.base import Array
from conform.backends.numpy_backend import NumpyBackend
from conform.results import Rule


@dataclass(frozen=True)
class Wrong:
    """A defect: `make` gives the backend that has it, `rule` is what must find it, `needs` what must be asked for."""

    make: type[NumpyBackend]
    rule: Rule
    needs: str = ""


class OmitsBias(NumpyBackend):
    name = "omits-bias"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return super().linear(weights, np.zeros_like(bias), input)


class TransposesSquare(NumpyBackend):
    name = "transposes-square"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return super().linear(weights.T if weights.shape[0] == weights.shape[1] else weights, bias, input)


class AveragesBatch(NumpyBackend):
    name = "averages-batch"

    def batch_linear_deriv(self, weights: Array, input: Array, grad_output: Array) -> tuple[Array, Array, Array]:
        d_weights, d_bias, d_input = super().batch_linear_deriv(weights, input, grad_output)
        count = np.asarray(len(input), weights.dtype)
        return (d_weights / count).astype(weights.dtype), (d_bias / count).astype(weights.dtype), d_input


class DropsLastTerm(NumpyBackend):
    name = "drops-last-term"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return super().linear(weights[:, :-1], bias, input[:-1])


class DropsBlockRemainder(NumpyBackend):
    """Unrolled by four, without the loop for what is left over."""

    name = "drops-block-remainder"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        whole = len(input) - len(input) % 4
        return super().linear(weights[:, :whole], bias, input[:whole])


class NarrowsFloat64(NumpyBackend):
    name = "narrows-float64"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        if input.dtype != np.float64:
            return super().linear(weights, bias, input)
        narrow = [array.astype(np.float32) for array in (weights, bias, input)]
        return super().linear(*narrow).astype(np.float64)


class RoundsToBfloat16(NumpyBackend):
    """As a device does that is told to be fast."""

    name = "rounds-to-bfloat16"

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        if input.dtype != np.float32:
            return super().linear_batched(weights, bias, input)
        rounded = [array.astype(ml_dtypes.bfloat16).astype(np.float32) for array in (weights, input)]
        return super().linear_batched(rounded[0], bias, rounded[1])


class SwallowsNan(NumpyBackend):
    name = "swallows-nan"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        output = super().linear(weights, bias, input)
        return np.where(output == output, output, np.zeros_like(output))


class SkipsZeros(NumpyBackend):
    """Leaves out products with a zero weight, and with them 0 · inf."""

    name = "skips-zeros"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        terms = np.where(weights == 0, np.zeros_like(weights), weights * input)
        return (terms.sum(axis=1, dtype=input.dtype) + bias).astype(input.dtype)


class OverwritesInput(NumpyBackend):
    name = "overwrites-input"

    def linear_gradient_accumulate(self, grad1: Array, grad2: Array) -> Array:
        grad1 += grad2
        return grad1.copy()


class ReturnsInput(NumpyBackend):
    name = "returns-input"

    def linear_bias_deriv(self, grad_weights: Array, grad_output: Array, input: Array) -> Array:
        return grad_output


class ReturnsWrongDtype(NumpyBackend):
    name = "returns-wrong-dtype"

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        return super().linear_gradient_scale(grad, scale_factor).astype(np.longdouble)


class ReturnsColumn(NumpyBackend):
    name = "returns-column"

    def linear_bias_deriv(self, grad_weights: Array, grad_output: Array, input: Array) -> Array:
        return grad_output[:, np.newaxis].copy()


class SwapsResults(NumpyBackend):
    name = "swaps-results"

    def linear_backward(
        self, weights: Array, bias: Array, input: Array, grad_output: Array
    ) -> tuple[Array, Array, Array]:
        d_weights, d_bias, d_input = super().linear_backward(weights, bias, input, grad_output)
        return d_weights, d_input, d_bias


class ForgetsResult(NumpyBackend):
    name = "forgets-result"

    def linear_backward(self, weights: Array, bias: Array, input: Array, grad_output: Array) -> Any:
        return super().linear_backward(weights, bias, input, grad_output)[:2]


class ReturnsList(NumpyBackend):
    name = "returns-list"

    def linear(self, weights: Array, bias: Array, input: Array) -> Any:
        return super().linear(weights, bias, input).tolist()


class CachesByShape(NumpyBackend):
    name = "caches-by-shape"

    def __init__(self) -> None:
        self._cache: dict[Any, Array] = {}

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        key = (weights.shape, input.dtype.name)
        if key not in self._cache:
            self._cache[key] = super().linear(weights, bias, input)
        return self._cache[key].copy()


class RemembersLastCall(NumpyBackend):
    """Right on the way through the cases, wrong on the way back: an accumulator that is cleared too late."""

    name = "remembers-last-call"

    def __init__(self) -> None:
        self._calls = 0

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        self._calls += 1
        scaled = super().linear_gradient_scale(grad, scale_factor)
        return scaled if self._calls <= 8 else (scaled + np.asarray(1, grad.dtype)).astype(grad.dtype)


class RaisesOnEmpty(NumpyBackend):
    name = "raises-on-empty"

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        if not (weights.size and input.size):
            raise ValueError("matrices must not be empty")
        return super().linear_batched(weights, bias, input)


class ReusesBuffer(NumpyBackend):
    name = "reuses-buffer"

    def __init__(self) -> None:
        self._buffers: dict[Any, Array] = {}

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        answer = super().linear_input_deriv(weights, grad_output)
        buffer = self._buffers.setdefault((answer.shape, answer.dtype.name), answer)
        buffer[...] = answer
        return buffer


class Memoizes(NumpyBackend):
    """Hands out the same array twice: whoever changes it changes what the next caller gets."""

    name = "memoizes"

    def __init__(self) -> None:
        self._known: dict[Any, Array] = {}

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        key = (weights.tobytes(), grad_output.tobytes(), weights.shape, weights.dtype.name)
        if key not in self._known:
            self._known[key] = super().linear_input_deriv(weights, grad_output)
        return self._known[key]


class VariesLastBit(NumpyBackend):
    """Legal each time, but not the same twice, as sums by atomic additions are."""

    name = "varies-last-bit"

    def __init__(self) -> None:
        self._calls = 0

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        self._calls += 1
        order = np.random.default_rng(self._calls).permutation(len(input))
        terms = (weights * input)[:, order]
        total = np.zeros_like(bias)
        for column in terms.T:
            total = (total + column).astype(bias.dtype)
        return (total + bias).astype(bias.dtype)


class AssumesContiguous(NumpyBackend):
    """Takes the memory of its input for the input, whatever the strides."""

    name = "assumes-contiguous"

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        memory = grad.base if grad.base is not None and not grad.flags.c_contiguous else grad
        flat = memory.reshape(-1)[: grad.size]
        return super().linear_gradient_scale(flat.reshape(grad.shape), scale_factor)


class NegatesZero(NumpyBackend):
    name = "negates-zero"

    def linear_gradient_scale(self, grad: Array, scale_factor: Array) -> Array:
        scaled = super().linear_gradient_scale(grad, scale_factor)
        return np.where(scaled == 0, -scaled, scaled)


WRONG: Mapping[str, Wrong] = {
    wrong.make.name: wrong
    for wrong in (
        Wrong(OmitsBias, Rule.EXACT),
        Wrong(TransposesSquare, Rule.EXACT),
        Wrong(AveragesBatch, Rule.EXACT),
        Wrong(DropsLastTerm, Rule.EXACT),
        Wrong(DropsBlockRemainder, Rule.EXACT),
        Wrong(NarrowsFloat64, Rule.BOUND),
        Wrong(RoundsToBfloat16, Rule.BOUND),
        Wrong(SwallowsNan, Rule.NAN),
        Wrong(SkipsZeros, Rule.NAN),
        Wrong(OverwritesInput, Rule.MUTATION),
        Wrong(ReturnsInput, Rule.ALIASING),
        Wrong(ReturnsWrongDtype, Rule.DTYPE),
        Wrong(ReturnsColumn, Rule.SHAPE),
        Wrong(SwapsResults, Rule.SHAPE),
        Wrong(ForgetsResult, Rule.RESULTS),
        Wrong(ReturnsList, Rule.RESULTS),
        Wrong(CachesByShape, Rule.EXACT),
        Wrong(RemembersLastCall, Rule.EXACT),
        Wrong(RaisesOnEmpty, Rule.RAISED),
        Wrong(ReusesBuffer, Rule.ALIASING),
        Wrong(Memoizes, Rule.ALIASING),
        Wrong(VariesLastBit, Rule.REPEAT, "deterministic"),
        Wrong(AssumesContiguous, Rule.EXACT),
        Wrong(NegatesZero, Rule.SIGNED_ZERO, "signed_zero"),
    )
}
