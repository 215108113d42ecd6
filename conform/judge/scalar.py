"""The exact judge of one element: every quantity a dyadic number, every comparison decided without rounding."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

from conform.columns import ExactArray
from conform.exact import ONE, ZERO, Dyadic, ExactNumber
from conform.formats import Format
from conform.judge.limits import UNBOUNDED, Derivation, grow
from conform.judge.models import Model, choose_model
from conform.judge.rules import Rules
from conform.judge.status import Status
from conform.results import Rule
from conform.suite import NO_QUANTUM, Expected


@dataclass(frozen=True)
class ElementModel:
    """What the error of one element beyond sums of products is made of, in one model of arithmetic."""

    depth: int
    underflow: ExactNumber
    inherited: ExactNumber
    peak: ExactNumber


@dataclass(frozen=True)
class ExpectedElement:
    """What the vectors say of one element; `quantum` and `floor` are None where every term is zero.

    Beyond sums of products there are `radius` and the `models` by name, and neither quantum nor floor means anything.
    `addend` is what is added to a sum of products, where that is rounded first.
    """

    value: ExactNumber
    magnitude: ExactNumber
    depth: int
    underflow: Dyadic
    quantum: int | None
    floor: int | None
    peak: Dyadic
    radius: Dyadic | None = None
    models: tuple[tuple[str, ElementModel], ...] = ()
    addend: ExactNumber | None = None

    def choose_model(self, rules: Rules) -> tuple[Model, ElementModel] | None:
        """The model that bounds this element, beyond sums of products; None where none does."""
        chosen = choose_model((name for name, _ in self.models), rules)
        return None if chosen is None else (chosen, dict(self.models)[chosen.name])


@dataclass(frozen=True)
class Decision:
    """How one element was settled; `error` and `bound` are None where no finite comparison took place."""

    status: Status
    rule: Rule
    error: Dyadic | None = None
    bound: Dyadic | None = None

    @property
    def ratio(self) -> float | None:
        """error/bound rounded to float64; infinite where the bound is zero and the error is not."""
        if self.error is None or self.bound is None:
            return None
        if not self.bound:
            return math.inf if self.error else 0.0
        # Both reduced to 64 bits first: a quotient for display need not carry thousands of digits.
        return _shorten(self.error) / _shorten(self.bound) * 2.0 ** _clamp(_top(self.error) - _top(self.bound))


def take_element(expected: Expected, i: int) -> ExpectedElement:
    """Element i of a block's expected results, without rounding."""
    quantum, floor = int(expected.quantum[i]), int(expected.floor[i])
    return ExpectedElement(
        value=expected.value.item(i),
        magnitude=expected.magnitude.item(i),
        depth=int(expected.depth[i]),
        underflow=_take_finite(expected.underflow, i),
        quantum=None if quantum == NO_QUANTUM else quantum,
        floor=None if floor == NO_QUANTUM else floor,
        peak=_take_finite(expected.peak, i),
        radius=None if expected.radius is None else _take_finite(expected.radius, i),
        models=tuple(
            (name, ElementModel(int(read.depth[i]), read.underflow.item(i), read.inherited.item(i), read.peak.item(i)))
            for name, read in expected.models.items()
        ),
        addend=None if expected.addend is None else expected.addend.item(i),
    )


def judge_element(element: ExpectedElement, got: ExactNumber, rules: Rules) -> Decision:
    """Decide one element of a result; `got` is the backend's answer without rounding."""
    value = element.value
    if rules.output.is_integer:
        right = isinstance(got, Dyadic) and isinstance(value, Dyadic) and got == value
        return Decision(Status.EXACT if right else Status.FAILED, Rule.INTEGER, _measure_error(got, value))
    if element.radius is not None and derive_limits(element, rules).unbounded:
        return Decision(Status.UNINFORMATIVE, Rule.BOUND)
    if isinstance(value, float) and not math.isfinite(value):
        return _judge_special(element, value, got, rules)
    limits = derive_limits(element, rules)
    exact_value = ZERO if isinstance(value, float) else value
    if isinstance(got, float) and not math.isfinite(got):
        return _judge_overflow(element, limits, exact_value, got, rules)
    # Beyond sums of products, a zero that something may move away from zero has no sign that is due.
    signed = rules.signed_zero and (element.radius is None or limits.exact)
    if signed and not exact_value and _is_negative_zero(value) != _is_negative_zero(got):
        zero = isinstance(got, float) or not got
        if zero:
            return Decision(Status.FAILED, Rule.SIGNED_ZERO, ZERO, limits.bound)
    error = abs((ZERO if isinstance(got, float) else got) - exact_value)
    if limits.exact:
        return Decision(Status.FAILED if error else Status.EXACT, Rule.EXACT, error, ZERO)
    if error > limits.bound:
        return Decision(Status.FAILED, Rule.BOUND, error, limits.bound)
    status = Status.UNINFORMATIVE if limits.uninformative else Status.BOUND
    return Decision(status, Rule.BOUND, error, limits.bound)


@functools.lru_cache(maxsize=4096)
def derive_limits(element: ExpectedElement, rules: Rules) -> Derivation:
    """What is legal for one element of a floating-point format.

    The bound B1 = ((1+u)^k - 1)·m + (1+u)^k·E·2^emin, with u and emin of the accumulator, holds for every order of
    summation: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1, with a term for
    underflow. B2 = u·(|v| + B1) + 2^emin/2, with u and emin of the output, is the one rounding from the accumulator
    to the output; where results are flushed, the whole smallest normal number can be lost instead of half of the
    smallest subnormal. Where every partial sum is representable in the accumulator, B1 is 0.

    Where the sum s = v - b of products is rounded before an addend b is added in the output format, B2 is that of two
    roundings: D = u·(|s| + B1) + 2^emin/2, and D + u·(|v| + B1 + D) + 2^emin/2. Either of them may overflow.

    For an element whose value is an infinity, `magnitude` is read as the peak of its finite terms. What holds beyond
    sums of products is in `_derive_beyond`.
    """
    if element.radius is not None:
        return _derive_beyond(element, element.radius, rules)
    output, accumulator = rules.output, rules.accumulator
    finite = isinstance(element.magnitude, Dyadic) and isinstance(element.value, Dyadic)
    zero = isinstance(element.value, float) and element.value == 0
    value = element.value if isinstance(element.value, Dyadic) else ZERO
    addend = element.addend if isinstance(element.addend, Dyadic) else ZERO
    magnitude = element.magnitude if isinstance(element.magnitude, Dyadic) else element.peak
    exact_output = (finite or zero) and _sums_exactly(element, magnitude, output, rules.flush)
    exact_accumulator = (finite or zero) and _sums_exactly(element, magnitude, accumulator, rules.flush)
    unit = accumulator.underflow_unit(rules.flush)
    growth = grow(accumulator.precision, element.depth)
    amplified = growth * element.underflow * unit
    full_bound = (growth - ONE) * magnitude + amplified
    sum_bound = ZERO if exact_accumulator else full_bound
    before = sum_bound
    if rounds_before_addend(element, rules):
        before += _bound_rounding(value - addend, sum_bound, rules)
    bound = before + _bound_rounding(value, before, rules)
    reach = growth * element.peak + amplified
    overflows = reach >= accumulator.overflow_threshold
    plus = minus = overflows
    if overflows and element.peak == magnitude and (finite or zero):
        # A single level of products and sums: the most that any order can reach upwards is the sum of the positive
        # terms (m + v)/2, and downwards that of the negative ones (m - v)/2.
        plus = (magnitude + value).scaled(-1) + full_bound >= accumulator.overflow_threshold
        minus = (magnitude - value).scaled(-1) + full_bound >= accumulator.overflow_threshold
    nan = plus and minus
    if not accumulator.has_infinity:
        # A partial sum that overflows is nan there, and stays nan.
        nan, plus, minus = plus or minus, False, False
    separate = rounds_before_addend(element, rules)
    if separate and not (finite or zero):
        # An addend that is infinite may meet a sum that became the other infinity.
        nan = nan or reach >= output.overflow_threshold
    if rules.converts:
        for rounded, off in ((value, before), *[(value - addend, sum_bound)] * separate):
            plus = plus or rounded + off >= output.overflow_threshold
            minus = minus or off - rounded >= output.overflow_threshold
    return Derivation(
        exact_output=exact_output,
        exact_accumulator=exact_accumulator,
        growth=growth,
        underflow_unit=unit,
        sum_bound=sum_bound,
        rounding_bound=bound - sum_bound,
        bound=bound,
        reach=reach,
        plus_infinity=plus,
        minus_infinity=minus,
        nan=nan,
        uninformative=Dyadic(element.depth) * bound >= magnitude,
    )


def rounds_before_addend(element: ExpectedElement, rules: Rules) -> bool:
    """Whether the sum of products is rounded to the output format before an addend is added to it."""
    return rules.separate and rules.converts and element.addend is not None


def _derive_beyond(element: ExpectedElement, radius: Dyadic, rules: Rules) -> Derivation:
    """What is legal for one element of an operation that divides or has functions.

    B1 = ((1+u)^k·(m+e) - m) + (1+u)^k·E·2^emin + radius in the model that holds for the accumulator: e is what an error
    of the arguments of functions amounts to, and the k roundings are those since. B2 is as in `derive_limits`. The
    result is exact where B1 is 0 and the output format has the value. The peak includes errors; where it is past the
    largest number, the terms of one sign, (m + radius ± v)/2 and B1 together at most, may have overflowed. Where the
    peak is infinite, a factor may have, to either side.
    """
    value = element.value if isinstance(element.value, Dyadic) else ZERO
    chosen = element.choose_model(rules)
    if chosen is None or not isinstance(chosen[1].inherited, Dyadic):
        return UNBOUNDED
    kept, model, inherited, output = chosen[0].format, chosen[1], chosen[1].inherited, rules.output
    peak = model.peak if isinstance(model.peak, Dyadic) else None
    overflows = peak is None or peak > kept.largest
    unit = kept.underflow_unit(rules.flush)
    growth = grow(kept.precision, model.depth)
    if isinstance(element.value, float) and element.value != 0:
        return replace(UNBOUNDED, underflow_unit=unit, growth=growth, nan=overflows, unbounded=False)
    magnitude, underflow = element.magnitude, model.underflow
    if not isinstance(magnitude, Dyadic) or not isinstance(underflow, Dyadic):
        return UNBOUNDED
    sum_bound = growth * (magnitude + inherited) - magnitude + growth * underflow * unit + radius
    exact_accumulator = not sum_bound and not overflows
    rounding_bound = _bound_rounding(value, sum_bound, rules)
    bound = sum_bound + rounding_bound
    plus = minus = overflows
    if overflows and peak is not None:
        plus = (magnitude + radius + value).scaled(-1) + sum_bound > kept.largest
        minus = (magnitude + radius - value).scaled(-1) + sum_bound > kept.largest
    nan = plus and minus
    if not rules.accumulator.has_infinity:
        nan, plus, minus = plus or minus, False, False
    return Derivation(
        exact_output=exact_accumulator and _represents(output, value, rules.flush),
        exact_accumulator=exact_accumulator,
        growth=growth,
        underflow_unit=unit,
        sum_bound=sum_bound,
        rounding_bound=rounding_bound,
        bound=bound,
        reach=peak if peak is not None else ZERO,
        plus_infinity=plus or value + sum_bound >= output.overflow_threshold,
        minus_infinity=minus or sum_bound - value >= output.overflow_threshold,
        nan=nan,
        uninformative=Dyadic(model.depth) * bound >= magnitude,
    )


def _bound_rounding(value: Dyadic, sum_bound: Dyadic, rules: Rules) -> Dyadic:
    """B2: what the one rounding from the accumulator to the output amounts to, where there is one."""
    if not rules.converts:
        return ZERO
    half = rules.output.underflow_unit(rules.flush).scaled(0 if rules.flush else -1)
    return rules.output.unit_roundoff * (abs(value) + sum_bound) + half


def _represents(output: Format, value: Dyadic, flush: bool) -> bool:
    """Whether the format has the value, as a normal number where others are flushed."""
    number = abs(value).normalized()
    least = output.underflow_unit(flush)
    return not number or (
        number.mantissa.bit_length() <= output.precision
        and least <= number <= output.largest
        and number.exponent >= output.subnormal_exponent
    )


def measure_ulps(error: Dyadic, value: ExactNumber, output: Format) -> float | None:
    """The error in units in the last place of the correctly rounded value; None for integers and special values."""
    if output.is_integer or (isinstance(value, float) and not math.isfinite(value)):
        return None
    ulp = get_ulp(ZERO if isinstance(value, float) else value, output)
    return (error * Dyadic(1, -ulp.exponent)).to_float()


def get_ulp(value: Dyadic, output: Format) -> Dyadic:
    """The unit in the last place of `value` once rounded to nearest in `output`, a power of two.

    Between 2^e and 2^(e+1) it is 2^(e-p+1), and never less than the smallest subnormal; past the largest finite
    number it stays what it is there.
    """
    if not value:
        return Dyadic(1, output.subnormal_exponent)
    magnitude = abs(value)
    exponent = _top(magnitude) - 1
    half = Dyadic(1, max(exponent - output.precision, output.subnormal_exponent - 1))
    if magnitude >= Dyadic(1, exponent + 1) - half:
        exponent += 1
    spacing = max(exponent - output.precision + 1, output.subnormal_exponent)
    return Dyadic(1, min(spacing, _top(output.largest) - output.precision))


def _sums_exactly(element: ExpectedElement, magnitude: Dyadic, kept: Format, flush: bool) -> bool:
    if element.peak > kept.largest:
        return False
    if element.floor is not None and element.floor < kept.underflow_unit(flush).exponent:
        return False
    return element.quantum is None or magnitude <= Dyadic(1, kept.precision + element.quantum)


def _judge_special(element: ExpectedElement, value: float, got: ExactNumber, rules: Rules) -> Decision:
    special = got if isinstance(got, float) else 0.0
    if math.isnan(value):
        return Decision(Status.EXACT if math.isnan(special) else Status.FAILED, Rule.NAN)
    if special == value or (math.isnan(special) and not rules.have_infinities):
        return Decision(Status.EXACT, Rule.INFINITY)
    # The finite terms may overflow to the other infinity in some order, and then meet this one.
    if math.isnan(special) and derive_limits(element, rules).nan:
        return Decision(Status.UNINFORMATIVE, Rule.OVERFLOW)
    return Decision(Status.FAILED, Rule.INFINITY)


def _judge_overflow(element: ExpectedElement, limits: Derivation, value: Dyadic, got: float, rules: Rules) -> Decision:
    if limits.exact:
        return Decision(Status.FAILED, Rule.EXACT, None, ZERO)
    if math.isnan(got):
        either = limits.plus_infinity or limits.minus_infinity
        legal = limits.nan or (either and not rules.output.has_infinity)
    else:
        legal = limits.plus_infinity if got > 0 else limits.minus_infinity
    if not legal:
        return Decision(Status.FAILED, Rule.OVERFLOW, None, limits.bound)
    # The correctly rounded result overflows too; elsewhere a finite answer may be the better one.
    due = abs(value) - (element.radius or ZERO) >= rules.output.overflow_threshold
    if element.radius is not None and rules.output.has_infinity:
        due = due and got == math.copysign(math.inf, value.mantissa)
    return Decision(Status.BOUND if due else Status.UNINFORMATIVE, Rule.OVERFLOW, None, limits.bound)


def _measure_error(got: ExactNumber, value: ExactNumber) -> Dyadic | None:
    return abs(got - value) if isinstance(got, Dyadic) and isinstance(value, Dyadic) else None


def _is_negative_zero(number: ExactNumber) -> bool:
    return isinstance(number, float) and number == 0 and math.copysign(1, number) < 0


def _take_finite(column: ExactArray, i: int) -> Dyadic:
    number = column.item(i)
    return number if isinstance(number, Dyadic) else ZERO


def _top(number: Dyadic) -> int:
    """The exponent e with 2^(e-1) ≤ |number| < 2^e."""
    return number.mantissa.bit_length() + number.exponent


def _shorten(number: Dyadic) -> float:
    """The number times a power of two, in [1/2, 1)."""
    bits = abs(number.mantissa).bit_length()
    kept = abs(number.mantissa) >> max(bits - 64, 0)
    return math.ldexp(kept, -min(bits, 64))


def _clamp(power: int) -> int:
    return max(-1070, min(1020, power))
