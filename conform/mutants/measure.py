"""Measuring the power of a suite, operation by operation, with defects of the catalogue and of array operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from conform.mutants.detection import (
    Detection,
    JudgedCase,
    Planting,
    Power,
    load_subject,
    make_mutant,
    measure_power,
    merge_powers,
)
from conform.mutants.interposed.planting import Interposition, Stand
from conform.mutants.jobs import map_operations
from conform.mutants.mutant import Mutant
from conform.suite import LARGE, Block, Operation

_LISTED = 12
"""Cases of a block that are enough to have every array operation of a method."""


@dataclass(frozen=True)
class _Part:
    """What one operation's cases catch, as plain data: mutants of the catalogue are named."""

    cases: tuple[JudgedCase, ...]
    plantings: tuple[tuple[str | Interposition, tuple[Planting, ...]], ...]


def measure(
    mutants: Sequence[Mutant],
    blocks: Sequence[Block],
    operations: Sequence[Operation],
    *,
    jobs: int = 1,
    interposed: Callable[[str], bool] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Power:
    """What the cases of the blocks catch of the given mutants, and of the defects at array operations of numpy's
    methods that `interposed` wants by name; `jobs` operations at a time.
    """
    subject = load_subject(operations)

    def work(group: list[Block]) -> _Part:
        if interposed is None:
            return _pack(measure_power(mutants, group, operations))
        return _pack(measure_power(mutants, group, operations, subject=subject, interposed=interposed))

    by_name = {mutant.name: mutant for mutant in mutants}
    return merge_powers([_unpack(part, by_name) for part in map_operations(work, blocks, jobs, progress)])


def list_interposed(
    blocks: Sequence[Block], operations: Sequence[Operation], wanted: Callable[[str], bool]
) -> list[Mutant]:
    """The mutants of array operations that some case has, of those that are wanted by name, without planting any."""
    subject = load_subject(operations)
    found: dict[str, Mutant] = {}
    for block in blocks:
        if block.operation.name in subject.methods:
            small = np.flatnonzero(block.count_elements() <= LARGE).tolist()
            some = block.take(small[:: max(1, len(small) // _LISTED)])
            for interposition in Stand(subject, some).interpositions:
                found.setdefault(interposition.name, make_mutant(interposition))
    return [mutant for name, mutant in found.items() if wanted(name)]


def _pack(power: Power) -> _Part:
    return _Part(
        power.cases,
        tuple(
            (each.mutant.defect if isinstance(each.mutant.defect, Interposition) else each.mutant.name, each.plantings)
            for each in power.detections
        ),
    )


def _unpack(part: _Part, by_name: dict[str, Mutant]) -> Power:
    return Power(
        part.cases,
        tuple(
            Detection(make_mutant(what) if isinstance(what, Interposition) else by_name[what], plantings)
            for what, plantings in part.plantings
        ),
    )
