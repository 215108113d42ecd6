"""The grid of operations and formats: how many of the judged cases passed, on as few lines as tell everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.results import GroupResult

CORNER = "passed/cases"
NOTHING = "–"
_GAP, _INDENT = "  ", "  "


@dataclass(frozen=True)
class GridCell:
    """A cell as text; `state` is "pass", "fail", "known", or "none" where no case was judged."""

    text: str
    state: str = "none"


@dataclass(frozen=True)
class GridRow:
    """A row: an operation, or a layer with all of its operations together."""

    label: str
    cells: tuple[GridCell, ...]


def list_formats(groups: Sequence[GroupResult]) -> list[str]:
    """The formats of the groups, in the order in which they are always shown."""
    present = {group.dtype for group in groups}
    ordered = [name for name in (*FLOAT_NAMES, *INTEGER_NAMES) if name in present]
    return ordered + sorted(present - set(ordered))


def make_grid(groups: Sequence[GroupResult], formats: Sequence[str], unfold: bool = False) -> list[GridRow]:
    """A row for each operation of which something was judged.

    Of several layers, each has a row of its own, and those of its operations follow it only where something fails in
    it, or with `unfold`.
    """
    judged = {group.operation for group in groups if group.judged}
    kept = [group for group in groups if group.operation in judged]
    layers = list(dict.fromkeys(group.layer for group in kept))
    rows = []
    for layer in layers:
        own = [group for group in kept if group.layer == layer]
        several = len(layers) > 1
        if several:
            rows.append(_make_row(layer or "other", own, formats))
        if not several or unfold or any(group.failed or group.errors for group in own):
            for operation in dict.fromkeys(group.operation for group in own):
                label = f"{_INDENT if several else ''}{operation}"
                rows.append(_make_row(label, [group for group in own if group.operation == operation], formats))
    return rows


def lay_out_grid(rows: Sequence[GridRow], formats: Sequence[str], width: int) -> Iterator[list[GridCell]]:
    """The lines of the grid, in pieces that have a state each; rows that are too wide become sentences that wrap."""
    if not rows:
        return
    table = [GridRow(CORNER, tuple(GridCell(name) for name in formats)), *rows]
    first = max(len(row.label) for row in table)
    widths = [max(len(cell.text) for cell in column) for column in zip(*(row.cells for row in table), strict=True)]
    if first + sum(len(_GAP) + each for each in widths) <= width:
        for row in table:
            cells = (
                GridCell(_GAP + cell.text.rjust(each), cell.state) for cell, each in zip(row.cells, widths, strict=True)
            )
            yield [GridCell(row.label.ljust(first)), *cells]
        return
    for row in rows:
        pieces = [GridCell(f"{row.label.strip()}:")]
        for name, cell in zip(formats, row.cells, strict=True):
            if cell.state != "none":
                pieces.append(GridCell(f" {name} {cell.text}", cell.state))
        yield pieces


def _make_row(label: str, groups: Sequence[GroupResult], formats: Sequence[str]) -> GridRow:
    return GridRow(label, tuple(_make_cell([group for group in groups if group.dtype == name]) for name in formats))


def _make_cell(groups: Sequence[GroupResult]) -> GridCell:
    judged = sum(group.judged for group in groups)
    if not judged:
        return GridCell(NOTHING)
    bad = any(group.failed or group.errors for group in groups)
    state = "fail" if bad else "known" if any(group.known for group in groups) else "pass"
    return GridCell(f"{sum(group.passed for group in groups)}/{judged}", state)
