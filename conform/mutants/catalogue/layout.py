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
        needs="non_contiguous",
    ),
    Mutant(
        "ignores-transposition",
        "transposed inputs read row by row",
        "Passed the pointer of a transposed view on without a flag.",
        IgnoresTransposition,
        lambda site: site.operation != "linear_weights_deriv",
        needs="non_contiguous",
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
        needs="non_contiguous",
    ),
)
