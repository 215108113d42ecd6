"""What is legal for one element, with every quantity that it follows from."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from conform.exact import ONE, ZERO, Dyadic

_EXACT_BITS = 1 << 18
_KEPT_BITS = 512


@dataclass(frozen=True)
class Derivation:
    """The limits that follow for one element, with every quantity that went into them.

    `exact_output` and `exact_accumulator` say whether every partial sum, in every order, is representable in the
    output format and in the accumulator. `growth` is (1 + u)^k, `sum_bound` is B1, `rounding_bound` is B2 and `bound`
    their sum. `reach` is the greatest magnitude that a partial result can have before it is rounded.
    `plus_infinity`, `minus_infinity` and `nan` say whether that answer is legal because some order of summation
    overflows. With `unbounded`, no bound is known, every answer is legal and nothing else here means anything.
    """

    exact_output: bool
    exact_accumulator: bool
    growth: Dyadic
    underflow_unit: Dyadic
    sum_bound: Dyadic
    rounding_bound: Dyadic
    bound: Dyadic
    reach: Dyadic
    plus_infinity: bool
    minus_infinity: bool
    nan: bool
    uninformative: bool
    unbounded: bool = False

    @property
    def exact(self) -> bool:
        return self.exact_output and self.exact_accumulator


UNBOUNDED = Derivation(
    exact_output=False,
    exact_accumulator=False,
    growth=ONE,
    underflow_unit=ZERO,
    sum_bound=ZERO,
    rounding_bound=ZERO,
    bound=ZERO,
    reach=ZERO,
    plus_infinity=False,
    minus_infinity=False,
    nan=False,
    uninformative=True,
    unbounded=True,
)


@functools.lru_cache(maxsize=1024)
def grow(precision: int, depth: int) -> Dyadic:
    """(1 + 2^-precision)^depth, exactly up to 2^18 bits; of a longer one the leading 512 bits, rounded up.

    A bound that is greater by a factor of 1 + depth · 2^-510 is a bound too, and no answer can tell it from the other.
    """
    if precision * depth <= _EXACT_BITS:
        return Dyadic(((1 << precision) + 1) ** depth, -precision * depth)
    grown, factor = ONE, Dyadic((1 << precision) + 1, -precision)
    while depth:
        if depth & 1:
            grown = _round_up(grown * factor)
        depth >>= 1
        factor = _round_up(factor * factor)
    return grown


def _round_up(number: Dyadic) -> Dyadic:
    """The least number of 512 bits that is not less than a positive one."""
    excess = max(number.mantissa.bit_length() - _KEPT_BITS, 0)
    return Dyadic(-(-number.mantissa >> excess), number.exponent + excess)
