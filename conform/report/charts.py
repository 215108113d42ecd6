"""Draws the distributions of errors as SVG that takes its colours from the page around it."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from conform.results import GroupResult
from conform.running.histogram import BITS_RANGE, RATIO_RANGE

# matplotlib knows no CSS variables, so it is given colours that stand for them and are replaced in what it writes.
_INK, _LINE, _FAIL, _FAIL_BACK = "#000101", "#000102", "#000103", "#000104"
_SERIES = ("#000111", "#000112", "#000113", "#000114")
_VARIABLES = {
    _INK: "var(--ink)",
    _LINE: "var(--line)",
    _FAIL: "var(--fail)",
    _FAIL_BACK: "var(--fail-back)",
    **{colour: f"var(--series-{i})" for i, colour in enumerate(_SERIES)},
}
_DASHES = ("-", "--", ":", "-.")
_STYLE: Mapping[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "conform",
    "font.family": "sans-serif",
    "font.size": 8.5,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "hatch.linewidth": 0.4,
}
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
    with mpl.rc_context(dict(_STYLE)):
        figure = Figure(figsize=(7.0, 1.9))
        figure.subplots_adjust(left=0.085, right=0.995, bottom=0.23, top=0.96, wspace=0.16)
        FigureCanvasSVG(figure)
        ratio_axes, bits_axes = figure.subplots(1, 2)
        _draw_ratios(ratio_axes, series, colours, extent.ratio)
        ratio_axes.set_ylabel("elements")
        _draw_bits(bits_axes, series, colours, extent.bits)
        buffer = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    return _adapt(buffer.getvalue(), prefix)


def _draw_ratios(axes: Axes, series: Sequence[Series], colours: Sequence[int], extent: tuple[int, int]) -> None:
    low, high = extent
    offset = RATIO_RANGE[0] - 1
    axes.axvspan(0, high + 1, facecolor=_FAIL_BACK, edgecolor=_FAIL, hatch="//", linewidth=0, alpha=0.6)
    for i, one in zip(colours, series, strict=True):
        counts = one.group.ratio_counts
        bins = [counts[1 + place - offset] for place in range(low, high)]
        _draw_steps(axes, [counts[0], 0, *bins], low - 2, i, len(series))
    axes.axvline(0, color=_FAIL, linewidth=1.4)
    axes.annotate("bound", (0, 1), (3, -2), ("data", "axes fraction"), "offset points", va="top", color=_FAIL)
    step = 4 if high - low <= 24 else 8
    ticks = [place for place in range(-step * 16, high + 1, step) if place >= low + 2]
    axes.set_xticks(
        [low - 1.5, *ticks], ["0", *("1" if t == 0 else f"2{str(t).translate(_SUPERSCRIPTS)}" for t in ticks)]
    )
    axes.set_xlim(low - 2.2, high + 0.2)
    _finish(axes, series, "error / bound", 0.1)


def _draw_bits(axes: Axes, series: Sequence[Series], colours: Sequence[int], extent: tuple[int, int]) -> None:
    low, high = extent
    for row, (i, one) in enumerate(zip(colours, series, strict=True)):
        counts = one.group.bits_counts
        _draw_steps(axes, [*(counts[1 + place] for place in range(low, high)), 0, counts[-1]], low, i, len(series))
        if one.group.bits is not None:
            axes.axvline(one.group.bits, color=_SERIES[i % 4], linewidth=1.6, linestyle=_DASHES[i % 4])
            _label_line(axes, f"effective {one.group.bits:.1f}", one.group.bits, extent, 1 + row, _SERIES[i % 4])
    for bits in sorted({one.group.declared_bits for one in series if one.group.declared_bits is not None}):
        axes.axvline(bits, color=_INK, linewidth=0.9)
        _label_line(axes, f"declared {bits}", bits, extent, 0, _INK)
    ticks = list(range(low + -low % 8, high - 1, 8))
    axes.set_xticks([*ticks, high + 1.5], [*map(str, ticks), "∞"])
    axes.set_xlim(low - 0.2, high + 2.2)
    _finish(axes, series, "precision of an element, in bits", 0.18 * (1 + len(series)))


def _label_line(axes: Axes, text: str, place: float, extent: tuple[int, int], row: int, colour: str) -> None:
    """Write beside a vertical line, on the side that has more room."""
    left = place > (extent[0] + extent[1]) / 2
    offset = (-3 if left else 3, -2 - 10 * row)
    side = "right" if left else "left"
    where: Mapping[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    axes.annotate(text, (place, 1), offset, **where, va="top", ha=side, fontsize=7.5, color=colour)


def _draw_steps(axes: Axes, counts: Sequence[int], start: int, i: int, total: int) -> None:
    heights = [math.log10(count) if count else _FLOOR for count in counts]
    edges = list(range(start, start + len(counts) + 1))
    colour, dashes = _SERIES[i % 4], _DASHES[i % 4]
    # Added as artists: `Axes.stairs` would first measure every corner, and the axes have their limits from elsewhere.
    fill = StepPatch(heights, edges, baseline=_FLOOR, fill=True, color=colour, alpha=0.75 if total == 1 else 0.18)
    fill.set_linewidth(0)
    axes.add_artist(fill)
    if total > 1:
        line = StepPatch(heights, edges, baseline=_FLOOR, fill=False, edgecolor=colour, linestyle=dashes)
        line.set_linewidth(1.2)
        axes.add_artist(line)


def _finish(axes: Axes, series: Sequence[Series], label: str, headroom: float) -> None:
    """Scale and label the axes, with this part of the height of the bars free above them for labels."""
    most = max(max((*one.group.ratio_counts, *one.group.bits_counts)) for one in series)
    top = math.log10(max(most, 10))
    axes.set_ylim(_FLOOR, top + (top - _FLOOR) * headroom)
    powers = range(math.floor(top) + 1)
    axes.set_yticks(powers, [f"{10**power:,}" for power in powers])
    axes.set_xlabel(label)
    axes.hlines(powers, *axes.get_xlim(), color=_LINE, linewidth=0.5, zorder=0.5)
    axes.spines[["top", "right"]].set_visible(False)


def _adapt(svg: str, prefix: str) -> str:
    """The SVG element alone, in the page's colours, sized by the page, its ids unique in the page."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*; ", "", svg)
    svg = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true" focusable="false">', svg, count=1
    )
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', svg))
    names = {name for pair in used for name in pair if name}
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in names else "", svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}", svg)
    svg = re.sub(r'(?:xlink:)?href="#', f'href="#{prefix}', svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return re.sub(r">\s+<", "><", svg)
