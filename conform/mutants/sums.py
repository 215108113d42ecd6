"""What each operation sums up: every element of every result as a list of products, written once for all mutants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sum:
    """A result as sums: over `axis`, of the product of `factors`, plus `addends`.

    A factor is read where the symbols of its shape say, as in Einstein's notation. Without an axis there is one
    product, or none where there are no factors; a single factor is a term by itself.
    """

    axis: str | None = None
    factors: tuple[str, ...] = ()
    addends: tuple[str, ...] = ()


SUMS: Mapping[str, Mapping[str, Sum]] = {
    "linear": {"output": Sum("inDim", ("weights", "input"), ("bias",))},
    "linear_batched": {"output": Sum("inDim", ("input", "weights"), ("bias",))},
    "linear_weights_deriv": {"dW": Sum(None, ("grad_output", "input"))},
    "linear_bias_deriv": {"db": Sum(None, (), ("grad_output",))},
    "linear_input_deriv": {"dx": Sum("outDim", ("weights", "grad_output"))},
    "batch_linear_deriv": {
        "dW": Sum("batch", ("grad_output", "input")),
        "db": Sum("batch", ("grad_output",)),
        "dx": Sum("outDim", ("grad_output", "weights")),
    },
    "linear_backward": {
        "dW": Sum(None, ("grad_output", "input")),
        "db": Sum(None, (), ("grad_output",)),
        "dx": Sum("outDim", ("weights", "grad_output")),
    },
    "linear_gradient_accumulate": {"grad": Sum(None, (), ("grad1", "grad2"))},
    "linear_gradient_scale": {"grad": Sum(None, ("grad", "scale_factor"))},
}
"""By operation and result. Mutants exist for these operations alone."""

WITH_SUMS = tuple(name for name, sums in SUMS.items() if any(each.axis for each in sums.values()))
