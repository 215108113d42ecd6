"""Planting every mutant at every site, and finding the cases that catch it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend, check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.bits import view_bits
from conform.declaration import Declaration
from conform.mutants.baseline import NO_CASES, Baseline
from conform.mutants.interposed.arguments import find_arguments
from conform.mutants.interposed.planting import ENOUGH, Interposition, Stand
from conform.mutants.mutant import Equivalence, Mutant, Site, everywhere, make_site
from conform.mutants.registry import list_result_sites
from conform.mutants.task import Change, Task, prepare_task
from conform.mutants.terms import has_sums
from conform.running.observe import Checks, observe_block
from conform.suite import LARGE, Block, CaseInfo, Operation

Array = NDArray[Any]
Indices = NDArray[np.intp]

ARRAY_OPERATIONS = "array operations"
"""The topic of the mutants that are planted in numpy's methods."""

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
        return np.unique(np.concatenate([NO_CASES, *(planting.caught for planting in self.plantings)]))


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


class _Interposed:
    """The plantings of defects at array operations while blocks come in."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self._mutants: dict[str, Mutant] = {}
        self._found: dict[tuple[str, Site], _Found] = {}

    def add(self, stand: Stand, numbers: Indices, site: Site) -> None:
        """Plant every defect in the method of a stand, on whose block's cases with these numbers it stands.

        One that changes no answer is a defect only where it would change one to other arguments.
        """
        for interposition in stand.interpositions:
            name = interposition.name
            if not self._wanted(name):
                continue
            self._mutants.setdefault(name, make_mutant(interposition))
            found = self._found.setdefault((name, site), _Found())
            found.possible += len(stand.find_cases(interposition))
            if len(found.caught) < ENOUGH:
                outcome = stand.plant(interposition)
                found.caught += numbers[outcome.caught].tolist()
                found.matters = found.matters or bool(outcome.changed) or stand.matters(interposition)

    def finish(self) -> list[Detection]:
        """The mutants that matter anywhere, with their plantings."""
        plantings: dict[str, list[Planting]] = {}
        for (name, site), found in self._found.items():
            if found.matters:
                argument = self._mutants[name].find_argument(site)
                caught = np.array(found.caught, np.intp)
                plantings.setdefault(name, []).append(Planting(site, caught, found.possible, argument))
        return [Detection(self._mutants[name], tuple(each)) for name, each in plantings.items()]


@dataclass
class _Found:
    """What became so far of a defect at a site: numbers of cases that catch it, and how many have the operation."""

    caught: list[int] = field(default_factory=list)
    possible: int = 0
    matters: bool = False


def make_mutant(interposition: Interposition) -> Mutant:
    """The mutant that plants a defect at an array operation."""
    return Mutant(
        interposition.name,
        interposition.summary,
        "One operation on arrays is not the one that was meant.",
        interposition,
        lambda site: site.operation == interposition.operation and not site.result,
        equivalences=tuple(Equivalence(everywhere, each.reason) for each in find_arguments(interposition)),
        topic=ARRAY_OPERATIONS,
    )


def load_subject(operations: Sequence[Operation]) -> LoadedBackend:
    """numpy's backend, in whose methods defects are planted."""
    return check_backend(NumpyBackend, operations)


def measure_power(
    mutants: Sequence[Mutant],
    blocks: Iterable[Block],
    operations: Sequence[Operation],
    progress: Callable[[int], None] | None = None,
    subject: LoadedBackend | None = None,
    interposed: Callable[[str], bool] = lambda name: True,
) -> Power:
    """Try every mutant on every case of the blocks, at every site where it applies.

    A defect of the computation is planted in one result at a time, and judged where its answers differ from the
    reference's; a defect of the call is run as a backend, which lives through all the blocks. With a `subject`, which
    computes in numpy, those defects at each array operation of its methods are planted too that `interposed` wants by
    name. Operations of which neither knows anything are passed over. Cases of more than LARGE elements are for the
    mutants that need them. `progress` is told how many more cases are done.
    """
    records = [_Record(mutant) for mutant in mutants]
    for record in records:
        if isinstance(record.mutant.defect, type):
            record.backend = check_backend(record.mutant.defect(), operations)
    cases: list[JudgedCase] = []
    planted = _Interposed(interposed)
    for block in blocks:
        if has_sums(block.operation) or _is_subject(subject, block):
            listed = _list_cases(block)
            is_large = np.array([case.cost > LARGE for case in listed])
            for large in (False, True):
                chosen = np.flatnonzero(is_large == large)
                if len(chosen):
                    part = block if len(chosen) == len(listed) else block.take(chosen.tolist())
                    numbers = chosen + len(cases)
                    bench = _make_bench(part, subject, large)
                    for record in records:
                        if record.mutant.large or not large:
                            _try_mutant(record, bench, numbers)
                    if bench.stand is not None and not large:
                        planted.add(bench.stand, numbers, make_site(block.operation, "", block.format.name))
            cases += listed
        if progress is not None:
            progress(len(block.cases))
    return Power(tuple(cases), (*(record.finish() for record in records), *planted.finish()))


def merge_powers(powers: Sequence[Power]) -> Power:
    """What several sets of cases catch together, each measured on other operations by the same mutants."""
    cases: list[JudgedCase] = []
    plantings: dict[str, list[Planting]] = {}
    mutants: dict[str, Mutant] = {}
    for power in powers:
        for detection in power.detections:
            mutants.setdefault(detection.mutant.name, detection.mutant)
            plantings.setdefault(detection.mutant.name, []).extend(
                replace(each, caught=each.caught + len(cases)) for each in detection.plantings
            )
        cases += power.cases
    return Power(tuple(cases), tuple(Detection(mutants[name], tuple(each)) for name, each in plantings.items()))


def find_failing(task: Task, result: str, answer: Array, signed_zero: bool = False) -> Indices:
    """The cases of a block that an answer to one result fails, by the rules for a backend that declares nothing."""
    return _make_baseline(task).find_failing(result, answer, signed_zero)


@dataclass(frozen=True)
class _Bench:
    """A block ready for mutants: the answers without a defect, the terms of its sums if all its results are sums, and
    the subject's method on it where that is needed.
    """

    baseline: Baseline
    task: Task | None
    stand: Stand | None


def _make_bench(block: Block, subject: LoadedBackend | None, large: bool) -> _Bench:
    """Nothing is planted in array operations on `large` cases, so only what is no sum needs the method for those."""
    task = prepare_task(block) if has_sums(block.operation) else None
    needed = subject is not None and _is_subject(subject, block) and (task is None or not large)
    stand = Stand(subject, block) if subject is not None and needed else None
    if task is not None:
        return _Bench(_make_baseline(task), task, stand)
    if stand is None:
        raise ValueError(f"{block.operation.name} has results that are no sums")
    return _Bench(stand.baseline, None, stand)


def _make_baseline(task: Task) -> Baseline:
    return Baseline(task.block, task.reference, _RULES.rules_for(task.operation, task.format))


def _is_subject(subject: LoadedBackend | None, block: Block) -> bool:
    """Whether a backend has the block's operation, in its format."""
    name = block.operation.name
    return subject is not None and name in subject.methods and subject.declaration.supports(name, block.format.name)


def _try_mutant(record: _Record, bench: _Bench, numbers: Indices) -> None:
    """Try a mutant on a block whose cases have these numbers."""
    mutant, block, task = record.mutant, bench.baseline.block, bench.task
    if isinstance(mutant.defect, Change):
        sites = [site for site in list_result_sites(block.operation, block.format.name) if mutant.applies(site)]
        if sites and task is not None:
            answers = mutant.defect.compute(task)
            for site in sites:
                cases = bench.baseline.find_failing(site.result, answers[site.result], mutant.needs == "signed_zero")
                record.add(site, block, numbers[cases])
        return
    site = make_site(block.operation, "", block.format.name)
    if record.backend is not None and site.operation in record.backend.methods and mutant.applies(site):
        record.add(site, block, numbers[_call_mutant(record.backend, mutant, bench.baseline)])


def _call_mutant(backend: LoadedBackend, mutant: Mutant, baseline: Baseline) -> Indices:
    """The cases that a run of the backend would not pass."""
    with np.errstate(all="ignore"):
        checks = Checks(whole=mutant.needs == "non_contiguous")
        seen = observe_block(backend, baseline.block, checks, lambda cases: None)
        found = [np.array(sorted(seen.problems), np.intp)]
        for each in seen.rounds:
            for name, answer in each.answers.items():
                answered = each.answered[baseline.owners[name]]
                found.append(baseline.find_failing(name, np.where(answered, answer, baseline.answers[name])))
        if mutant.needs == "deterministic" and len(seen.rounds) > 1:
            first, second = seen.rounds[:2]
            for name, answer in first.answers.items():
                different = np.flatnonzero(view_bits(answer) != view_bits(second.answers[name]))
                found.append(np.unique(baseline.owners[name][different]).astype(np.intp))
    return np.unique(np.concatenate(found))


def _list_cases(block: Block) -> list[JudgedCase]:
    return [
        JudgedCase(case, block.operation.name, block.format.name, cost)
        for case, cost in zip(block.cases, block.count_elements().tolist(), strict=True)
    ]
