"""The kinds of report: how they are asked for, and that all are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sample_results import make_simple_run

from conform.errors import UsageError
from conform.report.kinds import KINDS, Target, parse_targets, write_reports
from conform.results import Verdict


def test_a_path_may_have_colons(tmp_path: Path) -> None:
    path = tmp_path / "a:b.xml"
    assert parse_targets([f"junit:{path}", "github"]) == [Target("junit", path), Target("github", None)]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["pdf:report.pdf"], "--report pdf:report.pdf: unknown kind of report 'pdf'\n  Kinds: json, junit"),
        (["report.json"], "unknown kind of report 'report.json'"),
        (["json"], "--report json: a path is missing\n  Write json:PATH, or json:- for standard output."),
        (["json:"], "a path is missing"),
        (["json:r", "junit:r"], "--report junit:r: two reports go to one path"),
        (["json:r", "junit:../here/r"], "--report junit:../here/r: two reports go to one path"),
        (["json:absent/r"], "the folder does not exist"),
        (["json:-", "junit:-"], "--report junit:-: two reports go to standard output"),
        (["json:-", "github"], "two reports go to standard output"),
        (["github", "json:-"], "two reports go to standard output"),
        (["json:."], "--report json:.: is a folder, where a file is to be written"),
    ],
    ids=[
        "unknown",
        "no kind",
        "no path",
        "empty path",
        "one path twice",
        "one path in two words",
        "no folder",
        "standard output twice",
        "annotations after",
        "annotations before",
        "folder",
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_runs(
    texts: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(UsageError) as caught:
        parse_targets(texts)
    assert message in str(caught.value)


def test_a_path_that_refuses_loses_no_other_report(tmp_path: Path) -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": Verdict.PASS})
    targets = [Target("json", tmp_path / "absent" / "r"), Target("junit", tmp_path / "r"), Target("github", None)]
    printed, errors = write_reports(run, targets)
    assert len(printed) == 1
    assert [str(error) for error in errors] == [
        f"{tmp_path}/absent/r: cannot write: No such file or directory\n  Create the folder first."
    ]
    assert os.listdir(tmp_path) == ["r"]


def test_every_kind_is_written(tmp_path: Path) -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": Verdict.FAIL})
    assert write_reports(run, parse_targets([f"{kind}:{tmp_path / kind}" for kind in KINDS])) == ([], [])
    assert sorted(os.listdir(tmp_path)) == sorted(KINDS)
    assert all((tmp_path / kind).stat().st_size > 40 for kind in KINDS)


def test_annotations_without_a_path_are_printed() -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": Verdict.PASS})
    assert write_reports(run, parse_targets(["github:"])) == (["::notice title=numpy::numpy conforms: 1 pass\n"], [])


def test_a_dash_is_standard_output() -> None:
    run = make_simple_run({"linear/normal/float32/n=3#0": Verdict.PASS})
    (target,) = parse_targets(["badge:-"])
    assert target == Target("badge", None, alone=True)
    assert write_reports(run, [target])[0][0].startswith('{"schemaVersion": 1')
