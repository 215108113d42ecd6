"""Exact dyadic numbers, and the text form in which vectors carry them."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import total_ordering

_NUMBER = re.compile(r"(-?)0x([0-9a-f]+)(?:\.([0-9a-f]*))?p([+-]?[0-9]{1,40})\Z")
_MAX_TEXT = 65_536
_LEADING = 64
"""More bits than a significand of float64 has, and one to round by."""
_PAST_FLOATS = 1200
"""By so many places to the right, any leading bits are less than half of the smallest float64."""
MAX_EXPONENT = 1 << 16
"""Past this power of two a text is refused: a product of thirty numbers of float64 is within it."""


@total_ordering
class Dyadic:
    """The number mantissa · 2^exponent, unbounded and exact.

    Arithmetic is closed under `+`, `-` and `*`, and comparison is of values, so neither is ever rounded.
    """

    __slots__ = ("exponent", "mantissa")

    def __init__(self, mantissa: int, exponent: int = 0) -> None:
        self.mantissa = mantissa
        self.exponent = exponent

    @classmethod
    def from_float(cls, x: float) -> Dyadic:
        """The exact value of a finite float; raises OverflowError or ValueError on inf and nan."""
        numerator, denominator = x.as_integer_ratio()
        return cls(numerator, 1 - denominator.bit_length())

    def normalized(self) -> Dyadic:
        """The same number with an odd mantissa, or 0 · 2^0."""
        if self.mantissa == 0:
            return Dyadic(0, 0)
        shift = (self.mantissa & -self.mantissa).bit_length() - 1
        return Dyadic(self.mantissa >> shift, self.exponent + shift)

    def to_fraction(self) -> Fraction:
        if self.exponent >= 0:
            return Fraction(self.mantissa << self.exponent)
        return Fraction(self.mantissa, 1 << -self.exponent)

    def to_float(self) -> float:
        """The nearest float64, ties to even; an infinity past its range."""
        if not self.mantissa:
            return 0.0
        number = self.lead(_LEADING)
        power = number.exponent
        if number.mantissa.bit_length() + power > 1024:
            return math.inf if self.mantissa > 0 else -math.inf
        # Of integers both are rounded once, the quotient also where it is subnormal.
        if power >= 0:
            try:
                return float(number.mantissa << power)
            except OverflowError:
                return math.inf if self.mantissa > 0 else -math.inf
        return number.mantissa / (1 << min(-power, _PAST_FLOATS))

    def lead(self, bits: int) -> Dyadic:
        """The leading bits, the last of which also stands for everything below it: it rounds to fewer as the whole."""
        size = abs(self.mantissa)
        excess = size.bit_length() - bits
        if excess <= 0:
            return self
        kept = size >> excess
        kept |= kept << excess != size
        return Dyadic(kept if self.mantissa > 0 else -kept, self.exponent + excess)

    def scaled(self, power: int) -> Dyadic:
        """This number times 2^power."""
        return Dyadic(self.mantissa, self.exponent + power)

    def _aligned(self, other: Dyadic) -> tuple[int, int, int]:
        low = min(self.exponent, other.exponent)
        return self.mantissa << (self.exponent - low), other.mantissa << (other.exponent - low), low

    def __add__(self, other: Dyadic) -> Dyadic:
        a, b, low = self._aligned(other)
        return Dyadic(a + b, low)

    def __sub__(self, other: Dyadic) -> Dyadic:
        a, b, low = self._aligned(other)
        return Dyadic(a - b, low)

    def __mul__(self, other: Dyadic) -> Dyadic:
        return Dyadic(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __pow__(self, power: int) -> Dyadic:
        return Dyadic(self.mantissa**power, self.exponent * power)

    def __neg__(self) -> Dyadic:
        return Dyadic(-self.mantissa, self.exponent)

    def __abs__(self) -> Dyadic:
        return Dyadic(abs(self.mantissa), self.exponent)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dyadic):
            return NotImplemented
        a, b, _ = self._aligned(other)
        return a == b

    def __lt__(self, other: Dyadic) -> bool:
        a, b, _ = self._aligned(other)
        return a < b

    def __hash__(self) -> int:
        number = self.normalized()
        return hash((number.mantissa, number.exponent))

    def __bool__(self) -> bool:
        return self.mantissa != 0

    def __repr__(self) -> str:
        return f"Dyadic({format_number(self)!r})"


ZERO = Dyadic(0, 0)
ONE = Dyadic(1, 0)

ExactNumber = Dyadic | float
"""A Dyadic, or one of the floats inf, -inf, nan and -0.0, which no Dyadic can be."""


def parse_number(text: str) -> ExactNumber:
    """Read `0x1.8p-3`, `-0x2bp-9`, `inf`, `-inf` or `nan`, without rounding; negative zero comes back as -0.0.

    Raises ValueError for any other text.
    """
    if text in ("inf", "-inf", "nan"):
        return float(text)
    match = _NUMBER.match(text) if len(text) <= _MAX_TEXT else None
    if match is None:
        raise ValueError(f"not a number: {text[:40]!r}")
    sign, whole, fraction, power = match.groups(default="")
    exponent = int(power)
    if abs(exponent) > MAX_EXPONENT:
        raise ValueError(f"exponent out of range, which is ±{MAX_EXPONENT}: {text[:40]!r}")
    mantissa = int(whole + fraction, 16)
    if mantissa == 0:
        return -0.0 if sign else ZERO
    return Dyadic(-mantissa if sign else mantissa, exponent - 4 * len(fraction)).normalized()


def format_number(number: ExactNumber) -> str:
    """Write a number so that `parse_number` reads it back: `-0x2bp-9`, mantissa odd, exponent without a plus sign."""
    if isinstance(number, float):
        if number == 0:
            return "-0x0p0" if math.copysign(1, number) < 0 else "0x0p0"
        if not math.isfinite(number):
            return str(number)
        number = Dyadic.from_float(number)
    number = number.normalized()
    sign = "-" if number.mantissa < 0 else ""
    return f"{sign}0x{abs(number.mantissa):x}p{number.exponent}"
