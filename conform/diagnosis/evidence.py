"""What a diagnosis starts from: the wrong answers to some cases of a block, and some right ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.judge.rules import Rules
from conform.suite import Block

MAX_PASSING = 40
"""How many cases that passed are kept beside those that failed."""


@dataclass(frozen=True)
class Evidence:
    """The cases of one operation and format that failed, with some that passed, and the answers to them.

    `answers` are by result, flat and aligned with the block's expected results. `earlier` gives for a case the answer
    of the first case of the same sizes in the whole suite, if that is another one.
    """

    block: Block
    answers: Mapping[str, NDArray[Any]]
    rules: Rules
    failing: frozenset[int]
    earlier: Mapping[int, Mapping[str, NDArray[Any]]]


def collect_evidence(
    block: Block, answers: Mapping[str, NDArray[Any]], answered: NDArray[np.bool_], failing: Sequence[int], rules: Rules
) -> Evidence:
    """Keep what a diagnosis needs of a block: the failing cases that were answered, and the smallest passing ones."""
    wrong = [case for case in failing if answered[case]]
    bad = set(failing)
    passing = [case for case in block.order_cases() if answered[case] and case not in bad]
    kept = sorted([*wrong, *passing[:MAX_PASSING]])
    small = block.take(kept)
    chosen = {
        name: np.concatenate([answer[:0], *(_cut(block, name, answer, case) for case in kept)])
        for name, answer in answers.items()
    }
    return Evidence(
        small,
        chosen,
        rules,
        frozenset(i for i, case in enumerate(kept) if case not in passing),
        _find_earlier(block, answers, kept),
    )


def _find_earlier(
    block: Block, answers: Mapping[str, NDArray[Any]], kept: Sequence[int]
) -> dict[int, Mapping[str, NDArray[Any]]]:
    first: dict[tuple[tuple[str, int], ...], int] = {}
    for case, info in enumerate(block.cases):
        first.setdefault(tuple(info.scope.items()), case)
    earlier: dict[int, Mapping[str, NDArray[Any]]] = {}
    for i, case in enumerate(kept):
        source = first[tuple(block.cases[case].scope.items())]
        if source != case:
            earlier[i] = {name: _cut(block, name, answer, source) for name, answer in answers.items()}
    return earlier


def _cut(block: Block, name: str, answer: NDArray[Any], case: int) -> NDArray[Any]:
    start, stop = block.expected[name].offsets[case : case + 2].tolist()
    return answer[start:stop]
