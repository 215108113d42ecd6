"""What a backend answers for one element of one case, and by how much that misses what is accepted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from conform.backends.check import LoadedBackend
from conform.bits import decode_one
from conform.exact import ExactNumber
from conform.judge.rules import Rules
from conform.judge.scalar import Decision, judge_element, measure_ulps, take_element
from conform.judge.status import Status
from conform.judge.wording import describe_number
from conform.running.ahead import observe_one
from conform.running.observe import Checks, explain_empty
from conform.running.rounds import FIRST
from conform.suite import Block

_VERDICTS = {
    Status.FAILED: "does not conform",
    Status.EXACT: "conforms: it is exactly what is due",
    Status.BOUND: "conforms: it is within the bound",
    Status.UNINFORMATIVE: "is accepted, but no answer near it could have been told from a wrong one: uninformative",
}


def describe_answer(
    backend: LoadedBackend, block: Block, rules: Rules, result: str, index: tuple[int, ...]
) -> Iterator[str]:
    """Call the backend for the one case of `block`; lines about element `index` of a result, judged by these rules."""
    yield f"{backend.spec} answers"
    seen = observe_one(backend, block, Checks((FIRST,), aliasing=False))
    obstacle = seen.unsupported.get(0, explain_empty(backend, block).get(0))
    if obstacle is None and seen.declared[0]:
        obstacle = "an input is subnormal, and it declares that it flushes those"
    if obstacle is not None:
        yield f"  nothing: unsupported, {obstacle}"
        return
    if not seen.rounds[0].answered[0]:
        for problem in seen.problems.get(0, ()):
            yield f"  nothing: {problem.rule.value}: {problem.message}"
        return
    expected = block.expected[result]
    shape = next(each for each in block.operation.results if each.name == result).resolve_shape(block.cases[0].scope)
    position = int(np.ravel_multi_index(index, shape)) if shape else 0
    element = take_element(expected, position)
    got = decode_one(seen.rounds[0].answers[result][position])
    decision = judge_element(element, got, rules)
    yield f"  {_show('got', got)}"
    yield from (f"  {line}" for line in _measure(decision, element.value, rules))
    yield f"  {backend.spec} {_VERDICTS[decision.status]} (rule {decision.rule.value})"


def _show(label: str, number: ExactNumber) -> str:
    described = describe_number(number)
    return f"{label:<12} {described.decimal} = {described.text}"


def _measure(decision: Decision, value: ExactNumber, rules: Rules) -> Iterator[str]:
    if decision.error is None:
        return
    ulps = measure_ulps(decision.error, value, rules.output)
    parts = [describe_number(decision.error).decimal]
    parts += [f"{ulps:.4g} ULP of the correctly rounded result"] if ulps is not None else []
    yield f"{'error':<12} {', '.join(parts)}"
    if decision.bound is not None:
        ratio = "" if decision.ratio is None else f", error/bound {decision.ratio:.4g}"
        yield f"{'bound':<12} {describe_number(decision.bound).decimal}{ratio}"
