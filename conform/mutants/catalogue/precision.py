"""Defects of precision: too few bits in inputs, products, sums or results."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from conform.formats import get_format
from conform.mutants.mutant import Equivalence, Mutant, Where, has_axis
from conform.mutants.rounding import round_narrow, round_through
from conform.mutants.task import Array, Change, Task, fold_left, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms

ACCUMULATORS = {
    "float64": ("float32", "float16", "bfloat16"),
    "float32": ("float16", "bfloat16"),
    "float16": ("float16", "bfloat16"),
    "bfloat16": ("float16", "bfloat16"),
}
"""The formats too narrow for sums of each format, its own included where sums are kept in float32."""

NARROWER = {
    "float64": ("float32", "tf32", "float16", "bfloat16"),
    "float32": ("tf32", "float16", "bfloat16"),
    "float16": ("bfloat16", "float8_e4m3fn", "float8_e5m2"),
    "bfloat16": ("float16", "float8_e4m3fn", "float8_e5m2"),
}
"""The formats that inputs of each format do not fit into."""

PARTS = 4


def keep_sums_in(name: str) -> Change:
    """Rounds every product, and every partial sum, to a narrower format."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        kept = round_narrow(multiply(terms, widen(pool)), get_format(name))
        return narrow(widen(terms.sum_with(kept, fold_left)), task.format)

    return Change(arithmetic=arithmetic)


def round_inputs_to(name: str) -> Change:
    return Change(values=lambda task, pool: round_through(pool, name))


def round_factors_to(name: str) -> Change:
    """Rounds the factors of every product; addends stay as they are."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        wide, rounded = widen(pool), widen(round_through(pool, name))
        left = np.where(terms.is_addend, wide[terms.left], rounded[terms.left])
        return narrow(sum_in_order(left * rounded[terms.right], terms), task.format)

    return Change(arithmetic=arithmetic)


def round_results_to(name: str) -> Change:
    return Change(finish=lambda task, answers: {key: round_through(answer, name) for key, answer in answers.items()})


def round_products_to(name: str) -> Change:
    """Rounds every product to a format, and sums in a wide one."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        rounded = round_through(multiply(terms, widen(pool)), name)
        return narrow(sum_in_order(rounded, terms), task.format)

    return Change(arithmetic=arithmetic)


def join_splits_in(name: str, count: int = PARTS, by_lanes: bool = False, addends_apart: bool = False) -> Change:
    """Splits every sum, in blocks or by every so many terms, and adds the parts up in a narrower format.

    With `addends_apart`, products alone are split, and each addend is a part.
    """

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        addends = int(terms.is_addend.sum()) // max(len(terms.grid), 1) if addends_apart else 0

        def fold(values: Array) -> Array:
            split = values.shape[1] - addends
            bounds = np.linspace(0, split, count + 1).astype(int)
            blocks = [values[:, start:stop] for start, stop in pairwise(bounds) if stop > start]
            lanes = [values[:, lane:split:count] for lane in range(min(count, split))]
            parts = [part.sum(axis=1) for part in (lanes if by_lanes else blocks)]
            joined = np.column_stack([*parts, values[:, split:]])
            return widen(fold_left(round_narrow(joined, get_format(name))))

        return narrow(terms.sum_with(multiply(terms, widen(pool)), fold), task.format)

    return Change(arithmetic=arithmetic)


def in_formats(mapping: Mapping[str, tuple[str, ...]], name: str) -> Where:
    """Sites in the formats that `name` is too narrow for."""
    return lambda site: name in mapping.get(site.dtype, ())


def both(first: Where, second: Where) -> Where:
    return lambda site: first(site) and second(site)


def label_format(name: str) -> str:
    """How a format is called in a sentence."""
    return "TF32" if name == "tf32" else name


def argue_two_terms(name: str) -> tuple[Equivalence, ...]:
    """The argument for sums kept in the format itself, where that is narrower than what is due."""
    if name not in ACCUMULATORS[name]:
        return ()
    return (
        Equivalence(
            lambda site: site.operation == "linear_gradient_accumulate" and site.dtype == name,
            "Two numbers of a format, added in it, are rounded once: that is the correctly rounded result.",
        ),
    )


MUTANTS = (
    *(
        Mutant(
            f"sums-in-{name}",
            f"sums kept in {name}",
            f"Declared the accumulator as {name}.",
            keep_sums_in(name),
            both(lambda site: site.adds or site.has_bias, in_formats(ACCUMULATORS, name)),
            equivalences=argue_two_terms(name),
        )
        for name in ("float32", "float16", "bfloat16")
    ),
    *(
        Mutant(
            f"factors-in-{name}",
            f"factors of products rounded to {label_format(name)}",
            f"Left a mode on in which matrix units multiply {label_format(name)} numbers.",
            round_factors_to(name),
            both(lambda site: site.multiplies, in_formats(NARROWER, name)),
        )
        for name in ("float32", "tf32", "float16", "bfloat16", "float8_e4m3fn")
    ),
    *(
        Mutant(
            f"inputs-in-{name}",
            f"inputs rounded to {label_format(name)}",
            f"Cast all inputs to {label_format(name)} on their way in.",
            round_inputs_to(name),
            in_formats(NARROWER, name),
        )
        for name in ("float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2")
    ),
    *(
        Mutant(
            f"results-in-{name}",
            f"results rounded to {label_format(name)}",
            f"Stored the results in a {label_format(name)} buffer before returning them.",
            round_results_to(name),
            in_formats(NARROWER, name),
        )
        for name in ("float32", "tf32", "float16", "bfloat16")
    ),
    *(
        Mutant(
            f"products-in-{name}",
            f"products rounded to {name}",
            f"Multiplied in {name}, and widened only for the sum.",
            round_products_to(name),
            both(lambda site: site.has_axis and site.multiplies, in_formats(ACCUMULATORS, name)),
        )
        for name in ("float32", "float16", "bfloat16")
    ),
    *(
        Mutant(
            f"splits-joined-in-{name}",
            f"parts of split sums joined in {name}",
            f"Split the sum over four workers, and added up their results in {name}.",
            join_splits_in(name),
            both(has_axis, in_formats(ACCUMULATORS, name)),
        )
        for name in ("float32", "float16", "bfloat16")
    ),
)
