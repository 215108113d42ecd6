import os
import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest
from toy_suite import OPERATIONS, assemble_block, list_blocks

from conform.backends.connection import Limits
from conform.backends.fork import can_fork
from conform.backends.resolve import resolve_backend
from conform.backends.supervised import supervise_backend
from conform.errors import BackendError
from conform.formats import get_format
from conform.results import BackendResult, Rule, Verdict
from conform.running.runner import run_backend
from conform.suite import Block, CaseInfo

HERE = Path(__file__).parent
FRAGILE = HERE / "fragile_backend.py"
SCRIPT = HERE / "examples" / "script_program" / "linear.py"
SCALE = next(operation for operation in OPERATIONS if operation.name == "linear_gradient_scale")
PATIENT = Limits(call=60.0, start=60.0)


def make_block() -> Block:
    factors = (2.0, 13.0, 3.0)
    cases = [CaseInfo(f"scale/{factor:g}", {"in": 3, "out": 2}, ("probe",), 1) for factor in factors]
    made = [{"grad": np.arange(1.0, 7.0).reshape(2, 3), "scale_factor": np.array(factor)} for factor in factors]
    return assemble_block(SCALE, get_format("float64"), cases, made)


def run(spec: str, limits: Limits = PATIENT) -> BackendResult:
    backend = supervise_backend(spec, OPERATIONS, limits)
    try:
        return run_backend(backend, [make_block()])
    finally:
        backend.close()


@pytest.mark.parametrize(
    ("name", "verdict", "rule", "message"),
    [
        ("Segfault", Verdict.ERROR, Rule.RAISED, "the backend's process was ended by SIGSEGV"),
        ("Abort", Verdict.ERROR, Rule.RAISED, "the backend's process was ended by SIGABRT"),
        ("Leave", Verdict.ERROR, Rule.RAISED, "the backend's process ended with status 0"),
        ("Exit", Verdict.ERROR, Rule.RAISED, "SystemExit: enough"),
        ("Cancel", Verdict.ERROR, Rule.RAISED, "CancelledError: nobody waits"),
        ("Raise", Verdict.ERROR, Rule.RAISED, "ArithmeticError: thirteen"),
        ("NoArray", Verdict.FAIL, Rule.RESULTS, "grad is a builtins.list, not a numpy array"),
        ("Complex", Verdict.FAIL, Rule.DTYPE, "grad is complex128, not float64"),
        ("Overwrite", Verdict.FAIL, Rule.MUTATION, "the call changed its input grad"),
        ("WrongDtype", Verdict.FAIL, Rule.DTYPE, "grad is float32, not float64"),
        ("Pair", Verdict.FAIL, Rule.RESULTS, "returned 2 results; 1 are due"),
    ],
)
def test_one_case_pays_for_what_its_call_does(name: str, verdict: Verdict, rule: Rule, message: str) -> None:
    cases = run(f"{FRAGILE}:{name}").cases
    assert [cases[0].verdict, cases[2].verdict] == [Verdict.PASS, Verdict.PASS]
    assert cases[1].verdict is verdict
    found = {problem.rule: problem.message for problem in cases[1].problems}
    assert message in found[rule]


def test_a_hang_costs_one_case() -> None:
    cases = run(f"{FRAGILE}:Hang", Limits(call=2.0, start=60.0)).cases
    assert [case.verdict for case in cases] == [Verdict.PASS, Verdict.ERROR, Verdict.PASS]
    assert cases[1].problems[0].message == "the backend's process gave no answer within 2 s"


def test_stderr_and_tracebacks_are_shown() -> None:
    detail = run(f"{FRAGILE}:Segfault").cases[1].problems[0].detail
    assert "about to die" in detail
    assert "in _misbehave" in detail
    detail = run(f"{FRAGILE}:Raise").cases[1].problems[0].detail
    assert 'fragile_backend.py", line' in detail
    assert "_misbehave" in detail


def test_printing_disturbs_nothing() -> None:
    assert run(f"{FRAGILE}:Chatty").conforms


def test_a_rejected_case_is_unsupported() -> None:
    case = run(f"{FRAGILE}:Reject").cases[1]
    assert (case.verdict, case.reason) == (Verdict.UNSUPPORTED, "no thirteens")


@pytest.mark.parametrize("spec", ["numpy", f"{FRAGILE}:Raise"], ids=["numpy", "fragile"])
def test_a_backend_is_the_same_in_a_process_of_its_own(spec: str) -> None:
    supervised, direct = supervise_backend(spec, OPERATIONS), resolve_backend(spec, OPERATIONS)
    supervised.close()
    assert (supervised.name, supervised.spec) == (direct.name, direct.spec)
    assert list(supervised.methods) == list(direct.methods)
    for operation in direct.methods:
        assert supervised.declaration.for_operation(operation) == direct.declaration.for_operation(operation)
    assert set(supervised.info) == set(direct.info)


def test_options_reach_an_supervised_backend() -> None:
    spec = "array-api:array_api_strict[subnormals=flush]"
    pytest.importorskip("array_api_strict")
    supervised = supervise_backend(spec, OPERATIONS)
    supervised.close()
    assert supervised.info["option subnormals"] == "flush"
    assert supervised.declaration.flushes("linear", "float32")


def test_results_are_the_same_in_a_process_of_its_own() -> None:
    results = []
    for load in (supervise_backend, resolve_backend):
        backend = load("numpy", OPERATIONS)
        results.append(run_backend(backend, list_blocks(("float16", "bfloat16", "int64"))))
        if backend.close is not None:
            backend.close()
    supervised, direct = results
    assert supervised.cases == direct.cases
    assert supervised.conforms


def test_a_program_is_supervised_already() -> None:
    backend = supervise_backend(f"cmd:python3 {SCRIPT}", OPERATIONS)
    backend.close()
    assert backend.name == "script"
    assert backend.blocks is None


@pytest.mark.parametrize(
    ("spec", "fragments"),
    [
        (f"{FRAGILE}:DiesWhenMade", ("was ended by SIGABRT at the hello", "DiesWhenMade")),
        (f"{FRAGILE}:FailsWhenMade", ("no device", "fragile_backend.py:")),
        (f"{FRAGILE}:Nobody", ("there is no 'Nobody'",)),
        ("numpy[speed=9]", ("unknown option 'speed'",)),
        ("no_such_backend", ("no backend is called 'no_such_backend'",)),
    ],
    ids=["dies", "fails", "missing", "option", "unknown"],
)
def test_a_backend_that_cannot_be_loaded_is_refused_as_without_a_process(spec: str, fragments: tuple[str, ...]) -> None:
    with pytest.raises(BackendError) as caught:
        supervise_backend(spec, OPERATIONS)
    for fragment in fragments:
        assert fragment in str(caught.value)


@pytest.mark.parametrize("package", ["jax", "torch"])
def test_a_process_with_threads_that_python_does_not_count_is_not_copied(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    for name in ("jax", "tensorflow", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert can_fork() == (sys.platform == "linux")
    monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
    assert not can_fork()


# Whatever else this process has loaded: nothing of it runs in the copy.
@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")
def test_a_copy_of_this_process_is_as_good_as_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.backends.supervised.can_fork", lambda: True)
    results = []
    for copy in (True, False):
        backend = supervise_backend(f"{FRAGILE}:Segfault", OPERATIONS, PATIENT, copy=copy)
        try:
            results.append(run_backend(backend, [make_block()]))
        finally:
            backend.close()
    assert [case.verdict for case in results[0].cases] == [Verdict.PASS, Verdict.ERROR, Verdict.PASS]
    assert results[0].info["process"] != results[1].info["process"] != str(os.getpid())
    said = [result.cases[1].problems[0] for result in results]
    assert said[0].message == said[1].message == "the backend's process was ended by SIGSEGV"
    for each in said:
        assert "in _misbehave" in each.detail
        assert "in call_cases" not in each.detail
