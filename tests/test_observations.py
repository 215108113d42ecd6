"""What probes observe, from the command line to every report that has room for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conform.diagnosis.diagnose import Diagnosis
from conform.diagnosis.probes import ObservedArithmetic, qualify_diagnosis
from conform.report.terminal import _ONE_LINE

VECTORS = Path(__file__).parent.parent / "vectors"
NARROW = """
import numpy as np

name = "narrow"

def linear_input_deriv(weights, grad_output):
    total = np.zeros(weights.shape[1], np.float16)
    with np.errstate(all="ignore"):
        for row, gradient in zip(weights, grad_output):
            total = (total + row * gradient).astype(np.float16)
    return total.astype(grad_output.dtype)
"""
SELECTION = ("--operation", "linear_input_deriv", "--dtype", "float32", "--no-cache")
WARNING = "linear_input_deriv float32: sums are kept in float16; float32 is due"
OBSERVED = "float32 in float16"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "narrow.py").write_text(NARROW)
    command = [sys.executable, "-m", "conform", "run", str(folder / "narrow.py"), "--vectors", str(VECTORS), *SELECTION]
    return subprocess.run([*command, "-v", *arguments], capture_output=True, text=True, check=False)


def test_a_run_warns_of_sums_that_are_narrower_than_due(tmp_path: Path) -> None:
    kinds = ("json", "junit", "markdown", "html", "github")
    done = run(tmp_path, *(part for kind in kinds for part in ("--report", f"{kind}:{tmp_path / kind}")))
    assert (done.returncode, done.stderr) == (1, "")
    assert f"warning: {WARNING}\n" in done.stdout
    assert f"\n  observed sums: {OBSERVED}\n" in done.stdout
    written = {kind: (tmp_path / kind).read_text().replace("\\_", "_") for kind in kinds}
    assert [kind for kind in kinds if WARNING not in written[kind]] == []
    assert [kind for kind in kinds if OBSERVED not in written[kind]] == ["github"]


KEPT = Diagnosis(("sums-in-float16",), ("sums kept in float16",), 12, 36, ("linear.output",), (("linear", "float32"),))


def observe(operation: str, dtype: str, precision: int) -> ObservedArithmetic:
    return ObservedArithmetic(operation, dtype, precision, None, 24, None)


def test_a_diagnosis_that_observations_of_its_operation_speak_against_says_so() -> None:
    wide = [observe("linear", "float32", 24)]
    assert str(qualify_diagnosis(KEPT, wide)) == (
        "sums kept in float16 (12 of 36 failing cases, but sums are observed in float32, so look for another cause, "
        "which leaves 24 to another cause, in linear.output)"
    )
    assert qualify_diagnosis(replace(KEPT, summaries=("bias omitted",)), wide).objection == ""


@pytest.mark.parametrize(
    ("observed", "objects"),
    [
        ([], False),
        ([observe("linear", "float32", 11)], False),
        ([observe("linear_batched", "float32", 24), observe("linear", "float64", 53)], False),
        ([observe("linear", "float32", 24), observe("linear_batched", "float32", 11)], True),
        ([observe("linear", "float32", 24), observe("linear", "float16", 11)], True),
    ],
    ids=["nothing", "the format", "elsewhere alone", "the format in another operation", "the format of another"],
)
def test_what_was_observed_elsewhere_has_no_say(observed: list[ObservedArithmetic], objects: bool) -> None:
    assert bool(qualify_diagnosis(KEPT, observed).objection) is objects


def test_a_doubt_is_not_cut_off_where_lines_are_short() -> None:
    many = replace(qualify_diagnosis(KEPT, [observe("linear", "float32", 24)]), places=("linear_weights_deriv.dW",) * 4)
    assert str(many).index("look for another cause") < _ONE_LINE


def test_observations_are_the_same_whatever_the_jobs(tmp_path: Path) -> None:
    several, one = run(tmp_path, "--jobs", "2").stdout, run(tmp_path).stdout
    assert several.partition("\nvectors: ")[0] == one.partition("\nvectors: ")[0]
    assert "observed sums" in one


@pytest.mark.parametrize("option", ["--no-probe", "--fail-fast"])
def test_nothing_is_observed_where_it_is_not_wanted_or_the_run_is_cut_short(option: str, tmp_path: Path) -> None:
    done = run(tmp_path, option)
    assert done.returncode == 1
    assert "observed sums" not in done.stdout
    assert WARNING not in done.stdout
