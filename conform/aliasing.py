"""Finding results that share memory with an input or with another result, and results that change after their call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

from conform.calls import Round
from conform.inputs import view_bits

Array = NDArray[Any]


@dataclass(frozen=True)
class _Span:
    """The memory of one array, the `turn`-th to come about; of the inputs where `round` is -1, else of a result."""

    start: int
    stop: int
    turn: int
    array: Array
    round: int = -1
    case: int = -1
    result: str = ""


def find_shared_results(rounds: Sequence[Round], inputs: Sequence[Array]) -> dict[tuple[int, int], str]:
    """Which results share memory with an input or with a result that an earlier call returned.

    All the results of all rounds are still held, so no memory can have been used twice rightly. Keys are the round
    and the case, values say what is shared. Arrays whose spans of memory overlap without a common element, as the
    columns of one matrix do, share nothing.
    """
    spans = [_Span(*byte_bounds(array), turn, array) for turn, array in enumerate(inputs) if array.size]
    for i, each in enumerate(rounds):
        spans.extend(_list_spans(each, i, len(spans)))
    starts = np.array([span.start for span in spans], np.uint64)
    stops = np.array([span.stop for span in spans], np.uint64)
    by_start = np.argsort(starts, kind="stable")
    # Sorted by their start, spans are disjoint exactly if each begins past the furthest end before it.
    furthest = np.maximum.accumulate(stops[by_start])
    suspects = np.flatnonzero(starts[by_start][1:] < furthest[:-1]) + 1
    if not len(suspects):
        return {}
    ordered = [spans[i] for i in by_start.tolist()]
    shared: dict[tuple[int, int], str] = {}
    for position in suspects.tolist():
        for other in reversed(ordered[:position]):
            if _share_memory(other, ordered[position]):
                _describe_pair(other, ordered[position], shared)
                break
    return shared


def find_changed_results(each: Round, offsets: Sequence[Sequence[int]]) -> list[int]:
    """The cases whose returned arrays no longer hold what was copied from them when they were returned."""
    cases = list(each.held)
    changed: set[int] = set()
    for result, (flat, bounds) in enumerate(zip(each.answers.values(), offsets, strict=True)):
        if not cases:
            break
        now = np.concatenate([each.held[case][result].reshape(-1) for case in cases])
        then = np.concatenate([flat[bounds[case] : bounds[case + 1]] for case in cases])
        different = np.flatnonzero(view_bits(now) != view_bits(then))
        if len(different):
            ends = np.cumsum([bounds[case + 1] - bounds[case] for case in cases])
            changed.update(cases[i] for i in np.searchsorted(ends, different, side="right").tolist())
    return sorted(changed)


def _list_spans(each: Round, number: int, turn: int) -> Iterator[_Span]:
    for case, arrays in each.held.items():
        for name, array in zip(each.answers, arrays, strict=True):
            if not array.size:
                continue
            if array.flags.c_contiguous:
                start = array.__array_interface__["data"][0]
                stop = start + array.nbytes
            else:
                start, stop = byte_bounds(array)
            yield _Span(start, stop, turn, array, number, case, name)
            turn += 1


def _share_memory(first: _Span, second: _Span) -> bool:
    return first.stop > second.start and bool(np.shares_memory(first.array, second.array))


def _describe_pair(first: _Span, second: _Span, shared: dict[tuple[int, int], str]) -> None:
    earlier, later = (first, second) if first.turn < second.turn else (second, first)
    if later.round < 0:
        return
    if earlier.round < 0:
        other = "an input"
    elif (earlier.round, earlier.case) == (later.round, later.case):
        other = "another result of the same call"
    else:
        other = "the result of an earlier call"
    shared[later.round, later.case] = f"{later.result} shares memory with {other}"
