"""The report on the terminal, as a whole and in narrow windows, without a terminal and without colour."""

from __future__ import annotations

import dataclasses
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sample_results import BOUND_FAILURE, make_backend, make_case, make_groups, make_run, make_simple_run

from conform.report.terminal import make_console, print_report
from conform.results import Problem, Rule, RunResult, Verdict

GOLDEN = Path(__file__).parent / "golden"
CASES = [
    make_case("linear/normal/float32/inDim=3,outDim=2#0"),
    make_case("linear/normal/float32/inDim=3,outDim=2#1", Verdict.FAIL),
    make_case("linear/subnormals/float32/inDim=3,outDim=2#0", Verdict.DECLARED, reason="it flushes subnormals"),
    make_case("linear/normal/int32/inDim=3,outDim=2#0", worst=None, bound=0),
    make_case("scale/normal/float32/inDim=3,outDim=2#0", Verdict.ERROR),
    make_case("scale/normal/float32/inDim=3,outDim=2#1", Verdict.KNOWN, known="fixed in 2.1"),
    make_case("accumulate/normal/float32/inDim=3,outDim=2#0", Verdict.UNSUPPORTED),
]
FLOAT_GROUP, *OTHER_GROUPS = make_groups(CASES)
MIXED = make_run(
    make_backend(
        CASES,
        groups=(
            dataclasses.replace(FLOAT_GROUP, bits=10.96, declared_bits=24, accumulates="float32"),
            *OTHER_GROUPS,
        ),
        warnings=("linear float32: the errors amount to arithmetic of 11.0 bits; 24 are declared",),
        diagnoses=("inputs rounded to TF32",),
    ),
    make_backend([make_case("linear/normal/float32/inDim=3,outDim=2#0")], "torch"),
    notes=("numpy: looser: float16 in float16, because the manual says so",),
    stale=("known.yaml: entry 2 matches no case",),
)


def render(run: RunResult, width: int | None = None, max_failures: int = 5, options: Sequence[str] = ()) -> str:
    file = io.StringIO()
    console = make_console(file) if width is None else Console(file=file, width=width, highlight=False, emoji=False)
    print_report(run, console, max_failures, options)
    return file.getvalue()


def render_case(verdict: Verdict = Verdict.FAIL, **changes: Any) -> str:
    return render(make_run(make_backend([make_case("linear/normal/float32/n=3#0", verdict, **changes)])))


FROM_FIRST_TABLE = render(MIXED).split("\nunsupported: ")[1].split("\ntorch\n")[0]


@pytest.mark.parametrize(("name", "width"), [("terminal", None), ("terminal_narrow", 60)], ids=["piped", "narrow"])
def test_a_whole_report(name: str, width: int | None) -> None:
    assert render(MIXED, width) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("width", "facts"),
    [
        (20, ["linear float32: cases 3, exact 6", "worst error/bound 13.2, bits 11.0, declared 24 in float32\n"]),
        (60, ["linear float32: cases 3, exact 6", "worst error/bound 13.2, bits 11.0, declared 24 in float32\n"]),
        (80, ["\nlinear\n  float32      3      6 ", " 13.2  11.0/24\n"]),
        (110, ["\nlinear     float32      3      6 ", " 13.2  11.0  24 in float32\n"]),
        (200, ["\nlinear     float32      3      6 ", " 13.2  11.0  24 in float32\n"]),
    ],
    ids=str,
)
def test_no_width_hides_a_fact(width: int, facts: list[str]) -> None:
    text = render(MIXED, width)
    assert [fact for fact in facts if fact not in text] == []
    assert [line for line in text.splitlines() if line.rstrip() != line] == []
    # Whatever the window, all but the table is the same.
    assert text.split("\nunsupported: ")[1].split("\ntorch\n")[0] == FROM_FIRST_TABLE


def test_lines_that_one_copies_are_never_broken() -> None:
    command = "reproduce: conform run numpy --case linear/normal/float32/inDim=3,outDim=2#1"
    assert command in render(MIXED, 30).replace("'", "")


def test_no_colour_where_there_is_no_terminal() -> None:
    assert "\x1b" not in render(MIXED)


def test_colour_on_a_terminal_unless_it_is_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    coloured, plain = Terminal(), Terminal()
    print_report(MIXED, make_console(coloured))
    monkeypatch.setenv("NO_COLOR", "1")
    print_report(MIXED, make_console(plain))
    assert "\x1b[31m" in coloured.getvalue()
    assert "\x1b[31m" not in plain.getvalue()


def test_a_failing_element_says_rule_numbers_and_ulps() -> None:
    text = render_case()
    assert "  output[2], rule bound, first call\n" in text
    assert "    expected  0.75  = 0x3p-2\n" in text
    assert "    got       0.5  = 0x1p-1\n" in text
    assert (
        "    error     0.25, bound 0.018939393939393940, error/bound 13.2, "
        "4.194e+06 ULP of the correctly rounded result\n"
    ) in text


def test_a_failing_element_without_an_error_has_its_message() -> None:
    assert BOUND_FAILURE.element is not None
    element = dataclasses.replace(BOUND_FAILURE.element, error=None, bound=None, ratio=None, ulps=None)
    problem = Problem(Rule.NAN, "the result must be nan", "repeat", element)
    assert "rule nan, repeat call\n" in render_case(problems=(problem,))
    assert "    the result must be nan\n" in render_case(problems=(problem,))


def test_text_that_looks_like_markup_is_shown_as_it_is() -> None:
    problem = Problem(Rule.RAISED, "[bold]x[/bold] :smile: [/]", "first", detail="[red]line")
    text = render_case(Verdict.ERROR, problems=(problem,))
    assert "raised (first call): [bold]x[/bold] :smile: [/]\n" in text
    assert "    [red]line\n" in text


def test_the_command_to_reproduce_repeats_the_options_and_is_quoted() -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": Verdict.FAIL}, "cmd:./run --fast")
    text = render(run, options=("--vectors", "my vectors", "--signed-zero"))
    assert (
        "reproduce: conform run 'cmd:./run --fast' --case 'linear/normal/float32/n=3#0' "
        "--vectors 'my vectors' --signed-zero\n"
    ) in text


def test_failures_come_from_many_groups_and_few_are_shown() -> None:
    names = [f"linear/normal/float32/n=3#{i}" for i in range(5)] + ["scale/normal/float16/n=3#0"]
    run = make_simple_run(dict.fromkeys(names, Verdict.FAIL))
    text = render(run, max_failures=2)
    assert "FAIL linear/normal/float32/n=3#0" in text
    assert "FAIL scale/normal/float16/n=3#0" in text
    assert text.count("FAIL ") == 2
    assert "… and 4 more failing cases; --max-failures shows more.\n" in text
    assert "reproduce" not in render(run, max_failures=0)


def test_an_endless_ratio_and_no_precision_are_readable() -> None:
    case = make_case("linear/normal/float32/n=3#0", Verdict.FAIL, worst=math.inf)
    (group,) = make_groups([case])
    groups = (dataclasses.replace(group, bits=-0.04),)
    row = render(make_run(make_backend([case], groups=groups))).splitlines()[2]
    assert row.split()[-2:] == ["inf", "0.0"]


def test_a_backend_with_nothing_supported_has_no_table() -> None:
    text = render(make_simple_run({"linear/normal/float32/n=3#0": Verdict.UNSUPPORTED}))
    assert "operation  format" not in text
    assert "unsupported: 1 cases (linear): no method linear\n" in text
    assert "numpy does not conform: 1 unsupported\n" in text


def test_a_partial_run_is_no_verdict() -> None:
    case = make_case("linear/normal/float32/n=3#0")
    text = render(make_run(make_backend([case], complete=False), complete=False))
    assert "the run ended before its last case: this report is partial\n" in text
    assert text.endswith("numpy incomplete: 1 pass\n")


def test_what_is_declared_and_what_is_observed_have_lines_of_their_own() -> None:
    info = {"numpy": "2.4.0", "sums observed": "float32 in float32", "machine": "x86_64"}
    backend = dataclasses.replace(make_backend([]), info=info, declared={"accumulates": "float16 in float32"})
    assert "\n".join(render(make_run(backend)).splitlines()[1:5]) == (
        "backend: numpy (numpy 2.4.0, machine x86_64)\n"
        "  declares accumulates: float16 in float32\n"
        "  observed sums: float32 in float32\n"
    )
    assert "  declares nothing\n" in render(make_run(dataclasses.replace(backend, declared={})))


def test_a_backend_s_words_do_not_steer_the_terminal() -> None:
    problem = Problem(Rule.RAISED, "\x1b[2Jgone\r\x9b1A [bold]", "first")
    case = dataclasses.replace(
        make_case("linear/normal/float32/inDim=3,outDim=2#0", Verdict.ERROR), problems=(problem,)
    )
    file = io.StringIO()
    print_report(make_run(make_backend([case])), make_console(file))
    assert "\\x1b[2Jgone\\x0d\\x9b1A [bold]" in file.getvalue()
    assert not set("\x1b\r\x9b") & set(file.getvalue())
