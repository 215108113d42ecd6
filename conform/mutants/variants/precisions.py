"""Sums kept in wider formats, fused with their products, or not rounded before the end."""

from __future__ import annotations

import math

import numpy as np

from conform.columns import Floats
from conform.exact import ZERO, Dyadic
from conform.formats import get_format
from conform.mutants.catalogue.range_limits import flush
from conform.mutants.catalogue.rounding_errors import round_half_outward
from conform.mutants.rounding import add_exactly, multiply_exactly, round_narrow
from conform.mutants.task import Array, Change, Task, fold_left, multiply, narrow, sum_wide, widen
from conform.mutants.terms import Terms
from conform.mutants.variants.orders import fold_lanes, fold_pairwise, fold_right
from conform.mutants.variants.variant import FLOATS, INTEGERS, NARROW, OWN, Variant, keep_format, sum_with, use

WIDE = {"float32": "float64", "float16": "float64", "bfloat16": "float64"}
TENSOR_BLOCK = 4
_MANTISSA_BITS = 53


def widen_to_float32(task: Task, pool: Array) -> Array:
    return pool.astype(np.float32)


def widen_pool(task: Task, pool: Array) -> Array:
    return widen(pool)


def fuse(lanes: int) -> Change:
    """Every product added to a running sum with one rounding to the format, in lanes side by side."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        wide = widen(pool)
        products, rests = multiply_exactly(wide[terms.left], wide[terms.right])
        paired = np.stack([products, rests], axis=-1)
        sums = np.zeros(len(terms.grid), task.format.dtype)
        for elements, indices in terms.groups:
            count = indices.shape[1]
            if count:
                used = [_fuse_left(task, paired[indices[:, lane::lanes]]) for lane in range(min(lanes, count))]
                sums[elements] = fold_left(np.stack(used, axis=1))
        return sums

    return use(arithmetic)


def _fuse_left(task: Task, paired: Floats) -> Array:
    total = np.zeros(len(paired), task.format.dtype)
    for column in range(paired.shape[1]):
        wide, rest = add_exactly(total.astype(np.float64), paired[:, column, 0])
        low: Floats = rest + paired[:, column, 1]
        total = round_narrow(_round_to_odd(wide, low), task.format) if task.format.name != "float64" else wide + low
    return total


def _round_to_odd(wide: Floats, rest: Floats) -> Floats:
    """wide + rest, rounded to float64 so that a second rounding is right: an even last bit steps toward the rest."""
    even = (wide.view(np.int64) & 1) == 0
    inexact = np.isfinite(wide) & (rest != 0) & even
    return np.where(inexact, np.nextafter(wide, np.copysign(np.inf, rest)), wide)


def sum_in_tensor_blocks(task: Task, terms: Terms, pool: Array) -> Array:
    """Four products at a time added to a float32 accumulator with one rounding, as matrix units do."""
    values = multiply(terms, widen(pool))

    def fold(each: Floats) -> Floats:
        total = np.zeros(len(each), np.float32)
        for start in range(0, each.shape[1], TENSOR_BLOCK):
            block = each[:, start : start + TENSOR_BLOCK].sum(axis=1)
            total = (total.astype(np.float64) + block).astype(np.float32)
        return total.astype(np.float64)

    return narrow(terms.sum_with(values, fold), task.format)


def round_exactly(task: Task, terms: Terms, pool: Array) -> Array:
    """Sums without any rounding, and one rounding to nearest at the end."""
    wide = widen(pool)
    approximate = sum_wide(task, terms, pool)
    special = np.bincount(terms.element, ~np.isfinite(wide[terms.left] * wide[terms.right]), len(approximate)) > 0
    left = wide[terms.left].tolist()
    right = wide[terms.right].tolist()
    exact = np.zeros(len(approximate))
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(terms.counts)]).tolist()
    for i in np.flatnonzero(~special).tolist():
        total = ZERO
        for t in range(starts[i], starts[i + 1]):
            total = total + Dyadic.from_float(left[t]) * Dyadic.from_float(right[t])
        exact[i] = _round_dyadic(total, task.format.name == "float64")
    return np.where(special, approximate, round_narrow(exact, task.format))


def _round_dyadic(total: Dyadic, final: bool) -> float:
    """The nearest float64 if that is the end of it, else the one that a second rounding makes nearest."""
    nearest = total.to_float()
    if final or not math.isfinite(nearest) or Dyadic.from_float(nearest) == total:
        return nearest
    odd = int(math.frexp(nearest)[0] * 2.0**_MANTISSA_BITS) % 2 == 1
    direction = math.inf if Dyadic.from_float(nearest) < total else -math.inf
    return nearest if odd else math.nextafter(nearest, direction)


def flush_everything(task: Task, terms: Terms, pool: Array) -> Array:
    """Subnormal inputs, products and results are zero; sums are kept in float32, or in float64 for float64."""
    kept = get_format("float64" if task.format.name == "float64" else "float32")
    values = flush(pool, task.format).astype(kept.dtype)
    products = flush(values[terms.left] * values[terms.right], kept)

    def fold(each: Array) -> Array:
        total = each[:, 0]
        for term in each.T[1:]:
            total = flush(total + term, kept)
        return total

    return flush(terms.sum_with(products, fold).astype(task.format.dtype), task.format)


def round_twice(task: Task, terms: Terms, pool: Array) -> Array:
    """Sums in float64, rounded to float32 and from there to the format."""
    sums = terms.sum_with(multiply(terms, widen(pool)), fold_left)
    return sums.astype(np.float32).astype(task.format.dtype)


def split_in_two(values: Array) -> Array:
    half = (values.shape[1] + 1) // 2
    parts = [fold_left(values[:, part]) for part in (slice(half), slice(half, None)) if values[:, part].shape[1]]
    return fold_left(np.stack(parts, axis=1))


def pad_to_eight(values: Array) -> Array:
    missing = -values.shape[1] % 8
    return fold_left(np.concatenate([values, np.zeros((len(values), missing), values.dtype)], axis=1))


VARIANTS = (
    Variant("float32-sums", "summed in float32, left to right", sum_with(fold_left, widen_to_float32), dtypes=NARROW),
    Variant("float32-pairwise", "summed in float32 in pairs", sum_with(fold_pairwise, widen_to_float32), dtypes=NARROW),
    Variant(
        "float32-lanes",
        "summed in float32, in eight lanes",
        sum_with(lambda values: fold_lanes(values, 8), widen_to_float32),
        dtypes=NARROW,
    ),
    Variant(
        "float32-split",
        "split in two, summed and joined in float32",
        sum_with(split_in_two, widen_to_float32),
        dtypes=NARROW,
    ),
    Variant("float32-padded", "padded with zeros to blocks", sum_with(pad_to_eight, widen_to_float32), dtypes=NARROW),
    Variant("tensor-blocks", "four products at a time, as matrix units do", use(sum_in_tensor_blocks), dtypes=NARROW),
    Variant("float64-sums", "summed in float64, right to left", sum_with(fold_right, widen_pool), WIDE),
    Variant("float64-pairwise", "summed in float64, in pairs", sum_with(fold_pairwise, widen_pool), WIDE),
    Variant("fused", "fused multiply-add, left to right", fuse(1), OWN, dtypes=FLOATS),
    Variant("fused-lanes", "fused multiply-add in four lanes", fuse(4), OWN, dtypes=FLOATS),
    Variant("exactly-rounded", "no rounding but the last", use(round_exactly), dtypes=FLOATS),
    Variant("rounded-twice", "rounded from float64 by way of float32", use(round_twice), dtypes=NARROW),
    Variant("ties-away", "ties rounded away from zero", use(round_half_outward), dtypes=("float32", *NARROW)),
    Variant("flushing", "subnormal numbers flushed, as declared", use(flush_everything), flushes=True, dtypes=FLOATS),
    Variant("wrapping", "integers that wrap around", sum_with(fold_left, keep_format), dtypes=INTEGERS),
)
