"""On a GPU, torch and jax conform in float32; where they may use TF32, the report says so, whatever they declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.cli import run_cli
from conform.report.json_report import read_report
from conform.results import BackendResult

pytestmark = pytest.mark.gpu

PRODUCTS = ("--operation", "linear_batched", "--operation", "batch_linear_deriv")
FULL = {"torch": "torch[device=cuda]", "jax": "jax[device=cuda,precision=highest]"}
TF32 = {"torch": "torch[device=cuda,tf32=true]", "jax": "jax[device=cuda,precision=tensorfloat32]"}


@pytest.fixture(params=["torch", "jax"])
def framework(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    module = pytest.importorskip(name, reason=f"{name} is an extra that is not installed")
    if name == "torch":
        found = module.cuda.is_available()
    else:
        try:
            found = bool(module.devices("cuda"))
        except RuntimeError:
            found = False
    if not found:
        pytest.skip(f"{name} finds no CUDA device")
    return name


def run(specs: list[str], folder: Path, *options: str) -> tuple[int, tuple[BackendResult, ...]]:
    """The exit code and the report of the commands that CONTRIBUTING.md names."""
    report = folder / "gpu.json"
    code = run_cli(["run", *specs, *options, "--report", f"json:{report}"])
    return code, read_report(report).backends


def measure_bits(result: BackendResult) -> list[float]:
    return [group.bits for group in result.groups if group.dtype == "float32" and group.bits is not None]


def test_every_operation_and_format_conforms(framework: str, tmp_path: Path) -> None:
    code, (result,) = run([FULL[framework]], tmp_path, "--profile", "smoke")
    assert [(case.id, case.problems) for case in result.cases if case.problems] == []
    assert code == 0


def test_float32_keeps_its_precision_without_tf32(framework: str, tmp_path: Path) -> None:
    code, (result,) = run([FULL[framework]], tmp_path, *PRODUCTS, "--dtype", "float32")
    assert code == 0
    assert result.warnings == ()
    assert min(measure_bits(result)) > 22


def test_tf32_is_seen_and_said(framework: str, tmp_path: Path) -> None:
    code, (result,) = run([TF32[framework]], tmp_path, *PRODUCTS, "--dtype", "float32")
    assert code == 1
    assert any("11 bits of an input arrive; it has 24" in warning for warning in result.warnings)
    assert 9 < min(measure_bits(result)) < 14


def test_both_settings_side_by_side_are_told_apart(framework: str, tmp_path: Path) -> None:
    """The settings belong to the process, so that one of two backends could run with the other's."""
    specs = [TF32[framework], FULL[framework]]
    code, results = run(specs, tmp_path, *PRODUCTS, "--dtype", "float32")
    assert code == 1
    assert [result.conforms for result in results] == [False, True]
    assert min(measure_bits(results[0])) < 14 < 22 < min(measure_bits(results[1]))
