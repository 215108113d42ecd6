"""The badge, as an endpoint for shields.io and as SVG."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.report.badge import format_endpoint, format_svg
from conform.results import CaseResult, RunResult, Verdict

RUNS = {
    "conforms": make_simple_run({"a/b/c/#0": Verdict.PASS}),
    "does not conform": make_simple_run({"a/b/c/#0": Verdict.FAIL}),
    "is incomplete": make_run(make_backend([make_case("a/b/c/#0")], complete=False), complete=False),
    "is as expected, with 1 known failure (1 of 9 operations)": make_simple_run(
        {"a/b/c/#0": Verdict.PASS, "a/b/c/#1": Verdict.KNOWN}, operations=9
    ),
    "conforms (selected cases)": make_simple_run({"a/b/c/#0": Verdict.PASS}, whole=False),
    "conforms; the run fails": make_simple_run({"a/b/c/#0": Verdict.PASS}, objections=("too few cases",)),
}
COLOURS = dict(zip(RUNS, ("brightgreen", "red", "yellow", "yellow", "brightgreen", "red"), strict=True))


@pytest.mark.parametrize(("verdict", "run"), RUNS.items(), ids=RUNS)
def test_the_endpoint_follows_the_schema_of_shields(verdict: str, run: RunResult) -> None:
    assert json.loads(format_endpoint(run)) == {
        "schemaVersion": 1,
        "label": "conform",
        "message": f"numpy {verdict}",
        "color": COLOURS[verdict],
        "isError": not run.conforms,
    }


@pytest.mark.parametrize(("verdict", "run"), RUNS.items(), ids=RUNS)
def test_the_svg_says_the_verdict_and_has_room_for_it(verdict: str, run: RunResult) -> None:
    root = ElementTree.fromstring(format_svg(run))
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert root.get("aria-label") == f"conform: numpy {verdict}"
    assert [text.text for text in root.iter(f"{space}text")] == ["conform", f"numpy {verdict}"]
    widths = [float(rect.get("width", 0)) for rect in root.iter(f"{space}rect")]
    assert sum(widths) == float(root.get("width", 0))
    assert all(width >= 6 * len(text) for width, text in zip(widths, ("conform", f"numpy {verdict}"), strict=True))


RIGHT, WRONG = make_case("a/b/c/#0"), make_case("a/b/c/#1", Verdict.FAIL)
KNOWN = make_case("a/b/c/#1", Verdict.KNOWN)


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ([[RIGHT], [RIGHT]], "numpy and jax conform"),
        ([[RIGHT], [RIGHT], [RIGHT]], "numpy, jax and torch conform"),
        ([[WRONG], [WRONG]], "numpy and jax do not conform"),
        ([[RIGHT], [WRONG], [RIGHT]], "numpy and torch conform; jax does not conform"),
        ([[RIGHT, KNOWN], [RIGHT, KNOWN]], "numpy and jax are as expected, with 1 known failure each"),
        ([[RIGHT, KNOWN], [RIGHT]], "numpy is as expected, with 1 known failure; jax conforms"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_badge_of_several_backends_is_a_sentence(cases: list[list[CaseResult]], message: str) -> None:
    names = ("numpy", "jax", "torch")
    run = make_run(*(make_backend(own, name) for own, name in zip(cases, names, strict=False)))
    assert json.loads(format_endpoint(run))["message"] == message
    assert f"<title>conform: {message}</title>" in format_svg(run)
