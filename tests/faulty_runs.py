"""Runs of programs that misbehave in a chosen way, and what became of their processes."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from toy_suite import OPERATIONS, assemble_block

from conform.backends.connection import Limits
from conform.backends.process import connect_program
from conform.formats import get_format
from conform.results import BackendResult, CaseResult, Verdict
from conform.running.runner import run_backend
from conform.suite import Block, CaseInfo

HERE = Path(__file__).parent
SCRIPT = HERE / "examples" / "script_program" / "linear.py"
SCALE = next(operation for operation in OPERATIONS if operation.name == "linear_gradient_scale")
# A start is not what is tested where it is generous, and machines may be busy.
LIMITS = Limits(call=10.0, start=30.0)
HASTY = Limits(call=0.4, start=30.0)
FACTORS = (2.0, 13.0, 3.0)


def list_arguments(fault: str, mark: str = "") -> list[str]:
    return [sys.executable, "-I", "-S", str(HERE / "faulty_program.py"), fault, mark]


def make_block(factors: tuple[float, ...] = FACTORS, rows: int = 2) -> Block:
    sizes = {"in": 3, "out": rows}
    cases = [CaseInfo(f"scale/by-{factor:g}#{i}", sizes, ("probe",), i + 1) for i, factor in enumerate(factors)]
    made = [{"grad": np.arange(3.0 * rows).reshape(rows, 3), "scale_factor": np.array(factor)} for factor in factors]
    return assemble_block(SCALE, get_format("float64"), cases, made)


@contextlib.contextmanager
def running(fault: str, limits: Limits = LIMITS, mark: str = ""):
    backend = connect_program(list_arguments(fault, mark), f"cmd:{fault}", OPERATIONS, limits)
    try:
        yield backend
    finally:
        backend.close()


def run(fault: str, limits: Limits = LIMITS, mark: str = "", factors: tuple[float, ...] = FACTORS) -> BackendResult:
    with running(fault, limits, mark) as backend:
        return run_backend(backend, [make_block(factors)])


def get_thirteen(result: BackendResult) -> CaseResult:
    """The case that hits the fault, once the others are known to have passed."""
    verdicts = [case.verdict for case in result.cases]
    assert [verdicts[0], verdicts[2]] == [Verdict.PASS, Verdict.PASS]
    return result.cases[1]


def is_running(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() not in ("", "Z", "Z+", "Zs")


def wait_until_ended(pid: int) -> bool:
    for _ in range(100):
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return False
