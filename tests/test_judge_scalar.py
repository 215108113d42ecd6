"""Each rule of the exact judge, on cases small enough to work by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from conform.exact import ZERO, Dyadic, ExactNumber
from conform.formats import get_format
from conform.judge.rules import Rules
from conform.judge.scalar import ExpectedElement, derive_limits, get_ulp, judge_element, measure_ulps
from conform.judge.status import Status
from conform.results import Rule

FLOAT32 = Rules(get_format("float32"), get_format("float32"))
FLOAT16 = Rules(get_format("float16"), get_format("float16"))
FLOAT16_IN_32 = Rules(get_format("float16"), get_format("float32"))
E4M3 = Rules(get_format("float8_e4m3fn"), get_format("float32"))


def make_element(value: ExactNumber, magnitude: Dyadic, **changes: object) -> ExpectedElement:
    """An element of depth 2 without underflow, whose terms are multiples of the last bit of its magnitude."""
    quantum = magnitude.normalized().exponent if magnitude else None
    plain = ExpectedElement(value, magnitude, 2, ZERO, quantum, quantum, magnitude)
    return replace(plain, **changes)  # type: ignore[arg-type]


def decide(element: ExpectedElement, got: float, rules: Rules) -> tuple[Status, Rule]:
    special = not math.isfinite(got) or (got == 0 and math.copysign(1, got) < 0)
    decision = judge_element(element, got if special else Dyadic.from_float(got), rules)
    return decision.status, decision.rule


def test_exact_tier_allows_nothing_but_the_value() -> None:
    element = make_element(Dyadic(3), Dyadic(5))
    assert decide(element, 3.0, FLOAT32) == (Status.EXACT, Rule.EXACT)
    assert decide(element, math.nextafter(3.0, 4.0), FLOAT32) == (Status.FAILED, Rule.EXACT)
    assert decide(element, math.inf, FLOAT32) == (Status.FAILED, Rule.EXACT)
    assert decide(element, math.nan, FLOAT32) == (Status.FAILED, Rule.EXACT)


def test_exact_tier_ends_where_a_partial_sum_needs_one_bit_more() -> None:
    full = make_element(Dyadic(1), Dyadic(2**11), quantum=0, floor=0)
    assert derive_limits(full, FLOAT16).exact
    assert not derive_limits(replace(full, magnitude=Dyadic(2**11 + 1)), FLOAT16).exact
    assert not derive_limits(replace(full, floor=-25), FLOAT16).exact
    assert not derive_limits(replace(full, peak=Dyadic(65505)), FLOAT16).exact
    assert derive_limits(replace(full, floor=-15), FLOAT16).exact
    assert not derive_limits(replace(full, floor=-15), replace(FLOAT16, flush=True)).exact


def test_a_partial_sum_that_overflows_is_nan_where_the_accumulator_has_no_infinity() -> None:
    """-40 + 49 + 560 passes 464, the threshold of e4m3fn, in some order: nan, and no infinity, in any wider format."""
    element = make_element(Dyadic(569), Dyadic(649), quantum=0, floor=0)
    narrow = get_format("float8_e4m3fn")
    for name in ("float8_e5m2", "float16"):
        rules = Rules(get_format(name), narrow)
        assert decide(element, math.nan, rules)[0] is Status.UNINFORMATIVE
        assert decide(element, math.inf, rules)[0] is Status.FAILED
    assert decide(element, math.nan, FLOAT16)[0] is Status.FAILED


@pytest.mark.parametrize("precision", [8, 11, 24, 53])
def test_sums_of_two_more_bits_rounded_once_more_are_within_the_bound(precision: int) -> None:
    for depth in (2, 3, 9, 257):
        u, one = Dyadic(1, -precision), Dyadic(1)
        wider, own = one + Dyadic(1, -precision - 2), one + u
        twice, once = own, one
        for _ in range(depth):
            twice, once = twice * wider, once * own
        assert not twice > once
    assert (one + Dyadic(1, -precision - 2)) * own > own


def test_zero_terms_only_give_zero() -> None:
    element = make_element(ZERO, ZERO)
    assert decide(element, 0.0, FLOAT32) == (Status.EXACT, Rule.EXACT)
    assert decide(element, -0.0, FLOAT32) == (Status.EXACT, Rule.EXACT)
    assert decide(element, 1e-45, FLOAT32) == (Status.FAILED, Rule.EXACT)


def test_bound_is_closed() -> None:
    # m = 2^24 with quantum -1 is one bit past float32; B = ((1 + 2^-24)^2 - 1)·2^24 = 2 + 2^-24.
    element = make_element(Dyadic(2**24), Dyadic(2**24), quantum=-1, floor=-1)
    limits = derive_limits(element, FLOAT32)
    assert limits.bound == Dyadic(2) + Dyadic(1, -24)
    assert decide(element, 2.0**24 + 2, FLOAT32) == (Status.BOUND, Rule.BOUND)
    assert decide(element, 2.0**24 - 2, FLOAT32) == (Status.BOUND, Rule.BOUND)
    assert decide(element, 2.0**24 + 4, FLOAT32) == (Status.FAILED, Rule.BOUND)


def test_underflow_term_counts_in_units_of_the_smallest_subnormal() -> None:
    element = make_element(ZERO, Dyadic(1, -160), underflow=Dyadic(3), depth=1, quantum=-160, floor=-160)
    limits = derive_limits(element, FLOAT32)
    assert limits.bound > Dyadic(3, -149)
    assert limits.bound < Dyadic(4, -149)
    assert derive_limits(element, replace(FLOAT32, flush=True)).bound > Dyadic(3, -126)


def test_rounding_from_a_wider_accumulator_adds_half_an_ulp() -> None:
    # Exact in float32, so all that is left is one rounding: u·|v| + 2^-25.
    element = make_element(Dyadic(2049), Dyadic(2049), quantum=0, floor=0)
    limits = derive_limits(element, FLOAT16_IN_32)
    assert limits.exact_accumulator
    assert not limits.exact_output
    assert limits.sum_bound == ZERO
    assert limits.bound == Dyadic(2049, -11) + Dyadic(1, -25)
    assert decide(element, 2048.0, FLOAT16_IN_32) == (Status.BOUND, Rule.BOUND)
    assert decide(element, 2050.0, FLOAT16_IN_32) == (Status.BOUND, Rule.BOUND)
    assert decide(element, 2052.0, FLOAT16_IN_32) == (Status.FAILED, Rule.BOUND)


def test_flushing_can_lose_the_whole_smallest_normal_number() -> None:
    element = make_element(Dyadic(3, -16), Dyadic(3, -16), quantum=-17, floor=-17)
    assert decide(element, 0.0, FLOAT16_IN_32)[0] is Status.FAILED
    assert decide(element, 0.0, replace(FLOAT16_IN_32, flush=True))[0] is Status.UNINFORMATIVE


def test_nan_and_infinity_must_come_back() -> None:
    nan = ExpectedElement(math.nan, math.nan, 3, ZERO, None, None, Dyadic(1))
    assert decide(nan, math.nan, FLOAT32) == (Status.EXACT, Rule.NAN)
    assert decide(nan, math.inf, FLOAT32) == (Status.FAILED, Rule.NAN)
    assert decide(nan, 0.0, FLOAT32) == (Status.FAILED, Rule.NAN)
    infinity = ExpectedElement(-math.inf, math.inf, 3, ZERO, None, None, Dyadic(1))
    assert decide(infinity, -math.inf, FLOAT32) == (Status.EXACT, Rule.INFINITY)
    assert decide(infinity, math.inf, FLOAT32) == (Status.FAILED, Rule.INFINITY)
    assert decide(infinity, math.nan, FLOAT32) == (Status.FAILED, Rule.INFINITY)
    assert decide(infinity, -3e38, FLOAT32) == (Status.FAILED, Rule.INFINITY)


def test_infinity_may_meet_an_overflow_of_the_finite_terms() -> None:
    """inf - 60000 - 60000 in float16: added the other way round it is -inf + inf."""
    element = ExpectedElement(math.inf, math.inf, 4, ZERO, None, None, Dyadic(120_000))
    assert decide(element, math.nan, FLOAT16) == (Status.UNINFORMATIVE, Rule.OVERFLOW)
    assert decide(element, -math.inf, FLOAT16) == (Status.FAILED, Rule.INFINITY)
    assert decide(element, math.nan, FLOAT16_IN_32) == (Status.FAILED, Rule.INFINITY)


@pytest.mark.parametrize(
    ("value", "magnitude", "legal"),
    [
        # 60000 + 60000: every order overflows upwards.
        (120_000, 120_000, {"inf"}),
        # 60000 + 60000 - 60000: overflows upwards in one order, or gives 60000.
        (60_000, 180_000, {"inf", "finite"}),
        # 2·60000 - 2·60000: either infinity, nan from both, or 0.
        (0, 240_000, {"inf", "-inf", "nan", "finite"}),
        # 30000 + 30000: stays below the largest number.
        (60_000, 60_000, {"finite"}),
    ],
)
def test_overflow_is_legal_only_where_some_order_overflows(value: int, magnitude: int, legal: set[str]) -> None:
    # One bit past float16's precision, so that no exact tier decides.
    element = make_element(Dyadic(value), Dyadic(magnitude), quantum=-1, floor=-1)
    answers = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
    for name, answer in answers.items():
        assert (decide(element, answer, FLOAT16)[0] is not Status.FAILED) == (name in legal), name
    assert (decide(element, min(float(value), 65504.0), FLOAT16)[0] is not Status.FAILED) == ("finite" in legal)


def test_only_an_overflow_that_must_happen_counts_as_a_pass() -> None:
    forced = make_element(Dyadic(120_000), Dyadic(120_000), quantum=-1, floor=-1)
    assert decide(forced, math.inf, FLOAT16)[0] is Status.BOUND
    possible = make_element(Dyadic(60_000), Dyadic(180_000), quantum=-1, floor=-1)
    assert decide(possible, math.inf, FLOAT16)[0] is Status.UNINFORMATIVE


def test_format_without_infinity_overflows_to_nan() -> None:
    element = make_element(Dyadic(1000), Dyadic(1000), quantum=-9, floor=-9)
    assert decide(element, math.nan, E4M3)[0] is Status.BOUND
    assert decide(element, 448.0, E4M3)[0] is Status.FAILED


def test_wide_bound_is_uninformative_and_never_a_pass() -> None:
    # k·B ≥ m once (1+u)^k - 1 ≥ 1/k: for p = 11 from k = 46 on.
    element = make_element(Dyadic(1), Dyadic(4096), depth=46, quantum=0, floor=0)
    assert derive_limits(element, FLOAT16).uninformative
    assert not derive_limits(replace(element, depth=44), FLOAT16).uninformative
    assert decide(element, 1.0, FLOAT16) == (Status.UNINFORMATIVE, Rule.BOUND)
    assert decide(element, 200.0, FLOAT16) == (Status.FAILED, Rule.BOUND)


def test_sign_of_zero_is_compared_only_when_asked_for() -> None:
    element = make_element(-0.0, ZERO)
    strict = replace(FLOAT32, signed_zero=True)
    assert decide(element, 0.0, FLOAT32)[0] is Status.EXACT
    assert decide(element, 0.0, strict) == (Status.FAILED, Rule.SIGNED_ZERO)
    assert decide(element, -0.0, strict)[0] is Status.EXACT
    assert decide(make_element(ZERO, ZERO), -0.0, strict) == (Status.FAILED, Rule.SIGNED_ZERO)


def test_integers_have_no_tolerance() -> None:
    rules = Rules(get_format("int64"), get_format("int64"))
    element = make_element(Dyadic(2**53 + 1), Dyadic(2**53 + 1))
    assert judge_element(element, Dyadic(2**53 + 1), rules).status is Status.EXACT
    assert judge_element(element, Dyadic(2**53), rules).status is Status.FAILED


@pytest.mark.parametrize(
    ("value", "ulp"),
    [
        (Dyadic(1), Dyadic(1, -23)),
        (Dyadic(2**24 - 1), Dyadic(1)),
        (Dyadic(2**25 - 1, -1), Dyadic(2)),
        (Dyadic(1, -149), Dyadic(1, -149)),
        (ZERO, Dyadic(1, -149)),
        (Dyadic(1, 400), Dyadic(1, 104)),
    ],
)
def test_ulp_is_that_of_the_correctly_rounded_value(value: Dyadic, ulp: Dyadic) -> None:
    assert get_ulp(value, FLOAT32.output) == ulp
    assert measure_ulps(ulp.scaled(-1), value, FLOAT32.output) == 0.5
