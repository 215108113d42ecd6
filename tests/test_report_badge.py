"""The badge, as an endpoint for shields.io and as SVG."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.report.badge import format_endpoint, format_svg
from conform.results import RunResult, Verdict

RUNS = {
    "conforms": make_simple_run({"a/b/c/#0": Verdict.PASS}),
    "does not conform": make_simple_run({"a/b/c/#0": Verdict.FAIL}),
    "incomplete": make_run(make_backend([make_case("a/b/c/#0")], complete=False), complete=False),
}
COLOURS = {"conforms": "brightgreen", "does not conform": "red", "incomplete": "yellow"}


@pytest.mark.parametrize(("verdict", "run"), RUNS.items(), ids=RUNS)
def test_the_endpoint_follows_the_schema_of_shields(verdict: str, run: RunResult) -> None:
    assert json.loads(format_endpoint(run)) == {
        "schemaVersion": 1,
        "label": "conform",
        "message": f"numpy {verdict}",
        "color": COLOURS[verdict],
        "isError": verdict != "conforms",
    }


@pytest.mark.parametrize(("verdict", "run"), RUNS.items(), ids=RUNS)
def test_the_svg_says_the_verdict_and_has_room_for_it(verdict: str, run: RunResult) -> None:
    root = ElementTree.fromstring(format_svg(run))
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert root.get("aria-label") == f"conform: {verdict}"
    assert [text.text for text in root.iter(f"{space}text")] == ["conform", verdict]
    widths = [float(rect.get("width", 0)) for rect in root.iter(f"{space}rect")]
    assert sum(widths) == float(root.get("width", 0))
    assert all(width >= 6 * len(text) for width, text in zip(widths, ("conform", verdict), strict=True))


def test_a_badge_of_several_backends_names_them() -> None:
    run = make_run(make_backend([make_case("a/b/c/#0")]), make_backend([make_case("a/b/c/#0")], "jax"))
    assert json.loads(format_endpoint(run))["message"] == "numpy, jax conforms"
