"""Shortcuts for inputs that seem to need no computation: identity matrices, zeros of either sign, small integers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from conform.mutants.catalogue.integers import is_integer
from conform.mutants.catalogue.precision import both
from conform.mutants.mutant import Mutant, Site, has_bias
from conform.mutants.task import Array, Change, Task, fold_left, multiply, narrow, widen
from conform.mutants.terms import Mask, Terms


def copy_past_identity(task: Task, name: str, terms: Terms) -> Terms:
    """Leaves out the addends where the weights of a case are an identity matrix."""
    if "weights" not in task.starts:
        return terms
    grid = task.grids["weights"]
    weights = task.pool[task.get_slice("weights")]
    rows, columns = (grid.coordinates[symbol] for symbol in grid.symbols)
    height, width = (grid.extents[symbol] for symbol in grid.symbols)
    count = len(task.block.cases)
    other = np.bincount(grid.case, (weights != (rows == columns)) | (height != width), count) > 0
    other |= np.bincount(grid.case, minlength=count) == 0
    return terms.keep(~terms.is_addend | other[terms.grid.case[terms.element]])


def stop_at_negative_zero(side: str) -> Change:
    """Reads nothing more of a sum behind a product whose factor on one side is a negative zero."""

    def rewiring(task: Task, name: str, terms: Terms) -> Terms:
        factor = task.pool[getattr(terms, side)]
        ends = ~terms.is_addend & (factor == 0) & np.signbit(factor)
        seen = np.cumsum(ends)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(terms.counts)])[terms.element]
        before = np.concatenate([np.zeros(1, np.int64), seen])
        return terms.keep(terms.is_addend | (before[:-1] == before[starts]))

    return Change(rewiring=rewiring)


def skip_single_zero(task: Task, name: str, terms: Terms) -> Terms:
    """Leaves out the products by a parameter that is a single zero."""
    skipped = np.zeros(len(terms.left), np.bool_)
    for factor in task.block.operation.sums[name].factors:
        grid, values = task.grids[factor], task.pool[task.get_slice(factor)]
        single = (grid.count == 1) & (values == 0)
        zero = np.bincount(grid.case, single, len(task.block.cases)) > 0
        skipped |= zero[terms.grid.case[terms.element]]
    return terms.keep(~skipped | terms.is_addend)


def fits_bytes(task: Task, name: str) -> Mask:
    """The cases whose factors of a result are integers of eight bits."""
    fits: Mask = np.ones(len(task.block.cases), np.bool_)
    for factor in task.block.operation.sums[name].factors:
        values = task.pool[task.get_slice(factor)]
        fits &= np.bincount(task.grids[factor].case, (values < -128) | (values > 127), len(fits)) == 0
    return fits


def add_pairs(lane: Callable[[Array], Array]) -> Change:
    """Sums whose factors fit into bytes are taken two products at a time in a lane of sixteen bits."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        name = next(name for name, own in task.terms.items() if own.grid is terms.grid)
        values = multiply(terms, widen(pool))
        exact = narrow(terms.sum_with(values, fold_left), task.format)

        def fold(values: Array) -> Array:
            odd = values.shape[1] % 2
            padded = np.concatenate([values, np.zeros((len(values), odd), values.dtype)], axis=1)
            return np.sum(lane(padded[:, 0::2] + padded[:, 1::2]), axis=1, dtype=values.dtype)

        paired = terms.sum_with(np.where(terms.is_addend, 0, values), fold)
        addends = terms.sum_with(np.where(terms.is_addend, values, 0), fold_left)
        return np.where(fits_bytes(task, name)[terms.grid.case], narrow(paired + addends, task.format), exact)

    return Change(arithmetic=arithmetic)


def saturate(values: Array) -> Array:
    return np.clip(values, -(1 << 15), (1 << 15) - 1)


def wrap(values: Array) -> Array:
    return values.astype(np.int16).astype(values.dtype)


def multiplies_along_axis(site: Site) -> bool:
    return site.has_axis and site.multiplies


def sums_float_products(site: Site) -> bool:
    return multiplies_along_axis(site) and site.is_float


MUTANTS = (
    Mutant(
        "identity-copied",
        "addends lost where the weights are an identity matrix",
        "Returned the input where the product is by the identity.",
        Change(rewiring=copy_past_identity),
        has_bias,
        lambda sizes: sizes["outDim"] == sizes["inDim"],
    ),
    *(
        Mutant(
            f"stops-at-negative-zero-{side}",
            f"terms after a negative zero in the {side} factor not read",
            "Marked the end of a row by a negative zero.",
            stop_at_negative_zero(side),
            sums_float_products,
        )
        for side in ("left", "right")
    ),
    Mutant(
        "single-zero-skipped",
        "products by a factor that is a single zero left out",
        "Left out the multiplication by a scalar that is zero: 0 · inf and 0 · nan are lost.",
        Change(rewiring=skip_single_zero),
        lambda site: site.multiplies and site.is_float,
    ),
    Mutant(
        "byte-pairs-saturate",
        "pairs of products of bytes limited to sixteen bits",
        "Used the instruction that multiplies bytes, adds two products and saturates, where all factors fit.",
        add_pairs(saturate),
        both(multiplies_along_axis, is_integer),
    ),
    Mutant(
        "byte-pairs-wrap",
        "pairs of products of bytes wrapped to sixteen bits",
        "Added two products of bytes in sixteen bits, where all factors fit.",
        add_pairs(wrap),
        both(multiplies_along_axis, is_integer),
    ),
)
