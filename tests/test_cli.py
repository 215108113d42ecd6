"""The command line: what it loads, and the exit code of every outcome."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sample_results import make_backend, make_case, make_run, make_simple_run

from conform import __version__
from conform.cli import COMMANDS, SUMMARIES, choose_exit, run_cli
from conform.report.json_report import read_report
from conform.results import RunResult, Verdict

pytestmark = pytest.mark.usefixtures("own_cache")

BACKENDS = str(Path(__file__).parent / "tiny_backends.py")
CONFORM = [sys.executable, "-m", "conform"]


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CONFORM, *arguments], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_begins_with_its_summary(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: conform {name} ")
    assert "--help" in out


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(SUMMARIES) == list(COMMANDS)
    assert run_cli(["--help"]) == 0
    out = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n  {name} " not in out] == []
    assert "Exit codes: 0 conforms, 1 does not, 2 wrong usage" in out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["--version"]) == 0
    assert capsys.readouterr().out == f"conform, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list", "cases", "--help"]], ids=" ".join)
def test_help_loads_no_array_library(arguments: list[str]) -> None:
    heavy = ("numpy", "torch", "jax", "rich", "ml_dtypes", "yaml")
    program = (
        "import sys; from conform.cli import run_cli; "
        f"code = run_cli({arguments!r}); loaded = [name for name in {heavy!r} if name in sys.modules]; "
        "sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--frobnicate"], "No such option '--frobnicate'"),
        (["frobnicate"], "No such command 'frobnicate'. There are: run, list,"),
        (["explian"], "No such command 'explian'. Did you mean 'explain'?"),
        (["run", "--min-cases", "none"], "'none' is not a valid integer range"),
        (["run", "--min-cases", "0"], "0 is not in the range"),
        (["run", "absent.py:Backend"], "absent.py"),
        (["run", "frobnicate"], "no backend is called 'frobnicate'"),
        (["run", "numpy", "numpy"], "a backend is named twice"),
        (["run", "--report", "pdf:x"], "unknown kind of report 'pdf'"),
        (["run", "--known", "absent.yaml"], "absent.yaml: cannot read"),
        (["run", "--vectors", "absent"], "absent: no vectors here: there is no manifest.json"),
        (["explain"], "Missing argument 'CASE'"),
        (["compare", "absent.json", "absent.json"], "absent.json: cannot read: No such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-k", "frobnicate"], "no case is selected by -k frobnicate"),
        (["--operation", "dot", "--case", "scale/plain/int32/m=0,n=1#0"], "no case is selected"),
        (["--dtype", "bfloat16"], "no case is selected by --dtype bfloat16"),
        (["--operation", "dott"], "unknown operation 'dott'; did you mean 'dot'?"),
        (["--flag", "plane"], "unknown flag 'plane'; did you mean 'plain'?"),
        (["--case", "dot/plain/float32/n=2#7"], "dot/plain/float32/n=2#7"),
        (["--profile", "smoke"], "unknown profile 'smoke'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("command", [["run"], ["list", "cases"], ["baseline", "numpy"]], ids=" ".join)
def test_nothing_selected_is_2(
    command: list[str], options: list[str], message: str, vectors: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if command == ["run"]:
        command = ["run", f"{BACKENDS}:Right"]
    elif command[0] == "baseline":
        command = ["baseline", f"{BACKENDS}:Right"]
    assert run_cli([*command, "--vectors", vectors, *options]) == 2
    assert message in capsys.readouterr().err


def test_broken_vectors_are_3(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (Path(vectors) / "dot.jsonl").open("a") as file:
        file.write("{}\n")
    assert run_cli(["run", f"{BACKENDS}:Right", "--vectors", vectors]) == 3
    captured = capsys.readouterr()
    assert "dot.jsonl" in captured.err
    assert "conforms" not in captured.out


def test_a_defect_of_conform_is_3_in_one_line(
    vectors: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr("conform.golden.manifest.load_manifest", fail)
    assert run_cli(["list", "operations", "--vectors", vectors]) == 3
    short = capsys.readouterr().err
    assert short.splitlines() == [
        "conform: ZeroDivisionError: by accident",
        "  This is a defect of conform: please report it with what `conform --traceback …` shows.",
    ]
    assert run_cli(["--traceback", "list", "operations", "--vectors", vectors]) == 3
    long = capsys.readouterr().err
    assert "Traceback (most recent call last)" in long
    assert long.endswith(short)


def test_what_is_no_exception_of_any_library_is_no_verdict_either(
    vectors: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(*arguments: object) -> None:
        raise GeneratorExit

    monkeypatch.setattr("conform.golden.manifest.load_manifest", leave)
    assert run_cli(["list", "operations", "--vectors", vectors]) == 3
    assert capsys.readouterr().err.startswith("conform: GeneratorExit")


def test_what_the_user_may_not_do_is_2(
    vectors: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied", "place")

    monkeypatch.setattr("conform.golden.manifest.load_manifest", refuse)
    assert run_cli(["list", "operations", "--vectors", vectors]) == 2
    assert capsys.readouterr().err == "conform: [Errno 13] Permission denied: 'place'\n"


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
def test_a_full_disk_is_3(unbuffered: str, vectors: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w") as full:
        command = [*CONFORM, "list", "cases", "--vectors", vectors]
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["list", "cases"], 0),
        (["run", f"{BACKENDS}:Right"], 0),
        (["run", f"{BACKENDS}:AddsOne"], 1),
        (["run", "nobody"], 2),
    ],
    ids=["list", "right", "wrong", "usage"],
)
def test_streams_that_are_closed_change_no_exit_code(command: list[str], code: int, vectors: str) -> None:
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *CONFORM, *command, "--vectors", vectors]
    assert subprocess.run(shell, check=False).returncode == code


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["run", f"{BACKENDS}:Right"], 0),
        (["run", f"{BACKENDS}:AddsOne"], 1),
        (["run", f"{BACKENDS}:AddsOne", "--max-failures", "1", "--report", "github:"], 1),
        (["run", "nobody…"], 2),
        (["run", "--nothing…"], 2),
        (["explain", "dot/plain/float32/n=2#0", "--backend", f"{BACKENDS}:Right"], 0),
        (["explain", "dot/plain/float32/n=3#99"], 2),
        (["list", "operations", "-v"], 0),
    ],
    ids=["right", "wrong", "cut-off", "no-backend", "no-option", "explain", "no-case", "list"],
)
def test_an_encoding_that_lacks_a_character_changes_no_exit_code(
    command: list[str], code: int, encoding: str, vectors: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run([*CONFORM, *command, "--vectors", vectors], capture_output=True, check=False)
    assert done.returncode == code
    assert b"defect of conform" not in done.stderr
    # Of a stream in ASCII click says that its encoding is a mistake, and writes UTF-8.
    (done.stdout + done.stderr).decode("utf-8" if encoding == "ascii" else encoding)


@pytest.mark.parametrize("arguments", [["run", "nobody"], ["run", "--nothing"], ["list", "cases", "--vectors", "."]])
def test_what_cannot_be_complained_of_changes_no_exit_code(arguments: list[str], tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run([*CONFORM, *arguments], stderr=full, check=False, cwd=tmp_path)
    assert done.returncode == 2


@pytest.mark.parametrize("command", [["list", "cases"], ["run", f"{BACKENDS}:AddsOne"]], ids=["list", "run"])
def test_a_reader_that_leaves_gives_no_verdict(command: list[str], vectors: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    arguments = [*CONFORM, *command, "--vectors", vectors]
    done = subprocess.run(arguments, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_the_exit_codes_of_verdicts(vectors: str) -> None:
    right, wrong = (call("run", f"{BACKENDS}:{name}", "--vectors", vectors) for name in ("Right", "AddsOne"))
    assert (right.returncode, right.stderr) == (0, "")
    assert re.search(r"tiny_backends\.py:Right conforms: 7 pass\nexit 0 in \d+\.\d s, 0 warnings\n\Z", right.stdout)
    assert wrong.returncode == 1
    assert "tiny_backends.py:AddsOne does not conform: 4 pass, 3 fail\n" in wrong.stdout
    assert re.search(r"\nexit 1 in \d+\.\d s, \d+ warnings?\n\Z", wrong.stdout)


def test_a_run_that_is_told_to_end_reports_what_it_has(vectors: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = call("run", f"{BACKENDS}:Interrupts", "--vectors", vectors, "--report", f"json:{report}")
    assert done.returncode == 130
    assert re.search(
        r"is incomplete: 4 pass\nexit 130 in \d+\.\d s, 0 warnings: interrupted, so this is part of a run\n\Z",
        done.stdout,
    )
    run = read_report(report)
    assert not run.complete
    assert {case.operation for backend in run.backends for case in backend.cases} == {"dot"}


def test_an_interruption_outside_of_a_run_is_130(
    vectors: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("conform.golden.manifest.load_manifest", lambda folder: os.kill(os.getpid(), signal.SIGINT))
    assert run_cli(["list", "operations", "--vectors", vectors]) == 130
    assert capsys.readouterr().err.endswith("conform: interrupted\n")


PASS, FAIL = Verdict.PASS, Verdict.FAIL
PARTIAL = make_run(make_backend([make_case("a/b/c/#0")], complete=False), complete=False)
PARTIAL_WRONG = make_run(make_backend([make_case("a/b/c/#0", FAIL)], complete=False), complete=False)


@pytest.mark.parametrize(
    ("run", "fail_fast", "code"),
    [
        (make_simple_run({"a/b/c/#0": PASS}), False, 0),
        (make_simple_run({"a/b/c/#0": PASS, "a/b/c/#1": Verdict.UNSUPPORTED}), False, 0),
        (make_simple_run({"a/b/c/#0": PASS, "a/b/c/#1": Verdict.KNOWN}), False, 0),
        (make_simple_run({"a/b/c/#0": PASS, "a/b/c/#1": FAIL}), False, 1),
        (make_simple_run({"a/b/c/#0": PASS, "a/b/c/#1": Verdict.ERROR}), False, 1),
        (make_simple_run({"a/b/c/#0": Verdict.UNSUPPORTED}), False, 1),
        (make_simple_run({}), False, 1),
        (make_run(), False, 1),
        (make_simple_run({"a/b/c/#0": PASS}, stale=("an entry",)), False, 1),
        (make_simple_run({"a/b/c/#0": PASS}, objections=("too few",)), False, 1),
        (PARTIAL, False, 130),
        (PARTIAL, True, 130),
        (PARTIAL_WRONG, False, 130),
        (PARTIAL_WRONG, True, 1),
    ],
    ids=[
        *("passed", "unsupported too", "known", "failed", "error", "nothing supported", "no case", "no backend"),
        *("stale", "objection", "partial", "partial though fail-fast", "partial and wrong", "fail-fast"),
    ],
)
def test_the_exit_code_of_a_run(run: RunResult, fail_fast: bool, code: int) -> None:
    assert choose_exit(run, fail_fast) == code
