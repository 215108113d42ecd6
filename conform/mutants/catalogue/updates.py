"""Defects in adding two gradients up and in scaling one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from conform.mutants.catalogue.gradients import rescale
from conform.mutants.mutant import Mutant, Site
from conform.mutants.rounding import round_through
from conform.mutants.task import Array, Change, Task, fold_left, narrow, widen
from conform.mutants.terms import Mask, Terms

MINUS_ONE = 1
"""Where it stands among the constants of a pool."""


def change_scale(alter: Callable[[Array], Array]) -> Change:
    """Changes scale_factor before it is used."""

    def values(task: Task, pool: Array) -> Array:
        changed = pool.copy()
        place = task.get_slice("scale_factor")
        changed[place] = alter(pool[place])
        return changed

    return Change(values=values)


def keep_addend(number: int) -> Change:
    return Change(rewiring=lambda task, name, terms: terms.keep(terms.position == number))


def subtract_second(task: Task, name: str, terms: Terms) -> Terms:
    return terms.negate(terms.position == 1, task.constants + MINUS_ONE)


def add_first_twice(task: Task, name: str, terms: Terms) -> Terms:
    second: Mask = terms.position == 1
    offset = task.starts["grad2"] - task.starts["grad1"]
    return replace(terms, left=np.where(second, terms.left - offset, terms.left))


def divide(task: Task, terms: Terms, pool: Array) -> Array:
    wide = widen(pool)
    left, right = wide[terms.left], wide[terms.right]
    if task.format.is_integer:
        return _place(task, terms, np.where(right == 0, 0, left // np.where(right == 0, 1, right)))
    return _place(task, terms, left / right)


def add_scale(task: Task, terms: Terms, pool: Array) -> Array:
    wide = widen(pool)
    return _place(task, terms, wide[terms.left] + wide[terms.right])


def multiply_by_reciprocal(task: Task, terms: Terms, pool: Array) -> Array:
    """grad / (1 / scale), each step rounded in the format: what a division by a learning rate becomes."""
    one = np.ones(1, pool.dtype)
    quotients = (pool[terms.left] / (one / pool[terms.right])).astype(pool.dtype)
    return terms.sum_with(quotients, fold_left)


def multiply_twice(task: Task, terms: Terms, pool: Array) -> Array:
    wide = widen(pool)
    return _place(task, terms, wide[terms.left] * wide[terms.right] * wide[terms.right])


def _place(task: Task, terms: Terms, values: Array) -> Array:
    """The values as results, one term being all of a sum; another defect may have taken a term away, or doubled it."""
    return narrow(terms.sum_with(values, fold_left), task.format)


def is_scale(site: Site) -> bool:
    return site.operation == "linear_gradient_scale"


def is_accumulate(site: Site) -> bool:
    return site.operation == "linear_gradient_accumulate"


MUTANTS = (
    Mutant(
        "accumulate-keeps-first",
        "second gradient not added",
        "Returned the buffer before adding to it.",
        keep_addend(0),
        is_accumulate,
    ),
    Mutant(
        "accumulate-keeps-second",
        "first gradient overwritten by the second",
        "Assigned where += is due.",
        keep_addend(1),
        is_accumulate,
    ),
    Mutant(
        "accumulate-subtracts",
        "second gradient subtracted",
        "Reused the update step, which subtracts.",
        Change(rewiring=subtract_second),
        is_accumulate,
    ),
    Mutant(
        "accumulate-first-twice",
        "first gradient added to itself",
        "Passed the same buffer twice.",
        Change(rewiring=add_first_twice),
        is_accumulate,
    ),
    Mutant(
        "accumulate-averages",
        "mean of the two gradients",
        "Averaged over the steps of accumulation.",
        rescale(lambda task, terms: np.array(0.5)),
        is_accumulate,
    ),
    Mutant(
        "scale-ignored",
        "scale_factor ignored",
        "Returned the gradient as it came.",
        change_scale(lambda scale: np.ones_like(scale)),
        is_scale,
    ),
    Mutant(
        "scale-divides",
        "divided by scale_factor",
        "Unscaled a loss where scaling is due.",
        Change(arithmetic=divide),
        is_scale,
    ),
    Mutant(
        "scale-added",
        "scale_factor added",
        "Wrote + for *.",
        Change(arithmetic=add_scale),
        is_scale,
    ),
    Mutant(
        "scale-squared",
        "scale_factor applied twice",
        "Scaled in place, and scaled the result once more.",
        Change(arithmetic=multiply_twice),
        is_scale,
    ),
    Mutant(
        "scale-truncated",
        "scale_factor truncated to an integer",
        "Declared the factor as int.",
        change_scale(lambda scale: np.trunc(scale.astype(np.float64)).astype(scale.dtype)),
        lambda site: is_scale(site) and site.is_float,
    ),
    Mutant(
        "scale-absolute",
        "sign of scale_factor lost",
        "Took a loss scale to be positive.",
        change_scale(lambda scale: np.abs(scale)),
        is_scale,
    ),
    Mutant(
        "scale-in-bfloat16",
        "scale_factor rounded to bfloat16",
        "Passed the factor in the format of the activations.",
        change_scale(lambda scale: round_through(scale, "bfloat16")),
        lambda site: is_scale(site) and site.dtype in ("float64", "float32", "float16"),
    ),
    Mutant(
        "scale-in-float32",
        "scale_factor rounded to float32",
        "Declared the factor as float.",
        change_scale(lambda scale: round_through(scale, "float32")),
        lambda site: is_scale(site) and site.dtype == "float64",
    ),
    Mutant(
        "scale-by-reciprocal",
        "divided by a rounded reciprocal of scale_factor",
        "Kept 1 / scale, and divided by it.",
        Change(arithmetic=multiply_by_reciprocal),
        lambda site: is_scale(site) and site.is_float,
    ),
)
