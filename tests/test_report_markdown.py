"""The Markdown report: the verdict, a matrix, the failures folded."""

from __future__ import annotations

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.report.markdown import format_markdown
from conform.results import Circumstances, Problem, Rule, Verdict

PASSED = {"linear/normal/float32/n=3#0": Verdict.PASS, "scale/normal/float16/n=3#0": Verdict.PASS}


def test_a_passing_run() -> None:
    assert format_markdown(make_simple_run(PASSED)) == (
        "## ✅ numpy conforms\n"
        "\n2 pass\n\n"
        "| operation | float32 | float16 |\n"
        "|---|---|---|\n"
        "| `linear` | 1 passed |  |\n"
        "| `scale` |  | 1 passed |\n"
        "\n"
        "\nnumpy: numpy `2.4.0`; declares float16: sums in float32\n\n"
        "Vectors: conform `0.1.0`, vectors `core, seed 1`, lean\\_toolchain `leanprover/lean4:v4.35.0`\n"
    )


@pytest.mark.parametrize(
    ("verdict", "cell"),
    [
        (Verdict.FAIL, "1 failed"),
        (Verdict.ERROR, "1 errors"),
        (Verdict.UNSUPPORTED, "1 unsupported"),
        (Verdict.DECLARED, "1 declared unsupported"),
        (Verdict.KNOWN, "1 known failures"),
    ],
    ids=lambda value: str(value),
)
def test_a_cell_says_the_worst_that_happened(verdict: Verdict, cell: str) -> None:
    verdicts = {"linear/normal/float32/n=3#0": Verdict.PASS, "linear/normal/float32/n=3#1": verdict}
    # Cases that a backend declares beside others that pass are no blemish.
    expected = "1 passed" if verdict is Verdict.DECLARED else cell
    assert f"| `linear` | {expected} |" in format_markdown(make_simple_run(verdicts))


def test_failures_are_folded_and_counted() -> None:
    text = format_markdown(make_simple_run({f"linear/normal/float32/n=3#{i}": Verdict.FAIL for i in range(23)}))
    assert text.startswith("## ❌ numpy does not conform\n")
    assert "<details><summary>23 failing cases</summary>" in text
    assert text.count("\n  - bound: ") == 20
    assert "- and 3 more\n" in text


def test_what_came_from_elsewhere_stays_text() -> None:
    problem = Problem(Rule.RAISED, "<img src=x>\n| # [link](evil) `code`", "first")
    case = make_case("linear/normal/float32/n=3#0", Verdict.ERROR, problems=(problem,))
    text = format_markdown(make_run(make_backend([case])))
    assert "raised: &lt;img src=x&gt; \\| # \\[link\\](evil) \\`code\\`" in text


def test_an_interrupted_run_says_so() -> None:
    text = format_markdown(make_run(make_backend([make_case("a/b/c/#0")], complete=False), complete=False))
    assert text.startswith("## ⚠️ numpy is incomplete\n")
    assert "**the run ended before its last case: this report is partial**" in text


def test_known_failures_are_told_with_their_scope_and_are_no_conformance() -> None:
    verdicts = {"linear/normal/float32/n=3#0": Verdict.PASS, "linear/normal/float32/n=3#1": Verdict.KNOWN}
    text = format_markdown(make_simple_run(verdicts, operations=9))
    assert text.startswith("## 🟡 numpy is as expected, with 1 known failure (1 of 9 operations)\n")


def test_when_and_where_are_told() -> None:
    circumstances = Circumstances("2030-01-02T03:04:05Z", 1.5, "host", "Linux_6", "conform run a_b", "c0ffee")
    text = format_markdown(make_run(make_backend([]), circumstances=circumstances))
    assert "\nRun: 2030-01-02T03:04:05Z, 1.5 s, on `host` (Linux\\_6)\n" in text
    assert text.endswith("\nCommand: `conform run a\\_b`, git commit `c0ffee`\n")
