"""Defects at the ends of the range: overflow, subnormal numbers, and zeros with a sign."""

from __future__ import annotations

import numpy as np

from conform.formats import Format
from conform.mutants.catalogue.special_values import change_inputs, change_results, make_infinite_largest
from conform.mutants.mutant import Equivalence, Mutant, is_float, multiplies_floats
from conform.mutants.task import Array, Change, Task, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms

LOSS_SCALE = 10


def flush(values: Array, target: Format) -> Array:
    """Zero, with the sign kept, for what is smaller than the smallest normal number."""
    small = np.abs(widen(values)) < 2.0**target.normal_exponent
    return np.where(small, np.copysign(np.zeros_like(values), values), values)


def saturate_sums(task: Task, terms: Terms, pool: Array) -> Array:
    """Sums of finite terms limited to the largest finite number; infinite terms stay what they are."""
    values = multiply(terms, widen(pool))
    sums = sum_in_order(values, terms)
    special = np.bincount(terms.element, ~np.isfinite(pool.astype(np.float64))[terms.left], len(sums)) > 0
    special |= np.bincount(terms.element, ~np.isfinite(pool.astype(np.float64))[terms.right], len(sums)) > 0
    largest = task.format.largest.to_float()
    return narrow(np.where(special, sums, np.clip(np.nan_to_num(sums, nan=largest), -largest, largest)), task.format)


def scale_through(power: int) -> Change:
    """Left factors multiplied by 2^power in the format, and sums divided by it again."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        scaled = widen((widen(pool) * 2.0**power).astype(pool.dtype))
        sums = narrow(sum_in_order(scaled[terms.left] * widen(pool)[terms.right], terms), task.format)
        return narrow(widen(sums) * 2.0**-power, task.format)

    return Change(arithmetic=arithmetic)


def clip_to_float16(values: Array, target: Format) -> Array:
    limit = np.array(65504.0).astype(values.dtype)
    return np.where(values > limit, limit, np.where(values < -limit, -limit, values))


def flush_products(task: Task, terms: Terms, pool: Array) -> Array:
    return narrow(sum_in_order(flush(multiply(terms, widen(pool)), task.format), terms), task.format)


def lose_sign_of_zero(values: Array, target: Format) -> Array:
    return values + np.zeros_like(values)


_COPIES = Equivalence(
    lambda site: not site.computes,
    "The result is a copy of finite inputs or of infinite ones, so no operation overflows.",
)

MUTANTS = (
    Mutant(
        "infinite-results-largest",
        "infinite results replaced by the largest finite number",
        "Clipped the results to the finite range.",
        change_results(make_infinite_largest),
        is_float,
    ),
    Mutant(
        "overflow-saturates",
        "sums that overflow limited to the largest finite number",
        "Used a saturating conversion.",
        Change(arithmetic=saturate_sums),
        is_float,
        equivalences=(_COPIES,),
    ),
    Mutant(
        "subnormal-inputs-flushed",
        "subnormal inputs flushed to zero",
        "Left denormals-are-zero on.",
        change_inputs(flush),
        is_float,
    ),
    Mutant(
        "subnormal-results-flushed",
        "subnormal results flushed to zero",
        "Left flush-to-zero on.",
        change_results(flush),
        is_float,
    ),
    Mutant(
        "subnormal-products-flushed",
        "subnormal products flushed to zero",
        "Left flush-to-zero on in the multiplier.",
        Change(arithmetic=flush_products),
        multiplies_floats,
    ),
    Mutant(
        "scaled-down",
        f"computed on inputs scaled by 2^-{LOSS_SCALE}",
        "Scaled down against overflow, and up again in the end: small numbers are lost.",
        scale_through(-LOSS_SCALE),
        multiplies_floats,
    ),
    Mutant(
        "scaled-up",
        f"computed on inputs scaled by 2^{LOSS_SCALE}",
        "Scaled the loss against underflow, and down again in the end: large numbers overflow.",
        scale_through(LOSS_SCALE),
        multiplies_floats,
    ),
    Mutant(
        "inputs-clipped",
        "inputs clipped to the range of float16",
        "Clipped the inputs so that a float16 kernel may run.",
        change_inputs(clip_to_float16),
        lambda site: site.dtype in ("float64", "float32", "bfloat16"),
    ),
    Mutant(
        "zero-sign-lost",
        "negative zero results made positive",
        "Added zero to the result.",
        change_results(lose_sign_of_zero),
        lambda site: site.is_float and not site.has_axis,
        needs="signed_zero",
    ),
)
