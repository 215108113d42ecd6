"""Expressions that select by text."""

from __future__ import annotations

import pytest

from conform.errors import UsageError
from conform.golden.expression import compile_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linear", True),
        ("LINEAR", True),
        ("backward", False),
        ("linear and float32", True),
        ("linear and float64", False),
        ("float64 or float32", True),
        ("not float64", True),
        ("not not float64", False),
        ("not linear or float32", True),
        ("not (linear or float32)", False),
        ("float64 and linear or float32", True),
        ("float64 and (linear or float32)", False),
        ("(float32)", True),
        ("n=3#0", True),
        ("notlinear", False),
    ],
)
def test_an_expression_is_true_or_false(text: str, expected: bool) -> None:
    assert compile_expression(text)("linear/normal/Float32/n=3#0") is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "expected a word at character 1", id="empty"),
        pytest.param("and", "expected a word at character 1", id="operator"),
        pytest.param("a and", "expected a word at character 6", id="half"),
        pytest.param("a b", "expected `and`, `or` or the end at character 3", id="two-words"),
        pytest.param("(a", "expected a closing parenthesis at character 3", id="open"),
        pytest.param("a)", "expected `and`, `or` or the end at character 2", id="closed"),
        pytest.param("()", "expected a word at character 2", id="nothing"),
        pytest.param("(" * 100 + "a" + ")" * 100, "nested too deeply at character 32", id="deep"),
        pytest.param("not " * 100 + "a", "nested too deeply", id="many-nots"),
        pytest.param("a or " * 300 + "a", "longer than 1000 characters", id="long"),
    ],
)
def test_a_wrong_expression_is_rejected(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compile_expression(text)
