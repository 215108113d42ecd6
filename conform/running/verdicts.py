"""From what was seen of a backend on a block to a verdict on every case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from conform.bits import view_bits
from conform.columns import Floats
from conform.declaration import Declaration
from conform.judge.addends import attach_addends
from conform.judge.arrays import judge_elements
from conform.judge.derivation import explain_element
from conform.judge.precision import RANDOM_FLAGS, sample_precision
from conform.judge.rules import Rules
from conform.judge.scalar import take_element
from conform.judge.status import Status
from conform.judge.wording import shorten_inputs
from conform.results import CaseResult, Problem, Rule, Verdict
from conform.running.calls import Round
from conform.running.failures import describe_failure
from conform.running.groups import Tally
from conform.running.histogram import count_bits, count_ratios
from conform.running.inputs import find_different_cases
from conform.running.observe import Observation
from conform.running.rounds import REPEAT
from conform.suite import Block, Expected

_DECLARED = "an input is subnormal, and the backend declares that it flushes subnormals to zero"


@dataclass(frozen=True)
class _Judged:
    """One result over a block, every element by its worst answer: `source` is the round that gave it."""

    expected: Expected
    status: NDArray[np.uint8]
    ratio: Floats
    relative: Floats
    source: NDArray[np.uint8]


@dataclass(frozen=True)
class JudgedBlock:
    """What became of a block: the results of the cases at `places` in it, and what all its cases add up to."""

    cases: list[CaseResult]
    places: tuple[int, ...]
    tally: Tally


def hold_to_claims(declaration: Declaration, block: Block, signed_zero: bool = False) -> tuple[Rules, Block]:
    """The rules that a backend's claims make for a block, and the block with what these rules ask for."""
    operation = block.operation
    rules = declaration.rules_for(operation.name, block.format, signed_zero, operation.function_table)
    return rules, attach_addends(block, rules)


def judge_block(
    block: Block, seen: Observation, rules: Rules, deterministic: bool, max_failures: int, keep_passed: bool = True
) -> JudgedBlock:
    """The verdict on every case of a block, and what they add up to.

    With `deterministic`, a case whose second answer differs from its first in any bit fails. At most `max_failures`
    wrong elements of a case are described, the first with the derivation of its limits; all are counted. Cases that
    passed are counted over whole arrays; an object is made for each only with `keep_passed`.
    """
    count = len(block.cases)
    judged = {name: _judge_result(block, name, seen, rules) for name in block.expected} if seen.rounds else {}
    elements = np.zeros((count, len(Status)), np.int64)
    worst = np.full(count, -np.inf)
    for result in judged.values():
        elements += _count_statuses(result, count)
        np.maximum(worst, _find_worst(result, count), out=worst)
    if seen.rounds:
        elements[~seen.rounds[0].answered] = 0
    different = _find_unrepeated(block, seen) if deterministic else frozenset()
    passed = _find_passed(seen, elements, different)
    chosen = list(range(count)) if keep_passed else np.flatnonzero(~passed).tolist()
    rows, ratios = elements[chosen].tolist(), worst[chosen].tolist()
    cases = []
    for i, (exact, bound, uninformative, failed), ratio in zip(chosen, rows, ratios, strict=True):
        info = block.cases[i]
        problems = seen.problems.get(i, ())
        if i in different:
            problems += (Problem(Rule.REPEAT, "the same call gave other bits the second time", REPEAT),)
        if failed:
            problems += _describe_failures(block, i, judged, seen, rules, max_failures)
        verdict = _decide(i, seen, problems, failed)
        cases.append(
            CaseResult(
                info.id,
                block.operation.name,
                block.format.name,
                info.flags,
                verdict,
                exact,
                bound,
                uninformative,
                failed,
                None if ratio == -math.inf else ratio,
                problems,
                _DECLARED if verdict is Verdict.DECLARED else seen.unsupported.get(i),
                None,
                shorten_inputs(block.get_inputs(i)) if problems else None,
            )
        )
    verdicts = Counter(case.verdict for case in cases)
    if not keep_passed and passed.any():
        verdicts[Verdict.PASS] = int(np.count_nonzero(passed))
    tally = Tally(verdicts, tuple(elements.sum(axis=0).tolist()), float(worst.max(initial=-math.inf)))
    return JudgedBlock(cases, tuple(chosen), _add_statistics(tally, block, judged))


def tally_cases(cases: list[CaseResult]) -> Tally:
    """The verdicts and the elements of some cases, counted."""
    elements = np.array([(case.exact, case.bound, case.uninformative, case.failed) for case in cases], np.int64)
    worst = max((case.worst for case in cases if case.worst is not None), default=-math.inf)
    return Tally(
        Counter(case.verdict for case in cases), tuple(elements.reshape(-1, len(Status)).sum(axis=0).tolist()), worst
    )


def _find_passed(seen: Observation, elements: NDArray[np.int64], different: frozenset[int]) -> NDArray[np.bool_]:
    """The cases that were answered, with no wrong element and no problem."""
    if not seen.rounds:
        return np.zeros(len(elements), np.bool_)
    passed: NDArray[np.bool_] = seen.rounds[0].answered & (elements[:, Status.FAILED] == 0)
    passed[[*seen.problems, *seen.unsupported, *different]] = False
    return passed


def _judge_result(block: Block, name: str, seen: Observation, rules: Rules) -> _Judged:
    expected = block.expected[name]
    first, *others = seen.rounds
    judgement = judge_elements(expected, first.answers[name], rules)
    status, ratio, relative = judgement.status, judgement.ratio, judgement.relative
    source = np.zeros(len(status), np.uint8)
    if not first.answered.all():
        unanswered = np.repeat(~first.answered, np.diff(expected.offsets))
        status[unanswered], ratio[unanswered], relative[unanswered] = 0, np.nan, np.nan
    again = [_find_other_answers(expected, name, each, first) for each in others]
    if any(len(indices) for indices in again):
        # All of them at once: most rounds are of a few cases, and few of these give other bits.
        flat = np.concatenate(again)
        answers = np.concatenate([each.answers[name][indices] for each, indices in zip(others, again, strict=True)])
        judgement = judge_elements(expected.take(flat, np.array([0, len(flat)])), answers, rules)
        start = 0
        for number, indices in enumerate(again, 1):
            place = slice(start, start := start + len(indices))
            source[indices] = np.where(judgement.status[place] > status[indices], number, source[indices])
            status[indices] = np.maximum(status[indices], judgement.status[place])
            ratio[indices] = np.fmax(ratio[indices], judgement.ratio[place])
            relative[indices] = np.fmax(relative[indices], judgement.relative[place])
    return _Judged(expected, status, ratio, relative, source)


def _find_other_answers(expected: Expected, name: str, each: Round, first: Round) -> NDArray[np.intp]:
    """The elements that were answered with other bits than at first; what is repeated bit for bit has been judged."""
    again, before = view_bits(each.answers[name]), view_bits(first.answers[name])
    cases = np.flatnonzero(each.answered)
    if 4 * len(cases) > len(each.answered):
        different = again != before
        if len(cases) < len(each.answered):
            different &= np.repeat(each.answered, np.diff(expected.offsets))
        return np.flatnonzero(different)
    bounds = zip(expected.offsets[cases].tolist(), expected.offsets[cases + 1].tolist(), strict=True)
    found = [start + np.flatnonzero(again[start:stop] != before[start:stop]) for start, stop in bounds]
    return np.concatenate([np.zeros(0, np.intp), *found])


def _count_statuses(result: _Judged, count: int) -> NDArray[np.int64]:
    owner = np.repeat(np.arange(count), np.diff(result.expected.offsets))
    kinds = len(Status)
    return np.bincount(owner * kinds + result.status, minlength=count * kinds).reshape(count, kinds)


def _find_worst(result: _Judged, count: int) -> Floats:
    offsets = result.expected.offsets
    filled = np.flatnonzero(np.diff(offsets))
    worst = np.full(count, -np.inf)
    if len(filled):
        worst[filled] = np.fmax.reduceat(np.where(np.isnan(result.ratio), -np.inf, result.ratio), offsets[filled])
    return worst


def _find_unrepeated(block: Block, seen: Observation) -> frozenset[int]:
    if len(seen.rounds) < 2:
        return frozenset()
    first, second = seen.rounds[:2]
    return frozenset(
        case
        for name, expected in block.expected.items()
        for case in find_different_cases(first.answers[name], second.answers[name], expected.offsets).tolist()
        if second.answered[case]
    )


def _describe_failures(
    block: Block, case: int, judged: Mapping[str, _Judged], seen: Observation, rules: Rules, limit: int
) -> tuple[Problem, ...]:
    described: list[Problem] = []
    for parameter in block.operation.results:
        result = judged[parameter.name]
        start, stop = result.expected.offsets[case : case + 2].tolist()
        shape = parameter.resolve_shape(block.cases[case].scope)
        wrong = np.flatnonzero(result.status[start:stop] == Status.FAILED)[: limit - len(described)]
        for position in (wrong + start).tolist():
            each: Round = seen.rounds[result.source[position]]
            got = each.answers[parameter.name][position]
            problem = describe_failure(parameter.name, shape, result.expected, position, start, got, rules, each.label)
            if not described:
                element = take_element(result.expected, position)
                steps = explain_element(element, rules, block.operation, parameter.name)
                problem = replace(problem, derivation="\n".join(steps))
            described.append(problem)
    return tuple(described)


def _decide(case: int, seen: Observation, problems: tuple[Problem, ...], failed: int) -> Verdict:
    if seen.declared[case] and case not in seen.unsupported:
        return Verdict.DECLARED
    if any(problem.rule is Rule.RAISED for problem in problems):
        return Verdict.ERROR
    if problems or failed:
        return Verdict.FAIL
    return Verdict.UNSUPPORTED if case in seen.unsupported else Verdict.PASS


def _add_statistics(tally: Tally, block: Block, judged: Mapping[str, _Judged]) -> Tally:
    if block.format.is_integer or not judged:
        return tally
    random = np.array([not RANDOM_FLAGS.isdisjoint(case.flags) for case in block.cases])
    for result in judged.values():
        chosen = np.repeat(random, np.diff(result.expected.offsets))
        depth = result.expected.depth
        if result.expected.radius is not None:
            depth = np.minimum(depth, 1)
        tally += Tally(
            {},
            (0, 0, 0, 0),
            sample=sample_precision(result.relative, depth, chosen),
            ratio_counts=count_ratios(result.ratio),
            bits_counts=count_bits(result.relative, depth, chosen),
        )
    return tally
