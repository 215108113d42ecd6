"""Which cases the power of a suite rests on, and a few cases that still catch every mutant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conform.mutants.detection import ARRAY_OPERATIONS, Power, measure_power
from conform.mutants.mutant import Mutant
from conform.suite import Block, Operation

SMOKE = "smoke"
SMOKE_LIMIT = 60
_COST_SCALE = 1e-7

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Coverage:
    """`table[c, p]` says whether case c catches planting p; `mutant[p]` is the number of its mutant."""

    table: NDArray[np.bool_]
    mutant: Indices


def tabulate(power: Power) -> Coverage:
    """All plantings that are caught at all."""
    plantings = [
        (number, planting.caught)
        for number, detection in enumerate(power.detections)
        for planting in detection.plantings
        if planting.is_caught
    ]
    table = np.zeros((len(power.cases), len(plantings)), np.bool_)
    for column, (_, caught) in enumerate(plantings):
        table[caught, column] = True
    return Coverage(table, np.array([number for number, _ in plantings], np.intp))


def find_redundant(power: Power) -> Indices:
    """The cases that are never the only ones to catch anything: whatever they catch, another case catches too."""
    table = tabulate(power).table
    alone = table[:, table.sum(axis=0) == 1].any(axis=1)
    return np.flatnonzero(~alone)


def choose_smoke(
    power: Power, blocks: Sequence[Block], operations: Sequence[Operation], limit: int = SMOKE_LIMIT
) -> tuple[str, ...]:
    """The ids, in the order of the suite, of at most `limit` cases that catch every mutant of the catalogue that the
    suite catches, and many others.

    Greedy: the case that catches the most mutants not yet caught, then the most sites, then the smallest. Mutants
    that remember calls are tried on the chosen cases themselves, and get the cases of the shape that they need. What
    room is left goes to operations and formats without a case, then to sites not yet covered, those of defects of
    array operations among them. `blocks` are those that
    `power` was measured on. Raises ValueError where the limit is too low.
    """
    coverage = tabulate(power)
    chosen = _cover_mutants(coverage, power, [])
    for _ in power.detections:
        missed = _find_missed(power, chosen, blocks, operations)
        if not missed:
            break
        chosen = _add_companions(power, missed, chosen)
    if len(chosen) > limit:
        raise ValueError(f"{len(chosen)} cases are needed to catch every mutant, more than {limit}")
    chosen = _cover_sites(coverage, power, chosen, limit)
    return tuple(power.cases[i].info.id for i in sorted(chosen))


def _cover_mutants(coverage: Coverage, power: Power, chosen: list[int]) -> list[int]:
    costs = np.array([case.cost for case in power.cases])
    count = len(power.detections)
    by_mutant = np.zeros((len(power.cases), count), np.float32)
    for number, detection in enumerate(power.detections):
        if detection.mutant.topic == ARRAY_OPERATIONS:
            continue
        by_mutant[:, number] = coverage.table[:, coverage.mutant == number].any(axis=1)
    sites = coverage.table.sum(axis=1)
    left = by_mutant.any(axis=0)
    left &= ~by_mutant[chosen].any(axis=0)
    chosen = list(chosen)
    while left.any():
        score = by_mutant @ left.astype(np.float32) + 1e-4 * sites / max(sites.max(), 1) - _COST_SCALE * costs
        best = int(score.argmax())
        chosen.append(best)
        left &= by_mutant[best] == 0
    return chosen


def _cover_sites(coverage: Coverage, power: Power, chosen: list[int], limit: int) -> list[int]:
    costs = np.array([case.cost for case in power.cases])
    table = coverage.table.astype(np.float32)
    left = ~coverage.table[chosen].any(axis=0)
    groups = np.unique([f"{case.operation} {case.dtype}" for case in power.cases], return_inverse=True)[1]
    chosen = list(chosen)
    while left.any() and len(chosen) < limit:
        score = table @ left.astype(np.float32) - _COST_SCALE * costs
        is_new = ~np.isin(groups, groups[chosen])
        best = int(np.where(is_new, score, -np.inf).argmax() if is_new.any() else score.argmax())
        chosen.append(best)
        left &= ~coverage.table[best]
    return chosen


def _find_missed(
    power: Power, chosen: list[int], blocks: Sequence[Block], operations: Sequence[Operation]
) -> list[Mutant]:
    """The mutants of calls that the chosen cases, run by themselves, do not catch, though the suite does."""
    ids = {power.cases[i].info.id for i in chosen}
    mutants = [each.mutant for each in power.detections if isinstance(each.mutant.defect, type) and len(each.cases)]
    small = measure_power(mutants, select_blocks(blocks, ids), operations)
    return [detection.mutant for detection in small.detections if not len(detection.cases)]


def _add_companions(power: Power, missed: list[Mutant], chosen: list[int]) -> list[int]:
    """For the first missed mutant, the cheapest case that catches it, with an earlier one of its format and sizes."""
    detection = next(each for each in power.detections if each.mutant is missed[0])
    pairs = []
    for i in detection.cases.tolist():
        case = power.cases[i]
        earlier = [
            j
            for j, other in enumerate(power.cases[:i])
            if (other.operation, other.dtype, other.info.scope) == (case.operation, case.dtype, case.info.scope)
        ]
        pairs += [(case.cost + power.cases[earlier[0]].cost, [earlier[0], i])] if earlier else [(case.cost, [i])]
    new = [[j for j in pair if j not in chosen] for _, pair in sorted(pairs)]
    return chosen + next(pair for pair in new if pair)


def select_blocks(blocks: Sequence[Block], ids: set[str]) -> list[Block]:
    """The blocks of the cases with the given ids alone."""
    selected = []
    for block in blocks:
        cases = [i for i, case in enumerate(block.cases) if case.id in ids]
        if cases:
            selected.append(block.take(cases))
    return selected
