"""Comparing wrong answers with those of a mutant, case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import view_bits
from conform.columns import Floats
from conform.diagnosis.evidence import Evidence
from conform.judge.arrays import judge_elements
from conform.judge.rules import Rules
from conform.judge.status import Status
from conform.mutants.grid import Grid
from conform.mutants.task import Task, prepare_task, widen
from conform.mutants.terms import has_sums
from conform.suite import Expected

Array = NDArray[Any]
Cases = NDArray[np.intp]

_SHARE = 0.25
"""A residual explains nothing unless it is at most this share of the error."""
_PROGRESS = 0.9


@dataclass(frozen=True)
class Place:
    """One result over the cases of an evidence.

    `wrong` and `right` are the cases whose result fails and passes, `is_wrong` marks wrong elements. `slack` is what
    rounding may account for in each element: its bound, and an ulp.
    """

    name: str
    grid: Grid
    expected: Expected
    got: Array
    wrong: Cases
    right: Cases
    is_wrong: NDArray[np.bool_]
    slack: Floats


@dataclass(frozen=True)
class Clues:
    """An evidence made ready: places by result, the wrong results, and those that repeat an earlier answer."""

    task: Task
    evidence: Evidence
    places: Mapping[str, Place]
    wrong: tuple[tuple[str, int], ...]
    stale: tuple[tuple[str, int], ...]

    @property
    def rules(self) -> Rules:
        return self.evidence.rules

    @property
    def is_stale(self) -> bool:
        """Whether most of the wrong results that have an earlier case of their sizes repeat its answer."""
        return 2 * len(self.stale) > sum(case in self.evidence.earlier for _, case in self.wrong)

    def shorten(self, count: int, among: frozenset[int] | None = None) -> Clues | None:
        """The same with the smallest cases alone, at most `count` failing, of those given, and as many passing ones."""
        block = self.evidence.block
        order = block.order_cases()
        failing = [case for case in order if case in (self.evidence.failing if among is None else among)][:count]
        passing = [case for case in order if case not in self.evidence.failing][:count]
        kept = sorted([*failing, *passing])
        if len(kept) == len(order):
            return self
        answers = {
            name: answer[np.isin(self.places[name].grid.case, kept)] for name, answer in self.evidence.answers.items()
        }
        marked = frozenset(i for i, case in enumerate(kept) if case in self.evidence.failing)
        return gather_clues(Evidence(block.take(kept), answers, self.evidence.rules, marked, {}))


@dataclass(frozen=True)
class Match:
    """The wrong cases whose result is the mutant's, and the right ones that the mutant would have failed."""

    explained: Cases
    contradicted: Cases


def gather_clues(evidence: Evidence) -> Clues | None:
    """Find the wrong results of an evidence; None if there are none, or a result of the operation is no sum."""
    if not has_sums(evidence.block.operation):
        return None
    task = prepare_task(evidence.block)
    places = {name: _make_place(task, evidence, name) for name in task.terms}
    wrong = tuple((name, case) for name, place in places.items() for case in place.wrong.tolist())
    stale = tuple((name, case) for name, case in wrong if _is_stale(evidence, name, case))
    return Clues(task, evidence, places, wrong, stale) if wrong else None


def match_answer(task: Task, place: Place, answer: Array, rules: Rules) -> Match:
    """Compare a mutant's answer to one result with what was got."""
    with np.errstate(all="ignore"):
        got, mine = widen(place.got), widen(answer)
        same = (got == mine) | (np.isnan(got) & np.isnan(mine))
        residual = np.abs(got - mine)
        if not task.format.is_integer:
            error = np.abs(got - widen(task.reference[place.name]))
            # An error that is not finite has no size: then only the same answer will do.
            small = np.isfinite(error) & (residual <= _SHARE * error)
            same |= (residual <= place.slack) & (~place.is_wrong | small)
            # A zero that is wrong has the wrong sign: an answer that is right there explains nothing.
            zero = (got == 0) & (widen(task.reference[place.name]) == 0)
            same &= ~(place.is_wrong & zero) | (np.signbit(got) == np.signbit(mine))
    differs = np.bincount(place.grid.case[~same], minlength=len(task.block.cases)) > 0
    explained = place.wrong[~differs[place.wrong]]
    contradicted = _find_failed(place, answer, rules) if len(explained) else place.right[:0]
    return Match(explained, contradicted)


def measure_progress(task: Task, place: Place, answer: Array) -> float:
    """The share of the wrong elements that a mutant's answer comes closer to than the right one does."""
    with np.errstate(all="ignore"):
        got, mine = widen(place.got[place.is_wrong]), widen(answer[place.is_wrong])
        error = np.abs(got - widen(task.reference[place.name][place.is_wrong]))
        residual = np.abs(got - mine)
        nearer = (residual < _PROGRESS * error) | (got == mine) | (np.isnan(got) & np.isnan(mine))
        nearer |= np.isfinite(residual) & ~np.isfinite(error)
    return float(nearer.mean()) if len(nearer) else 0.0


def _find_failed(place: Place, answer: Array, rules: Rules) -> Cases:
    """The right cases whose result would be wrong if it were the mutant's."""
    different = view_bits(answer) != view_bits(place.got)
    chosen = np.flatnonzero(different & np.isin(place.grid.case, place.right))
    judgement = judge_elements(place.expected.take(chosen, place.expected.offsets), answer[chosen], rules)
    return np.unique(place.grid.case[chosen[judgement.status == Status.FAILED]]).astype(np.intp)


def _make_place(task: Task, evidence: Evidence, name: str) -> Place:
    expected, got = evidence.block.expected[name], evidence.answers[name]
    grid = task.terms[name].grid
    judgement = judge_elements(expected, got, evidence.rules)
    is_wrong = judgement.status == Status.FAILED
    count = np.bincount(grid.case[is_wrong], minlength=len(task.block.cases))
    wrong = np.flatnonzero(count)
    right = np.array([case for case in np.flatnonzero(count == 0) if case not in evidence.failing], np.intp)
    return Place(name, grid, expected, got, wrong, right, is_wrong, _measure_slack(expected, evidence.rules))


def _measure_slack(expected: Expected, rules: Rules) -> Floats:
    """What rounding can add up to, for sums of this depth and magnitude: roughly, and never too little."""
    if rules.output.is_integer:
        return np.zeros(len(expected.value))
    with np.errstate(all="ignore"):
        magnitude: Floats = np.ldexp(expected.peak.high, np.clip(expected.peak.exponent, -1100, 1100).astype(np.int32))
        roundings = (expected.depth + 1) * 2.0**-rules.accumulator.precision + 4 * 2.0**-rules.output.precision
        smallest = 2.0 ** max(rules.output.subnormal_exponent, -1074)
        finite: Floats = np.where(np.isfinite(magnitude), magnitude, 0.0)
        slack: Floats = (2 * roundings * finite + smallest).astype(np.float64)
    return slack


def _is_stale(evidence: Evidence, name: str, case: int) -> bool:
    earlier = evidence.earlier.get(case)
    if earlier is None:
        return False
    start, stop = evidence.block.expected[name].offsets[case : case + 2].tolist()
    return bool(np.array_equal(view_bits(earlier[name]), view_bits(evidence.answers[name][start:stop])))
