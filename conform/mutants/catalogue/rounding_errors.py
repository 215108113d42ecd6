"""Defects of rounding: in the wrong direction, twice, or where nothing is to be rounded."""

from __future__ import annotations

import functools

import numpy as np

from conform.columns import Floats
from conform.formats import get_format
from conform.mutants.mutant import Equivalence, Mutant, Site, computes_floats, everywhere, is_float
from conform.mutants.rounding import add_exactly, multiply_exactly, step, truncate
from conform.mutants.task import Answers, Array, Change, Task, fold_left, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms

LANES = 64


def truncate_operations(task: Task, terms: Terms, pool: Array) -> Array:
    """Every product and every sum rounded toward zero, in the format that sums are kept in.

    Long sums run in lanes side by side, which are added up in the end.
    """
    kept = get_format("float64" if task.format.name == "float64" else "float32")
    wide = widen(pool)
    products = truncate(*multiply_exactly(wide[terms.left], wide[terms.right]), kept).astype(np.float64)

    def add(a: Floats, b: Floats) -> Floats:
        sums: Floats = truncate(*add_exactly(a, b), kept).astype(np.float64)
        return sums

    def fold(values: Floats) -> Floats:
        count = values.shape[1]
        if count > 2 * LANES:
            whole = count // LANES * LANES
            rows = values[:, :whole].reshape(len(values), -1, LANES)
            lanes = functools.reduce(add, rows.transpose(1, 0, 2))
            values = np.concatenate([lanes, values[:, whole:]], axis=1)
        return functools.reduce(add, values.T)

    sums: Floats = terms.sum_with(products, fold)
    return truncate(sums, np.zeros_like(sums), task.format)


def truncate_result(task: Task, terms: Terms, pool: Array) -> Array:
    """One rounding, toward zero, of a sum that is wide enough."""
    sums: Floats = sum_in_order(multiply(terms, widen(pool)), terms)
    return truncate(sums, np.zeros_like(sums), task.format)


def round_outward(task: Task, terms: Terms, pool: Array) -> Array:
    """One rounding, away from zero, of a sum that is wide enough."""
    sums: Floats = sum_in_order(multiply(terms, widen(pool)), terms)
    toward = truncate(sums, np.zeros_like(sums), task.format)
    inexact = np.isfinite(sums) & (toward.astype(np.float64) != sums)
    return step(toward, np.where(inexact, 1, 0))


def round_half_outward(task: Task, terms: Terms, pool: Array) -> Array:
    """One rounding to nearest, ties away from zero, of a sum that is wide enough."""
    sums: Floats = sum_in_order(multiply(terms, widen(pool)), terms)
    toward = truncate(sums, np.zeros_like(sums), task.format)
    away = step(toward, 1)
    half = np.abs(sums - toward.astype(np.float64)) >= np.abs(away.astype(np.float64) - sums)
    return np.where(half & np.isfinite(sums), away, toward)


def step_results(by: int) -> Change:
    return Change(finish=lambda task, answers: {name: step(answer, by) for name, answer in answers.items()})


def clear_last_bit(task: Task, answers: Answers) -> Answers:
    cleared = {}
    for name, answer in answers.items():
        bits = answer.view(f"i{answer.dtype.itemsize}")
        cleared[name] = np.where(np.isfinite(widen(answer)), bits & ~1, bits).astype(bits.dtype).view(answer.dtype)
    return cleared


def divide_by_largest(task: Task, terms: Terms, pool: Array) -> Array:
    """Terms divided by the largest of their sum, added up, and multiplied again, as a Euclidean norm would be."""
    values = multiply(terms, widen(pool))

    def fold(each: Floats) -> Floats:
        largest = np.abs(each).max(axis=1, keepdims=True)
        safe = np.where(largest == 0, 1.0, largest)
        scaled: Floats = fold_left(each / safe) * safe[:, 0]
        return scaled

    return narrow(terms.sum_with(values, fold), task.format)


_ONE_ROUNDING = Equivalence(
    lambda site: site.dtype == "float32" and (site.has_axis or site.has_bias),
    "One rounding errs by less than 2u·|v| in any direction. The definition goes through two roundings or more where "
    "it adds, so the bound is 2u·m or more, and m is no less than |v|.",
)


def rounds_to_narrow(site: Site) -> bool:
    """Sites where a result comes of arithmetic in a format narrower than float64."""
    return site.computes and site.dtype in ("float32", "float16", "bfloat16")


MUTANTS = (
    Mutant(
        "toward-zero",
        "every operation rounded toward zero",
        "Left the rounding mode of another library in force, or summed where the hardware truncates.",
        Change(arithmetic=truncate_operations),
        computes_floats,
    ),
    Mutant(
        "result-truncated",
        "result rounded toward zero",
        "Converted to the format by dropping bits.",
        Change(arithmetic=truncate_result),
        rounds_to_narrow,
        equivalences=(_ONE_ROUNDING,),
    ),
    Mutant(
        "result-rounded-up",
        "result rounded away from zero",
        "Converted to the format by dropping bits and adding one.",
        Change(arithmetic=round_outward),
        rounds_to_narrow,
        equivalences=(_ONE_ROUNDING,),
    ),
    Mutant(
        "ties-away",
        "ties rounded away from zero",
        "Converted to the format by adding half a unit and dropping bits.",
        Change(arithmetic=round_half_outward),
        rounds_to_narrow,
        equivalences=(
            Equivalence(
                everywhere,
                "It is a rounding to nearest: its error is at most half a unit, as that of ties to even is.",
            ),
        ),
    ),
    Mutant(
        "one-ulp-up", "one ULP too far from zero", "Corrected a rounding that was right.", step_results(1), is_float
    ),
    Mutant(
        "one-ulp-down", "one ULP too near to zero", "Corrected a rounding that was right.", step_results(-1), is_float
    ),
    Mutant(
        "last-bit-cleared",
        "last bit of the significand lost",
        "Kept a flag in the last bit.",
        Change(finish=clear_last_bit),
        is_float,
    ),
    Mutant(
        "scaled-by-largest",
        "terms divided by the largest before they are summed",
        "Guarded against overflow as for a Euclidean norm.",
        Change(arithmetic=divide_by_largest),
        lambda site: site.has_axis and site.is_float,
    ),
)
