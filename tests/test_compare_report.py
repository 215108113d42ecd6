"""How a comparison is shown: counts by operation and format, and a few examples of each kind."""

from __future__ import annotations

import json

import pytest
from sample_results import make_simple_run

from conform.gate.compare import Comparison, compare_runs
from conform.gate.compare_report import format_json, format_lines, format_markdown
from conform.results import Verdict

NAMES = [f"linear/normal/{dtype}/n=3#{i}" for dtype in ("float32", "float16") for i in range(8)]


@pytest.fixture
def comparison() -> Comparison:
    worse = dict.fromkeys(NAMES, Verdict.FAIL)
    return compare_runs(make_simple_run(dict.fromkeys(NAMES, Verdict.PASS)), make_simple_run(worse))


def test_changes_are_counted_and_some_of_every_format_are_shown(comparison: Comparison) -> None:
    assert list(format_lines(comparison)) == [
        "worse: 16",
        "  numpy: linear: float32 8, float16 8",
        "    numpy: linear/normal/float32/n=3#0: pass → fail",
        "    numpy: linear/normal/float16/n=3#0: pass → fail",
        "    numpy: linear/normal/float32/n=3#1: pass → fail",
        "    numpy: linear/normal/float16/n=3#1: pass → fail",
        "    numpy: linear/normal/float32/n=3#2: pass → fail",
        "    … and 11 more; --all shows them.",
        "16 cases in both: 16 worse, 0 better, 0 changed, 0 appeared, 0 disappeared",
    ]


def test_all_of_them_are_shown_where_asked(comparison: Comparison) -> None:
    lines = list(format_lines(comparison, everything=True))
    assert [name for name in NAMES if f"    numpy: {name}: pass → fail" not in lines] == []
    assert not any("more" in line for line in lines)


def test_markdown_has_a_table_and_folds_the_examples(comparison: Comparison) -> None:
    text = format_markdown(comparison)
    assert text.startswith("## ❌ worse\n\n16 cases in both: 16 worse, ")
    assert "\n| numpy | `linear` | float16 | 8 |\n" in text
    assert text.count("\n- numpy: linear/normal/") == 5
    nothing = compare_runs(make_simple_run({NAMES[0]: Verdict.PASS}), make_simple_run({NAMES[0]: Verdict.PASS}))
    assert format_markdown(nothing).startswith("## ✅ nothing is worse\n")


def test_json_has_every_change(comparison: Comparison) -> None:
    data = json.loads(format_json(comparison))
    assert (data["version"], data["worsened"], data["common"], len(data["worse"])) == (1, True, 16, 16)
    assert data["worse"][0] == {
        "backend": "numpy",
        "operation": "linear",
        "dtype": "float32",
        "subject": NAMES[0],
        "before": "pass",
        "after": "fail",
    }
