"""All mutants, each with the kind of mistake that its file is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from conform.errors import UsageError
from conform.mutants.catalogue import (
    batching,
    bias,
    gradients,
    indexing,
    integers,
    kernels,
    layout,
    precision,
    range_limits,
    reduction,
    rounding_errors,
    shapes,
    shortcuts,
    special_values,
    state,
    updates,
)
from conform.mutants.mutant import Mutant, Site, make_site
from conform.mutants.task import Change
from conform.mutants.terms import has_sums
from conform.suite import Operation

MUTANTS: tuple[Mutant, ...] = tuple(
    replace(mutant, topic=topic)
    for topic, module in (
        ("bias", bias),
        ("indexing", indexing),
        ("reduction", reduction),
        ("batching", batching),
        ("gradients", gradients),
        ("updates", updates),
        ("precision", precision),
        ("rounding", rounding_errors),
        ("integers", integers),
        ("special values", special_values),
        ("range", range_limits),
        ("kernels", kernels),
        ("shortcuts", shortcuts),
        ("shapes", shapes),
        ("state", state),
        ("layout", layout),
    )
    for mutant in module.MUTANTS
)


def is_interposed(name: str) -> bool:
    """Whether a name is that of a defect at an array operation, operation/step/defect."""
    return "/" in name


def find_mutants(names: Sequence[str]) -> tuple[Mutant, ...]:
    """The mutants of the given names, all of them for none; raises UsageError for an unknown name."""
    if not names:
        return MUTANTS
    by_name = {mutant.name: mutant for mutant in MUTANTS}
    for name in names:
        if name not in by_name:
            close = get_close_matches(name, by_name, 1)
            hint = f"Did you mean {close[0]}?" if close else "`conform mutants --list` names them all."
            raise UsageError(f"unknown mutant {name!r}", hint=hint)
    return tuple(by_name[name] for name in dict.fromkeys(names))


def list_sites(mutant: Mutant, operations: Iterable[Operation], dtypes: Sequence[str]) -> list[Site]:
    """The sites at which a mutant can be planted, among the operations whose results are sums."""
    whole = not isinstance(mutant.defect, Change)
    return [
        site
        for operation in operations
        if has_sums(operation)
        for dtype in dtypes
        for site in ([make_site(operation, "", dtype)] if whole else list_result_sites(operation, dtype))
        if mutant.applies(site)
    ]


def list_result_sites(operation: Operation, dtype: str) -> list[Site]:
    return [make_site(operation, result.name, dtype) for result in operation.results]
