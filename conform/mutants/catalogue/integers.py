"""Defects of integer arithmetic: through floating-point or narrower formats."""

from __future__ import annotations

import numpy as np

from conform.formats import get_format
from conform.mutants.mutant import Equivalence, Mutant, Site, Where, everywhere
from conform.mutants.task import Answers, Array, Change, Task, fold_left, multiply, sum_in_order, widen
from conform.mutants.terms import Terms


def add_one(task: Task, answers: Answers) -> Answers:
    return {name: answer + np.ones(1, answer.dtype) for name, answer in answers.items()}


def compute_in_floats(name: str) -> Change:
    """Integers through a floating-point format: products and sums rounded there."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        values = pool.astype(get_format(name).dtype)
        sums = terms.sum_with(values[terms.left] * values[terms.right], fold_left).astype(np.float64)
        limits = np.iinfo(task.format.dtype)
        # Past the range a conversion may give anything; this is what most machines give.
        inside = (sums >= float(limits.min)) & (sums < float(limits.max))
        return np.where(inside, np.where(inside, sums, 0).astype(np.int64), limits.min).astype(task.format.dtype)

    return Change(arithmetic=arithmetic)


def wrap_in(name: str) -> Change:
    """Integers kept in a narrower integer format, which wraps around."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        small = np.dtype(name)
        return sum_in_order(multiply(terms, widen(pool)), terms).astype(small).astype(task.format.dtype)

    return Change(arithmetic=arithmetic)


def saturate_integers(task: Task, terms: Terms, pool: Array) -> Array:
    """Every partial sum limited to the range of the format."""
    limits = np.iinfo(task.format.dtype)
    values = np.clip(multiply(terms, widen(pool)), limits.min, limits.max)
    return np.clip(sum_in_order(values, terms), limits.min, limits.max).astype(task.format.dtype)


def is_integer(site: Site) -> bool:
    return not site.is_float


def in_dtypes(*dtypes: str) -> Where:
    return lambda site: site.dtype in dtypes


_WIDE_ENOUGH = Equivalence(
    lambda site: site.dtype == "int32",
    "Every product and partial sum of int32 in its range is a float64 without rounding.",
)

MUTANTS = (
    Mutant(
        "off-by-one",
        "one added to every result",
        "Rounded up an integer that was whole.",
        Change(finish=add_one),
        is_integer,
    ),
    *(
        Mutant(
            f"integers-in-{name}",
            f"integers computed in {name}",
            f"Called a routine that exists for {name} only.",
            compute_in_floats(name),
            is_integer,
            equivalences=(_WIDE_ENOUGH,) if name == "float64" else (),
        )
        for name in ("float64", "float32")
    ),
    *(
        Mutant(
            f"integers-in-{name}",
            f"integers wrapped to {name}",
            f"Kept the result in {name}.",
            wrap_in(name),
            in_dtypes(*dtypes),
        )
        for name, dtypes in (("int32", ("int64",)), ("int16", ("int64", "int32")))
    ),
    Mutant(
        "integers-saturate",
        "integers limited to their range",
        "Used saturating instructions.",
        Change(arithmetic=saturate_integers),
        lambda site: not site.is_float and site.computes,
        equivalences=(
            Equivalence(
                everywhere,
                "No sum of absolute values leaves the range of an integer format, so nothing is ever limited.",
            ),
        ),
    ),
)
