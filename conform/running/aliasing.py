"""Finding results that share memory with an input or with another result, and results that change after their call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

from conform.bits import view_bits
from conform.running.calls import Round, take_bytes

Array = NDArray[Any]


@dataclass(frozen=True)
class _Owner:
    """Whose array it is: that of a result of a case in a round, or of the inputs where `round` is -1."""

    round: int
    case: int
    result: str


_INPUT = _Owner(-1, -1, "")


def find_shared_results(rounds: Sequence[Round], inputs: Sequence[Array]) -> dict[tuple[int, int], str]:
    """Which results share memory with an input or with a result that an earlier call returned.

    All the results of all rounds are still held, so no memory can have been used twice rightly. Keys are the round
    and the case, values say what is shared. Arrays whose spans of memory overlap without a common element, as the
    columns of one matrix do, share nothing.
    """
    results = [array for each in rounds for held in each.held.values() for array in held]
    arrays = [*inputs, *results]
    if len(set(map(id, arrays))) == len(arrays) and all(array.flags.owndata for array in results):
        # Whatever else refers to the memory of an array that owns it is a view, and owns nothing.
        return {}
    spans = np.array([_get_span(array) for array in arrays], np.uint64).reshape(-1, 2)
    filled = np.flatnonzero(spans[:, 1] > spans[:, 0])
    by_start = filled[np.argsort(spans[filled, 0], kind="stable")]
    # Sorted by their start, spans are disjoint exactly if each begins past the furthest end before it.
    furthest = np.maximum.accumulate(spans[by_start, 1])
    suspects = np.flatnonzero(spans[by_start[1:], 0] < furthest[:-1]) + 1
    shared: dict[tuple[int, int], str] = {}
    if not len(suspects):
        return shared
    owners = _list_owners(rounds, len(inputs))
    order = by_start.tolist()
    for position in suspects.tolist():
        second = order[position]
        for first in reversed(order[:position]):
            if spans[first, 1] > spans[second, 0] and np.shares_memory(arrays[first], arrays[second]):
                # The arrays are in the order in which they came about: the later one is to blame.
                _describe_pair(owners[min(first, second)], owners[max(first, second)], shared)
                break
    return shared


def find_changed_results(each: Round, offsets: Sequence[Sequence[int]]) -> list[int]:
    """The cases whose returned arrays no longer hold what was copied from them when they were returned."""
    cases = list(each.held)
    changed: set[int] = set()
    for result, (flat, bounds) in enumerate(zip(each.answers.values(), offsets, strict=True)):
        if not cases:
            break
        if len(cases) == len(bounds) - 1:
            held = b"".join([take_bytes(each.held[case][result]) for case in range(len(cases))])
            if held == flat.tobytes():
                continue
        now = np.concatenate([each.held[case][result].reshape(-1) for case in cases])
        then = np.concatenate([flat[bounds[case] : bounds[case + 1]] for case in cases])
        different = np.flatnonzero(view_bits(now) != view_bits(then))
        if len(different):
            ends = np.cumsum([bounds[case + 1] - bounds[case] for case in cases])
            changed.update(cases[i] for i in np.searchsorted(ends, different, side="right").tolist())
    return sorted(changed)


def _get_span(array: Array) -> tuple[int, int]:
    if array.flags.c_contiguous:
        start = array.__array_interface__["data"][0]
        return start, start + array.nbytes
    return byte_bounds(array) if array.size else (0, 0)


def _list_owners(rounds: Sequence[Round], inputs: int) -> list[_Owner]:
    results = [
        _Owner(number, case, name) for number, each in enumerate(rounds) for case in each.held for name in each.answers
    ]
    return [_INPUT] * inputs + results


def _describe_pair(earlier: _Owner, later: _Owner, shared: dict[tuple[int, int], str]) -> None:
    if later is _INPUT:
        return
    if earlier is _INPUT:
        other = "an input"
    elif (earlier.round, earlier.case) == (later.round, later.case):
        other = "another result of the same call"
    else:
        other = "the result of an earlier call"
    shared[later.round, later.case] = f"{later.result} shares memory with {other}"
