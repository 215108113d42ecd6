"""The verdict as a badge: an endpoint for shields.io, and an SVG."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from conform.report.summary import word_verdict
from conform.results import RunResult

_COLOURS = {
    "conforms": ("brightgreen", "#2e7d32"),
    "does not conform": ("red", "#c62828"),
    "incomplete": ("yellow", "#8a6d00"),
}
_LABEL = "conform"
_CHARACTER, _MARGIN = 7, 12


def format_endpoint(run: RunResult) -> str:
    """The JSON of the shields.io endpoint schema, version 1."""
    verdict = word_verdict(run)
    message = f"{', '.join(backend.backend for backend in run.backends)} {verdict}".strip()
    badge = {"schemaVersion": 1, "label": _LABEL, "message": message, "color": _COLOURS[verdict][0]}
    return json.dumps({**badge, "isError": verdict != "conforms"}) + "\n"


def format_svg(run: RunResult) -> str:
    """A flat badge, its text in a fixed width for each character."""
    verdict = word_verdict(run)
    left, right = (len(text) * _CHARACTER + _MARGIN for text in (_LABEL, verdict))
    text = 'font-family="Verdana,sans-serif" font-size="11" fill="#fff" text-anchor="middle"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{escape(_LABEL)}: {escape(verdict)}"><title>{escape(_LABEL)}: {escape(verdict)}</title>'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_COLOURS[verdict][1]}"/>'
        f'<g {text}><text x="{left / 2}" y="14">{escape(_LABEL)}</text>'
        f'<text x="{left + right / 2}" y="14">{escape(verdict)}</text></g></svg>\n'
    )
