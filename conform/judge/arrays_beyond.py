"""The limits of a whole block beyond sums of products, as `conform.judge.scalar` has them for one element."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Floats
from conform.judge.models import Model, choose_model
from conform.judge.rules import Rules
from conform.judge.scaled import Limits, Mask, compare, exceeds, ldexp, place
from conform.suite import Expected, ModelColumns

ROUNDINGS_IN_ONE = 32
"""Roundings of functions on the way that a bound counts, of which about one comes about: the tables of their accuracy
allow a function six to ten, where good ones are within one or two, and what several are off by does not conspire."""


def _choose(expected: Expected, rules: Rules) -> tuple[Model, ModelColumns]:
    """The model that bounds elements that have a bound."""
    chosen = choose_model(expected.models, rules)
    assert chosen is not None
    return chosen, expected.models[chosen.name]


def find_bounded(expected: Expected, rules: Rules) -> NDArray[np.intp]:
    """The elements beyond sums of products for which any answer is not as good as another."""
    if choose_model(expected.models, rules) is None:
        return np.zeros(0, np.intp)
    _, model = _choose(expected, rules)
    numbers = np.isfinite(expected.magnitude.high) & np.isfinite(model.underflow.high)
    return np.flatnonzero(np.isfinite(model.inherited.high) & (numbers | ~np.isfinite(expected.value.high)))


def derive_beyond(expected: Expected, radius: ExactArray, exact: Mask, rules: Rules) -> Limits:
    """The quantities of `conform.judge.scalar.derive_limits`, each within a few units of 2^-52 of its exact value."""
    (chosen, model), output = _choose(expected, rules), rules.output
    magnitude = expected.magnitude
    scale = np.where(np.isfinite(magnitude.high) & (magnitude.high != 0), magnitude.exponent, 0)
    size = magnitude.high
    excess = np.expm1(model.depth * np.log1p(2.0**-chosen.format.precision))
    unit = chosen.format.underflow_unit(rules.flush).exponent
    inherited = ldexp(model.inherited.high, model.inherited.exponent - scale)
    lost = ldexp(model.underflow.high, model.underflow.exponent + unit - scale)
    sum_bound = excess * size + (1 + excess) * (inherited + lost) + ldexp(radius.high, radius.exponent - scale)
    bound = sum_bound
    if rules.converts:
        value = ldexp(np.abs(expected.value.high), expected.value.exponent - scale)
        half = output.underflow_unit(rules.flush).exponent - (0 if rules.flush else 1)
        bound = sum_bound + 2.0**-output.precision * (value + sum_bound) + ldexp(np.ones_like(size), half - scale)
    return Limits(scale, model.depth, sum_bound, sum_bound, bound, size, np.zeros_like(size), exact)


def measure_amounts(expected: Expected, limits: Limits, rules: Rules) -> Floats:
    """What the error of each element is measured against, in units of 2^scale.

    An arithmetic of p bits is off by about 2^-p of it. That is the magnitude, unless the errors of arguments amount to
    more: then it is what the element inherits, of which a bound counts every rounding before, and ROUNDINGS_IN_ONE are
    taken to be one that comes about. Where numbers are subnormal, it is the smallest normal one.
    """
    chosen, model = _choose(expected, rules)
    inherited = ldexp(model.inherited.high, model.inherited.exponent + chosen.format.precision - limits.scale)
    least = rules.output.underflow_unit(rules.flush).exponent + rules.output.precision - 1
    smallest = ldexp(np.ones_like(limits.magnitude), least - limits.scale)
    return np.maximum(np.maximum(limits.magnitude, inherited / ROUNDINGS_IN_ONE), smallest)


def may_overflow(expected: Expected, limits: Limits, rules: Rules) -> Mask:
    """Where an answer of inf or nan is not surely illegal beyond sums of products."""
    if not rules.have_infinities:
        return np.ones(len(limits.scale), np.bool_)
    chosen, model = _choose(expected, rules)
    value = ldexp(np.abs(expected.value.high), expected.value.exponent - limits.scale)
    reached = value + limits.sum_bound
    _, never = compare(reached, place(rules.output.overflow_threshold, limits.scale), reached)
    return ~never | exceeds(model.peak, chosen.format.largest)


def find_exact(expected: Expected, rules: Rules) -> Mask:
    """Where no step rounds and the output format has the value."""
    assert expected.radius is not None
    chosen, model = _choose(expected, rules)
    value, output = expected.value, rules.output
    unmoved = (model.inherited.high == 0) & (model.underflow.high == 0) & (expected.radius.high == 0)
    exact: Mask = (
        unmoved & ((model.depth == 0) | (expected.magnitude.high == 0)) & ~exceeds(model.peak, chosen.format.largest)
    )
    # The format has the value (high + low)·2^e if low is 0, and high a multiple of 2^-p and of 2^(emin-e).
    digits = np.minimum(output.precision, value.exponent - output.subnormal_exponent)
    with np.errstate(invalid="ignore"):
        significand = ldexp(value.high, digits)
        whole = (value.low == 0) & (significand == np.rint(significand))
    size = ExactArray(np.abs(value.high), value.low, value.exponent, {})
    least = output.underflow_unit(rules.flush).exponent
    whole &= ~exceeds(size, output.largest) & (value.exponent > least)
    exact &= np.isfinite(value.high) & (whole | (value.high == 0))
    return exact
