"""Describing wrong elements: where they are, what was due, what came, and by how much it is off."""

from __future__ import annotations

from typing import Any

import numpy as np

from conform.bits import decode_one
from conform.judge.rules import Rules
from conform.judge.scalar import Decision, judge_element, measure_ulps, take_element
from conform.judge.wording import describe_number
from conform.results import ElementFailure, Problem, Rule
from conform.suite import Expected

_REASONS = {
    Rule.NAN: "the exact result is nan",
    Rule.INFINITY: "the exact result is an infinity",
    Rule.EXACT: "every order of summation gives this number exactly, so no tolerance exists",
    Rule.BOUND: "the error exceeds what any order of summation can amount to",
    Rule.OVERFLOW: "no order of summation gives this",
    Rule.INTEGER: "integers are not rounded",
    Rule.SIGNED_ZERO: "the zero has the wrong sign",
}


def describe_failure(
    name: str, shape: tuple[int, ...], expected: Expected, position: int, offset: int, got: Any, rules: Rules, call: str
) -> Problem:
    """The problem with the element at `position` of the flat columns; its case begins at `offset` in them."""
    element = take_element(expected, position)
    number = decode_one(got)
    decision = judge_element(element, number, rules)
    index = tuple(int(i) for i in np.unravel_index(position - offset, shape))
    failure = ElementFailure(
        result=name,
        index=index,
        expected=describe_number(element.value),
        got=describe_number(number),
        error=None if decision.error is None else describe_number(decision.error),
        bound=None if decision.bound is None else describe_number(decision.bound),
        ratio=decision.ratio,
        ulps=None if decision.error is None else measure_ulps(decision.error, element.value, rules.output),
    )
    return Problem(decision.rule, _explain(name, index, failure, decision), call, failure)


def _explain(name: str, index: tuple[int, ...], failure: ElementFailure, decision: Decision) -> str:
    place = f"{name}[{', '.join(map(str, index))}]" if index else name
    return f"{place} is {failure.got.decimal}, not {failure.expected.decimal}: {_REASONS[decision.rule]}"
