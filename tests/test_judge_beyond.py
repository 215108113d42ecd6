"""Elements beyond sums of products: the model, the bound, and which answers pass, to the last digit."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from conform.exact import ONE, ZERO, Dyadic, ExactNumber
from conform.folders import find_vectors
from conform.formats import get_format
from conform.golden.manifest import load_manifest
from conform.judge.derivation import explain_element
from conform.judge.derivation_beyond import explain_table
from conform.judge.models import choose_model
from conform.judge.rules import Rules
from conform.judge.scalar import ElementModel, ExpectedElement, derive_limits, judge_element
from conform.judge.status import Status
from conform.results import Rule
from conform.suite import Accuracy, FunctionTable

U = Fraction(1, 2**24)
MODEL = ElementModel(depth=5, underflow=Dyadic(3), inherited=Dyadic(7, -24), peak=Dyadic(9, -3))
ELEMENT = ExpectedElement(ONE, ONE, 0, ZERO, None, None, ZERO, Dyadic(1, -130), (("float32", MODEL),))
EXACT = replace(ELEMENT, radius=ZERO, models=(("float32", ElementModel(0, ZERO, ZERO, ZERO)),))


def rules_of(output: str, accumulator: str | None = None, *, flush: bool = False, signed_zero: bool = False) -> Rules:
    return Rules(get_format(output), get_format(accumulator or output), flush, signed_zero)


def decide(element: ExpectedElement, got: float, rules: Rules) -> tuple[Status, Rule]:
    special = not math.isfinite(got) or (got == 0 and math.copysign(1, got) < 0)
    number: ExactNumber = got if special else Dyadic.from_float(got)
    decision = judge_element(element, number, rules)
    return decision.status, decision.rule


def with_model(**changes: ExactNumber | int) -> ExpectedElement:
    return replace(ELEMENT, models=(("float32", replace(MODEL, **changes)),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "rules", "chosen"),
    [
        (("float16", "float32"), rules_of("float16"), "float16"),
        (("float16", "float32"), rules_of("float16", "float32"), "float32"),
        (("float16", "float32"), rules_of("float16", "float64"), "float32"),
        (("bfloat16", "float32"), rules_of("bfloat16", "float16"), None),
        (("float32", "float64"), rules_of("float32", "bfloat16"), None),
        (("float32", "float64", "float32-flush"), rules_of("float32", flush=True), "float32-flush"),
        (("float32", "float64", "float32-flush"), rules_of("float32"), "float32"),
        (("float32", "float64", "float32-flush"), rules_of("float32", "float64", flush=True), "float64"),
    ],
    ids=["own", "wider", "widest that is there", "incomparable", "narrower", "flush", "kept", "flush without effect"],
)
def test_the_model_is_that_of_the_accumulator_or_one_that_bounds_it(
    names: tuple[str, ...], rules: Rules, chosen: str | None
) -> None:
    model = choose_model(names, rules)
    assert (model and model.name) == chosen


def test_the_bound_counts_inherited_errors_roundings_underflow_and_radius() -> None:
    eta, bound = Fraction(1, 2**149), derive_limits(ELEMENT, rules_of("float32")).bound
    inherited = Fraction(7, 2**24)
    assert bound.to_fraction() == (1 + U) ** 5 * (1 + inherited) - 1 + (1 + U) ** 5 * 3 * eta + Fraction(1, 2**130)
    narrow = derive_limits(ELEMENT, rules_of("float16", "float32"))
    assert narrow.sum_bound == bound
    assert narrow.rounding_bound.to_fraction() == Fraction(1, 2**11) * (1 + bound.to_fraction()) + Fraction(1, 2**25)
    # Twelve units of 2^-24 and a little: one more does not pass.
    assert decide(ELEMENT, 1 + 12 * 2.0**-24, rules_of("float32")) == (Status.BOUND, Rule.BOUND)
    assert decide(ELEMENT, 1 + 14 * 2.0**-24, rules_of("float32")) == (Status.FAILED, Rule.BOUND)


@pytest.mark.parametrize("value", [ONE, math.nan, math.inf, -0.0], ids=str)
@pytest.mark.parametrize("got", [1.0, -5.0, math.nan, -math.inf], ids=str)
def test_without_a_bound_any_answer_is_uninformative(value: ExactNumber, got: float) -> None:
    element = replace(with_model(inherited=math.inf), value=value)
    assert decide(element, got, rules_of("float32")) == (Status.UNINFORMATIVE, Rule.BOUND)
    element = replace(ELEMENT, value=value)
    assert decide(element, got, rules_of("float32", "bfloat16")) == (Status.UNINFORMATIVE, Rule.BOUND)


def test_special_values_are_due_where_something_is_known() -> None:
    rules = rules_of("float32")
    nan = replace(ELEMENT, value=math.nan, magnitude=math.nan)
    assert decide(nan, math.nan, rules) == (Status.EXACT, Rule.NAN)
    assert decide(nan, 1.0, rules) == (Status.FAILED, Rule.NAN)
    infinite = replace(ELEMENT, value=-math.inf, magnitude=math.inf)
    assert decide(infinite, -math.inf, rules) == (Status.EXACT, Rule.INFINITY)
    assert decide(infinite, math.nan, rules) == (Status.FAILED, Rule.INFINITY)
    past = replace(with_model(peak=math.inf), value=-math.inf, magnitude=math.inf)
    assert decide(past, math.nan, rules) == (Status.UNINFORMATIVE, Rule.OVERFLOW)
    assert decide(past, math.inf, rules) == (Status.FAILED, Rule.INFINITY)


def test_equality_is_due_where_nothing_rounds() -> None:
    rules = rules_of("float32")
    assert decide(EXACT, 1.0, rules) == (Status.EXACT, Rule.EXACT)
    assert decide(EXACT, 1 + 2.0**-23, rules) == (Status.FAILED, Rule.EXACT)
    assert decide(EXACT, 1.0, rules_of("float16", "float32")) == (Status.EXACT, Rule.EXACT)
    # What float32 has and float16 does not is rounded once.
    fine = replace(EXACT, value=Dyadic(2**20 + 1, -20), magnitude=Dyadic(2**20 + 1, -20))
    assert decide(fine, 1.0, rules_of("float16", "float32")) == (Status.BOUND, Rule.BOUND)
    assert decide(fine, 1 + 2.0**-10, rules_of("float16", "float32")) == (Status.FAILED, Rule.BOUND)
    # A radius, or an error of an argument, is a tolerance.
    assert not derive_limits(replace(EXACT, radius=Dyadic(1, -130)), rules).exact
    assert not derive_limits(ELEMENT, rules).exact


def test_the_sign_of_a_zero_is_due_where_nothing_moves_it() -> None:
    rules = rules_of("float32", signed_zero=True)
    zero = replace(EXACT, value=-0.0, magnitude=ZERO)
    assert decide(zero, -0.0, rules)[0] is Status.EXACT
    assert decide(zero, 0.0, rules) == (Status.FAILED, Rule.SIGNED_ZERO)
    # A number too small to write down may be of either sign.
    small = replace(ELEMENT, value=ZERO, radius=Dyadic(1, -1300), magnitude=Dyadic(1, -1300))
    assert decide(small, -0.0, rules)[0] is Status.UNINFORMATIVE


def test_an_overflow_is_legal_on_the_side_that_may_reach_it() -> None:
    rules, largest = rules_of("float32"), get_format("float32").largest
    assert decide(ELEMENT, math.inf, rules) == (Status.FAILED, Rule.OVERFLOW)
    huge = replace(with_model(peak=largest.scaled(1), inherited=ZERO), magnitude=largest.scaled(1))
    # (m ± v)/2 and the error: with v = 1, both sides pass the largest number; with the whole on one side, one does.
    assert decide(huge, math.nan, rules) == (Status.UNINFORMATIVE, Rule.OVERFLOW)
    up = replace(huge, value=largest.scaled(1))
    assert decide(up, math.inf, rules) == (Status.BOUND, Rule.OVERFLOW)
    assert decide(up, -math.inf, rules) == (Status.FAILED, Rule.OVERFLOW)
    assert decide(up, math.nan, rules) == (Status.FAILED, Rule.OVERFLOW)
    # A factor that may have overflowed can give anything but a silent pass.
    assert decide(with_model(peak=math.inf), math.nan, rules) == (Status.UNINFORMATIVE, Rule.OVERFLOW)
    # What float32 holds may still be past float16.
    near = Dyadic(65520) - Dyadic(1, -8)
    wide = replace(ELEMENT, value=near, magnitude=near)
    assert decide(wide, math.inf, rules_of("float16", "float32")) == (Status.UNINFORMATIVE, Rule.OVERFLOW)
    assert decide(wide, -math.inf, rules_of("float16", "float32")) == (Status.FAILED, Rule.OVERFLOW)


def test_a_bound_that_could_hide_a_term_is_uninformative() -> None:
    assert decide(with_model(inherited=Dyadic(3, -4)), 1.0, rules_of("float32")) == (Status.BOUND, Rule.BOUND)
    assert decide(with_model(inherited=Dyadic(1, -2)), 1.0, rules_of("float32")) == (Status.UNINFORMATIVE, Rule.BOUND)


def explain(element: ExpectedElement, rules: Rules) -> str:
    manifest = load_manifest(find_vectors())
    return "\n".join(explain_element(element, rules, replace(manifest.operations[0], theorems={}), "output"))


def test_the_explanation_has_the_model_and_every_number() -> None:
    text = explain(ELEMENT, rules_of("float16", "float64"))
    for words in (
        "model        float32   (sums are kept in float64, of which there is no model; it has every number of float32",
        "depth k      5 ",
        "inherited e  4.1723251342773438e-7 = 0x7p-24",
        "radius       ",
        "B1 = (1 + 2^-24)^5·(m + e) − m + (1 + 2^-24)^5·E·2^-149 + radius = 7.15255",
        "B2 = 2^-11·(|v| + B1) + 2^-24/2 = ",
        "So the result must be finite.",
        "no theorem about this operation yet",
    ):
        assert words in text
    assert "the element is uninformative" in explain(with_model(inherited=math.inf), rules_of("float32"))
    assert "none holds for sums in bfloat16" in explain(ELEMENT, rules_of("float32", "bfloat16"))
    assert "the result must equal v exactly" in explain(EXACT, rules_of("float32"))
    assert "k·B = " in explain(with_model(inherited=Dyadic(1, -2)), rules_of("float32"))
    assert "nan is required" in explain(replace(ELEMENT, value=math.nan, magnitude=math.nan), rules_of("float32"))
    assert "Accepted beside finite results: inf, -inf, nan." in explain(with_model(peak=math.inf), rules_of("float32"))


def test_the_explanation_cites_the_theorems_behind_the_rule() -> None:
    operation = load_manifest(find_vectors()).get_operation("softmax")

    def explain(element: ExpectedElement, rules: Rules) -> list[str]:
        return [line.strip() for line in explain_element(element, rules, operation, "output") if "theorem" in line]

    bound = (
        "theorem: Conform.Soundness.softmaxVecSpec_anyOrder, Conform.Soundness.softmaxSpec_error, "
        "Conform.Soundness.exporter_softmaxSpec",
        "for the rounding to float16: theorem: Conform.Soundness.IsWithin.output",
    )
    assert explain(ELEMENT, rules_of("float16", "float32")) == [*bound]
    assert explain(ELEMENT, rules_of("float32")) == [bound[0]]
    assert explain(EXACT, rules_of("float32")) == ["theorem: Conform.Soundness.IsWithin.eq_of_isExact"]


def test_the_table_of_functions_is_cited_with_the_rows_that_the_depth_may_hold() -> None:
    rows = (Accuracy("div", "2.5", 5, 3), Accuracy("erf", "16", 32, 16))
    table = FunctionTable("opencl", "a specification", {row.name: row for row in rows})
    text = "\n".join(explain_table(table, 5))
    assert "table of functions: opencl, a specification" in text
    assert "div 2.5 = 5" in text
    assert "erf" not in text
    assert not list(explain_table(table, 4))


def test_formats_without_an_infinity_answer_nan() -> None:
    output = get_format("float8_e4m3fn")
    model = ("float8_e4m3fn", replace(MODEL, inherited=ZERO, peak=Dyadic(4096)))
    element = replace(ELEMENT, value=Dyadic(4096), magnitude=Dyadic(4096), models=(model,))
    assert np.isnan(float(output.dtype.type(4096.0)))
    assert decide(element, math.nan, Rules(output, output)) == (Status.BOUND, Rule.OVERFLOW)


@pytest.mark.parametrize(("kept", "legal"), [("float8_e4m3fn", True), ("float8_e5m2", False)])
def test_a_partial_result_that_overflows_is_nan_where_the_accumulator_has_no_infinity(kept: str, legal: bool) -> None:
    """Terms of one sign alone pass the largest number of the accumulator: nan there, and an infinity elsewhere."""
    target = get_format(kept)
    most = target.largest.to_float()
    model = (kept, replace(MODEL, inherited=ZERO, peak=Dyadic(int(2 * most))))
    element = replace(ELEMENT, value=Dyadic(int(most)), magnitude=Dyadic(int(most)), models=(model,))
    rules = Rules(get_format("float32"), target)
    assert (decide(element, math.nan, rules)[0] is not Status.FAILED) is legal
    assert (decide(element, math.inf, rules)[0] is not Status.FAILED) is not legal
