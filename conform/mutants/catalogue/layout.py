"""Defects that only inputs in unusual memory show: transposed, strided, not contiguous."""

from __future__ import annotations

import numpy as np

from conform.backends.base import Array
from conform.mutants.catalogue.shapes import raise_where
from conform.mutants.mutant import Equivalence, Mutant, everywhere
from conform.mutants.reference import ReferenceBackend, Results


class IgnoresStrides(ReferenceBackend):
    """Every array is read from its first element on, as if it were contiguous."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return super().respond(operation, {name: read_through(array) for name, array in inputs.items()})


class IgnoresTransposition(ReferenceBackend):
    """Matrices that lie in memory column by column are read row by row."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        read = {
            name: read_through(array) if array.flags.f_contiguous and not array.flags.c_contiguous else array
            for name, array in inputs.items()
        }
        return super().respond(operation, read)


class IgnoresOffset(ReferenceBackend):
    """A contiguous view is read from where the memory around it begins."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return super().respond(operation, {name: read_from_start(array) for name, array in inputs.items()})


class IgnoresNegativeStrides(ReferenceBackend):
    """Every stride is taken without its sign."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        read = {
            name: np.lib.stride_tricks.as_strided(array, strides=tuple(abs(each) for each in array.strides))
            for name, array in inputs.items()
        }
        return super().respond(operation, read)


def read_from_start(array: Array) -> Array:
    """As many elements as a contiguous view has, from where the memory begins that is its alone."""
    owner = array.base
    if not array.flags.c_contiguous or not isinstance(owner, np.ndarray) or owner.size > 2 * array.size + 8:
        return array
    return owner.reshape(-1)[: array.size].reshape(array.shape)


def read_through(array: Array) -> Array:
    """The elements of the array's memory from its first one on, in the array's shape."""
    strides = np.cumprod([array.itemsize, *array.shape[:0:-1]])[::-1] if array.ndim else ()
    return np.lib.stride_tricks.as_strided(array, strides=tuple(int(each) for each in strides))


MUTANTS = (
    Mutant(
        "ignores-strides",
        "strides of the inputs ignored",
        "Passed the pointer of an array on without its strides.",
        IgnoresStrides,
        everywhere,
    ),
    Mutant(
        "ignores-transposition",
        "transposed inputs read row by row",
        "Passed the pointer of a transposed view on without a flag.",
        IgnoresTransposition,
        lambda site: site.operation != "linear_weights_deriv",
        equivalences=(
            Equivalence(
                lambda site: site.operation == "linear_bias_deriv",
                "The only matrix, grad_weights, does not enter the result.",
            ),
        ),
    ),
    Mutant(
        "raises-on-strides",
        "raises on inputs that are not contiguous",
        "Required contiguous memory.",
        raise_where(lambda array: not array.flags.c_contiguous, "array is not contiguous"),
        everywhere,
    ),
    Mutant(
        "ignores-offset",
        "offset of the inputs into their memory ignored",
        "Passed the start of the storage on in place of the start of the view.",
        IgnoresOffset,
        everywhere,
    ),
    Mutant(
        "raises-on-zero-stride",
        "raises on inputs that are repeated by a stride of zero",
        "Computed the extent of an input by dividing by its stride.",
        raise_where(lambda array: array.size > 0 and 0 in array.strides, "integer division by zero"),
        everywhere,
    ),
    Mutant(
        "ignores-negative-strides",
        "negative strides read forwards",
        "Kept strides in unsigned numbers.",
        IgnoresNegativeStrides,
        everywhere,
        needs="non_contiguous",
    ),
)
