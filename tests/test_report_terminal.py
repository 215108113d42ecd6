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
from conform.results import BackendResult, CaseResult, Circumstances, Problem, Rule, RunResult, Verdict

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


def render(
    run: RunResult,
    width: int | None = None,
    max_failures: int = 5,
    options: Sequence[str] = (),
    verbose: bool = False,
) -> str:
    file = io.StringIO()
    console = make_console(file) if width is None else Console(file=file, width=width, highlight=False, emoji=False)
    print_report(run, console, max_failures, options, verbose)
    return file.getvalue()


def render_case(verdict: Verdict = Verdict.FAIL, **changes: Any) -> str:
    return render(make_run(make_backend([make_case("linear/normal/float32/n=3#0", verdict, **changes)])))


FROM_FIRST_TABLE = render(MIXED, verbose=True).split("\nunsupported: ")[1].split("\ntorch\n")[0]


@pytest.mark.parametrize(
    ("name", "width", "verbose"),
    [("terminal", None, False), ("terminal_verbose", None, True), ("terminal_narrow", 24, False)],
    ids=["piped", "verbose", "narrow"],
)
def test_a_whole_report(name: str, width: int | None, verbose: bool) -> None:
    assert render(MIXED, width, verbose=verbose) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


LONG = "x" * 70
LARGE = [
    make_case(f"op{i}/normal/{dtype}/inDim=3,outDim=2#{n}", Verdict.FAIL, reason=None)
    for i in range(12)
    for dtype in ("float64", "float32", "float16", "bfloat16", "int32", "int64")
    for n in range(3)
]


def test_the_last_block_of_three_failing_backends_is_all_on_a_small_screen() -> None:
    diagnoses = (f"sums kept in float16 {LONG} {LONG} {LONG}", "another")
    backends = [
        make_backend(LARGE, f"{name}.py:Backend", diagnoses=diagnoses, warnings=(LONG,) * 9)
        for name in ("first", "second", "third")
    ]
    run = make_run(*backends, stale=tuple(f"known.yaml:{i}: {LONG}" for i in range(30)))
    lines = render(run, 80).splitlines()
    last = lines[max(i for i, line in enumerate(lines) if not line) + 1 :]
    # The line with the exit code follows, and the prompt.
    assert sum(math.ceil(len(line) / 80) for line in last) <= 22
    for name in ("first", "second", "third"):
        assert f"{name}.py:Backend does not conform: 216 fail, 9 warnings" in last
        assert any(line.startswith(f"  reproduce: conform run {name}.py:Backend --case ") for line in last)
    assert sum(line.startswith("  most likely: sums kept in float16") for line in last) == 3
    assert "… and 27 more objections; -v shows them." in last
    assert "known.yaml:29" in render(run, 80, verbose=True)


def test_one_backend_of_nine_operations_and_six_formats_is_one_screen() -> None:
    names = [f"linear_gradient_accumulate{i}" for i in range(9)]
    formats = ("float64", "float32", "float16", "bfloat16", "int32", "int64")
    cases = [make_case(f"{name}/normal/{dtype}/n=3#{n}") for name in names for dtype in formats for n in range(99)]
    lines = render(make_simple_run(dict.fromkeys((case.id for case in cases), Verdict.PASS)), 80).splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 80


def in_layers(*cases: CaseResult) -> BackendResult:
    backend = make_backend(cases)
    groups = [dataclasses.replace(each, layer=each.operation.partition("_")[0]) for each in backend.groups]
    return dataclasses.replace(backend, groups=tuple(groups))


def test_a_layer_is_one_row_and_unfolds_where_something_fails() -> None:
    right = [make_case(f"linear_{name}/normal/float32/n=3#{i}") for name in ("a", "b") for i in range(2)]
    wrong = [make_case("norm_a/normal/float32/n=3#0"), make_case("norm_b/normal/float32/n=3#0", Verdict.FAIL)]
    backend = in_layers(*right, *wrong)
    lines = [line.split() for line in render(make_run(backend)).splitlines()[1:6]]
    assert lines == [
        ["passed/cases", "float32"],
        ["linear", "4/4"],
        ["norm", "1/2"],
        ["norm_a", "1/1"],
        ["norm_b", "0/1"],
    ]
    assert "\n  linear_a " in render(make_run(backend), verbose=True)


def test_the_cells_of_a_grid_tell_failing_known_and_missing_apart() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard", highlight=False)
    cases = [
        make_case("a/n/float32/n=1#0", Verdict.FAIL),
        make_case("a/n/float16/n=1#0", Verdict.KNOWN, known="it is"),
        make_case("a/n/int32/n=1#0", Verdict.UNSUPPORTED),
        make_case("b/n/int32/n=1#0"),
    ]
    print_report(make_run(make_backend(cases)), console)
    assert isinstance(console.file, io.StringIO)
    row = next(line for line in console.file.getvalue().splitlines() if line.startswith("a "))
    assert "\x1b[31m" in row.partition("0/1")[0]
    assert "\x1b[33m" in row.partition("0/1")[2].partition("0/1")[0]
    assert row.endswith("–")


@pytest.mark.parametrize(
    ("operations", "whole", "scope"),
    [(0, True, ""), (9, True, " (1 of 9 operations)"), (9, False, " (1 of 9 operations, selected cases)")],
    ids=["everything", "one operation", "a selection"],
)
def test_known_failures_are_no_conformance(operations: int, whole: bool, scope: str) -> None:
    verdicts = {"linear/normal/float32/n=3#0": Verdict.PASS, "linear/normal/float32/n=3#1": Verdict.KNOWN}
    text = render(make_simple_run(verdicts, operations=operations, whole=whole))
    assert f"\nnumpy is as expected, with 1 known failure{scope}: 1 pass, 1 known-failure\n" in text
    assert "conforms" not in text


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
    text = render(MIXED, width, verbose=True)
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
    assert "FAIL" not in render(run, max_failures=0)


def test_an_endless_ratio_and_no_precision_are_readable() -> None:
    case = make_case("linear/normal/float32/n=3#0", Verdict.FAIL, worst=math.inf)
    (group,) = make_groups([case])
    groups = (dataclasses.replace(group, bits=-0.04),)
    row = render(make_run(make_backend([case], groups=groups)), verbose=True).splitlines()[5]
    assert row.split()[-2:] == ["inf", "0.0"]


def test_a_backend_with_nothing_supported_has_no_table() -> None:
    text = render(make_simple_run({"linear/normal/float32/n=3#0": Verdict.UNSUPPORTED}), verbose=True)
    assert "operation  format" not in text
    assert "passed/cases" not in text
    assert "unsupported: 1 case (linear): no method linear\n" in text
    assert "numpy does not conform: 1 unsupported\n" in text


def test_a_partial_run_is_no_verdict() -> None:
    case = make_case("linear/normal/float32/n=3#0")
    text = render(make_run(make_backend([case], complete=False), complete=False))
    assert "the run ended before its last case: this report is partial\n" in text
    assert text.endswith("numpy is incomplete: 1 pass\n")


def test_what_is_declared_and_what_is_observed_have_lines_of_their_own() -> None:
    info = {"numpy": "2.4.0", "sums observed": "float32 in float32", "machine": "x86_64"}
    backend = dataclasses.replace(make_backend([]), info=info, declared={"accumulates": "float16 in float32"})
    assert (
        "\nbackend: numpy (numpy 2.4.0, machine x86_64)\n"
        "  declares accumulates: float16 in float32\n"
        "  observed sums: float32 in float32\n"
    ) in render(make_run(backend), verbose=True)
    assert "  declares nothing\n" in render(make_run(dataclasses.replace(backend, declared={})), verbose=True)
    assert "declares" not in render(make_run(backend))


def test_when_and_where_a_run_was_made_is_told_where_everything_is() -> None:
    circumstances = Circumstances("2030-01-02T03:04:05Z", 1.25, "host", "Linux", "conform run numpy", "c0ffee")
    text = render(make_run(make_backend([]), circumstances=circumstances), verbose=True)
    assert (
        "\nrun: 2030-01-02T03:04:05Z, 1.2 s, on host (Linux)\n  command: conform run numpy\n  git commit: c0ffee\n"
    ) in text


def test_a_backend_s_words_do_not_steer_the_terminal() -> None:
    problem = Problem(Rule.RAISED, "\x1b[2Jgone\r\x9b1A [bold]", "first")
    case = dataclasses.replace(
        make_case("linear/normal/float32/inDim=3,outDim=2#0", Verdict.ERROR), problems=(problem,)
    )
    file = io.StringIO()
    print_report(make_run(make_backend([case])), make_console(file))
    assert "\\x1b[2Jgone\\x0d\\x9b1A [bold]" in file.getvalue()
    assert not set("\x1b\r\x9b") & set(file.getvalue())
