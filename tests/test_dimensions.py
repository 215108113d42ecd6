"""Computed sizes: what formulas are, and what they come to."""

from __future__ import annotations

import pytest

from conform.golden.dimensions import MalformedFormulaError, parse_formula

SCOPE = {"inH": 7, "padding": 1, "kH": 3, "stride": 2, "n": 10}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n", 10),
        ("12", 12),
        ("n-3-2", 5),
        ("n-(3-2)", 9),
        ("2+3*n", 32),
        ("(2+3)*n", 50),
        ("n/3", 3),
        ("(3-n)/4", -2),
        ("n/(n-10)", 0),
        ("(inH+2*padding-kH)/stride+1", 4),
    ],
)
def test_a_formula_has_the_value_of_its_operators(text: str, value: int) -> None:
    assert parse_formula(text).evaluate(SCOPE) == value


def test_a_formula_names_what_it_is_computed_from() -> None:
    assert parse_formula("(inH+2*padding-kH)/stride+1").names == {"inH", "padding", "kH", "stride"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are only names"),
        ("n + 1", "without spaces"),
        ("__import__('os')", "there are only names"),
        ("n**2", "'*' is neither a name nor a number"),
        ("-n", "'-' is neither"),
        ("n+", "it ends too early"),
        ("(n", "a closing parenthesis is missing"),
        ("n)", "')' is not expected"),
        ("n 2", "there are only names"),
        ("01", "'01' is neither"),
        ("99999", "number up to 9999"),
        ("(" * 25 + "n" + ")" * 25, "nested too deeply"),
        ("n" * 300, "longer than 200"),
    ],
)
def test_any_other_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(MalformedFormulaError) as caught:
        parse_formula(text)
    assert message in str(caught.value)
