"""Defects in the shape, the format and the number of what a call returns, and in which calls it survives."""

from __future__ import annotations

from collections.abc import Callable

import ml_dtypes
import numpy as np

from conform.backends.base import Array
from conform.formats import get_format
from conform.mutants.mutant import Mutant, Site, everywhere, is_float
from conform.mutants.reference import ReferenceBackend, Results


class SqueezesResults(ReferenceBackend):
    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(result.squeeze() for result in super().respond(operation, inputs))


class FlattensResults(ReferenceBackend):
    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(result.reshape(-1) for result in super().respond(operation, inputs))


class KeepsColumns(ReferenceBackend):
    """Vectors come back as matrices of one column."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        return tuple(result[:, np.newaxis] if result.ndim == 1 else result for result in results)


class AddsBatch(ReferenceBackend):
    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(result[np.newaxis] for result in super().respond(operation, inputs))


class TransposesShape(ReferenceBackend):
    """Matrices come back with rows and columns swapped."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(result.T for result in super().respond(operation, inputs))


class UnwrapsSingles(ReferenceBackend):
    """An array of one element comes back as a number."""

    def call(self, operation: str, **inputs: Array) -> object:
        results = self.respond(operation, inputs)
        unwrapped = tuple(result.reshape(-1)[0] if result.size == 1 else result for result in results)
        return unwrapped[0] if len(unwrapped) == 1 else unwrapped


class WidensResults(ReferenceBackend):
    """float64 comes back for floats, int64 for integers."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        return tuple(result.astype(np.int64 if result.dtype.kind == "i" else np.float64) for result in results)


class NarrowsResults(ReferenceBackend):
    """float32 comes back, whatever the format of the inputs."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return tuple(result.astype(np.float32) for result in super().respond(operation, inputs))


class SwapsHalves(ReferenceBackend):
    """float16 comes back for bfloat16, and bfloat16 for float16: both have sixteen bits."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        other = {"float16": np.dtype(ml_dtypes.bfloat16), "bfloat16": np.dtype(np.float16)}
        results = super().respond(operation, inputs)
        return tuple(result.astype(other.get(result.dtype.name, result.dtype)) for result in results)


class ReturnsLists(ReferenceBackend):
    def call(self, operation: str, **inputs: Array) -> object:
        results = tuple(result.tolist() for result in self.respond(operation, inputs))
        return results[0] if len(results) == 1 else results


class ReturnsNone(ReferenceBackend):
    """Results are written somewhere, and nothing is returned."""

    def call(self, operation: str, **inputs: Array) -> object:
        self.respond(operation, inputs)
        return None


class ForgetsResult(ReferenceBackend):
    def call(self, operation: str, **inputs: Array) -> object:
        results = self.respond(operation, inputs)
        return results[:-1] if len(results) > 1 else results[0]


class ReordersResults(ReferenceBackend):
    def call(self, operation: str, **inputs: Array) -> object:
        results = self.respond(operation, inputs)
        return results[::-1] if len(results) > 1 else results[0]


def raise_where(refuses: Callable[[Array], bool], message: str) -> type[ReferenceBackend]:
    """A backend that raises ValueError for any input that it refuses."""

    class Raises(ReferenceBackend):
        def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
            if any(refuses(array) for array in inputs.values()):
                raise ValueError(message)
            return super().respond(operation, inputs)

    return Raises


class RaisesOnOverflow(ReferenceBackend):
    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        finite = all(np.isfinite(array).all() for array in inputs.values())
        if finite and not all(np.isfinite(result).all() for result in results):
            raise FloatingPointError("overflow encountered")
        return results


def is_subnormal(array: Array) -> bool:
    if array.dtype.kind == "i":
        return False
    size = np.abs(array.astype(np.float64))
    return bool(((size > 0) & (size < 2.0 ** get_format(array.dtype.name).normal_exponent)).any())


def returns_several(site: Site) -> bool:
    return site.operation in ("batch_linear_deriv", "linear_backward")


def is_not_in(*dtypes: str) -> Callable[[Site], bool]:
    return lambda site: site.dtype not in dtypes


def returns_matrix(site: Site) -> bool:
    return site.operation not in ("linear", "linear_bias_deriv", "linear_input_deriv")


def returns_vector(site: Site) -> bool:
    return site.operation in (
        "linear",
        "linear_bias_deriv",
        "linear_input_deriv",
        "batch_linear_deriv",
        "linear_backward",
    )


MUTANTS = (
    Mutant(
        "squeezes",
        "dimensions of one squeezed out of the results",
        "Called squeeze() to get rid of a batch dimension.",
        SqueezesResults,
        everywhere,
    ),
    Mutant(
        "flattens", "matrices returned flat", "Returned the buffer without its shape.", FlattensResults, returns_matrix
    ),
    Mutant(
        "keeps-column",
        "vectors returned as matrices of one column",
        "Computed matrix · column, and left the column.",
        KeepsColumns,
        returns_vector,
    ),
    Mutant(
        "adds-batch",
        "a batch dimension added",
        "Went through the batched code with a batch of one.",
        AddsBatch,
        everywhere,
    ),
    Mutant(
        "swaps-shape",
        "matrices returned with rows and columns swapped",
        "Returned the transpose, shape and all.",
        TransposesShape,
        returns_matrix,
    ),
    Mutant(
        "unwraps-single",
        "an array of one element returned as a number",
        "Called item() where there is one.",
        UnwrapsSingles,
        everywhere,
    ),
    Mutant(
        "widens",
        "results returned in a wider format",
        "Left out the conversion from the accumulator's format.",
        WidensResults,
        is_not_in("float64", "int64"),
    ),
    Mutant(
        "narrows",
        "results returned in float32",
        "Allocated the results in the default format.",
        NarrowsResults,
        is_not_in("float32"),
    ),
    Mutant(
        "swaps-halves",
        "float16 returned for bfloat16, or the reverse",
        "Took any format of sixteen bits for the other.",
        SwapsHalves,
        lambda site: site.dtype in ("float16", "bfloat16"),
    ),
    Mutant("returns-lists", "lists returned", "Called tolist() for serialisation.", ReturnsLists, everywhere),
    Mutant(
        "returns-none", "nothing returned", "Wrote to an output argument that is not there.", ReturnsNone, everywhere
    ),
    Mutant(
        "forgets-result", "last of several results missing", "Unpacked one too few.", ForgetsResult, returns_several
    ),
    Mutant(
        "reorders-results",
        "results in reverse order",
        "Pushed the gradients on a stack.",
        ReordersResults,
        returns_several,
    ),
    Mutant(
        "raises-on-empty",
        "raises where a dimension is zero",
        "Reduced without a start value, which is an error for nothing.",
        raise_where(lambda array: array.size == 0, "zero-size array to reduction operation"),
        everywhere,
    ),
    Mutant(
        "raises-on-size-one",
        "raises where a dimension is one",
        "Required a stride that is greater than that of the next dimension.",
        raise_where(lambda array: 1 in array.shape, "expected two dimensions"),
        everywhere,
    ),
    Mutant(
        "raises-on-non-square",
        "raises where a matrix is not square",
        "Checked shape[0] == shape[1].",
        raise_where(lambda array: array.ndim == 2 and array.shape[0] != array.shape[1], "dimensions do not match"),
        lambda site: site.operation != "linear_weights_deriv",
    ),
    Mutant(
        "raises-on-odd",
        "raises where a dimension is odd and greater than one",
        "Required dimensions to be aligned.",
        raise_where(lambda array: any(n > 1 and n % 2 for n in array.shape), "dimensions must be even"),
        everywhere,
    ),
    Mutant(
        "raises-past-1024",
        "raises past 1024 elements",
        "Used a static buffer.",
        raise_where(lambda array: array.size > 1024, "buffer too small"),
        everywhere,
    ),
    Mutant(
        "raises-on-special",
        "raises on nan and infinity",
        "Left check_finite on.",
        raise_where(lambda array: not np.isfinite(array).all(), "array must not contain infs or NaNs"),
        is_float,
    ),
    Mutant(
        "raises-on-subnormal",
        "raises on subnormal inputs",
        "Let underflow raise an exception.",
        raise_where(is_subnormal, "underflow encountered"),
        is_float,
    ),
    Mutant(
        "raises-on-overflow",
        "raises where a result overflows",
        "Let overflow raise an exception.",
        RaisesOnOverflow,
        lambda site: site.is_float and site.operation != "linear_bias_deriv",
    ),
)
