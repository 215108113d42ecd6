"""What a measurement amounts to, as plain values: a row for each mutant, a matrix, and the cases it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conform.mutants.cover import find_redundant
from conform.mutants.detection import Detection, Planting, Power
from conform.mutants.variants.registry import Trial

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Row:
    """One mutant: sites where it is caught and planted, cases that catch it by family, and the cheapest of them."""

    detection: Detection
    caught: int
    planted: int
    cases: int
    families: tuple[tuple[str, int], ...]
    cheapest: str | None


@dataclass(frozen=True)
class Cell:
    """An operation in a format: how many of the mutants planted there are caught."""

    operation: str
    dtype: str
    caught: int
    planted: int


@dataclass(frozen=True)
class Summary:
    """`needed` are the ids of the cases that are the only ones to catch something; the others never are.

    `families` gives, for each family, its cases and how many of them are needed; `layers` the layer of each operation.
    """

    rows: tuple[Row, ...]
    matrix: tuple[Cell, ...]
    cases: int
    caught: int
    planted: int
    needed: tuple[str, ...]
    families: tuple[tuple[str, int, int], ...]
    layers: Mapping[str, str]

    @property
    def survivors(self) -> list[tuple[Detection, Planting]]:
        return [(row.detection, planting) for row in self.rows for planting in row.detection.survivors]

    @property
    def arguments(self) -> list[tuple[Detection, str, list[Planting]]]:
        """Mutants that are legal somewhere, with the argument and the sites."""
        found = []
        for row in self.rows:
            by_argument: dict[str, list[Planting]] = {}
            for planting in row.detection.plantings:
                if planting.argument is not None:
                    by_argument.setdefault(planting.argument, []).append(planting)
            found += [(row.detection, argument, plantings) for argument, plantings in by_argument.items()]
        return found


def get_family(case_id: str) -> str:
    return case_id.split("/")[1]


def summarize(power: Power, layers: Mapping[str, str]) -> Summary:
    """Count what was caught, by mutant, by operation and format, and by family."""
    redundant = set(find_redundant(power).tolist())
    total = Counter(get_family(case.info.id) for case in power.cases)
    needed = Counter(get_family(case.info.id) for i, case in enumerate(power.cases) if i not in redundant)
    return Summary(
        rows=tuple(_make_row(power, detection) for detection in power.detections),
        matrix=tuple(_make_matrix(power)),
        cases=len(power.cases),
        caught=power.caught,
        planted=power.planted,
        needed=tuple(case.info.id for i, case in enumerate(power.cases) if i not in redundant),
        families=tuple((family, count, needed[family]) for family, count in total.items()),
        layers=layers,
    )


def _make_row(power: Power, detection: Detection) -> Row:
    found = [power.cases[i] for i in detection.cases.tolist()]
    families = Counter(get_family(case.info.id) for case in found)
    cheapest = min(found, key=lambda case: case.cost, default=None)
    return Row(
        detection,
        sum(planting.is_caught for planting in detection.defects),
        len(detection.defects),
        len(found),
        tuple(families.most_common()),
        None if cheapest is None else cheapest.info.id,
    )


def _make_matrix(power: Power) -> list[Cell]:
    caught: Counter[tuple[str, str]] = Counter()
    planted: Counter[tuple[str, str]] = Counter()
    groups = dict.fromkeys((case.operation, case.dtype) for case in power.cases)
    for detection in power.detections:
        for planting in detection.defects:
            group = (planting.site.operation, planting.site.dtype)
            planted[group] += 1
            caught[group] += planting.is_caught
    return [Cell(*group, caught[group], planted[group]) for group in groups]


def to_json(summary: Summary, trials: Sequence[Trial]) -> dict[str, Any]:
    """The summary as JSON values."""
    return {
        "format_version": FORMAT_VERSION,
        "cases": summary.cases,
        "planted": summary.planted,
        "caught": summary.caught,
        "mutants": [_row_to_json(row) for row in summary.rows],
        "matrix": [
            {"operation": cell.operation, "dtype": cell.dtype, "caught": cell.caught, "planted": cell.planted}
            for cell in summary.matrix
        ],
        "families": [
            {"family": family, "cases": cases, "needed": needed} for family, cases, needed in summary.families
        ],
        "needed": list(summary.needed),
        "variants": [
            {
                "name": trial.variant.name,
                "summary": trial.variant.summary,
                "cases": trial.cases,
                "flagged": list(trial.flagged),
            }
            for trial in trials
        ],
    }


def _row_to_json(row: Row) -> dict[str, Any]:
    mutant = row.detection.mutant
    return {
        "name": mutant.name,
        "topic": mutant.topic,
        "summary": mutant.summary,
        "mistake": mutant.mistake,
        "needs": mutant.needs or None,
        "planted": row.planted,
        "caught": row.caught,
        "cases": row.cases,
        "families": dict(row.families),
        "cheapest": row.cheapest,
        "survived": [{"site": str(each.site), "possible_cases": each.possible} for each in row.detection.survivors],
        "equivalent": [
            {"site": str(each.site), "argument": each.argument}
            for each in row.detection.plantings
            if each.argument is not None
        ],
    }
