"""The pytest plugin, on the tiny suite: what it collects, what it says, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.testing.pytest_items import ROOT

TESTS = Path(__file__).parent
RIGHT = f"{TESTS}/tiny_backends.py:Right"
ADDS_ONE = f"{TESTS}/tiny_backends.py:AddsOne"
ONLY_DOTS = f"{TESTS}/tiny_backends.py:OnlyDots"
FLOAT_DOT = "dot/plain/float32/n=2#0"

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest on the tiny suite: in a process of its own where it has workers, which is slow."""
    vectors = TinySuite(pytester.path).write()
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path / "cache"))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def start(*arguments: str | Path) -> pytest.RunResult:
        method = pytester.runpytest_subprocess if "-n" in arguments else pytester.runpytest_inprocess
        # Else each run would rewrite the assertions of all that it loads, and load hypothesis for its summary.
        return method("--assert=plain", "-p", "no:hypothesispytest", "--conform-vectors", vectors, *arguments)

    return start


def write_known(pytester: pytest.Pytester, *entries: str) -> Path:
    lines = [
        f"  - {{cases: ['{glob}'], reason: It is so.{rest}}}" for glob, _, rest in (e.partition("|") for e in entries)
    ]
    path = pytester.path / "known.yaml"
    path.write_text("\n".join(["version: 1", "known:", *lines, ""]))
    return path


def test_right_backend_passes_every_case(run: Run) -> None:
    result = run("--conform-backend", RIGHT, "-v")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines([f"{ROOT}::{RIGHT}::{FLOAT_DOT} PASSED*"])


def test_wrong_backend_fails_with_the_description_of_the_report(run: Run) -> None:
    result = run("--conform-backend", ADDS_ONE)
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines(
        [
            f"FAIL {FLOAT_DOT}, 1 wrong element",
            "*expected  -4  = -0x1p2",
            "*got       -3  = -0x3p0",
            f"  reproduce: conform run {ADDS_ONE} --case '{FLOAT_DOT}' --vectors *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_unsupported_case_is_skipped(run: Run) -> None:
    result = run("--conform-backend", ONLY_DOTS, "-rs")
    result.assert_outcomes(passed=4, skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED*the backend has no method of that name"])


def test_several_backends_are_collected_apart(run: Run) -> None:
    run("--conform-backend", RIGHT, "--conform-backend", ADDS_ONE).assert_outcomes(passed=11, failed=3)


def test_keyword_selects_by_id_and_flag(run: Run) -> None:
    run("--conform-backend", RIGHT, "-k", "dot and float32").assert_outcomes(passed=3, deselected=4)
    run("--conform-backend", RIGHT, "-k", "empty").assert_outcomes(passed=2, deselected=5)


def test_id_of_an_item_is_an_argument(run: Run) -> None:
    run("--conform-backend", RIGHT, f"{ROOT}::{RIGHT}::{FLOAT_DOT}").assert_outcomes(passed=1)
    run("--conform-backend", RIGHT, f"{ROOT}::{RIGHT}::dot/plain").assert_outcomes(passed=3)
    result = run("--conform-backend", RIGHT, "conform::nobody")
    result.stdout.fnmatch_lines(["*no item is called conform::nobody*"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("options", ["", "[]"], ids=["plain", "brackets"])
def test_last_failed_runs_the_failures_alone(run: Run, pytester: pytest.Pytester, options: str) -> None:
    pytester.makepyfile(test_other="def test_fails(): assert False")
    run("--conform-backend", ADDS_ONE + options).assert_outcomes(passed=4, failed=4)
    run("--conform-backend", ADDS_ONE + options, "--lf").assert_outcomes(failed=4, deselected=4)


def test_workers_share_the_items(run: Run) -> None:
    run("--conform-backend", ADDS_ONE, "-n", "2", "--dist", "worksteal").assert_outcomes(passed=4, failed=3)


def test_worker_takes_ids_as_arguments(run: Run) -> None:
    run("--conform-backend", RIGHT, "-n", "1", f"{ROOT}::{RIGHT}::dot").assert_outcomes(passed=4)


def test_known_failure_is_an_expected_one(run: Run, pytester: pytest.Pytester) -> None:
    known = write_known(pytester, "dot/plain/*")
    result = run("--conform-backend", ADDS_ONE, "--conform-known", known, "-rx")
    result.assert_outcomes(passed=5, xfailed=3)
    result.stdout.fnmatch_lines([f"XFAIL *{FLOAT_DOT} - It is so."])
    assert result.ret == pytest.ExitCode.OK


def test_known_failure_that_passes_fails(run: Run, pytester: pytest.Pytester) -> None:
    known = write_known(pytester, "dot/plain/*", "scale/*/int32/*")
    result = run("--conform-backend", ADDS_ONE, "--conform-known", known)
    result.assert_outcomes(passed=4, xfailed=3, failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*It is so.*"])


@pytest.mark.parametrize(
    ("backend", "entry", "said", "outcomes"),
    [
        pytest.param(RIGHT, "add/*", "*.yaml:3: 'add/*' matches no case", {"passed": 7, "failed": 1}, id="no-match"),
        pytest.param(
            ADDS_ONE,
            "dot/*|, expires: 2020-01-01",
            "*.yaml:3: expired on 2020-01-01: It is so.",
            {"passed": 4, "failed": 4},
            id="expired",
        ),
    ],
)
def test_stale_entry_fails_by_itself(
    run: Run, pytester: pytest.Pytester, backend: str, entry: str, said: str, outcomes: dict[str, int]
) -> None:
    result = run("--conform-backend", backend, "--conform-known", write_known(pytester, entry))
    result.stdout.fnmatch_lines([said])
    result.assert_outcomes(**outcomes)


def test_entry_about_another_backend_is_left_alone(run: Run, pytester: pytest.Pytester) -> None:
    known = write_known(pytester, "add/*|, backend: other")
    run("--conform-backend", RIGHT, "--conform-known", known).assert_outcomes(passed=8)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--conform-backend", "nobody"), "*no backend is called 'nobody'*", id="unknown-backend"),
        pytest.param(("--conform-backend", RIGHT, "--conform-backend", RIGHT), "*named twice*", id="twice"),
        pytest.param(("--conform-backend", RIGHT, "--conform-known", "absent.yaml"), "*absent.yaml*", id="no-file"),
    ],
)
def test_wrong_usage_is_said_before_anything_runs(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_damaged_vectors_are_an_error_of_collection(run: Run, pytester: pytest.Pytester) -> None:
    path = pytester.path / "vectors" / "dot.jsonl"
    path.write_text(path.read_text() + "{}\n")
    result = run("--conform-backend", RIGHT)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*dot.jsonl*"])


def test_nothing_is_loaded_when_unused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            assert "conform.testing.pytest_plugin" in sys.modules
            assert not {"numpy", "torch", "jax", "ml_dtypes", "rich", "conform.running.runner"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_fixture_judges_a_function(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import numpy as np
        import pytest

        def test_right(conform):
            conform.check(lambda a, b: np.asarray(np.dot(a, b)), "dot")

        def subtract_one(a, b):
            return np.asarray(np.dot(a, b) - a.dtype.type(1))

        def test_wrong(conform):
            conform.check(subtract_one, "dot", dtypes=["float32"])

        def test_directly(pytestconfig):
            from conform.testing.function_check import check_function

            check_function(subtract_one, "dot", vectors=pytestconfig.option.conform_vectors)

        def test_undescribed(conform):
            conform.check(subtract_one, "dot", dtypes=["bfloat16"])

        def test_wrong_names(conform):
            conform.check(lambda x, y: x, "dot")
        """
    )
    result = run()
    result.assert_outcomes(passed=1, failed=4)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: subtract_one is not dot: 2 of 3 cases fail",
            f"E*FAIL {FLOAT_DOT}, 1 wrong element",
            "E*expected  -4 *",
            "E*UsageError*no case is selected by --operation dot --dtype bfloat16",
            "E*test_fixture_judges_a_function.py:*: dot has no parameter 'a'",
        ]
    )
    result.stdout.no_fnmatch_line("*reproduce:*")
    # None of our own frames, and no line of our own code.
    result.stdout.no_fnmatch_line("*conform/testing/*")
    result.stdout.no_fnmatch_line("*def check*")
