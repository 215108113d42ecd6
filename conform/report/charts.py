"""Draws the distributions of errors as SVG that takes its colours from the page around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from conform.results import GroupResult
from conform.running.histogram import BITS_RANGE, RATIO_RANGE

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 504, 137, 5, 103
_LEFT_PANEL, _RIGHT_PANEL = (44, 247), (286, 500)
_TICK, _TITLE, _ROW = 11, 26, 10
"""How far below the bars ticks and titles are written, and the height of a line of labels."""
_DASHES = ("none", "5 3", "1.5 2", "6 2 1.5 2")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FLOOR = -0.15
"""Where bars start on the axis of log10(elements), so that one element shows."""


@dataclass(frozen=True)
class Series:
    """The group of one backend, as one line of a chart."""

    backend: str
    group: GroupResult


@dataclass(frozen=True)
class Extent:
    """The parts of both axes that some chart of a report needs, so that all its charts can be compared."""

    ratio: tuple[int, int]
    bits: tuple[int, int]


@dataclass(frozen=True)
class _Panel:
    """One of the two pictures of a chart: the data from `low` to `high` and up to log10(elements) = `top`."""

    left: float
    right: float
    low: float
    high: float
    top: float

    def x(self, place: float) -> float:
        return self.left + (place - self.low) / (self.high - self.low) * (self.right - self.left)

    def y(self, height: float) -> float:
        return _BOTTOM - (height - _FLOOR) / (self.top - _FLOOR) * (_BOTTOM - _TOP)


def measure_extent(groups: Sequence[GroupResult]) -> Extent:
    """The extent that shows everything in these groups."""
    low, _ = RATIO_RANGE
    ratios = [low - 1 + i for group in groups for i, count in enumerate(group.ratio_counts[1:]) if count]
    bits = [BITS_RANGE[0] - 1 + i for group in groups for i, count in enumerate(group.bits_counts[:-1]) if count]
    declared = [group.declared_bits for group in groups if group.declared_bits is not None]
    return Extent(
        (min([-8, *ratios]), max([2, *(place + 1 for place in ratios)])),
        (min([8, *bits]), max([12, *(place + 1 for place in bits), *(limit + 4 for limit in declared)])),
    )


def draw_distribution(series: Sequence[Series], colours: Sequence[int], extent: Extent, prefix: str) -> str:
    """One operation in one format: error/bound beside the bound, and the precision of elements beside what is declared.

    `colours` numbers the colour of each series. The SVG is hidden from screen readers, so the page must say the same
    in words; every id in it begins with `prefix`.
    """
    parts = [*_draw_ratios(series, colours, extent.ratio, prefix), *_draw_bits(series, colours, extent.bits)]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true" focusable="false" font-size="8.5">'
        f"{''.join(parts)}</svg>"
    )


def _draw_ratios(
    series: Sequence[Series], colours: Sequence[int], extent: tuple[int, int], prefix: str
) -> Iterator[str]:
    low, high = extent
    offset = RATIO_RANGE[0] - 1
    panel = _Panel(*_LEFT_PANEL, low - 2.2, high + 0.2, _find_top(series, 0.1))
    bound = panel.x(0)
    hatch = escape(f"{prefix}hatch")
    yield (
        f'<pattern id="{hatch}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V5" style="stroke: var(--fail); stroke-width: .8"/></pattern>'
    )
    area = f'x="{bound:.1f}" y="{_TOP}" width="{panel.right - bound:.1f}" height="{_BOTTOM - _TOP}"'
    yield f'<rect {area} style="fill: var(--fail-back)"/><rect {area} fill="url(#{hatch})" opacity=".5"/>'
    step = 4 if high - low <= 24 else 8
    ticks = [place for place in range(-step * 16, high + 1, step) if place >= low + 2]
    named = [(low - 1.5, "0"), *((tick, f"2{str(tick).translate(_SUPERSCRIPTS)}" if tick else "1") for tick in ticks)]
    yield from _draw_axes(panel, named, "error / bound")
    middle = (_TOP + _BOTTOM) / 2
    yield _write("elements", 9, middle, "middle", f' transform="rotate(-90 9 {middle})"')
    for i, one in zip(colours, series, strict=True):
        counts = one.group.ratio_counts
        bins = [counts[1 + place - offset] for place in range(low, high)]
        yield from _draw_steps(panel, [counts[0], 0, *bins], low - 2, i, len(series))
    yield _draw_line(panel, 0, "var(--fail)", 1.4)
    yield _write("bound", bound + 3, _TOP + 8, "start", ' style="fill: var(--fail)"')


def _draw_bits(series: Sequence[Series], colours: Sequence[int], extent: tuple[int, int]) -> Iterator[str]:
    low, high = extent
    panel = _Panel(*_RIGHT_PANEL, low - 0.2, high + 2.2, _find_top(series, 0.18 * (1 + len(series))))
    ticks = list(range(low + -low % 8, high - 1, 8))
    yield from _draw_axes(
        panel, [*((tick, str(tick)) for tick in ticks), (high + 1.5, "∞")], "precision of an element, in bits"
    )
    for i, one in zip(colours, series, strict=True):
        counts = one.group.bits_counts
        bins = [*(counts[1 + place] for place in range(low, high)), 0, counts[-1]]
        yield from _draw_steps(panel, bins, low, i, len(series))
    for row, (i, one) in enumerate(zip(colours, series, strict=True), 1):
        if one.group.bits is not None:
            colour = f"var(--series-{i % 4})"
            yield _draw_line(panel, one.group.bits, colour, 1.6, _DASHES[i % 4])
            yield _label_line(panel, f"effective {one.group.bits:.1f}", one.group.bits, row, colour)
    for bits in sorted({one.group.declared_bits for one in series if one.group.declared_bits is not None}):
        yield _draw_line(panel, bits, "var(--ink)", 0.9)
        yield _label_line(panel, f"declared {bits}", bits, 0, "var(--ink)")


def _find_top(series: Sequence[Series], headroom: float) -> float:
    """The top of the axis, with this part of the height of the bars free above them for labels."""
    most = max(max((*one.group.ratio_counts, *one.group.bits_counts)) for one in series)
    top = math.log10(max(most, 10))
    return top + (top - _FLOOR) * headroom


def _draw_axes(panel: _Panel, ticks: Sequence[tuple[float, str]], title: str) -> Iterator[str]:
    line = 'style="stroke: var(--line); stroke-width: .6"'
    for power in range(math.floor(panel.top) + 1):
        y = panel.y(power)
        yield f'<path d="M{panel.left} {y:.1f}H{panel.right}" {line}/>'
        yield _write(f"{10**power:,}", panel.left - 4, y + 3, "end")
    yield f'<path d="M{panel.left} {_TOP}V{_BOTTOM}H{panel.right}" fill="none" {line}/>'
    for place, text in ticks:
        yield _write(text, panel.x(place), _BOTTOM + _TICK, "middle")
    yield _write(title, (panel.left + panel.right) / 2, _BOTTOM + _TITLE, "middle")


def _draw_steps(panel: _Panel, counts: Sequence[int], start: int, i: int, total: int) -> Iterator[str]:
    """Bars of log10(count) from `start`, one a place; of several series each has an outline and the fill is faint."""
    corners = [f"M{panel.x(start):.1f} {panel.y(_FLOOR):.1f}"]
    for place, count in enumerate(counts, start + 1):
        height = math.log10(count) if count else _FLOOR
        corners.append(f"V{panel.y(height):.1f}H{panel.x(place):.1f}")
    path, colour = f"{''.join(corners)}V{panel.y(_FLOOR):.1f}", f"var(--series-{i % 4})"
    yield f'<path d="{path}Z" style="fill: {colour}; opacity: {0.75 if total == 1 else 0.18}"/>'
    if total > 1:
        dashes = f"stroke-dasharray: {_DASHES[i % 4]}"
        yield f'<path d="{path}" style="fill: none; stroke: {colour}; stroke-width: 1.2; {dashes}"/>'


def _draw_line(panel: _Panel, place: float, colour: str, width: float, dashes: str = "none") -> str:
    style = f"stroke: {colour}; stroke-width: {width}; stroke-dasharray: {dashes}"
    return f'<path d="M{panel.x(place):.1f} {_TOP}V{_BOTTOM}" style="{style}"/>'


def _label_line(panel: _Panel, text: str, place: float, row: int, colour: str) -> str:
    """Write beside a vertical line, on the side that has more room."""
    left = place > (panel.low + panel.high) / 2
    x = panel.x(place) + (-3 if left else 3)
    anchor = "end" if left else "start"
    return _write(text, x, _TOP + 7 + _ROW * row, anchor, f' style="fill: {colour}" font-size="7.5"')


def _write(text: str, x: float, y: float, anchor: str, more: str = "") -> str:
    if "style=" not in more:
        more += ' style="fill: var(--ink)"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'
