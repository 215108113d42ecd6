"""Defects with nan and infinities: swallowed, invented, or spread to results that do not read them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from conform.formats import Format, get_format
from conform.mutants.catalogue.indexing import repeat_first
from conform.mutants.mutant import Mutant, Site, is_float, multiplies_floats
from conform.mutants.reference import ReferenceBackend, Results
from conform.mutants.task import Answers, Array, Change, Task, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms

Alter = Callable[[Array, Format], Array]


def change_inputs(alter: Alter) -> Change:
    return Change(values=lambda task, pool: alter(pool, task.format))


def change_parameter(parameter: str, alter: Alter) -> Change:
    def values(task: Task, pool: Array) -> Array:
        changed = pool.copy()
        place = task.get_slice(parameter)
        changed[place] = alter(pool[place], task.format)
        return changed

    return Change(values=values)


def change_results(alter: Alter) -> Change:
    return Change(finish=lambda task, answers: {name: alter(answer, task.format) for name, answer in answers.items()})


def change_terms(alter: Callable[[Array, Terms], Array]) -> Change:
    """Changes the values of the terms before they are summed."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        return narrow(sum_in_order(alter(multiply(terms, widen(pool)), terms), terms), task.format)

    return Change(arithmetic=arithmetic)


def make_nan_zero(values: Array, target: Format) -> Array:
    return np.where(np.isnan(values), np.zeros_like(values), values)


def make_infinite_largest(values: Array, target: Format) -> Array:
    largest = np.array(target.largest.to_float()).astype(values.dtype)
    return np.where(np.isinf(values), np.copysign(largest, values), values)


def make_special_zero(values: Array, target: Format) -> Array:
    return np.where(np.isfinite(values), values, np.zeros_like(values))


def make_infinite_nan(values: Array, target: Format) -> Array:
    return np.where(np.isinf(values), np.full_like(values, np.nan), values)


def make_nan_infinite(values: Array, target: Format) -> Array:
    return np.where(np.isnan(values), np.full_like(values, np.inf), values)


def make_infinite_positive(values: Array, target: Format) -> Array:
    return np.where(np.isinf(values), np.abs(values), values)


def skip_zeros(side: str) -> Change:
    """Skips the products whose factor on one side is zero, whatever the other factor is."""

    def rewiring(task: Task, name: str, terms: Terms) -> Terms:
        return terms.keep((task.pool[getattr(terms, side)] != 0) | terms.is_addend)

    return Change(rewiring=rewiring)


def cancel_infinities(values: Array, terms: Terms) -> Array:
    """Infinite terms of both signs in a sum cancel, as x − x = 0 would have it."""
    count = len(terms.grid)
    plus = np.bincount(terms.element, values == np.inf, count) > 0
    minus = np.bincount(terms.element, values == -np.inf, count) > 0
    return np.where(np.isinf(values) & (plus & minus)[terms.element], 0.0, values)


def skip_nan_terms(values: Array, terms: Terms) -> Array:
    return np.where(np.isnan(values), 0.0, values)


def skip_infinite_terms(values: Array, terms: Terms) -> Array:
    return np.where(np.isinf(values), 0.0, values)


def stop_at_infinity(values: Array, terms: Terms) -> Array:
    """What stands behind an infinite term is not read any more."""
    seen = np.cumsum(np.isinf(values))
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(terms.counts)])[terms.element]
    before = np.concatenate([np.zeros(1, np.int64), seen])
    return np.where(before[:-1] - before[first] > 0, 0.0, values)


def spread_special(task: Task, answers: Answers) -> Answers:
    """One result of a case that is not finite makes all of them nan."""
    spread = {}
    for name, answer in answers.items():
        grid = task.terms[name].grid
        bad = np.bincount(grid.case, ~np.isfinite(answer), len(task.block.cases)) > 0
        spread[name] = np.where(bad[grid.case], np.full_like(answer, np.nan), answer)
    return spread


def spread_along_rows(task: Task, answers: Answers) -> Answers:
    """A result that is not finite takes its whole row with it, as a masked vector instruction might."""
    spread = {}
    for name, answer in answers.items():
        grid = task.terms[name].grid
        first = repeat_first(grid.symbols[-1])(grid) if grid.symbols else np.arange(len(grid))
        bad: NDArray[np.bool_] = np.bincount(first, ~np.isfinite(answer), len(answer)) > 0
        spread[name] = np.where(bad[first], np.full_like(answer, np.nan), answer)
    return spread


def sums_floats(site: Site) -> bool:
    return (site.adds or site.has_bias) and site.is_float


class LosesPayloads(ReferenceBackend):
    """A nan whose payload is all in the last bits of its significand loses it, and is an infinity then."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        return super().respond(operation, {name: cut_payloads(array) for name, array in inputs.items()})


class KnowsOneNan(ReferenceBackend):
    """Any nan but the usual quiet one is taken for a number, the largest."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        read = {}
        for name, array in inputs.items():
            usual = np.full((), np.nan, array.dtype)
            other = np.isnan(array) & (np.abs(array).view(f"u{array.itemsize}") != usual.view(f"u{array.itemsize}"))
            largest = np.array(get_format(array.dtype.name).largest.to_float()).astype(array.dtype)
            read[name] = np.where(other, largest, array)
        return super().respond(operation, read)


def cut_payloads(array: Array) -> Array:
    """The array with the lower half of the significand of every nan set to zero."""
    bits = array.copy().view(f"u{array.itemsize}")
    stored = get_format(array.dtype.name).precision - 1
    bits[np.isnan(array)] &= ~bits.dtype.type((1 << (stored + 1) // 2) - 1)
    return bits.view(array.dtype)


MUTANTS = (
    Mutant(
        "loses-nan-payloads",
        "a nan with its payload in the last bits becomes an infinity",
        "Cut off the lower half of the bits to convert, nan or not.",
        LosesPayloads,
        is_float,
    ),
    Mutant(
        "knows-one-nan",
        "nan with other bits than the usual ones taken for a number",
        "Compared the bits with those of one nan.",
        KnowsOneNan,
        is_float,
    ),
    Mutant(
        "nan-inputs-zero",
        "nan in inputs taken as zero",
        "Called nan_to_num on the inputs.",
        change_inputs(make_nan_zero),
        is_float,
    ),
    Mutant(
        "infinite-inputs-largest",
        "infinite inputs taken as the largest finite number",
        "Clipped the inputs to the finite range.",
        change_inputs(make_infinite_largest),
        is_float,
    ),
    Mutant(
        "special-bias-ignored",
        "nan and infinity in the bias ignored",
        "Masked what is not finite in the parameters.",
        change_parameter("bias", make_special_zero),
        lambda site: site.has_bias and site.is_float,
    ),
    Mutant(
        "nan-results-zero",
        "nan results replaced by zero",
        "Called nan_to_num on the results.",
        change_results(make_nan_zero),
        is_float,
    ),
    Mutant(
        "nan-results-infinite",
        "nan results replaced by infinity",
        "Compared with >, which is false for nan, and kept the start of a maximum.",
        change_results(make_nan_infinite),
        is_float,
    ),
    Mutant(
        "infinite-results-nan",
        "infinite results replaced by nan",
        "Multiplied by a mask of zeros and ones where a selection is due.",
        change_results(make_infinite_nan),
        is_float,
    ),
    Mutant(
        "infinite-results-positive",
        "sign of infinite results lost",
        "Set the overflow flag's value without looking at the sign.",
        change_results(make_infinite_positive),
        is_float,
    ),
    Mutant(
        "zero-left-skipped",
        "terms with a zero left factor skipped",
        "Skipped zeros for speed: 0 · inf and 0 · nan are lost.",
        skip_zeros("left"),
        multiplies_floats,
    ),
    Mutant(
        "zero-right-skipped",
        "terms with a zero right factor skipped",
        "Treated the vector as sparse: inf · 0 and nan · 0 are lost.",
        skip_zeros("right"),
        multiplies_floats,
    ),
    Mutant(
        "nan-terms-skipped",
        "terms that are nan skipped",
        "Summed with nansum.",
        change_terms(skip_nan_terms),
        is_float,
    ),
    Mutant(
        "infinite-terms-skipped",
        "terms that are infinite skipped",
        "Summed what isfinite lets through.",
        change_terms(skip_infinite_terms),
        is_float,
    ),
    Mutant(
        "infinities-cancel",
        "infinities of opposite signs cancel",
        "Compiled with fast-math, which assumes x − x = 0.",
        change_terms(cancel_infinities),
        sums_floats,
    ),
    Mutant(
        "stops-at-infinity",
        "terms after an infinite one not read",
        "Left the loop as soon as the sum was infinite.",
        change_terms(stop_at_infinity),
        sums_floats,
    ),
    Mutant(
        "special-spreads",
        "one special result makes all of them nan",
        "Checked the sum of all results, and returned nan if it was not finite.",
        Change(finish=spread_special),
        is_float,
    ),
    Mutant(
        "special-spreads-in-row",
        "one special result makes its row nan",
        "Masked a vector by multiplying with zero, which leaves nan.",
        Change(finish=spread_along_rows),
        lambda site: site.is_float and (site.result in ("dW", "grad") or site.operation == "linear_batched"),
    ),
)
