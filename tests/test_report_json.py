"""The JSON report: what its schema describes, and read back without loss."""

from __future__ import annotations

import dataclasses
import importlib.resources
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform import results
from conform.errors import UsageError
from conform.report.json_report import format_json, read_report
from conform.results import RunResult, Verdict

SCHEMA: dict[str, Any] = json.loads(
    importlib.resources.files("conform.report").joinpath("report.schema.json").read_text(encoding="utf-8")
)
EVERY_VERDICT = {f"linear/normal/float32/n=3#{i}": verdict for i, verdict in enumerate(Verdict)}
CLASSES = {
    "number": results.Number,
    "element": results.ElementFailure,
    "problem": results.Problem,
    "case": results.CaseResult,
    "group": results.GroupResult,
    "backend": results.BackendResult,
    "circumstances": results.Circumstances,
}
RUNS = {
    "every verdict": make_simple_run(EVERY_VERDICT),
    "partial": make_simple_run({"linear/normal/float32/n=3#0": Verdict.PASS}, complete=False, whole=False),
    "no case": make_simple_run({}),
    "two backends": make_run(make_backend([make_case("a/b/float16/#0")]), make_backend([], "jax", complete=False)),
    "objections": make_simple_run(EVERY_VERDICT, stale=("unused",), objections=("too few",), notes=("reason: é",)),
    "told when and where": make_run(
        dataclasses.replace(make_backend([], name="mine"), places={"": "mine.py:3"}),
        operations=9,
        circumstances=results.Circumstances("2030-01-02T03:04:05Z", 1.5, "host", "Linux", "conform run"),
    ),
    "not finite": make_run(
        make_backend([make_case("a/b/float16/#0", Verdict.FAIL, worst=math.inf)], groups=make_backend([], "x").groups)
    ),
}


@pytest.fixture(params=RUNS.values(), ids=RUNS)
def run(request: pytest.FixtureRequest) -> RunResult:
    result: RunResult = request.param
    return result


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_report_is_what_the_schema_describes(run: RunResult) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(format_json(run)))


def test_a_report_reads_back_as_the_run(run: RunResult, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(format_json(run), encoding="utf-8")
    read = read_report(tmp_path / "report.json")
    assert read == run
    assert read.circumstances == run.circumstances


@pytest.mark.parametrize(("name", "kind"), CLASSES.items(), ids=CLASSES)
def test_the_schema_has_the_fields_of_the_results(name: str, kind: type) -> None:
    names = [field.name for field in dataclasses.fields(kind)]
    assert list(SCHEMA["$defs"][name]["properties"]) == names
    assert SCHEMA["$defs"][name]["required"] == names


def test_the_schema_has_the_fields_of_a_run() -> None:
    assert SCHEMA["required"] == ["version", "conforms", *(field.name for field in dataclasses.fields(RunResult))]


@pytest.mark.parametrize(("name", "kind"), [("verdict", Verdict), ("rule", results.Rule)], ids=["verdict", "rule"])
def test_the_schema_has_every_word(name: str, kind: type[Verdict | results.Rule]) -> None:
    assert SCHEMA["$defs"][name]["enum"] == [word.value for word in kind]


def _remove_case_id(data: Any) -> None:
    del data["backends"][0]["cases"][0]["id"]


REJECTED: dict[str, tuple[Callable[[Any], object], str]] = {
    "another version": (lambda data: data.update(version=2), "not a report of a version that is known here"),
    "no version": (lambda data: data.pop("version"), "not a report of a version that is known here"),
    "unknown field": (lambda data: data.update(colour="red"), "unknown field 'colour'"),
    "missing field": (_remove_case_id, r"backends\[0\]: cases\[0\]: field 'id' is missing"),
    "unknown verdict": (
        lambda data: data["backends"][0]["cases"][0].update(verdict="maybe"),
        r"cases\[0\]: verdict: 'maybe' is not a verdict",
    ),
    "text for a count": (
        lambda data: data["backends"][0]["cases"][0].update(exact="3"),
        "exact: '3' is not of the expected type",
    ),
    "truth for a count": (
        lambda data: data["backends"][0]["cases"][0].update(exact=True),
        "exact: 'True' is not of the expected type",
    ),
    "object for a list": (lambda data: data.update(notes={}), "notes: '{}' is not of the expected type"),
}


@pytest.mark.parametrize(("change", "message"), REJECTED.values(), ids=REJECTED)
def test_what_it_would_not_write_is_rejected(change: Callable[[Any], object], message: str, tmp_path: Path) -> None:
    data = json.loads(format_json(make_simple_run(EVERY_VERDICT)))
    change(data)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError, match=message):
        read_report(path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": NaN}', "[" * 100_000], ids=str)
def test_what_is_no_report_is_rejected(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"report\.json"):
        read_report(path)


def test_a_report_from_before_a_field_was_added_is_read(tmp_path: Path) -> None:
    run = make_simple_run(EVERY_VERDICT)
    data = json.loads(format_json(run))
    del data["objections"], data["backends"][0]["diagnoses"]
    (tmp_path / "report.json").write_text(json.dumps(data))
    assert read_report(tmp_path / "report.json") == run


def test_a_report_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read: No such file"):
        read_report(tmp_path / "absent.json")
