"""The activations in numpy, narrow formats in float32, as their user would write them."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from conform.backends.activation_formulas import ActivationFormulas
from conform.backends.base import Array


class NumpyActivations(ActivationFormulas):
    """numpy's functions on arrays of the format itself, or of float32 where it is narrower, rounded at the end."""

    _namespace = np


def _compute_wide(method: Callable[..., Array]) -> Callable[..., Array]:
    @functools.wraps(method)
    def call(self: NumpyActivations, **inputs: Array) -> Array:
        dtype = next(iter(inputs.values())).dtype
        if dtype.itemsize >= np.dtype(np.float32).itemsize:
            return method(self, **inputs)
        wide = {name: array.astype(np.float32) for name, array in inputs.items()}
        return method(self, **wide).astype(dtype)

    return call


for _name, _method in vars(ActivationFormulas).items():
    if not _name.startswith("_"):
        setattr(NumpyActivations, _name, _compute_wide(_method))
