"""The judge of whole arrays and the exact judge of one element agree on every element, at the edges above all."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.bits import decode_one
from conform.columns import collect_exact
from conform.exact import ZERO, Dyadic, ExactNumber
from conform.formats import FLOAT_NAMES, INTEGER_NAMES, Format, get_format
from conform.judge.arrays import judge_elements
from conform.judge.rules import Rules
from conform.judge.scalar import ElementModel, ExpectedElement, derive_limits, get_ulp, judge_element
from conform.judge.status import Status
from conform.suite import FLUSHED, NO_QUANTUM, Expected, ModelColumns

EXAMPLES, ELEMENTS = 60, 200
ACCUMULATORS = ("output", "float32", "float64", "bfloat16", "float8_e4m3fn")


def test_each_format_is_drawn_at_least_ten_thousand_times() -> None:
    assert EXAMPLES * ELEMENTS >= 10_000


def make_elements(
    source: random.Random, rules: Rules, change: Callable[..., ExpectedElement] | None = None
) -> tuple[list[ExpectedElement], list[float]]:
    """A column of expected elements with answers placed on and beside every limit of each."""
    elements = [_make_element(source, rules.output) for _ in range(ELEMENTS)]
    if change is not None:
        elements = [change(source, element, rules) for element in elements]
    return elements, [_make_answer(source, element, rules) for element in elements]


def _make_element(source: random.Random, output: Format) -> ExpectedElement:
    kind = source.random()
    peak = Dyadic(source.getrandbits(source.choice((1, 4, 20, 60))) + 1, source.randint(-8, 8))
    if kind < 0.06:
        value = source.choice((math.inf, -math.inf, math.nan))
        peak = output.largest if source.random() < 0.3 else peak
        return ExpectedElement(value, abs(value), source.randint(1, 40), Dyadic(source.randint(0, 9)), None, None, peak)
    if kind < 0.1:
        return ExpectedElement(source.choice((ZERO, -0.0)), ZERO, source.randint(0, 9), ZERO, None, None, ZERO)
    bits = source.choice((1, 3, output.precision, output.precision + 1, 53, 100, 106, 107, 150))
    magnitude_mantissa = max(1, source.getrandbits(bits) | (1 << (bits - 1)))
    if source.random() < 0.2:
        magnitude_mantissa = 1 << (bits - 1)
    if source.random() < 0.1:
        magnitude_mantissa = (1 << bits) - 1
    top, bottom = _top(output.largest), output.subnormal_exponent
    exponent = source.choice(
        (
            -bits + source.randint(-3, 3),
            bottom + source.randint(-4, 4),
            bottom - bits + source.randint(-2, 4),
            output.normal_exponent - bits + source.randint(-2, 4),
            top - bits + source.randint(-2, 2),
        )
    )
    magnitude = Dyadic(magnitude_mantissa, exponent)
    share = source.choice((1, 1, -1, 0, source.randint(-magnitude_mantissa, magnitude_mantissa)))
    value = Dyadic(magnitude_mantissa * share if abs(share) <= 1 else share, exponent)
    depth = source.choices((0, 1, 2, 3, 9, 257, 4098), (10, 20, 20, 20, 20, 5, 1))[0]
    odd = magnitude.normalized()
    quantum = odd.exponent - source.choice((0, 0, 0, 1, 5))
    floor = quantum - source.choice((0, 0, 0, 0, 3))
    larger = source.choice((0, 0, 0, 0, 1, 9))
    underflow = Dyadic(source.choice((0, 1, 2 * depth, 7)), source.choice((0, 0, 0, 40)))
    expected_value: ExactNumber = value
    if not value and source.random() < 0.5:
        expected_value = -0.0
    return ExpectedElement(expected_value, magnitude, depth, underflow, quantum, floor, magnitude.scaled(larger))


def _make_answer(source: random.Random, element: ExpectedElement, rules: Rules) -> float:
    output = rules.output
    if source.random() < 0.1:
        return _round(source.choice((0.0, -0.0, math.inf, -math.inf, math.nan)), output)
    value = element.value
    if isinstance(value, float) and not math.isfinite(value):
        return _round(value if source.random() < 0.5 else output.largest.to_float(), output)
    exact = ZERO if isinstance(value, float) else value
    ulp = get_ulp(exact, output)
    limits = derive_limits(element, rules)
    target = source.choice(
        (
            exact,
            exact + limits.bound,
            exact - limits.bound,
            exact + limits.bound + ulp,
            exact - limits.bound - ulp,
            exact + limits.sum_bound,
            exact + ulp.scaled(-1),
            exact + ulp,
            exact - ulp,
            -exact,
            output.largest,
            Dyadic(1, output.subnormal_exponent),
            Dyadic(1, output.normal_exponent),
        )
    )
    answer = _round(target.to_float(), output)
    step = source.choice((0, 0, 0, -1, 1))
    return _step(answer, step, output)


def _round(x: float, output: Format) -> float:
    with np.errstate(all="ignore"):
        return float(output.dtype.type(x))


def _step(x: float, step: int, output: Format) -> float:
    if step == 0 or not math.isfinite(x):
        return x
    kind = np.dtype(f"i{output.dtype.itemsize}")
    bits = np.array([x], dtype=output.dtype).view(kind)
    return float((bits + kind.type(step)).astype(kind).view(output.dtype)[0])


def _top(number: Dyadic) -> int:
    return number.mantissa.bit_length() + number.exponent


def collect_expected(elements: list[ExpectedElement]) -> Expected:
    quanta = [NO_QUANTUM if element.quantum is None else element.quantum for element in elements]
    floors = [NO_QUANTUM if element.floor is None else element.floor for element in elements]
    return Expected(
        offsets=np.array([0, len(elements)]),
        value=collect_exact([element.value for element in elements]),
        magnitude=collect_exact([element.magnitude for element in elements]),
        depth=np.array([element.depth for element in elements], dtype=np.int64),
        underflow=collect_exact([element.underflow for element in elements]),
        quantum=np.array(quanta, dtype=np.int64),
        floor=np.array(floors, dtype=np.int64),
        peak=collect_exact([element.peak for element in elements]),
        addend=None if elements[0].addend is None else collect_exact([element.addend or ZERO for element in elements]),
    )


def compare_judges(
    elements: list[ExpectedElement], answers: list[float], columns: Expected, rules: Rules
) -> set[Status]:
    """Judge the answers by both, which must agree on each; what was decided."""
    got = np.array(answers, dtype=np.float64).astype(rules.output.dtype)
    fast = judge_elements(columns, got, rules)
    seen = set()
    for i, element in enumerate(elements):
        x = float(got[i])
        number: ExactNumber = x if not math.isfinite(x) or (x == 0 and np.signbit(x)) else Dyadic.from_float(x)
        decision = judge_element(element, number, rules)
        assert Status(int(fast.status[i])) is decision.status, (element, x, rules, decision)
        seen.add(decision.status)
    return seen


@pytest.mark.parametrize("name", FLOAT_NAMES)
def test_arrays_agree_with_exact_judge(name: str) -> None:
    seen: set[int] = set()

    output = get_format(name)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 2**64 - 1), st.sampled_from(ACCUMULATORS), st.booleans(), st.booleans())
    def agree(seed: int, accumulator: str, flush: bool, signed_zero: bool) -> None:
        rules = Rules(output, output if accumulator == "output" else get_format(accumulator), flush, signed_zero)
        elements, answers = make_elements(random.Random(seed), rules)
        seen.update(compare_judges(elements, answers, collect_expected(elements), rules))

    agree()
    assert seen == set(Status)


MODELS = {
    "float64": ("float64",),
    "float32": ("float32", "float64"),
    "float16": ("float16", "float32"),
    "bfloat16": ("bfloat16", "float32"),
}


def _make_beyond(source: random.Random, output: Format, names: tuple[str, ...]) -> ExpectedElement:
    """An element of a function: as of a sum, with a radius and models whose components are at the edges."""
    element = _make_element(source, output)
    value, magnitude = element.value, element.magnitude
    special = isinstance(value, float) and not math.isfinite(value)
    scale = magnitude if isinstance(magnitude, Dyadic) else Dyadic(1)
    if isinstance(value, Dyadic) and source.random() < 0.2:
        # What the format has, up to the largest number, from an operation that only compares and moves.
        number = Dyadic.from_float(abs(_round(scale.to_float(), output))) if scale <= output.largest else output.largest
        value = number if source.random() < 0.5 else -number
        scale = magnitude = abs(number)
    radius = ZERO if special else source.choice((ZERO, scale.scaled(-120), scale.scaled(-8), Dyadic(1, -1300)))
    still = source.random() < 0.3
    if still and source.random() < 0.8:
        radius = ZERO
    return ExpectedElement(
        value,
        source.choice((magnitude, magnitude, magnitude, math.inf)) if source.random() < 0.05 else magnitude,
        0,
        ZERO,
        None,
        None,
        ZERO,
        radius,
        tuple((name, _make_model(source, name, scale, output, still)) for name in names),
    )


def _make_model(source: random.Random, name: str, scale: Dyadic, output: Format, still: bool) -> ElementModel:
    kept = get_format(name.removesuffix(FLUSHED))
    unit = kept.unit_roundoff
    inherited = source.choice((ZERO, scale * unit, scale * Dyadic(9) * unit, scale, Dyadic(1, kept.subnormal_exponent)))
    depth = source.choice((0, 1, 5, 6, 33, 1030))
    underflow: ExactNumber = source.choice((ZERO, Dyadic(3), Dyadic(1, 40)))
    if still:
        inherited, underflow, depth = ZERO, ZERO, source.choice((0, 0, 0, 1))
    peak = source.choice((ZERO, scale, scale.scaled(1), kept.largest, kept.largest + Dyadic(1, -3), output.largest))
    if source.random() < 0.05:
        return ElementModel(depth, underflow, math.inf, peak)
    if source.random() < 0.03:
        underflow = math.inf
    return ElementModel(depth, underflow, inherited, math.inf if source.random() < 0.1 else peak)


def collect_beyond(elements: list[ExpectedElement]) -> Expected:
    models = {}
    for place, (name, _) in enumerate(elements[0].models):
        each = [element.models[place][1] for element in elements]
        models[name] = ModelColumns(
            np.array([model.depth for model in each], dtype=np.int64),
            collect_exact([model.underflow for model in each]),
            collect_exact([model.inherited for model in each]),
            collect_exact([model.peak for model in each]),
        )
    radius = collect_exact([element.radius or ZERO for element in elements])
    return replace(collect_expected(elements), radius=radius, models=models)


@pytest.mark.parametrize("name", MODELS)
def test_arrays_agree_with_the_exact_judge_beyond_sums_of_products(name: str) -> None:
    output, seen, unbounded = get_format(name), set(), set()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 2**64 - 1), st.sampled_from(ACCUMULATORS), st.booleans(), st.booleans(), st.booleans())
    def agree(seed: int, accumulator: str, flush: bool, signed_zero: bool, flushed: bool) -> None:
        rules = Rules(output, output if accumulator == "output" else get_format(accumulator), flush, signed_zero)
        source = random.Random(seed)
        names = MODELS[name] + tuple(each + FLUSHED for each in MODELS[name] if flushed)
        elements = [_make_beyond(source, output, names) for _ in range(ELEMENTS)]
        answers = [_make_answer(source, element, rules) for element in elements]
        seen.update(compare_judges(elements, answers, collect_beyond(elements), rules))
        unbounded.update(derive_limits(element, rules).unbounded for element in elements)

    agree()
    assert seen == set(Status)
    assert unbounded == {False, True}


@pytest.mark.parametrize("name", INTEGER_NAMES)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_integers_agree_with_exact_judge(name: str, data: st.DataObject) -> None:
    output = get_format(name)
    integers = st.integers(int(output.lowest.mantissa), int(output.largest.mantissa))
    values = data.draw(st.lists(integers, min_size=1, max_size=ELEMENTS))
    offsets = data.draw(st.lists(st.sampled_from((0, 0, 1, -1)), min_size=len(values), max_size=len(values)))
    low, high = int(output.lowest.mantissa), int(output.largest.mantissa)
    answers = [min(max(value + offset, low), high) for value, offset in zip(values, offsets, strict=True)]
    elements = [
        ExpectedElement(Dyadic(value), abs(Dyadic(value)), 1, ZERO, 0, 0, abs(Dyadic(value))) for value in values
    ]
    rules = Rules(output, output)
    fast = judge_elements(collect_expected(elements), np.array(answers, dtype=output.dtype), rules)
    for i, element in enumerate(elements):
        assert Status(int(fast.status[i])) is judge_element(element, Dyadic(answers[i]), rules).status


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("output", ["float8_e5m2", "float16", "float32", "float8_e4m3fn"])
@pytest.mark.parametrize("kept", ["float8_e5m2", "float16", "float32", "float8_e4m3fn"])
def test_an_infinite_value_may_come_back_as_nan_where_either_format_has_no_infinity(
    output: str, kept: str, sign: int
) -> None:
    rules = Rules(get_format(output), get_format(kept))
    element = ExpectedElement(sign * math.inf, math.inf, 3, ZERO, None, None, Dyadic(1))
    given = [math.nan, sign * math.inf, -sign * math.inf, 1.0]
    due = Status.EXACT if "float8_e4m3fn" in (output, kept) else Status.FAILED
    own = Status.EXACT if rules.output.has_infinity else due
    wanted = [due, own, Status.FAILED if rules.output.has_infinity else due, Status.FAILED]
    # A format without infinities has nan for what is one.
    got = np.array(given).astype(rules.output.dtype)
    assert [judge_element(element, decode_one(each), rules).status for each in got] == wanted
    expected = collect_expected([element] * len(given))
    assert [Status(int(status)) for status in judge_elements(expected, got, rules).status] == wanted
