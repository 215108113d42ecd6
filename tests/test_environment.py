"""The floating-point environment: what a backend changes is seen, told, and kept from the judge."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from floating_environment import AVAILABLE, flush_subnormals, round_towards_zero

from conform.running.environment import describe_environment, restore_environment
from conform.testing.function_check import check_function

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="how this processor is told to flush is not known here")
VECTORS = Path(__file__).parent.parent / "vectors"
FLUSHES = ("flushes subnormals of the whole process", "reads subnormals of the whole process as zero")
BACKENDS = f"""
import sys
sys.path.append({str(Path(__file__).parent)!r})
from floating_environment import flush_subnormals, round_towards_zero
import numpy as np


class Keeps:
    name = "keeps"

    def linear_gradient_scale(self, grad, scale_factor):
        return grad * scale_factor


class Flushes(Keeps):
    def __init__(self):
        flush_subnormals()


class Declares(Flushes):
    subnormals = "flush"


class LosesHalves(Flushes):
    "What is below one half is lost, which is where numbers begin if the smallest subnormal one is read as zero."

    def linear_gradient_scale(self, grad, scale_factor):
        scaled = grad * scale_factor
        return np.where(np.abs(scaled) < 0.5, np.zeros_like(scaled), scaled)


class Rounds(Keeps):
    def linear_gradient_scale(self, grad, scale_factor):
        round_towards_zero()
        return grad * scale_factor
"""


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    assert restore_environment()


@pytest.mark.parametrize(
    ("change", "told"),
    [(flush_subnormals, FLUSHES), (round_towards_zero, ("rounds the whole process otherwise than to nearest",))],
    ids=["flush", "round"],
)
def test_change_is_seen_and_undone(change: Callable[[], None], told: tuple[str, ...]) -> None:
    assert describe_environment() == ()
    change()
    seen = describe_environment()
    assert restore_environment()
    assert describe_environment() == ()
    assert set(seen) & set(told)


def run(folder: Path, name: str) -> tuple[int, dict]:
    (folder / "mine.py").write_text(BACKENDS)
    command = [sys.executable, "-m", "conform", "run", f"mine.py:{name}", "--vectors", str(VECTORS), "--no-cache"]
    command += ["--operation", "linear_gradient_scale", "--dtype", "float32", "--report", "json:report.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, json.loads((folder / "report.json").read_text())["backends"][0]


def test_a_backend_that_flushes_and_says_so_conforms_and_is_told_of(tmp_path: Path) -> None:
    code, backend = run(tmp_path, "Declares")
    assert code == 0
    assert FLUSHES[0] in backend["info"]["observed"]
    assert not any("observed" in warning for warning in backend["warnings"])


def test_a_backend_that_flushes_and_does_not_say_so_fails_where_it_matters(tmp_path: Path) -> None:
    code, backend = run(tmp_path, "Flushes")
    assert code == 1
    failing = {flag for case in backend["cases"] if case["verdict"] == "fail" for flag in case["flags"]}
    assert "subnormal" in failing
    assert f"observed: {FLUSHES[0]}" in backend["warnings"]
    assert any(case["verdict"] == "pass" for case in backend["cases"])


def test_flushing_hides_no_wrong_answer(tmp_path: Path) -> None:
    code, backend = run(tmp_path, "LosesHalves")
    assert code == 1
    assert sum(case["verdict"] == "fail" for case in backend["cases"]) > len(backend["cases"]) // 4


def test_another_rounding_is_told_of(tmp_path: Path) -> None:
    _, backend = run(tmp_path, "Rounds")
    assert "observed: rounds the whole process otherwise than to nearest" in backend["warnings"]


def test_a_function_of_this_process_cannot_disturb_its_judge() -> None:
    def scale(grad: np.ndarray, scale_factor: np.ndarray) -> np.ndarray:
        flush_subnormals()
        scaled = grad * scale_factor
        return np.where(np.abs(scaled) < 0.5, np.zeros_like(scaled), scaled)

    with pytest.raises(AssertionError, match="is not linear_gradient_scale"):
        check_function(scale, "linear_gradient_scale", vectors=VECTORS, dtypes=["float32"])
    assert describe_environment() == ()
