"""Programs as backends: whatever they do is a finding about them, and about one case alone."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from faulty_runs import (
    HASTY,
    HERE,
    LIMITS,
    SCRIPT,
    get_thirteen,
    list_arguments,
    make_block,
    run,
    running,
    wait_until_ended,
)
from toy_suite import OPERATIONS, get_block

from conform.backends.base import CallError, Unsupported
from conform.backends.check import LoadedBackend
from conform.backends.connection import Limits
from conform.backends.process import connect, connect_program
from conform.backends.resolve import resolve_backend
from conform.errors import BackendError
from conform.results import Rule, Verdict
from conform.running.runner import RunOptions, run_backend
from conform.texts import MAX_TEXT

FAULTS = {
    "crash": "was ended by SIGABRT",
    "segfault": "was ended by SIGSEGV",
    "exit": "ended with status 3",
    "close-stdout": "closed its standard output, or was killed",
    "orphan": "ended with status 3",
    "garbage": "not JSON: ready to serve!",
    "bytes": "not JSON",
    "array": "not a JSON object: []",
    "two-lines": "more than one line in answer: 'and another line'",
    "endless-line": "an answer of more than",
    "huge-answer": "an answer of more than",
    "loud-crash": "was ended by SIGABRT",
    "wrong-id": "an answer to call 3, when call 2 waits",
    "no-id": "the answer has no 'id'",
    "text-id": 'an answer to call "2", when call 2 waits',
    "unknown-field": 'the answer has an unknown field "speed"',
    "no-results": "results is not a list of tensors: null",
    "both": "both an answer and an error",
    "null-results": "results is not a list of tensors: null",
    "bad-base64": "results[0].data is not base64",
    "short-data": "results[0].data holds 0 bytes; float64 of shape [2, 3] has 48",
    "bad-shape": "results[0].shape is not a list of lengths: [-1]",
    "no-array-shape": "results[0].shape is that of no array",
    "bad-dtype": 'results[0].dtype is "complex128"',
    "bad-changed": "changed.loss is none of the inputs",
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_an_error_of_its_case_alone(fault: str, message: str, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    case = get_thirteen(run(fault, mark=str(starts)))
    assert case.verdict is Verdict.ERROR
    assert case.problems[0].rule is Rule.RAISED
    assert message in case.problems[0].message
    # The fault costs one restart; the case is not called again in the second round.
    assert len(starts.read_text().split()) == 2


@pytest.mark.parametrize("fault", ["hang", "half-answer", "endless-stderr"])
def test_silence_is_an_error_of_its_case_alone(fault: str) -> None:
    case = get_thirteen(run(fault, HASTY))
    assert case.verdict is Verdict.ERROR
    assert "within 0.4 s" in case.problems[0].message


def test_closing_the_input_is_an_error_of_the_next_case() -> None:
    with running("close-stdin") as backend:
        grad = np.zeros((2, 3))
        backend.methods["linear_gradient_scale"](grad=grad, scale_factor=np.array(2.0))
        time.sleep(0.2)
        with pytest.raises(CallError, match="closed its standard input"):
            backend.methods["linear_gradient_scale"](grad=grad, scale_factor=np.array(2.0))
        backend.methods["linear_gradient_scale"](grad=grad, scale_factor=np.array(2.0))


def test_an_error_answer_keeps_the_program(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    case = get_thirteen(run("error", mark=str(starts)))
    assert (case.verdict, case.problems[0].message) == (Verdict.ERROR, "ValueError: no thirteens")
    assert len(starts.read_text().split()) == 1


def test_the_detail_of_an_error_is_shown() -> None:
    assert get_thirteen(run("error-detail")).problems[0].detail == "line 7"


def test_unsupported_is_a_verdict_of_its_own() -> None:
    case = get_thirteen(run("unsupported"))
    assert (case.verdict, case.reason) == (Verdict.UNSUPPORTED, "thirteen is not supported")


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("too-few", Rule.RESULTS),
        ("wrong-shape", Rule.SHAPE),
        ("wrong-dtype", Rule.DTYPE),
        ("overwrite", Rule.MUTATION),
    ],
)
def test_wrong_answers_fail_as_those_of_any_backend(fault: str, rule: Rule) -> None:
    case = get_thirteen(run(fault))
    assert case.verdict is Verdict.FAIL
    assert rule in [problem.rule for problem in case.problems]


def test_the_end_of_stderr_is_kept_and_shown() -> None:
    detail = get_thirteen(run("loud-crash")).problems[0].detail
    assert detail is not None
    assert detail.startswith("(cut: the end of ")
    assert detail.endswith("the reason")
    assert len(detail) <= MAX_TEXT


def test_a_program_that_fills_stderr_is_no_deadlock() -> None:
    assert [case.verdict for case in run("loud", factors=(2.0, 3.0)).cases] == [Verdict.PASS, Verdict.PASS]


def test_a_large_call_to_a_program_that_does_not_read_ends_in_time() -> None:
    with running("close-stdin", HASTY) as backend:
        call = backend.methods["linear_gradient_scale"]
        call(grad=np.zeros((2, 3)), scale_factor=np.array(2.0))
        with pytest.raises(CallError):
            call(grad=np.zeros((1024, 512)), scale_factor=np.array(2.0))


def test_large_tensors_pass() -> None:
    with running("crash") as backend:
        grad = np.random.default_rng(1).standard_normal((600, 500))
        (scaled,) = backend.methods["linear_gradient_scale"](grad=grad, scale_factor=np.array(2.0))
        np.testing.assert_array_equal(scaled, 2 * grad)


def test_an_operation_that_hangs_again_and_again_is_given_up() -> None:
    limits = Limits(call=0.2, start=30.0, hangs=2)
    result = run("hang", limits, factors=(13.0,) * 4 + (2.0,))
    messages = [case.problems[0].message for case in result.cases]
    assert ["within 0.2 s" in message for message in messages] == [True, True, False, False, False]
    assert "2 calls of linear_gradient_scale in a row ran into the time limit" in messages[4]


def test_a_good_answer_between_two_hangs_starts_the_count_again() -> None:
    limits = Limits(call=0.3, start=30.0, hangs=2)
    result = run("hang", limits, factors=(13.0, 2.0, 13.0, 2.0))
    assert [case.verdict for case in result.cases] == [Verdict.ERROR, Verdict.PASS] * 2


def test_a_program_that_does_not_start_again_is_given_up(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    result = run("only-once", mark=str(starts), factors=(2.0, 13.0, 3.0, 3.0, 3.0, 3.0))
    messages = [case.problems[0].message for case in result.cases[1:]]
    assert [case.verdict for case in result.cases[1:]] == [Verdict.ERROR] * 5
    assert ["ended with status 1 at the hello" in message for message in messages] == [False, True, True, True, False]
    assert "failed to start 3 times in a row" in messages[-1]
    assert len(starts.read_text().split()) == 4


def test_a_program_must_stay_what_it_said_it_is(tmp_path: Path) -> None:
    result = run("changes-name", mark=str(tmp_path / "starts"), factors=(13.0, 3.0))
    assert "said another hello after it was started again" in result.cases[1].problems[0].message


HELLOS = {
    "hello-version": "version 2 of the protocol; this is version 1",
    "hello-missing": 'begins with "conform"',
    "hello-text": 'hello is not an object: "hi"',
    "hello-name": "hello.name is empty",
    "hello-info": "hello.info.threads is not a text: 2",
    "hello-unknown-field": 'hello has an unknown field "expected"',
    "hello-misspelt": "did you mean 'linear_gradient_scale'",
    "hello-claim": "accumulates.float16: unknown floating-point format 'float12'",
    "hello-refusal": "RuntimeError: no device",
    "hello-crash": "ended with status 1 at the hello",
    "hello-garbage": "not JSON: Welcome!",
}


@pytest.mark.parametrize("fault", ["hello-other", "hello-nothing"])
def test_a_program_for_other_operations_implements_none_of_these(fault: str) -> None:
    backend = connect_program(list_arguments(fault), "cmd:other", OPERATIONS, LIMITS)
    assert not backend.methods
    assert backend.close is not None
    backend.close()


@pytest.mark.parametrize(("fault", "message"), HELLOS.items(), ids=HELLOS)
def test_a_program_is_refused_when_it_is_loaded(fault: str, message: str, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    with pytest.raises(BackendError) as caught:
        connect_program(list_arguments(fault, str(starts)), f"cmd:{fault}", OPERATIONS, LIMITS)
    assert message in str(caught.value)
    assert caught.value.where == f"cmd:{fault}"
    if starts.exists():
        assert wait_until_ended(int(starts.read_text()))


def test_a_program_that_never_says_hello_is_refused() -> None:
    with pytest.raises(BackendError, match=r"gave no answer within 0\.3 s at the hello"):
        connect_program(list_arguments("hello-hang"), "cmd:x", OPERATIONS, Limits(start=0.3))


def test_what_a_program_says_at_its_end_is_shown_when_it_is_refused() -> None:
    with pytest.raises(BackendError, match=r"cannot find libdevice\.so"):
        connect_program(list_arguments("hello-crash"), "cmd:x", OPERATIONS, LIMITS)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("cmd:", "no program is named"),
        ("cmd:'open", "the arguments cannot be split"),
        ("cmd:/no/such/program", "cannot be started: No such file or directory: /no/such/program"),
        (f"cmd:{HERE}", "cannot be started: Permission denied"),
        ("cmd[timeout=0]:true", "expected a positive number of seconds"),
        ("cmd[timeout=soon]:true", "expected an integer"),
        ("cmd[speed=9]:true", "unknown option 'speed'"),
        ("cmd[timeout=5 true", "do not end before a colon"),
        ("cmd:true", "ended with status 0 at the hello"),
    ],
)
def test_specs_that_name_no_program(spec: str, message: str) -> None:
    with pytest.raises(BackendError) as caught:
        resolve_backend(spec, OPERATIONS)
    assert message in str(caught.value)


def test_arguments_are_split_as_in_a_shell_but_none_runs(tmp_path: Path) -> None:
    program = tmp_path / "my program.py"
    program.write_text(SCRIPT.read_text())
    backend = connect(f"cmd[timeout=7,start=30]:{sys.executable} '{program}' '$HOME;[x]:'", OPERATIONS)
    try:
        assert backend.name == "script"
        assert backend.options == {"timeout": 7, "start": 30}
    finally:
        backend.close()


def test_the_script_conforms_with_the_formats_it_claims() -> None:
    backend = resolve_backend(f"cmd:{sys.executable} {SCRIPT}", OPERATIONS)
    try:
        result = run_backend(backend, [get_block(name, dtype) for name in ("linear", "linear_gradient_scale")
                                       for dtype in ("float64", "int32", "int64", "float32")])  # fmt: skip
    finally:
        backend.close()
    assert result.conforms
    assert {case.dtype for case in result.cases if case.verdict is Verdict.UNSUPPORTED} == {"float32"}
    assert {case.dtype for case in result.cases if case.verdict is Verdict.PASS} == {"float64", "int32", "int64"}


def test_operations_beyond_the_hello_are_unsupported() -> None:
    with running("crash") as backend:
        result = run_backend(backend, [get_block("linear", "float64")])
    assert {case.verdict for case in result.cases} == {Verdict.UNSUPPORTED}
    assert not result.conforms


def test_inputs_in_any_strides_arrive() -> None:
    with running("crash") as backend:
        result = run_backend(backend, [make_block((2.0, 3.0))], RunOptions(non_contiguous=True))
    assert result.conforms


def test_nothing_on_the_wire_identifies_a_case(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    backend = connect_program(["sh", "-c", f"tee {heard} | {sys.executable} {SCRIPT}"], "cmd:sh", OPERATIONS, LIMITS)
    block = get_block("linear", "float64", "normal")
    assert run_backend(backend, [block]).conforms
    backend.close()
    first, *calls = heard.read_text().splitlines()
    assert set(json.loads(first)) == {"conform", "hello"}
    # Twice each, and some of them in other rounds.
    assert 2 * len(block.cases) < len(calls) < 5 * len(block.cases)
    names = {parameter.name for parameter in block.operation.parameters}
    for number, line in enumerate(calls, start=1):
        call = json.loads(line)
        assert set(call) == {"id", "operation", "inputs"}
        assert (call["id"], call["operation"], set(call["inputs"])) == (number, "linear", names)
        assert all(set(tensor) == {"shape", "dtype", "data"} for tensor in call["inputs"].values())


def test_unsupported_is_raised_to_a_direct_caller() -> None:
    with running("unsupported") as backend:
        assert isinstance(backend, LoadedBackend)
        with pytest.raises(Unsupported, match="thirteen"):
            backend.methods["linear_gradient_scale"](grad=np.zeros((1, 1)), scale_factor=np.array(13.0))
