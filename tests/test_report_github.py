"""The annotations of GitHub Actions."""

from __future__ import annotations

from sample_results import make_backend, make_case, make_run, make_simple_run

from conform.report.github import format_github
from conform.results import Problem, Rule, Verdict


def test_a_passing_run_is_a_notice() -> None:
    text = format_github(make_simple_run({"linear/normal/float32/n=3#0": Verdict.PASS}))
    assert text == "::notice title=numpy::numpy conforms: 1 pass\n"


def test_a_failing_case_is_an_error_with_its_text_escaped() -> None:
    problem = Problem(Rule.RAISED, "50% lost\nsecond line, with: signs", "first")
    case = make_case("linear/normal/float32/inDim=3,outDim=2#0", Verdict.FAIL, problems=(problem,))
    first, last = format_github(make_run(make_backend([case]))).splitlines()
    assert first == (
        "::error title=numpy%3A linear/normal/float32/inDim=3%2CoutDim=2#0::50%25 lost%0A    second line, with: signs"
    )
    assert last == "::error title=numpy::numpy does not conform: 1 fail"


def test_only_as_many_as_are_shown_are_written() -> None:
    text = format_github(make_simple_run({f"linear/normal/float32/n=3#{i}": Verdict.FAIL for i in range(23)}))
    assert text.count("::error title=numpy%3A ") == 10
    assert "23 fail" in text


def test_warnings_and_objections_are_annotated() -> None:
    backend = make_backend([make_case("a/b/c/#0")], warnings=("two bits short",))
    lines = format_github(make_run(backend, objections=("too few cases",))).splitlines()
    assert lines[:2] == ["::error title=conform::too few cases", "::warning title=numpy::two bits short"]


def test_an_error_is_beside_the_line_of_the_operation_or_of_the_backend() -> None:
    cases = [make_case(f"{name}/normal/float32/n=3#0", Verdict.FAIL) for name in ("linear", "scale")]
    places = {"": "a, b.py:3", "linear": "a, b.py:6"}
    first, second, last = format_github(make_run(make_backend(cases, places=places))).splitlines()
    assert first.startswith("::error file=a%2C b.py,line=6,title=numpy%3A linear/normal/float32/n=3#0::")
    assert second.startswith("::error file=a%2C b.py,line=3,title=numpy%3A scale/normal/float32/n=3#0::")
    assert last.startswith("::error title=numpy::")
