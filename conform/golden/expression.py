"""The expressions that select by text: words joined by `and`, `or`, `not` and parentheses, as pytest's -k has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from conform.errors import UsageError

Predicate = Callable[[str], bool]

_TOKEN = re.compile(r"[()]|[^\s()]+")
_MAX_LENGTH = 1000
_MAX_DEPTH = 30


def compile_expression(text: str) -> Predicate:
    """A predicate on a text: each word asks whether it is in there, in any case of its letters.

    `not` binds strongest, then `and`, then `or`. Raises UsageError that points at what is wrong.
    """
    if len(text) > _MAX_LENGTH:
        raise UsageError(f"the expression is longer than {_MAX_LENGTH} characters")
    parser = _Parser(text)
    predicate = parser.parse_or(0)
    parser.expect_end()
    return lambda subject: predicate(subject.lower())


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text)]
        self._next = 0

    def parse_or(self, depth: int) -> Predicate:
        terms = [self._parse_and(depth)]
        while self._accept("or"):
            terms.append(self._parse_and(depth))
        return terms[0] if len(terms) == 1 else lambda subject: any(term(subject) for term in terms)

    def _parse_and(self, depth: int) -> Predicate:
        terms = [self._parse_not(depth)]
        while self._accept("and"):
            terms.append(self._parse_not(depth))
        return terms[0] if len(terms) == 1 else lambda subject: all(term(subject) for term in terms)

    def _parse_not(self, depth: int) -> Predicate:
        if depth > _MAX_DEPTH:
            self._fail("nested too deeply")
        if self._accept("not"):
            term = self._parse_not(depth + 1)
            return lambda subject: not term(subject)
        if self._accept("("):
            inner = self.parse_or(depth + 1)
            if not self._accept(")"):
                self._fail("expected a closing parenthesis")
            return inner
        return self._parse_word()

    def _parse_word(self) -> Predicate:
        if self._peek() in (None, "and", "or", ")"):
            self._fail("expected a word")
        word = self._tokens[self._next][0].lower()
        self._next += 1
        return lambda subject: word in subject

    def expect_end(self) -> None:
        if self._peek() is not None:
            self._fail("expected `and`, `or` or the end")

    def _peek(self) -> str | None:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else None

    def _accept(self, token: str) -> bool:
        found = self._peek() == token
        self._next += found
        return found

    def _fail(self, what: str) -> NoReturn:
        at = self._tokens[self._next][1] if self._next < len(self._tokens) else len(self._text)
        raise UsageError(f"{what} at character {at + 1} of the expression {self._text!r}")
