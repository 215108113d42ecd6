"""The commands on the vectors that ship, in processes of their own where an exit or a signal matters."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.backends.resolve import resolve_backend
from conform.cli import run_cli
from conform.exact import Dyadic
from conform.folders import find_vectors
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.judge.limits import Derivation
from conform.judge.scalar import ExpectedElement, derive_limits, take_element
from conform.report.json_report import read_report
from conform.results import Verdict

SHIPPED = find_vectors()
CONFORM = [sys.executable, "-m", "conform"]
OPERATION, FORMAT = "linear_gradient_scale", "float32"
SOME = ["--operation", OPERATION, "--dtype", FORMAT]

WRONG_BACKEND = """
class ForgetsSigns:
    name = "forgets-signs"

    def linear_gradient_scale(self, grad, scale_factor):
        return abs(grad * scale_factor)
"""

SLOW_BACKEND = """
import pathlib, time
import numpy as np

class Slow:
    name = "slow"

    def dot(self, a, b):
        return np.asarray(a @ b)

    def scale(self, a, factor):
        pathlib.Path({marker!r}).touch()
        time.sleep(60)
        return a * factor
"""


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def count_cases() -> int:
    with (SHIPPED / f"{OPERATION}.jsonl").open() as file:
        return sum(json.loads(line)["dtype"] == FORMAT for line in file)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CONFORM, *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_numpy_conforms() -> None:
    done = call("run", "numpy", *SOME, "--min-cases", str(count_cases()))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(rf"\nnumpy conforms: {count_cases()} pass\nexit 0 in \d+\.\d s, 0 warnings\n\Z", done.stdout)


def test_a_backend_in_a_file_that_is_wrong_does_not(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text(WRONG_BACKEND)
    report = tmp_path / "report.json"
    done = call("run", f"{tmp_path / 'wrong.py'}:ForgetsSigns", *SOME, "--report", f"json:{report}")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r" fail\n(  .*\n)+exit 1 in \d+\.\d s, \d+ warnings?\n\Z", done.stdout)
    (backend,) = read_report(report).backends
    assert len(backend.cases) == count_cases()
    assert {case.verdict for case in backend.cases} == {Verdict.PASS, Verdict.FAIL}


def test_one_changed_bit_is_no_verdict(tmp_path: Path) -> None:
    copied = tmp_path / "vectors"
    shutil.copytree(SHIPPED, copied)
    path = copied / f"{OPERATION}.jsonl"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = call("run", "numpy", *SOME, "--vectors", str(copied))
    assert done.returncode == 3
    assert done.stderr.startswith(f"conform: {path}: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_ctrl_c_keeps_what_was_found_out(tmp_path: Path) -> None:
    vectors, marker, report = TinySuite(tmp_path).write(), tmp_path / "scaling", tmp_path / "report.json"
    (tmp_path / "slow.py").write_text(SLOW_BACKEND.format(marker=str(marker)))
    arguments = ["run", f"{tmp_path / 'slow.py'}:Slow", "--vectors", str(vectors), "--report", f"json:{report}"]
    # A background job of a shell ignores the signal, and its children would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen([*CONFORM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        wait_for(marker.exists, process)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        out, error = process.communicate(timeout=60)
    assert time.monotonic() - sent < 30
    assert (process.returncode, error) == (130, "")
    assert re.search(
        r"is incomplete: 4 pass\nexit 130 in \S+ s, 0 warnings: interrupted, so this is part of a run\n\Z", out
    )
    run = read_report(report)
    assert not run.complete
    assert [case.operation for case in run.backends[0].cases] == ["dot"] * 4


def wait_for(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_case_that_is_named_and_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors = str(TinySuite(tmp_path).write())
    there, absent = "dot/plain/float32/n=2#0", "dot/plain/float32/n=2#1"
    for command in (["list", "cases"], ["run", f"{Path(__file__).with_name('tiny_backends.py')}:Right"]):
        assert run_cli([*command, "--case", there, "--case", absent, "--vectors", vectors]) == 2
        assert f"no case '{absent}' is selected\n  Did you mean {there}" in capsys.readouterr().err


def test_a_group_in_which_nothing_could_fail_fails_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = str(TinySuite(tmp_path).write())
    command = ["run", f"{Path(__file__).with_name('tiny_backends.py')}:Right", "--vectors", vectors]
    empty = [*command, "--case", "scale/plain/float32/m=0,n=0#0"]
    assert run_cli(empty) == 0
    assert run_cli([*empty, "--require-informative"]) == 1
    assert "Right: scale float32 has no informative element\n" in capsys.readouterr().out
    assert run_cli([*command, "--operation", "dot", "--require-informative"]) == 0


def test_list_cases_gives_every_id_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["list", "cases"]) == 0
    ids = capsys.readouterr().out.splitlines()
    assert len(ids) == len(set(ids)) == sum(file.cases for file in load_manifest(SHIPPED).files)


def test_list_flags_has_a_case_and_a_defect_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["list", "flags"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads, catches = lines[::3], lines[2::3]
    assert [head.split()[0] for head in heads] == [flag.name for flag in load_manifest(SHIPPED).flags]
    assert [head for head in heads if int(head.split()[1]) == 0] == []
    assert [line for line in catches if not line.startswith("  catches: ") or len(line) < 15] == []


TIERS: dict[str, tuple[str, Callable[[ExpectedElement, Derivation], bool], str]] = {
    "exact": ("float32", lambda e, d: isinstance(e.value, Dyadic) and d.exact, "the result must equal v exactly."),
    "bound": (
        "float16",
        lambda e, d: isinstance(e.value, Dyadic) and not (d.exact or d.uninformative or d.plus_infinity),
        "the result must be within B of v, whatever the order of summation.",
    ),
    "overflow": (
        "float32",
        lambda e, d: isinstance(e.value, Dyadic) and not d.exact and d.plus_infinity,
        "Accepted beside finite results: inf",
    ),
    "nan": ("float32", lambda e, d: e.value != e.value, "every order gives nan, and nan is required."),
    "infinity": ("float64", lambda e, d: e.value == float("inf"), "every order gives this infinity."),
    "integer": ("int64", lambda e, d: True, "int64 has no rounding, and every magnitude is in range"),
}


@pytest.mark.parametrize(("dtype", "falls_in", "sentence"), TIERS.values(), ids=TIERS)
def test_explain_says_which_tier_a_shipped_element_falls_in(
    dtype: str,
    falls_in: Callable[[ExpectedElement, Derivation], bool],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case, expected = find_case(dtype, falls_in)
    assert run_cli(["explain", case]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{case}\n")
    # No backend was named, so none is called.
    assert "answers" not in out
    assert sentence in out
    others = [other for _, _, other in TIERS.values() if other != sentence]
    # What a result may be beside the finite ones is said of an element that has a bound.
    allowed = [TIERS["bound"][2]] if sentence == TIERS["overflow"][2] else []
    assert [other for other in others if other in out and other not in allowed] == []
    # The value and the magnitude are, text for text, what the file has.
    assert f"= {expected['value']}\n" in out
    assert f"= {expected['magnitude']} " in out


def find_case(dtype: str, falls_in: Callable[[ExpectedElement, Derivation], bool]) -> tuple[str, dict[str, str]]:
    """The first case of the layer whose first element is wanted, with that element as the file has it."""
    manifest = load_manifest(SHIPPED)
    rules_for = resolve_backend("numpy", manifest.operations).declaration.rules_for
    selection = make_selection(manifest, operations=["linear"], dtypes=[dtype])
    for block in load_blocks(SHIPPED, manifest, selection):
        rules, expected = rules_for("linear", block.format), block.expected["output"]
        for case, (start, end) in zip(block.cases, itertools.pairwise(expected.offsets), strict=True):
            element = take_element(expected, int(start)) if start < end else None
            if element is not None and falls_in(element, derive_limits(element, rules)):
                return case.id, read_first_element(case.id)
    raise AssertionError(f"no such element in {dtype}")


def read_first_element(case: str) -> dict[str, str]:
    with (SHIPPED / "linear.jsonl").open() as file:
        output = next(data for line in file if (data := json.loads(line))["id"] == case)["results"]["output"]
    components = {name: output[name] for name in ("value", "magnitude")}
    return {name: each[0] if isinstance(each, list) else each for name, each in components.items()}


def test_explain_suggests_cases_that_are_close(capsys: pytest.CaptureFixture[str]) -> None:
    real, _ = find_case("float32", lambda element, limits: limits.exact)
    absent = real.replace("#0", "#77")
    for command in (["explain", absent], ["run", "--case", absent], ["list", "cases", "--case", absent]):
        assert run_cli(command) == 2
        captured = capsys.readouterr()
        assert f"Did you mean {real}" in captured.err
        assert captured.out == ""
