"""Sizes that are computed from others: integer expressions such as `(inH+2*padding-kH)/stride+1`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[0-9]+|[-+*/()]")
_NAME = re.compile(r"[A-Za-z]")
_MAX_LENGTH = 200
_MAX_DEPTH = 20
_MAX_NUMBER = 9999


class MalformedFormulaError(ValueError):
    """A text that is no formula, with what is wrong with it."""


@dataclass(frozen=True)
class Formula:
    """An operator applied to two formulas, or a name or a number without them."""

    head: str | int
    left: Formula | None = None
    right: Formula | None = None

    def evaluate(self, scope: Mapping[str, int]) -> int:
        """The value for the given sizes and attributes. A quotient is rounded down, and zero where it is by zero.

        Raises KeyError for a name that has none.
        """
        if self.left is None or self.right is None:
            return scope[self.head] if isinstance(self.head, str) else self.head
        a, b = self.left.evaluate(scope), self.right.evaluate(scope)
        if self.head == "+":
            return a + b
        if self.head == "-":
            return a - b
        if self.head == "*":
            return a * b
        return a // b if b else 0

    @property
    def names(self) -> frozenset[str]:
        """The sizes and attributes that it is computed from."""
        if self.left is None or self.right is None:
            return frozenset([self.head]) if isinstance(self.head, str) else frozenset()
        return self.left.names | self.right.names


def parse_formula(text: str) -> Formula:
    """The formula that a text is: names and numbers, `+ - * /` with their usual strength, and parentheses.

    Raises MalformedFormulaError.
    """
    if len(text) > _MAX_LENGTH:
        raise MalformedFormulaError(f"longer than {_MAX_LENGTH} characters")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not tokens:
        raise MalformedFormulaError("there are only names, numbers, + - * / and parentheses in it, without spaces")
    parser = _Parser(tokens)
    formula = parser.parse_sum(0)
    parser.expect_end()
    return formula


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def parse_sum(self, depth: int) -> Formula:
        formula = self._parse_product(depth)
        while (operator := self._accept("+", "-")) is not None:
            formula = Formula(operator, formula, self._parse_product(depth))
        return formula

    def _parse_product(self, depth: int) -> Formula:
        formula = self._parse_item(depth)
        while (operator := self._accept("*", "/")) is not None:
            formula = Formula(operator, formula, self._parse_item(depth))
        return formula

    def _parse_item(self, depth: int) -> Formula:
        if depth > _MAX_DEPTH:
            self._fail("nested too deeply")
        if self._accept("("):
            formula = self.parse_sum(depth + 1)
            if self._accept(")") is None:
                self._fail("a closing parenthesis is missing")
            return formula
        if self._next == len(self._tokens):
            self._fail("it ends too early")
        token = self._tokens[self._next]
        self._next += 1
        if _NAME.match(token):
            return Formula(token)
        if not token.isdigit() or int(token) > _MAX_NUMBER or (token[0] == "0" and token != "0"):
            self._fail(f"{token!r} is neither a name nor a number up to {_MAX_NUMBER}")
        return Formula(int(token))

    def expect_end(self) -> None:
        if self._next < len(self._tokens):
            self._fail(f"{self._tokens[self._next]!r} is not expected")

    def _accept(self, *tokens: str) -> str | None:
        if self._next < len(self._tokens) and self._tokens[self._next] in tokens:
            self._next += 1
            return self._tokens[self._next - 1]
        return None

    def _fail(self, what: str) -> NoReturn:
        raise MalformedFormulaError(what)
