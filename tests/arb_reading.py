"""A second reading of formulas beyond sums of products, on Arb: what errors are made of, one model at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import flint

from conform.formats import Format, get_format

PRECISION = 400
"""Bits of every number on the way: no format has an argument whose functions need more."""

INFINITY = flint.arb("inf")
ZERO = flint.arb(0)
ONE = flint.arb(1)
HALF = flint.arb((1, -1))


@dataclass(frozen=True)
class Arithmetic:
    """A model: the format that sums are kept in, whether subnormals are flushed, and how accurate functions are."""

    format: Format
    flush: bool
    table: Mapping[str, tuple[int, int]]

    @property
    def unit_roundoff(self) -> Any:
        return two_to(-self.format.precision)

    @property
    def underflow_unit(self) -> Any:
        least = self.format.subnormal_exponent
        return two_to(least + self.format.precision - 1 if self.flush else least)

    @property
    def largest(self) -> Any:
        return to_arb(self.format.largest)

    @classmethod
    def named(cls, name: str, table: Mapping[str, tuple[int, int]]) -> Arithmetic:
        """The model of a name in the vectors, such as float32-flush."""
        return cls(get_format(name.removesuffix("-flush")), name.endswith("-flush"), table)


def two_to(power: int) -> Any:
    return flint.arb((1, power))


def to_arb(number: Any) -> Any:
    """The ball of a dyadic number, without a radius."""
    return flint.arb((number.mantissa, number.exponent))


def greatest(*numbers: Any) -> Any:
    best = numbers[0]
    for number in numbers[1:]:
        best = number if number > best else best
    return best


class OverflowOnTheWayError(Exception):
    """A partial result may overflow: what follows is not recomputed here."""


@dataclass(frozen=True)
class Number:
    """A sum of terms: value, magnitude, and depth as that of the deepest term and the additions.

    `underflow` counts the smallest subnormal numbers that may be lost, `inherited` bounds what terms are off by since
    the arguments of functions were. A `constant` has no input in it; `known` is one that was not computed.
    """

    model: Arithmetic
    value: Any
    magnitude: Any
    terms: int = 0
    additions: int = 0
    underflow: Any = ZERO
    inherited: Any = ZERO
    nonnegative: bool = False
    nonpositive: bool = False
    constant: bool = False

    @property
    def depth(self) -> int:
        return self.terms + self.additions

    @property
    def known(self) -> bool:
        return self.depth == 0 and not self.inherited > 0

    def error(self) -> Any:
        """(1+u)^k (m + e + E η) − m: how far a computed number can be from the value."""
        growth = (ONE + self.model.unit_roundoff) ** self.depth
        lost = self.underflow * self.model.underflow_unit
        return growth * (self.magnitude + self.inherited + lost) - self.magnitude

    def peak(self) -> Any:
        """The most that any partial sum can be; what was not computed has none."""
        return ZERO if self.known else self.magnitude + self.error()

    def ends(self) -> tuple[Any, Any]:
        """Where a computed number lies; raises OverflowOnTheWayError where a partial sum may overflow."""
        if not self.value.is_finite() or not (self.constant or self.peak() <= self.model.largest):
            raise OverflowOnTheWayError
        error = self.error()
        low, high = self.value - error, self.value + error
        if self.nonnegative and not low > 0:
            low = ZERO
        if self.nonpositive and not high < 0:
            high = ZERO
        return low, high

    def __add__(self, other: Number) -> Number:
        return replace(
            self,
            value=self.value + other.value,
            magnitude=self.magnitude + other.magnitude,
            terms=max(self.terms, other.terms),
            additions=self.additions + other.additions + 1,
            underflow=self.underflow + other.underflow + 1,
            inherited=self.inherited + other.inherited,
            nonnegative=self.nonnegative and other.nonnegative,
            nonpositive=self.nonpositive and other.nonpositive,
            constant=self.constant and other.constant,
        )

    def __neg__(self) -> Number:
        return replace(self, value=-self.value, nonnegative=self.nonpositive, nonpositive=self.nonnegative)

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __mul__(self, other: Number) -> Number:
        self.ends(), other.ends()
        m, n, e, f = self.magnitude, other.magnitude, self.inherited, other.inherited
        lost = self.underflow * (n + f) + other.underflow * (m + e) + self.underflow * other.underflow + 1
        return replace(
            self,
            value=self.value * other.value,
            magnitude=m * n,
            terms=self.depth + other.depth + 1,
            additions=0,
            underflow=lost,
            inherited=(m + e) * (n + f) - m * n,
            nonnegative=(self.nonnegative and other.nonnegative) or (self.nonpositive and other.nonpositive),
            nonpositive=(self.nonnegative and other.nonpositive) or (self.nonpositive and other.nonnegative),
            constant=self.constant and other.constant,
        )

    def __truediv__(self, other: Number) -> Number:
        value = self.value / other.value
        (low, high), (least, most) = self.ends(), other.ends()
        if not (least > 0 or most < 0):
            raise OverflowOnTheWayError
        quotients = [x / y for x in (low, high) for y in (least, most)]
        point = bool(low == high) and bool(least == most)
        return self._start("div", value, quotients, point, self.constant and other.constant)

    def apply(self, name: str) -> Number:
        """A monotone function, or the hyperbolic cosine, of this number."""
        low, high = self.ends()
        error, point = self.error(), bool(low == high)
        if name == "exp" and not point and error <= HALF:
            # The exporter knows without a second power that e^d - 1 <= d + 2d² for d <= 1/2.
            started = self._start(name, self.value.exp(), [ZERO, INFINITY], True, self.constant)
            return replace(started, inherited=started.magnitude * (error + 2 * error * error))
        if name in ("log", "sqrt") and not low > 0:
            raise OverflowOnTheWayError
        function = FUNCTIONS[name]
        images = [function(low), function(high)]
        if name == "cosh" and not (low > 0 or high < 0):
            images.append(ONE)
        return self._start(name, function(self.value), images, point, self.constant)

    def _start(self, name: str, value: Any, images: list[Any], point: bool, constant: bool) -> Number:
        """A new term, off by as much as the images of what the arguments may be are from the value.

        Arguments that are known, as a `point`, give none to inherit.
        """
        roundings, underflows = self.model.table[name]
        inherited = ZERO if point else greatest(*(abs(image - value) for image in images))
        return Number(
            self.model,
            value,
            abs(value),
            roundings,
            0,
            flint.arb(underflows),
            inherited,
            nonnegative=all(image >= 0 for image in images),
            nonpositive=all(image <= 0 for image in images),
            constant=constant,
        )

    def is_positive(self) -> bool:
        return bool(self.value > 0)


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
    "tanh": lambda x: x.tanh(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
}


def read_input(model: Arithmetic, value: Any) -> Number:
    """A finite number of the format, which was not computed."""
    return Number(model, value, abs(value), nonnegative=bool(value >= 0), nonpositive=bool(value <= 0))


def read_constant(model: Arithmetic, value: Any, exact: bool) -> Number:
    """A positive constant; a format that does not have it rounds it once."""
    return Number(model, value, abs(value), 0 if exact else 1, nonnegative=True, constant=True)


def count(model: Arithmetic, n: int) -> Number:
    """A natural number."""
    number = flint.arb(n)
    bits = n.bit_length() - (n & -n).bit_length() + 1 if n else 0
    return replace(
        read_constant(model, number, bits <= model.format.precision and bool(number <= model.largest)),
        nonpositive=n == 0,
    )
