"""The judge of a whole block: double-double arithmetic settles what is clear, the exact judge the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import decode
from conform.columns import ExactArray, Floats, Integers, split_dyadic
from conform.exact import Dyadic
from conform.formats import Format
from conform.judge.arrays_beyond import derive_beyond, find_bounded, find_exact, may_overflow, measure_amounts
from conform.judge.rules import Rules
from conform.judge.scalar import judge_element, take_element
from conform.judge.scaled import RELATIVE_MARGIN, Limits, compare, ldexp, place
from conform.judge.status import Status
from conform.suite import Expected

Mask = NDArray[np.bool_]

_ABSOLUTE_MARGIN = 2.0**-90


@dataclass(frozen=True)
class Judgement:
    """How each element was settled.

    `status` holds Status values. `ratio` is error/bound where a finite answer met a bound, else nan. `relative` is
    error/magnitude wherever both are finite and the magnitude is not zero, else nan: what the effective precision is
    estimated from. Beyond sums of products, what the errors of arguments amount to counts as magnitude too.
    """

    status: NDArray[np.uint8]
    ratio: Floats
    relative: Floats


def judge_elements(expected: Expected, got: NDArray[Any], rules: Rules) -> Judgement:
    """Judge every element of one result over a block.

    `got` is flat, in the dtype of `rules.output`, aligned with the columns of `expected`. Every element gets the
    status that `conform.judge.scalar.judge_element` gives it: what lies within 2^-40 of a limit, relatively, is
    decided there.
    """
    count = len(got)
    if rules.output.is_integer:
        right = _to_int64(expected.value) == got
        status = np.where(right, np.uint8(Status.EXACT), np.uint8(Status.FAILED))
        return Judgement(status, np.full(count, np.nan), np.full(count, np.nan))
    if expected.radius is None:
        return _judge_known(expected, got, rules)
    status = np.full(count, np.uint8(Status.UNINFORMATIVE))
    ratio, relative = np.full(count, np.nan), np.full(count, np.nan)
    known = find_bounded(expected, rules)
    if len(known):
        part = expected.take(known, np.array([0, len(known)]))
        judged = _judge_known(part, got[known], rules)
        status[known], ratio[known], relative[known] = judged.status, judged.ratio, judged.relative
    return Judgement(status, ratio, relative)


def _judge_known(expected: Expected, got: NDArray[Any], rules: Rules) -> Judgement:
    """Judge elements of a floating-point format whose bound is known."""
    count = len(got)
    # Most elements are exact and right. The arithmetic of the bounds is spent on the others alone.
    if expected.radius is None:
        exact = _sums_exactly(expected, (rules.output, rules.accumulator), rules.flush)
    else:
        exact = find_exact(expected, rules)
    answer = decode(got)
    settled = exact & _find_equal(expected.value, answer, rules.signed_zero)
    status = np.where(settled, np.uint8(Status.EXACT), np.uint8(Status.FAILED))
    ratio = np.full(count, np.nan)
    relative = np.where(settled & (expected.magnitude.high > 0), 0.0, np.nan)
    rest = np.flatnonzero(~settled)
    if len(rest):
        part = expected.take(rest, np.array([0, len(rest)]))
        judged = _judge_rest(part, answer.take(rest), exact[rest], rules)
        status[rest], ratio[rest], relative[rest] = judged.status, judged.ratio, judged.relative
    return Judgement(status, ratio, relative)


def _find_equal(value: ExactArray, answer: ExactArray, signed_zero: bool) -> Mask:
    """Where a finite answer is the value; with `signed_zero`, no zero is."""
    equal: Mask = (answer.high == value.high) & (answer.exponent == value.exponent) & (value.low == 0)
    return equal & (answer.high != 0) if signed_zero else equal


def _judge_rest(expected: Expected, answer: ExactArray, exact: Mask, rules: Rules) -> Judgement:
    count = len(answer)
    status = np.full(count, Status.FAILED, np.uint8)
    ratio, relative = np.full(count, np.nan), np.full(count, np.nan)
    with np.errstate(all="ignore"):
        unclear = _judge_floats(expected, answer, exact, rules, status, ratio, relative)
    for i in np.flatnonzero(unclear).tolist():
        decision = judge_element(take_element(expected, i), answer.item(i), rules)
        status[i] = decision.status
        if decision.error is not None and decision.bound:
            ratio[i] = decision.ratio
    return Judgement(status, ratio, relative)


def _judge_floats(
    expected: Expected,
    answer: ExactArray,
    exact: Mask,
    rules: Rules,
    status: NDArray[np.uint8],
    ratio: Floats,
    relative: Floats,
) -> Mask:
    """Fill in what is clear, and return the mask of what is not."""
    value = expected.value
    value_finite, got_finite = np.isfinite(value.high), np.isfinite(answer.high)
    both_finite = value_finite & got_finite
    special = ~value_finite
    got_nan = np.isnan(answer.high)
    same_infinity = np.isinf(value.high) & ((answer.high == value.high) | (got_nan & (not rules.have_infinities)))
    status[special & ((np.isnan(value.high) & got_nan) | same_infinity)] = Status.EXACT
    unclear: Mask = np.isinf(value.high) & got_nan & ~same_infinity
    if expected.radius is None:
        limits = _derive_limits(expected, exact, rules)
    else:
        limits = derive_beyond(expected, expected.radius, exact, rules)

    error = _subtract(answer, value, limits.scale)
    known = both_finite & (limits.magnitude > 0)
    amounts = limits.magnitude if expected.radius is None else measure_amounts(expected, limits, rules)
    relative[known] = error[known] / amounts[known]
    bounded = both_finite & ~limits.exact
    ratio[bounded] = (error / limits.bound)[bounded]

    inside = error * (1 + RELATIVE_MARGIN) + _ABSOLUTE_MARGIN <= limits.bound * (1 - RELATIVE_MARGIN)
    outside = error * (1 - RELATIVE_MARGIN) - _ABSOLUTE_MARGIN > limits.bound * (1 + RELATIVE_MARGIN)
    hiding = limits.depth * limits.bound
    wide = hiding * (1 - RELATIVE_MARGIN) > limits.magnitude
    narrow = hiding * (1 + RELATIVE_MARGIN) < limits.magnitude
    inside &= bounded & np.isfinite(limits.bound) & (wide | narrow)
    outside &= bounded & np.isfinite(limits.bound)
    status[inside & narrow] = Status.BOUND
    status[inside & wide] = Status.UNINFORMATIVE
    unclear |= bounded & ~inside & ~outside
    overflowed = np.flatnonzero(value_finite & ~got_finite & ~limits.exact)
    if len(overflowed):
        if expected.radius is None:
            unclear[overflowed] = _judge_overflows(expected, answer.high[overflowed], overflowed, limits, rules, status)
        else:
            unclear[overflowed] = may_overflow(expected, limits, rules)[overflowed]
    if rules.signed_zero:
        unclear |= both_finite & (answer.high == 0) & (value.high == 0)
    return unclear


def _derive_limits(expected: Expected, exact: Mask, rules: Rules) -> Limits:
    """The quantities of `conform.judge.scalar.derive_limits`, each within a few units of 2^-52 of its exact value."""
    output, accumulator = rules.output, rules.accumulator
    magnitude, peak = expected.magnitude, expected.peak
    scale = np.where(np.isfinite(magnitude.high) & (magnitude.high != 0), magnitude.exponent, 0)
    exact_accumulator = _sums_exactly(expected, (accumulator,), rules.flush) if rules.converts else exact

    size = magnitude.high
    excess = np.expm1(expected.depth * np.log1p(2.0**-accumulator.precision))
    unit = accumulator.underflow_unit(rules.flush).exponent
    amplified = (1 + excess) * ldexp(expected.underflow.high, expected.underflow.exponent + unit - scale)
    full_bound = excess * size + amplified
    sum_bound = np.where(exact_accumulator, 0.0, full_bound)
    bound = sum_bound
    value = ldexp(np.abs(expected.value.high), expected.value.exponent - scale)
    if rules.converts:
        half = output.underflow_unit(rules.flush).exponent - (0 if rules.flush else 1)
        unit_roundoff, least = 2.0**-output.precision, ldexp(np.ones_like(size), half - scale)
        if rules.separate and expected.addend is not None:
            product = _subtract(expected.addend, expected.value, scale)
            bound = sum_bound + unit_roundoff * (product + sum_bound) + least
        bound = bound + unit_roundoff * (value + bound) + least

    reach = (1 + excess) * ldexp(peak.high, peak.exponent - scale) + amplified
    return Limits(scale, expected.depth, full_bound, sum_bound, bound, size, reach, exact)


def _judge_overflows(
    expected: Expected, got: Floats, at: NDArray[np.intp], limits: Limits, rules: Rules, status: NDArray[np.uint8]
) -> Mask:
    """Settle answers of inf or nan where a finite value is due, at the elements `at`; what is not clear comes back.

    The same conditions as in `conform.judge.scalar.derive_limits`, each as a pair: surely so, surely not so.
    """
    separate = rules.separate and rules.converts and expected.addend is not None
    if separate or not rules.have_infinities:
        return np.ones(len(at), np.bool_)
    scale, magnitude, value = limits.scale[at], expected.magnitude, expected.value
    size = limits.magnitude[at]
    signed = ldexp(value.high[at], value.exponent[at] - scale)
    threshold = place(rules.accumulator.overflow_threshold, scale)
    reaches, stays = compare(limits.reach[at], threshold, limits.reach[at])
    peak = expected.peak
    single = (peak.high == magnitude.high) & (peak.low == magnitude.low) & (peak.exponent == magnitude.exponent)
    if peak is not magnitude:
        for i, number in magnitude.long.items():
            single[i] = peak.long.get(i) == number
    slack = size + np.abs(signed) + limits.full_bound[at]
    sides = []
    for sign in (1.0, -1.0):
        surely, never = compare((size + sign * signed) / 2 + limits.full_bound[at], threshold, slack)
        can, cannot = reaches & (surely | ~single[at]), stays | (never & single[at])
        near = np.flatnonzero(single[at] & ~can & ~cannot)
        if len(near):
            # The terms of that sign may reach it alone, without the bound, and by less than the margin.
            can[near] = _reach_together(
                magnitude, value, at[near], sign, rules.accumulator.overflow_threshold, scale[near]
            )
        sides.append((can, cannot))
    (plus, no_plus), (minus, no_minus) = sides
    nan, no_nan = plus & minus, no_plus | no_minus
    if rules.converts:
        last = place(rules.output.overflow_threshold, scale)
        slack = np.abs(signed) + limits.sum_bound[at]
        up, not_up = compare(signed + limits.sum_bound[at], last, slack)
        down, not_down = compare(limits.sum_bound[at] - signed, last, slack)
        plus, no_plus, minus, no_minus = plus | up, no_plus & not_up, minus | down, no_minus & not_down
    due, unknown = _reach_exactly(value.take(at), rules.output.overflow_threshold)
    legal = np.where(np.isnan(got), nan, np.where(got > 0, plus, minus))
    illegal = np.where(np.isnan(got), no_nan, np.where(got > 0, no_plus, no_minus))
    settled = np.where(due, Status.BOUND, Status.UNINFORMATIVE)
    status[at] = np.where(legal, settled, Status.FAILED)
    unclear: Mask = ~illegal & (~legal | unknown)
    return unclear


def _reach_exactly(value: ExactArray, threshold: Dyadic) -> tuple[Mask, Mask]:
    """Where |value| is at least the threshold; and where that is not known, as both round to 106 bits alike."""
    high, low, exponent, _ = split_dyadic(threshold)
    size = np.abs(value.high)
    rest = np.where(value.high < 0, -value.low, value.low)
    same = value.exponent == exponent
    reaches = (value.exponent > exponent) | (same & ((size > high) | ((size == high) & (rest >= low))))
    unknown = np.zeros(len(value), np.bool_)
    unknown[list(value.long)] = True
    return reaches & (size > 0), unknown & same & (size == high) & (rest == low)


def _reach_together(
    magnitude: ExactArray, value: ExactArray, at: NDArray[np.intp], sign: float, threshold: Dyadic, scale: Integers
) -> Mask:
    """Where (magnitude + sign · value)/2 is surely at least the threshold, told to about 2^-100 of their size.

    `scale` is the exponent of the magnitude.
    """
    high, low, exponent, _ = split_dyadic(threshold.scaled(1))
    a, b = magnitude.high[at], sign * ldexp(value.high[at], value.exponent[at] - scale)
    total = a + b
    part = total - a
    rest = (a - (total - part)) + (b - part)
    parts = [
        # The difference of two numbers is exact where they are within a factor of two, and clear elsewhere.
        total - ldexp(np.full(len(at), high), exponent - scale),
        rest,
        magnitude.low[at],
        sign * ldexp(value.low[at], value.exponent[at] - scale),
        -ldexp(np.full(len(at), low), exponent - scale),
    ]
    surplus, size = np.sum(parts, axis=0), np.sum(np.abs(parts), axis=0)
    reaches: Mask = surplus > 2.0**-48 * size + 2.0**-96 * (np.abs(a) + np.abs(b))
    return reaches


def _sums_exactly(expected: Expected, kept: Sequence[Format], flush: bool) -> Mask:
    """Where every partial sum, in every order, is representable in each of the formats."""
    magnitude, peak = expected.magnitude, expected.peak
    precision = min(format.precision for format in kept)
    # A magnitude (high + low)·2^e with high in [1/2, 1) is at most 2^(p+q) when e ≤ p+q, or is itself 2^(e-1).
    room = expected.quantum - magnitude.exponent
    exact: Mask = room >= -precision
    edge = np.flatnonzero(room == -precision - 1)
    exact[edge] = (magnitude.high[edge] == 0.5) & (magnitude.low[edge] <= 0)
    exact |= magnitude.high == 0
    largest = min((format.largest for format in kept), key=Dyadic.to_float)
    top, _, top_exponent, _ = split_dyadic(largest)
    over = np.flatnonzero(peak.exponent >= top_exponent)
    exact[over] &= (
        (peak.exponent[over] == top_exponent)
        & ((peak.high[over] < top) | ((peak.high[over] == top) & (peak.low[over] <= 0)))
    ) | (peak.high[over] == 0)
    exact &= expected.floor >= max(format.underflow_unit(flush).exponent for format in kept)
    return exact & np.isfinite(magnitude.high) & np.isfinite(expected.value.high)


def _subtract(answer: ExactArray, value: ExactArray, scale: Integers) -> Floats:
    """|answer − value| in units of 2^scale.

    The two leading parts are subtracted without error (Møller 1965, Knuth's TwoSum), so the result is within 2^-50
    of the true error, relatively, plus 2^-100 for a value of more than 106 bits.
    """
    a = ldexp(answer.high, answer.exponent - scale)
    b = -ldexp(value.high, value.exponent - scale)
    low = ldexp(value.low, value.exponent - scale)
    total = a + b
    part = total - a
    rest = (a - (total - part)) + (b - part)
    difference = np.abs(total + (rest - low))
    return np.where(np.isinf(total), np.inf, difference)


def _to_int64(column: ExactArray) -> Integers:
    """The elements as 64-bit integers; every one must be an integer within their range."""
    leading = np.ldexp(column.high, np.minimum(column.exponent, 53)).astype(np.int64)
    trailing = np.ldexp(column.low, column.exponent.astype(np.int32)).astype(np.int64)
    return (leading << np.maximum(column.exponent - 53, 0)) + trailing
