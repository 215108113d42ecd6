"""Describing wrong elements: where they are, what was due, what came, and by how much it is off."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.exact import ZERO, Dyadic, ExactNumber, format_number
from conform.judge.rules import Rules
from conform.judge.scalar import Decision, judge_element, measure_ulps, take_element
from conform.results import ElementFailure, Number, Problem, Rule
from conform.suite import Expected

_DIGITS = Context(prec=17)
_REASONS = {
    Rule.NAN: "the exact result is nan",
    Rule.INFINITY: "the exact result is an infinity",
    Rule.EXACT: "every order of summation gives this number exactly, so no tolerance exists",
    Rule.BOUND: "the error exceeds what any order of summation can amount to",
    Rule.OVERFLOW: "no order of summation gives this",
    Rule.INTEGER: "integers are not rounded",
    Rule.SIGNED_ZERO: "the zero has the wrong sign",
}


def describe_failure(
    name: str, shape: tuple[int, ...], expected: Expected, position: int, offset: int, got: Any, rules: Rules, call: str
) -> Problem:
    """The problem with the element at `position` of the flat columns; its case begins at `offset` in them."""
    element = take_element(expected, position)
    number = read_number(got)
    decision = judge_element(element, number, rules)
    index = tuple(int(i) for i in np.unravel_index(position - offset, shape))
    failure = ElementFailure(
        result=name,
        index=index,
        expected=describe_number(element.value),
        got=describe_number(number),
        error=None if decision.error is None else describe_number(decision.error),
        bound=None if decision.bound is None else describe_number(decision.bound),
        ratio=decision.ratio,
        ulps=None if decision.error is None else measure_ulps(decision.error, element.value, rules.output),
    )
    return Problem(decision.rule, _explain(name, index, failure, decision), call, failure)


def read_number(value: Any) -> ExactNumber:
    """An element of a numpy array, of any format, as an exact number."""
    if isinstance(value, np.integer):
        return Dyadic(int(value)).normalized()
    number = float(value)
    if math.isfinite(number) and (number != 0 or math.copysign(1, number) > 0):
        return Dyadic.from_float(number).normalized()
    return number


def describe_number(number: ExactNumber) -> Number:
    """A number in decimal, rounded to 17 digits, and exactly."""
    if isinstance(number, float):
        return Number(str(number), format_number(number))
    fraction = (number or ZERO).to_fraction()
    if fraction.denominator == 1 and abs(fraction.numerator) < 10**19:
        return Number(str(fraction.numerator), format_number(number))
    # An integer becomes a Decimal without rounding, whatever its length, so the quotient is rounded once.
    decimal = _DIGITS.divide(Decimal(fraction.numerator), Decimal(fraction.denominator)).normalize(_DIGITS)
    return Number(f"{decimal:.17g}", format_number(number))


def shorten_inputs(inputs: dict[str, NDArray[Any]]) -> str:
    """The inputs of a case as text, long arrays with their middle left out."""
    lines = []
    for name, array in inputs.items():
        label = f"{name} = "
        lines.append(label + np.array2string(array, separator=", ", threshold=64, edgeitems=3, prefix=label))
    return "\n".join(lines)


def _explain(name: str, index: tuple[int, ...], failure: ElementFailure, decision: Decision) -> str:
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return f"{place} is {failure.got.decimal}, not {failure.expected.decimal}: {_REASONS[decision.rule]}"
