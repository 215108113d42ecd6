"""The answers of a method without a defect, and which cases other answers fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.bits import view_bits
from conform.judge.arrays import judge_elements
from conform.judge.rules import Rules
from conform.judge.status import Status
from conform.suite import Block

Array = NDArray[Any]
Indices = NDArray[np.intp]

NO_CASES: Indices = np.zeros(0, np.intp)


@dataclass(frozen=True)
class Baseline:
    """A block, the answers to it by result, each flat over the whole block, and the rules that they keep to."""

    block: Block
    answers: Mapping[str, Array]
    rules: Rules

    @cached_property
    def owners(self) -> Mapping[str, Indices]:
        """For each element of a result, its case."""
        return {
            name: np.repeat(np.arange(len(self.block.cases)), np.diff(expected.offsets))
            for name, expected in self.block.expected.items()
        }

    def find_changed(self, result: str, answer: Array, signed_zero: bool = False) -> Indices:
        """The elements in which an answer differs; one nan is like another, and a zero like one of the other sign
        where signs of zero are not asked for.
        """
        return np.flatnonzero(differ(self.answers[result], answer, signed_zero))

    def find_failing(self, result: str, answer: Array, signed_zero: bool = False) -> Indices:
        """The cases that an answer to one result fails, though these answers do not."""
        changed = self.find_changed(result, answer, signed_zero)
        if not len(changed):
            return NO_CASES
        wrong = changed[self._find_failed(result, answer, changed, signed_zero)]
        cases = np.unique(self.owners[result][wrong])
        return np.setdiff1d(cases, self._failing[result]).astype(np.intp)

    @cached_property
    def _failing(self) -> Mapping[str, Indices]:
        return {
            name: np.unique(self.owners[name][self._find_failed(name, answer, np.arange(len(answer)), False)])
            for name, answer in self.answers.items()
        }

    def _find_failed(self, result: str, answer: Array, chosen: Indices, signed_zero: bool) -> NDArray[np.bool_]:
        expected = self.block.expected[result]
        rules = replace(self.rules, signed_zero=self.rules.signed_zero or signed_zero)
        judgement = judge_elements(expected.take(chosen, expected.offsets), answer[chosen], rules)
        failed: NDArray[np.bool_] = judgement.status == Status.FAILED
        return failed


def differ(before: Array, after: Array, signed_zero: bool = False) -> NDArray[np.bool_]:
    """Where two arrays of one format, flat, differ in a way that a run can see."""
    same = np.isnan(before) & np.isnan(after)
    if not signed_zero:
        same |= (before == 0) & (after == 0)
    different: NDArray[np.bool_] = (view_bits(before) != view_bits(after)) & ~same
    return different
