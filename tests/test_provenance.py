"""When and where a run was made: told by the clock or by SOURCE_DATE_EPOCH, and by the repository around it."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from pathlib import Path

import pytest
from sample_results import make_case, make_groups, make_run, make_simple_run

from conform.errors import UsageError
from conform.gate.compare import compare_runs
from conform.provenance import add_circumstances, describe_circumstances, find_commit
from conform.results import Verdict

STARTED = datetime.datetime(2030, 1, 2, 4, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
CASE = "linear/normal/float32/n=3#0"


def test_the_start_is_told_in_utc_and_the_command_as_one_types_it() -> None:
    told = describe_circumstances(STARTED, 1.25, ["run", "a b.py:C"], {})
    assert (told.start, told.seconds) == ("2030-01-02T03:04:05Z", 1.25)
    assert told.command == "conform run 'a b.py:C'"


def test_with_an_epoch_nothing_depends_on_the_clock() -> None:
    environment = {"SOURCE_DATE_EPOCH": "0"}
    told = describe_circumstances(STARTED, 1.25, [], environment)
    assert (told.start, told.seconds) == ("1970-01-01T00:00:00Z", 0.0)
    backend = make_simple_run({CASE: Verdict.PASS}).backends[0]
    slow = make_run(type(backend)(**{**vars(backend), "groups": make_groups([make_case(CASE)], seconds=3.0)}))
    assert add_circumstances(slow, told, environment).backends[0].groups[0].seconds == 0.0
    assert add_circumstances(slow, told, {}).backends[0].groups[0].seconds == 3.0


@pytest.mark.parametrize("text", ["", "soon", "1e99", "9" * 40], ids=str)
def test_an_epoch_that_is_no_number_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="no number of seconds since 1970"):
        describe_circumstances(STARTED, 1.25, [], {"SOURCE_DATE_EPOCH": text})


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_commit_is_that_of_the_repository_around(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    below = tmp_path / "below"
    below.mkdir()
    git("init")
    assert find_commit(below) is None
    git("commit", "--allow-empty", "-m", "first")
    assert find_commit(below) == git("rev-parse", "HEAD")


def test_when_and_where_is_no_difference_between_runs() -> None:
    run = make_simple_run({CASE: Verdict.PASS})
    runs = [add_circumstances(run, describe_circumstances(STARTED, float(i), [str(i)], {}), {}) for i in range(2)]
    assert runs[0] == runs[1]
    assert compare_runs(*runs).notes == ()
