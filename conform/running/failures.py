"""Describing wrong elements: where they are, what was due, what came, and by how much it is off."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import decode_one
from conform.exact import Dyadic, ExactNumber, format_number
from conform.judge.rules import Rules
from conform.judge.scalar import Decision, judge_element, measure_ulps, take_element
from conform.results import ElementFailure, Number, Problem, Rule
from conform.suite import Expected

_DIGITS = Context(prec=17, Emax=MAX_EMAX, Emin=MIN_EMIN)
_WIDE = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LEADING_BITS = 192
_TEXT_DIGITS = 1000
_SHOWN_DIGITS = 32
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
    number = decode_one(got)
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


def describe_number(number: ExactNumber) -> Number:
    """A number in decimal, rounded to 17 digits, and exactly; of a very long one the leading digits alone."""
    if isinstance(number, float):
        return Number(str(number), format_number(number))
    number = number.normalized()
    if 0 <= number.exponent < 64 and abs(number.mantissa) << number.exponent < 10**19:
        return Number(str(number.mantissa << number.exponent), format_number(number))
    # Of the leading bits and the power of two each has far more digits than are shown, so the product is rounded once,
    # in whatever time a multiplication of sixty digits takes.
    leading = number.lead(_LEADING_BITS)
    wide = _WIDE.multiply(Decimal(leading.mantissa), _WIDE.power(2, leading.exponent))
    return Number(f"{_DIGITS.plus(wide).normalize(_DIGITS):.17g}", _format_leading(number))


def _format_leading(number: Dyadic) -> str:
    """The exact text, or, where that has more digits than anybody reads, `0x1234…p-99` with the first of them."""
    bits = abs(number.mantissa).bit_length()
    if bits <= 4 * _TEXT_DIGITS:
        return format_number(number)
    excess = bits - 4 * _SHOWN_DIGITS
    sign = "-" if number.mantissa < 0 else ""
    return f"{sign}0x{abs(number.mantissa) >> excess:x}…p{number.exponent + excess}"


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
