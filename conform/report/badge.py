"""The verdict as a badge: an endpoint for shields.io, and an SVG."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from conform.report.summary import CONFORMS, DOES_NOT, EXPECTED, INCOMPLETE, OBSERVED, say_verdicts, word_verdict
from conform.results import RunResult

_COLOURS = {
    CONFORMS: ("brightgreen", "#2e7d32"),
    EXPECTED: ("yellow", "#8a6d00"),
    OBSERVED: ("yellow", "#8a6d00"),
    DOES_NOT: ("red", "#c62828"),
    INCOMPLETE: ("yellow", "#8a6d00"),
}
_LABEL = "conform"
_CHARACTER, _MARGIN = 7, 12


def format_endpoint(run: RunResult) -> str:
    """The JSON of the shields.io endpoint schema, version 1."""
    verdict = word_verdict(run)
    badge = {"schemaVersion": 1, "label": _LABEL, "message": say_verdicts(run), "color": _COLOURS[verdict][0]}
    return json.dumps({**badge, "isError": not run.conforms}) + "\n"


def format_svg(run: RunResult) -> str:
    """A flat badge that says the same, its text in a fixed width for each character."""
    said = say_verdicts(run)
    left, right = (len(text) * _CHARACTER + _MARGIN for text in (_LABEL, said))
    text = 'font-family="Verdana,sans-serif" font-size="11" fill="#fff" text-anchor="middle"'
    label, message = escape(_LABEL), escape(said, {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{label}: {message}"><title>{label}: {message}</title>'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_COLOURS[word_verdict(run)][1]}"/>'
        f'<g {text}><text x="{left / 2}" y="14">{label}</text>'
        f'<text x="{left + right / 2}" y="14">{message}</text></g></svg>\n'
    )
