"""Numbers, inputs, and the steps that every derivation has, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.exact import Dyadic, ExactNumber, format_number
from conform.judge.limits import Derivation
from conform.judge.rules import Rules
from conform.results import Number

_DIGITS = Context(prec=17, Emax=MAX_EMAX, Emin=MIN_EMIN)
_WIDE = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LEADING_BITS = 192
_TEXT_DIGITS = 1000
_SHOWN_DIGITS = 32


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


def show_short(number: Dyadic) -> str:
    """Decimal alone: bounds have thousands of digits."""
    return describe_number(number).decimal


def explain_rounding(rules: Rules, limits: Derivation) -> Iterator[str]:
    """B2, where sums are kept in another format than that of the results."""
    if rules.converts:
        formula = _write_rounding("|v| + B1", rules)
        yield f"B2 = {formula} = {show_short(limits.rounding_bound)}   (one rounding to {rules.output.name})"


def explain_separate(rules: Rules, limits: Derivation) -> Iterator[str]:
    """B2, where a sum is rounded to the format of the results before an addend is added to it."""
    yield f"D  = {_write_rounding('|v − b| + B1', rules)}   (the rounding of that sum)"
    formula = f"D + {_write_rounding('|v| + B1 + D', rules)}"
    yield f"B2 = {formula} = {show_short(limits.rounding_bound)}   (two roundings to {rules.output.name})"


def _write_rounding(size: str, rules: Rules) -> str:
    """What one rounding of a number of that size to the format of the results amounts to, at most."""
    half = "" if rules.flush else "/2"
    return f"2^-{rules.output.precision}·({size}) + 2^{rules.output.underflow_unit(rules.flush).exponent}{half}"


def explain_uninformative(depth: int, limits: Derivation) -> Iterator[str]:
    """Why a bound is too wide to tell, where it is."""
    if limits.uninformative:
        hidden = show_short(Dyadic(depth) * limits.bound)
        yield f"k·B = {hidden} ≥ m: B could hide a lost average term, so this is uninformative."
