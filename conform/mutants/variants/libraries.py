"""The same layer through other routines of numpy, threads, and arrays in other memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from conform.backends.base import Array
from conform.backends.numpy_backend import NumpyBackend
from conform.mutants.reference import FORMULAS, Inputs, ReferenceBackend, Results
from conform.mutants.variants.variant import FLOATS, INTEGERS, Variant

_SUBSCRIPTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "linear": (("oi,i->o", ("weights", "input")),),
    "linear_batched": (("bi,oi->bo", ("input", "weights")),),
    "linear_weights_deriv": (("o,i->oi", ("grad_output", "input")),),
    "linear_bias_deriv": (("o->o", ("grad_output",)),),
    "linear_input_deriv": (("oi,o->i", ("weights", "grad_output")),),
    "batch_linear_deriv": (
        ("bo,bi->oi", ("grad_output", "input")),
        ("bo->o", ("grad_output",)),
        ("bo,oi->bi", ("grad_output", "weights")),
    ),
    "linear_backward": (
        ("o,i->oi", ("grad_output", "input")),
        ("o->o", ("grad_output",)),
        ("oi,o->i", ("weights", "grad_output")),
    ),
    "linear_gradient_scale": (("oi,->oi", ("grad", "scale_factor")),),
}


class SumOfTwo(ReferenceBackend):
    """A base that widens the narrow formats to float32, and computes the others in themselves."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        dtype = next(iter(inputs.values())).dtype
        if dtype.itemsize == 2:
            inputs = {name: array.astype(np.float32) for name, array in inputs.items()}
        return tuple(result.astype(dtype) for result in self.evaluate(operation, inputs))

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        """The results, in the format of the inputs."""
        return FORMULAS[operation](inputs)


class Blas(SumOfTwo):
    name = "blas"


class Einsum(SumOfTwo):
    name = "einsum"
    optimize = False

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        if operation not in _SUBSCRIPTS:
            return super().evaluate(operation, inputs)
        results = tuple(
            np.array(np.einsum(subscripts, *(inputs[name] for name in names), optimize=self.optimize))
            for subscripts, names in _SUBSCRIPTS[operation]
        )
        return (
            tuple(result + inputs["bias"] for result in results) if "bias" in inputs and len(results) == 1 else results
        )


class OptimizedEinsum(Einsum):
    name = "optimized einsum"
    optimize = True


class Broadcasting(SumOfTwo):
    """All products in one array, and numpy's own sum, which is pairwise along memory."""

    name = "broadcasting"

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        if operation in ("linear_gradient_accumulate", "linear_bias_deriv"):
            return super().evaluate(operation, inputs)
        results = []
        for subscripts, names in _SUBSCRIPTS[operation]:
            sources, target = subscripts.split("->")
            order = target + "".join(sorted(set(sources) - {",", *target}))
            product: Array | None = None
            for source, name in zip(sources.split(","), names, strict=True):
                spread = _spread(inputs[name], source, order)
                product = spread if product is None else product * spread
            if product is not None:
                results.append(
                    product.sum(axis=tuple(range(len(target), len(order)))) if len(order) > len(target) else product
                )
        if "bias" in inputs and len(results) == 1:
            results = [results[0] + inputs["bias"]]
        return tuple(np.array(result) for result in results)


class Transposed(SumOfTwo):
    """Column-major thinking: every matrix is handed over transposed and every product taken the other way round."""

    name = "transposed"

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        inputs = {name: np.asfortranarray(array) for name, array in inputs.items()}
        return tuple(np.asfortranarray(result) for result in super().evaluate(operation, inputs))


class NegativeStrides(SumOfTwo):
    """Results are views on arrays that run backwards in memory."""

    name = "negative strides"

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        return tuple(np.flip(result).copy() for result in super().evaluate(operation, inputs))

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(np.flip(result) for result in super().respond(operation, inputs))


class Threads(SumOfTwo):
    """The rows of every result are shared out to threads, which finish in any order."""

    name = "threads"
    _split: Mapping[str, tuple[str, ...]] = {
        "linear": ("weights", "bias"),
        "linear_batched": ("input",),
        "linear_weights_deriv": ("grad_output",),
        "linear_gradient_accumulate": ("grad1", "grad2"),
        "linear_gradient_scale": ("grad",),
    }

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2)

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        split = self._split.get(operation)
        if split is None:
            return super().evaluate(operation, inputs)
        rows = len(inputs[split[0]])
        parts = [
            {name: array[part] if name in split else array for name, array in inputs.items()}
            for part in (slice(rows // 2), slice(rows // 2, None))
        ]
        return (np.concatenate(list(self._pool.map(lambda part: _evaluate_quietly(operation, part), parts))),)


class SplitTerms(SumOfTwo):
    """The terms of every input gradient are shared out to threads, whose sums are joined as they come in."""

    name = "split terms"

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2)

    def evaluate(self, operation: str, inputs: Inputs) -> Results:
        if operation != "linear_input_deriv":
            return super().evaluate(operation, inputs)
        bounds = np.linspace(0, len(inputs["grad_output"]), 5).astype(int)
        parts = [{name: array[start:stop] for name, array in inputs.items()} for start, stop in pairwise(bounds)]
        jobs = [self._pool.submit(_evaluate_quietly, operation, part) for part in parts]
        total = np.zeros(inputs["weights"].shape[1], inputs["weights"].dtype)
        for job in jobs[::-1]:
            total = total + job.result()
        return (total,)


class FloatSum(ReferenceBackend):
    """math.fsum over the products, in float64."""

    name = "fsum"
    accumulates: Mapping[str, str] = {"float32": "float64", "float16": "float64", "bfloat16": "float64"}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        if operation != "linear" or not all(np.isfinite(array).all() for array in inputs.values()):
            return super().respond(operation, inputs)
        weights, bias, vector = (inputs[name].astype(np.float64) for name in ("weights", "bias", "input"))
        products = np.concatenate([weights * vector, bias[:, np.newaxis]], axis=1)
        if not np.isfinite(products).all():
            return super().respond(operation, inputs)
        try:
            sums = np.array([math.fsum(row) for row in products.tolist()])
        except OverflowError:
            return super().respond(operation, inputs)
        return (sums.astype(inputs["bias"].dtype),)


class Strassen(ReferenceBackend):
    """Strassen's product of matrices, one level deep, where all dimensions are even.

    Its sums of entries are not sums of the terms of a result, so only integers, which wrap around, allow it.
    """

    name = "strassen"

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        if operation == "linear_batched":
            return (multiply_strassen(inputs["input"], inputs["weights"].T) + inputs["bias"],)
        if operation == "batch_linear_deriv":
            upstream = inputs["grad_output"]
            return (
                multiply_strassen(upstream.T, inputs["input"]),
                upstream.sum(axis=0, dtype=upstream.dtype),
                multiply_strassen(upstream, inputs["weights"]),
            )
        return super().respond(operation, inputs)


def multiply_strassen(a: Array, b: Array) -> Array:
    """V. Strassen, Gaussian elimination is not optimal (1969)."""
    if any(n % 2 or n == 0 for n in (*a.shape, *b.shape)):
        return a @ b
    (a11, a12), (a21, a22) = (np.split(row, 2, axis=1) for row in np.split(a, 2))
    (b11, b12), (b21, b22) = (np.split(row, 2, axis=1) for row in np.split(b, 2))
    m1 = (a11 + a22) @ (b11 + b22)
    m2 = (a21 + a22) @ b11
    m3 = a11 @ (b12 - b22)
    m4 = a22 @ (b21 - b11)
    m5 = (a11 + a12) @ b22
    m6 = (a21 - a11) @ (b11 + b12)
    m7 = (a12 - a22) @ (b21 + b22)
    return np.block([[m1 + m4 - m5 + m7, m3 + m5], [m2 + m4, m1 - m2 + m3 + m6]])


def _evaluate_quietly(operation: str, inputs: Inputs) -> Array:
    """The only result of an operation; what numpy reports of floating-point exceptions is settled for each thread."""
    with np.errstate(all="ignore"):
        return FORMULAS[operation](inputs)[0]


def _add_bias(inputs: Inputs, results: Results) -> Results:
    """The results of a forward pass with the bias added; those of a backward pass, where it takes no part, as given."""
    return (results[0] + inputs["bias"],) if "bias" in inputs and len(results) == 1 else results


def _spread(array: Array, source: str, order: str) -> Array:
    """The array with a dimension for every letter of `order`, those it lacks of length one."""
    present = [letter for letter in order if letter in source]
    arranged = np.transpose(array, [source.index(letter) for letter in present])
    return arranged.reshape([array.shape[source.index(letter)] if letter in source else 1 for letter in order])


VARIANTS = (
    Variant("numpy", "numpy as its user writes it", NumpyBackend),
    Variant("blas", "matrix products of BLAS", Blas),
    Variant("einsum", "numpy's einsum", Einsum),
    Variant("einsum-optimized", "numpy's einsum by way of BLAS", OptimizedEinsum),
    Variant("broadcasting", "all products in one array, and numpy's pairwise sum", Broadcasting),
    Variant("column-major", "matrices and results in column-major order", Transposed),
    Variant("negative-strides", "results that run backwards in memory", NegativeStrides),
    Variant("threads", "rows shared out to threads", Threads),
    Variant("split-terms", "terms shared out to threads", SplitTerms),
    Variant("fsum", "math.fsum", FloatSum, dtypes=FLOATS),
    Variant("strassen", "Strassen's matrix product, for integers", Strassen, dtypes=INTEGERS),
)
