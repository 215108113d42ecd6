"""The table of operations and formats in plain text, in the widest of three layouts that fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from conform.results import GroupResult

_COLUMNS = ("cases", "exact", "bound", "uninformative", "failed", "error", "worst error/bound", "bits", "declared")
_NARROW_TOP = ("", "", "", "unin-", "", "", "worst", "bits/")
_NARROW = ("cases", "exact", "bound", "formative", "failed", "error", "error/bound", "decl.")
_LEGEND = "failed and error count cases; exact, bound and uninformative count elements, by the worst of their answers"
_NARROW_LEGEND = f"{_LEGEND}; bits are those observed and those declared"
_GAP = "  "


@dataclass(frozen=True)
class Line:
    """A line of the table; `bad` where something failed in it, `quiet` where it only explains."""

    text: str
    bad: bool = False
    quiet: bool = False


def lay_out_groups(groups: Sequence[GroupResult], width: int) -> Iterator[Line]:
    """A row for each group: with its operation, else below its operation, else as a sentence that wraps."""
    if not groups:
        return
    for make in (_make_wide, _make_narrow):
        lines = list(make(groups))
        if all(len(line.text) <= width for line in lines if not line.quiet):
            yield from lines
            return
    for group in groups:
        counts = (f"{name} {count}" for name, count in zip(_COLUMNS, _list_counts(group), strict=True) if count)
        yield Line(f"{group.operation} {group.dtype}: {', '.join(counts)}", _is_bad(group))
    yield Line(_LEGEND, quiet=True)


def _make_wide(groups: Sequence[GroupResult]) -> Iterator[Line]:
    header = ("operation", "format", *_COLUMNS)
    rows = [(group.operation, group.dtype, *_list_counts(group)) for group in groups]
    first, *aligned = _align([header, *rows], left=2)
    yield Line(first)
    for text, group in zip(aligned, groups, strict=True):
        yield Line(text, _is_bad(group))
    yield Line(_LEGEND, quiet=True)


def _make_narrow(groups: Sequence[GroupResult]) -> Iterator[Line]:
    rows = []
    for group in groups:
        *counts, bits, _ = _list_counts(group)
        declared = "" if group.declared_bits is None else f"/{group.declared_bits}"
        rows.append((f"{_GAP}{group.dtype}", *counts, f"{bits or '–'}{declared}" if declared else bits))
    top, bottom, *aligned = _align([("", *_NARROW_TOP), ("format", *_NARROW), *rows], left=1)
    yield Line(top)
    yield Line(bottom)
    texts = iter(aligned)
    for operation, own in groupby(groups, key=lambda group: group.operation):
        yield Line(operation)
        for group in own:
            yield Line(next(texts), _is_bad(group))
    yield Line(_NARROW_LEGEND, quiet=True)


def _align(rows: Sequence[tuple[str, ...]], left: int) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield _GAP.join(cells).rstrip()


def _list_counts(group: GroupResult) -> tuple[str, ...]:
    return (
        str(group.cases),
        str(group.exact_elements),
        str(group.bound_elements),
        str(group.uninformative_elements),
        str(group.failed),
        str(group.errors),
        "" if group.worst is None else f"{group.worst:.3g}",
        "" if group.bits is None else f"{max(group.bits, 0.0):.1f}",
        "" if group.declared_bits is None else f"{group.declared_bits} in {group.accumulates}",
    )


def _is_bad(group: GroupResult) -> bool:
    return bool(group.failed or group.errors)
