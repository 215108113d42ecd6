"""Summing up cases by operation and format."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from conform.declaration import Declaration
from conform.formats import get_format
from conform.judge.precision import SHORTFALL, PrecisionSample, get_declared_bits
from conform.results import GroupResult, Verdict
from conform.running.histogram import add_counts

GroupKey = tuple[str, str]
"""The names of an operation and a format."""


@dataclass(frozen=True)
class Tally:
    """What the cases of one block, or of several, add up to; `elements` counts them by Status."""

    verdicts: Mapping[Verdict, int]
    elements: tuple[int, int, int, int]
    worst: float = -math.inf
    sample: PrecisionSample = field(default_factory=PrecisionSample)
    ratio_counts: tuple[int, ...] = ()
    bits_counts: tuple[int, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            {verdict: self.verdicts.get(verdict, 0) + other.verdicts.get(verdict, 0) for verdict in Verdict},
            tuple(a + b for a, b in zip(self.elements, other.elements, strict=True)),  # type: ignore[arg-type]
            max(self.worst, other.worst),
            self.sample + other.sample,
            add_counts(self.ratio_counts, other.ratio_counts),
            add_counts(self.bits_counts, other.bits_counts),
        )


def summarize_group(key: GroupKey, tally: Tally, declaration: Declaration) -> GroupResult:
    """The result of one operation in one format."""
    operation, dtype = key
    output = get_format(dtype)
    rules = declaration.rules_for(operation, output)
    exact, bound, uninformative, failed = tally.elements
    return GroupResult(
        operation=operation,
        dtype=dtype,
        cases=sum(tally.verdicts.values()),
        passed=tally.verdicts.get(Verdict.PASS, 0),
        failed=tally.verdicts.get(Verdict.FAIL, 0),
        errors=tally.verdicts.get(Verdict.ERROR, 0),
        unsupported=tally.verdicts.get(Verdict.UNSUPPORTED, 0),
        declared=tally.verdicts.get(Verdict.DECLARED, 0),
        exact_elements=exact,
        bound_elements=bound,
        uninformative_elements=uninformative,
        failed_elements=failed,
        worst=None if tally.worst == -math.inf else tally.worst,
        bits=tally.sample.bits,
        declared_bits=None if output.is_integer else get_declared_bits(rules),
        accumulates=None if output.is_integer else rules.accumulator.name,
        ratio_counts=tally.ratio_counts,
        bits_counts=tally.bits_counts,
    )


def warn_of_group(group: GroupResult) -> list[str]:
    """What a reader of the group's line in a report should be told beside it."""
    place = f"{group.operation} {group.dtype}"
    warnings = []
    if (
        not group.failed
        and group.bits is not None
        and group.declared_bits is not None
        and group.declared_bits - group.bits >= SHORTFALL
    ):
        warnings.append(
            f"{place}: the errors amount to arithmetic of {group.bits:.1f} bits; {group.declared_bits} are declared"
        )
    if not group.informative and group.passed:
        warnings.append(f"{place}: no element was settled by a rule that could have failed it")
    return warnings
