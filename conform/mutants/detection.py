"""Planting every mutant at every site, and finding the cases that catch it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend, check_backend
from conform.bits import view_bits
from conform.declaration import Declaration
from conform.judge.arrays import judge_elements
from conform.judge.status import Status
from conform.mutants.mutant import Mutant, Site, make_site
from conform.mutants.registry import list_result_sites
from conform.mutants.task import Change, Task, prepare_task
from conform.mutants.terms import has_sums
from conform.running.observe import Checks, observe_block
from conform.suite import LARGE, Block, CaseInfo, Operation

Array = NDArray[Any]
Indices = NDArray[np.intp]

_NONE: Indices = np.zeros(0, np.intp)
_RULES = Declaration()
"""A mutant declares nothing: it is held to what the definition and the format alone allow."""


@dataclass(frozen=True)
class JudgedCase:
    """A case that mutants were tried on; `cost` counts its elements, inputs and results together."""

    info: CaseInfo
    operation: str
    dtype: str
    cost: int


@dataclass(frozen=True)
class Planting:
    """One mutant at one site: the numbers of the cases that catch it, and how many cases could show it at all.

    `argument` says why it is legal there, None where it is a defect.
    """

    site: Site
    caught: Indices
    possible: int
    argument: str | None

    @property
    def is_caught(self) -> bool:
        return len(self.caught) > 0


@dataclass(frozen=True)
class Detection:
    """What became of one mutant."""

    mutant: Mutant
    plantings: tuple[Planting, ...]

    @property
    def defects(self) -> tuple[Planting, ...]:
        """The plantings that are not argued to be legal."""
        return tuple(planting for planting in self.plantings if planting.argument is None)

    @property
    def survivors(self) -> tuple[Planting, ...]:
        return tuple(planting for planting in self.defects if not planting.is_caught)

    @property
    def cases(self) -> Indices:
        """The numbers of the cases that catch it anywhere."""
        return np.unique(np.concatenate([_NONE, *(planting.caught for planting in self.plantings)]))


@dataclass(frozen=True)
class Power:
    """What a set of cases catches: the cases by number, and one detection a mutant."""

    cases: tuple[JudgedCase, ...]
    detections: tuple[Detection, ...]

    @property
    def planted(self) -> int:
        return sum(len(detection.defects) for detection in self.detections)

    @property
    def caught(self) -> int:
        return sum(planting.is_caught for detection in self.detections for planting in detection.defects)


@dataclass
class _Record:
    """The plantings of one mutant while blocks come in."""

    mutant: Mutant
    caught: dict[Site, list[Indices]] = field(default_factory=dict)
    possible: dict[Site, int] = field(default_factory=dict)
    backend: LoadedBackend | None = None

    def add(self, site: Site, block: Block, cases: Indices) -> None:
        """Record the cases that catch the mutant at a site, by number, and how many of the block's could."""
        self.caught.setdefault(site, []).append(cases)
        shows = sum(self.mutant.applies(site, case.sizes) for case in block.cases)
        self.possible[site] = self.possible.get(site, 0) + shows

    def finish(self) -> Detection:
        plantings = [
            Planting(site, np.concatenate(found), self.possible[site], self.mutant.find_argument(site))
            for site, found in self.caught.items()
        ]
        return Detection(self.mutant, tuple(plantings))


def measure_power(
    mutants: Sequence[Mutant],
    blocks: Iterable[Block],
    operations: Sequence[Operation],
    progress: Callable[[int], None] | None = None,
) -> Power:
    """Try every mutant on every case of the blocks, at every site where it applies.

    A defect of the computation is planted in one result at a time, and judged where its answers differ from the
    reference's; a defect of the call is run as a backend, which lives through all the blocks. Operations that the
    catalogue does not know are passed over. Cases of more than LARGE elements are for the mutants that need them.
    `progress` is told how many more cases are done.
    """
    known = [operation for operation in operations if has_sums(operation)]
    records = [_Record(mutant) for mutant in mutants]
    for record in records:
        if not isinstance(record.mutant.defect, Change):
            record.backend = check_backend(record.mutant.defect(), known)
    cases: list[JudgedCase] = []
    for block in blocks:
        if has_sums(block.operation):
            listed = _list_cases(block)
            is_large = np.array([case.cost > LARGE for case in listed])
            for large in (False, True):
                chosen = np.flatnonzero(is_large == large)
                if len(chosen):
                    task = prepare_task(block if len(chosen) == len(listed) else block.take(chosen.tolist()))
                    for record in records:
                        if record.mutant.large or not large:
                            _try_mutant(record, task, chosen + len(cases))
            cases += listed
        if progress is not None:
            progress(len(block.cases))
    return Power(tuple(cases), tuple(record.finish() for record in records))


def find_failing(task: Task, result: str, answer: Array, signed_zero: bool = False) -> Indices:
    """The cases of a block that an answer to one result fails, by the rules for a backend that declares nothing."""
    different = np.flatnonzero(view_bits(answer) != view_bits(task.reference[result]))
    if not len(different):
        return _NONE
    rules = _RULES.rules_for(task.operation, task.format, signed_zero)
    expected = task.block.expected[result]
    judgement = judge_elements(expected.take(different, expected.offsets), answer[different], rules)
    wrong = different[judgement.status == Status.FAILED]
    return np.unique(task.terms[result].grid.case[wrong]).astype(np.intp)


def _try_mutant(record: _Record, task: Task, numbers: Indices) -> None:
    """Try a mutant on a block whose cases have these numbers."""
    mutant, block = record.mutant, task.block
    if isinstance(mutant.defect, Change):
        sites = [site for site in list_result_sites(block.operation, block.format.name) if mutant.applies(site)]
        if sites:
            answers = mutant.defect.compute(task)
            for site in sites:
                cases = find_failing(task, site.result, answers[site.result], mutant.needs == "signed_zero")
                record.add(site, block, numbers[cases])
        return
    site = make_site(block.operation, "", task.format.name)
    if record.backend is not None and task.operation in record.backend.methods and mutant.applies(site):
        record.add(site, block, numbers[_call_mutant(record.backend, mutant, task)])


def _call_mutant(backend: LoadedBackend, mutant: Mutant, task: Task) -> Indices:
    """The cases that a run of the backend would not pass."""
    with np.errstate(all="ignore"):
        checks = Checks(whole=mutant.needs == "non_contiguous")
        seen = observe_block(backend, task.block, checks, lambda cases: None)
        found = [np.array(sorted(seen.problems), np.intp)]
        for each in seen.rounds:
            for name, answer in each.answers.items():
                answered = each.answered[task.terms[name].grid.case]
                found.append(find_failing(task, name, np.where(answered, answer, task.reference[name])))
        if mutant.needs == "deterministic" and len(seen.rounds) > 1:
            first, second = seen.rounds[:2]
            for name, answer in first.answers.items():
                different = np.flatnonzero(view_bits(answer) != view_bits(second.answers[name]))
                found.append(np.unique(task.terms[name].grid.case[different]).astype(np.intp))
    return np.unique(np.concatenate(found))


def _list_cases(block: Block) -> list[JudgedCase]:
    return [
        JudgedCase(case, block.operation.name, block.format.name, cost)
        for case, cost in zip(block.cases, block.count_elements().tolist(), strict=True)
    ]
