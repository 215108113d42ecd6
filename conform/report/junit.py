"""The report as JUnit XML, the dialect of Jenkins that CI viewers read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable

from conform.report.summary import list_objections
from conform.results import BackendResult, CaseResult, Circumstances, Problem, RunResult, Verdict

_SKIPPED = (Verdict.UNSUPPORTED, Verdict.DECLARED, Verdict.KNOWN)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_junit(run: RunResult) -> str:
    """One test suite for each backend, operation and format; a case that is not judged is skipped, never passed.

    The first suite of a backend also has what is known of it. What fails the run beside its cases (stale known
    failures, too few cases, an interruption) is a suite of its own.
    """
    root = ElementTree.Element("testsuites", name="conform")
    for backend in run.backends:
        suites: dict[str, list[ElementTree.Element]] = {}
        for case in backend.cases:
            name = f"{backend.backend}.{case.operation}.{case.dtype}"
            suites.setdefault(name, []).append(_make_case(name, case))
        seconds = {f"{backend.backend}.{each.operation}.{each.dtype}": each.seconds for each in backend.groups}
        for i, (name, own) in enumerate(suites.items()):
            suite = _add_suite(root, name, own)
            suite.set("time", f"{seconds.get(name, 0.0):.3f}")
            if i == 0:
                _add_facts(suite, backend, run.circumstances)
    objections = [_make_objection(text) for text in list_objections(run)]
    if objections:
        _add_suite(root, "conform.run", objections)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    if run.circumstances is not None:
        root.set("time", f"{run.circumstances.seconds:.3f}")
        for suite in root:
            # The schema knows no zone.
            suite.set("timestamp", run.circumstances.start.removesuffix("Z").partition("+")[0])
            suite.set("hostname", _clean(run.circumstances.host))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_suite(root: ElementTree.Element, name: str, cases: list[ElementTree.Element]) -> ElementTree.Element:
    suite = ElementTree.SubElement(root, "testsuite", name=_clean(name), tests=str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _add_facts(suite: ElementTree.Element, backend: BackendResult, circumstances: Circumstances | None) -> None:
    """What the backend is and declares, as properties; what a run says of it beside its cases, as output."""
    facts = {**backend.info, **{f"declares {key}": value for key, value in backend.declared.items()}}
    if circumstances is not None:
        facts |= {"platform": circumstances.platform, "command": circumstances.command}
        facts |= {"git commit": circumstances.commit} if circumstances.commit else {}
    if facts:
        properties = ElementTree.Element("properties")
        for key, value in facts.items():
            ElementTree.SubElement(properties, "property", name=_clean(key), value=_clean(value))
        suite.insert(0, properties)
    said = [f"warning: {text}" for text in backend.warnings]
    said += [f"consistent with: {text}" for text in backend.diagnoses]
    if said:
        ElementTree.SubElement(suite, "system-out").text = _clean("\n".join(said))


def _make_case(classname: str, case: CaseResult) -> ElementTree.Element:
    element = ElementTree.Element("testcase", name=_clean(case.id), classname=_clean(classname))
    if case.verdict in _SKIPPED:
        reason = case.known if case.verdict is Verdict.KNOWN else case.reason
        ElementTree.SubElement(element, "skipped", message=_clean(f"{case.verdict.value}: {reason}"))
    elif case.verdict is not Verdict.PASS:
        first = case.problems[0] if case.problems else None
        tag = "error" if case.verdict is Verdict.ERROR else "failure"
        message = "" if first is None else first.message
        child = ElementTree.SubElement(
            element, tag, message=_clean(message), type=case.verdict.value if first is None else first.rule.value
        )
        child.text = _clean("\n\n".join(_describe(case.problems)))
    return element


def _make_objection(text: str) -> ElementTree.Element:
    element = ElementTree.Element("testcase", name=_clean(text), classname="conform.run")
    ElementTree.SubElement(element, "failure", message=_clean(text), type="run")
    return element


def _describe(problems: Iterable[Problem]) -> Iterable[str]:
    for problem in problems:
        lines = [f"{problem.rule.value}, {problem.call} call: {problem.message}"]
        if problem.element is not None:
            element = problem.element
            lines.append(f"expected {element.expected.decimal} = {element.expected.text}")
            lines.append(f"got {element.got.decimal} = {element.got.text}")
            if element.error is not None and element.bound is not None:
                lines.append(f"error {element.error.decimal}, bound {element.bound.decimal}")
        lines += [text for text in (problem.detail, problem.derivation) if text]
        yield "\n".join(lines)


def _clean(text: str) -> str:
    """The text without characters that XML 1.0 has no way to write."""
    return _FORBIDDEN.sub("\ufffd", text)
