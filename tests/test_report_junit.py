"""The JUnit report: by the rules of the Jenkins XSD, and read by a consumer of such files."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import junitparser
import pytest
from lxml import etree
from sample_results import BOUND_FAILURE, make_backend, make_case, make_run, make_simple_run

from conform.report.junit import format_junit
from conform.results import Circumstances, Problem, Rule, RunResult, Verdict

PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
EVERY_VERDICT = {f"linear/normal/float32/n=3#{i}": verdict for i, verdict in enumerate(Verdict)}

# Of junit-10.xsd of the xUnit plugin of Jenkins: the attributes and children that an element may have, and the
# attributes that it must have.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {
        *("name", "tests", "failures", "errors", "group", "time", "skipped"),
        *("timestamp", "hostname", "id", "package", "file", "log", "url"),
    },
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "properties": set(),
    "property": {"name", "value"},
    "system-out": set(),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}, "property": {"name", "value"}}
CHILDREN = {
    "testsuites": {"testsuite"},
    "properties": {"property"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
COUNTS = {"tests", "failures", "errors", "skipped", "disabled"}


def check_rules(element: ElementTree.Element) -> None:
    assert set(element.attrib) <= ATTRIBUTES[element.tag]
    assert set(element.attrib) >= REQUIRED.get(element.tag, set())
    assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    if "testcase" not in (element.tag,):
        assert all(element.attrib[name].isdecimal() for name in COUNTS & set(element.attrib))
    for child in element:
        check_rules(child)


def parse(run: RunResult) -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(format_junit(run).encode())


RUNS = pytest.mark.parametrize(
    "run",
    [
        make_simple_run(EVERY_VERDICT),
        make_simple_run({}),
        make_simple_run(EVERY_VERDICT, complete=False, stale=("an entry",)),
        make_run(complete=False),
    ],
    ids=["every verdict", "no case", "interrupted", "interrupted before any backend"],
)


@RUNS
def test_the_rules_of_the_xsd_hold(run: RunResult) -> None:
    root = ElementTree.fromstring(format_junit(run))
    assert root.tag == "testsuites"
    check_rules(root)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The XSD itself, which is not ours to keep here: CI fetches it, and names it in CONFORM_JUNIT_XSD."""
    if "CONFORM_JUNIT_XSD" not in os.environ:
        pytest.skip("CONFORM_JUNIT_XSD names no XSD")
    return etree.XMLSchema(file=os.environ["CONFORM_JUNIT_XSD"])


@RUNS
def test_the_xsd_itself_holds(run: RunResult, schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.fromstring(format_junit(run).encode()))


def test_the_xsd_refuses_what_is_no_report(schema: etree.XMLSchema) -> None:
    assert not schema.validate(etree.fromstring("<testsuites><testcase/></testsuites>"))


def test_a_consumer_counts_what_was_counted() -> None:
    suites = parse(make_simple_run(EVERY_VERDICT))
    assert (suites.tests, suites.failures, suites.errors) == (6, 1, 1)
    (suite,) = suites
    assert suite.name == "numpy.linear.float32"
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (6, 1, 1, 3)
    # A consumer's own recount agrees with what is written.
    suites.update_statistics()
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (6, 1, 1, 3)


def test_a_failure_says_everything() -> None:
    (suite,) = parse(make_simple_run({"linear/normal/float32/n=3#0": FAIL}))
    (case,) = suite
    (failure,) = case.result
    assert isinstance(failure, junitparser.Failure)
    assert failure.type == "bound"
    assert failure.message == BOUND_FAILURE.message
    for text in ("expected 0.75 = 0x3p-2", "got 0.5 = 0x1p-1", "error 0.25, bound 0.0189", "B1 = "):
        assert text in failure.text


def test_an_exception_is_an_error_and_keeps_its_markup() -> None:
    (suite,) = parse(make_simple_run({"linear/normal/float32/n=3#0": ERROR}))
    (error,) = next(iter(suite)).result
    assert isinstance(error, junitparser.Error)
    assert error.message == "ValueError: <no> & never"


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.DECLARED, Verdict.KNOWN], ids=str)
def test_what_is_not_judged_is_skipped(verdict: Verdict) -> None:
    case = make_case("linear/normal/float32/n=3#0", verdict, reason="why", known="why")
    (suite,) = parse(make_run(make_backend([case])))
    (skipped,) = next(iter(suite)).result
    assert isinstance(skipped, junitparser.Skipped)
    assert skipped.message == f"{verdict.value}: why"


def test_what_fails_the_run_beside_its_cases_is_a_suite() -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": PASS}, complete=False, objections=("too few cases",))
    *_, suite = parse(run)
    assert suite.name == "conform.run"
    assert [case.name for case in suite] == [
        "the run ended before its last case: this report is partial",
        "too few cases",
    ]
    assert suite.failures == 2


def test_the_first_suite_of_a_backend_has_what_is_known_of_it() -> None:
    cases = [make_case(f"{name}/normal/float32/n=3#0") for name in ("linear", "scale")]
    run = make_run(make_backend(cases, warnings=("sums are kept in float16",), diagnoses=("bias omitted",)))
    first, second = parse(run)
    facts = {fact.name: fact.value for fact in first.properties()}
    assert facts == {"numpy": "2.4.0", "declares float16": "sums in float32"}
    assert first._elem.findtext("system-out") == "warning: sums are kept in float16\nconsistent with: bias omitted"
    assert [child.tag for child in second._elem] == ["testcase"]


def test_cases_of_one_group_are_one_suite_wherever_they_ran() -> None:
    cases = [make_case(f"{name}/normal/float32/n=3#{i}") for i, name in enumerate(("linear", "scale", "linear"))]
    assert [suite.tests for suite in parse(make_run(make_backend(cases)))] == [2, 1]


def test_characters_that_xml_cannot_have_are_replaced() -> None:
    problem = Problem(Rule.RAISED, "a \x00 b \ud800 c \ufffe", "first", detail="\x1b[31mred\x1b[0m")
    case = make_case("linear/normal/float32/n=3#0", ERROR, problems=(problem,))
    (suite,) = parse(make_run(make_backend([case])))
    (error,) = next(iter(suite)).result
    assert error.message == "a \\x00 b \\ud800 c \ufffd"
    assert "\\x1b[31mred" in error.text


def test_when_where_and_how_long() -> None:
    backend = make_backend([make_case("linear/normal/float32/n=3#0"), make_case("scale/normal/float32/n=3#0")])
    groups = tuple(replace(each, seconds=seconds) for each, seconds in zip(backend.groups, (0.25, 1), strict=True))
    circumstances = Circumstances("2030-01-02T03:04:05Z", 1.5, "host", "Linux", "conform run numpy", "c0ffee")
    run = make_run(replace(backend, groups=groups), circumstances=circumstances)
    root = ElementTree.fromstring(format_junit(run))
    check_rules(root)
    assert root.get("time") == "1.500"
    first, second = root
    assert (first.get("timestamp"), first.get("hostname")) == ("2030-01-02T03:04:05", "host")
    assert (first.get("time"), second.get("time")) == ("0.250", "1.000")
    facts = {each.get("name"): each.get("value") for each in first.iter("property")}
    assert facts["command"] == "conform run numpy"
    assert (facts["platform"], facts["git commit"]) == ("Linux", "c0ffee")
