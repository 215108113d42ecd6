"""Sums that carry their rounding errors along."""

from __future__ import annotations

import numpy as np

from conform.columns import Floats
from conform.mutants.rounding import add_exactly, multiply_exactly
from conform.mutants.task import Array, Task, narrow, widen
from conform.mutants.terms import Terms
from conform.mutants.variants.variant import FLOATS, OWN, Variant, keep_format, sum_with, use


def fold_kahan(values: Array) -> Array:
    """W. Kahan, Pracniques: further remarks on reducing truncation errors (1965)."""
    total = np.zeros_like(values[:, 0])
    lost = np.zeros_like(total)
    for term in values.T:
        corrected = term - lost
        raised = total + corrected
        lost = _drop_special((raised - total) - corrected)
        total = raised
    return total


def fold_neumaier(values: Array) -> Array:
    """A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen (1974)."""
    total = values[:, 0]
    lost = np.zeros_like(total)
    for term in values.T[1:]:
        total, rest = _add_with_error(total, term)
        lost = lost + rest
    return np.add(total, _drop_special(lost))


def fold_klein(values: Array) -> Array:
    """Neumaier's sum with a second compensation: A. Klein, A generalized Kahan–Babuška summation algorithm (2006)."""
    total = values[:, 0]
    first = np.zeros_like(total)
    second = np.zeros_like(total)
    for term in values.T[1:]:
        total, rest = _add_with_error(total, term)
        first, rest = _add_with_error(first, rest)
        second = second + rest
    return np.add(total, _drop_special(first + second))


def dot_compensated(task: Task, terms: Terms, pool: Array) -> Array:
    """Errors of products and of sums added up on the side, in float64.

    T. Ogita, S. M. Rump, S. Oishi, Accurate sum and dot product (2005), algorithm 5.3.
    """
    wide = widen(pool)
    products, rests = multiply_exactly(wide[terms.left], wide[terms.right])
    low: Floats = terms.sum_with(rests, lambda values: values.sum(axis=1))

    def fold(values: Floats) -> Floats:
        total = values[:, 0]
        lost = np.zeros_like(total)
        for term in values.T[1:]:
            total, rest = add_exactly(total, term)
            lost = lost + rest
        joined: Floats = total + lost
        return joined

    sums: Floats = terms.sum_with(products, fold)
    return narrow(np.where(np.isfinite(sums), sums + low, sums), task.format)


def _add_with_error(a: Array, b: Array) -> tuple[Array, Array]:
    total = a + b
    part = total - a
    rest = (a - (total - part)) + (b - part)
    return total, np.where(np.isfinite(total), rest, np.zeros_like(rest))


def _drop_special(values: Array) -> Array:
    """The compensation, which an overflow makes nan, or zero for that."""
    return np.where(np.isfinite(values), values, np.zeros_like(values))


VARIANTS = (
    Variant("kahan", "compensated as Kahan does", sum_with(fold_kahan, keep_format), OWN, dtypes=FLOATS),
    Variant("neumaier", "compensated as Neumaier does", sum_with(fold_neumaier, keep_format), OWN, dtypes=FLOATS),
    Variant("klein", "compensated twice, as Klein does", sum_with(fold_klein, keep_format), OWN, dtypes=FLOATS),
    Variant(
        "dot2",
        "products and sums compensated in float64, as Ogita, Rump and Oishi do",
        use(dot_compensated),
        {"float32": "float64", "float16": "float64", "bfloat16": "float64"},
        dtypes=FLOATS,
    ),
)
