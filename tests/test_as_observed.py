"""`--as-observed`: judged by the claims that probes suggest, which are told and never taken for those declared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from vector_samples import get_manifest

from conform.backends.base import BackendBase
from conform.backends.check import check_backend
from conform.cli import run_cli
from conform.declaration import parse_declaration
from conform.diagnosis.claims import claim_observed, write_claims
from conform.diagnosis.probes import ObservedArithmetic
from conform.folders import find_vectors
from conform.golden.loading import load_blocks
from conform.golden.selection import make_selection
from conform.report.badge import format_endpoint
from conform.report.html import format_html
from conform.report.json_report import format_json, read_report
from conform.report.markdown import format_markdown
from conform.report.summary import say_verdict, say_verdicts
from conform.results import BackendResult, RunResult
from conform.running.conformance import Demands, check_conformance
from conform.running.runner import RunOptions

OPERATION = "linear_input_deriv"
OPERATIONS = [operation.name for operation in get_manifest().operations]
NUMPY = {"accumulates": {"float16": "float32", "bfloat16": "float32"}, "addends": "separate"}
ROUNDED = {OPERATION: {"accumulates": {"float16": "float16"}}}


class Sums(BackendBase):
    """Input gradients whose sums are kept in a format, one term after the other, under the claims of numpy's."""

    name = "sums"
    dtypes: Any = ("float16",)
    accumulates: Any = NUMPY["accumulates"]
    addends: Any = NUMPY["addends"]
    kept: Any = np.float16

    def linear_input_deriv(self, weights: Any, grad_output: Any) -> Any:
        total = np.zeros(weights.shape[1], self.kept)
        for row, gradient in zip(weights.astype(self.kept), grad_output.astype(self.kept), strict=True):
            total = total + row * gradient
        return self.finish(total).astype(weights.dtype)

    def finish(self, total: Any) -> Any:
        return total


class Coarse(Sums):
    """Keeps its sums in float32, as probes see, and is wrong in the twelfth bit of what is no short number."""

    dtypes = ("float32",)
    accumulates = {"float32": "float16"}  # noqa: RUF012
    kept = np.float32

    def finish(self, total: Any) -> Any:
        bits = total.view(np.uint32)
        return np.where(bits & 0xFF, bits ^ np.uint32(1 << 11), bits).view(np.float32)


def run(backend: type[BackendBase], as_observed: bool = True, **options: Any) -> RunResult:
    loaded = check_backend(backend, get_manifest().operations)
    selection = make_selection(get_manifest(), operations=(OPERATION,), dtypes=backend.dtypes or ())
    return check_conformance(
        [loaded],
        lambda: load_blocks(find_vectors(), get_manifest(), selection),
        RunOptions(probe=True, as_observed=as_observed, **options),
        Demands(),
        (find_vectors(), get_manifest()),
    )


def judge(backend: type[BackendBase], as_observed: bool = True) -> BackendResult:
    (result,) = run(backend, as_observed).backends
    return result


def test_a_true_float16_summation_under_the_claim_of_numpy_passes_as_observed_alone() -> None:
    assert not judge(Sums, as_observed=False).conforms
    result = judge(Sums)
    assert result.conforms
    assert result.observed_claims == f"overrides: {{{OPERATION}: {{accumulates: {{float16: float16}}}}}}"
    assert result.info["verdict as declared"].startswith("does not conform: ")
    assert result.declared == judge(Sums, as_observed=False).declared
    assert any("sums are kept in float16; float32 is declared" in warning for warning in result.warnings)


def test_the_claim_that_is_told_passes_as_a_declaration() -> None:
    stated = type("Stated", (Sums,), {"overrides": ROUNDED})
    result = judge(stated, as_observed=False)
    assert result.conforms
    assert result.warnings == ()
    # Judged by what it declares, since that is what was observed.
    observed = judge(stated)
    assert (say_verdict(observed), observed.observed_claims) == ("conforms", "")
    assert observed.info["judged by"] == "what is declared, which is what was observed"


def test_sums_wider_than_declared_are_judged_as_the_wider_ones_that_they_are() -> None:
    assert judge(Coarse, as_observed=False).conforms
    result = judge(Coarse)
    assert say_verdict(result) == "does not conform as observed"
    assert result.observed_claims == f"overrides: {{{OPERATION}: {{accumulates: {{float32: float32}}}}}}"
    assert result.info["verdict as declared"].startswith("conforms: ")


def test_a_defect_is_one_by_every_claim() -> None:
    wrong = type("Wrong", (Sums,), {"finish": lambda self, total: total + (np.abs(total) > 100)})
    result = judge(wrong)
    assert say_verdict(result) == "does not conform as observed"


def test_a_run_that_would_end_at_the_first_failure_is_observed_whole() -> None:
    (result,) = run(Sums, fail_fast=True).backends
    assert result.conforms
    assert result.complete


@pytest.mark.parametrize("write", [format_markdown, format_html, say_verdicts], ids=["markdown", "html", "sentence"])
def test_reports_say_that_it_is_as_observed(write: Callable[[RunResult], str]) -> None:
    found = run(Sums)
    assert "conforms as observed" in write(found)
    assert "conforms as observed" not in write(run(Sums, as_observed=False))


def test_the_badge_is_not_that_of_a_backend_that_conforms() -> None:
    badge = json.loads(format_endpoint(run(Sums)))
    assert "conforms as observed" in badge["message"]
    assert badge["color"] == "yellow"


def test_saved_reports_keep_what_was_judged_by(tmp_path: Path) -> None:
    found = run(Sums)
    (tmp_path / "report.json").write_text(format_json(found), encoding="utf-8")
    assert read_report(tmp_path / "report.json") == found


BACKEND = """
import numpy as np

class Sums:
    name = "sums"
    dtypes = ("float16",)

    def linear_input_deriv(self, weights, grad_output):
        total = np.zeros(weights.shape[1], np.float16)
        for row, gradient in zip(weights, grad_output):
            total = total + row * gradient
        return total
"""


def test_the_command_tells_claims_that_a_policy_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(BACKEND)
    arguments = ["run", str(tmp_path / "mine.py"), "--operation", OPERATION]
    assert run_cli([*arguments, "--as-observed"]) == 0
    said = capsys.readouterr().out
    claims = said.partition("the claims that pass: ")[2].splitlines()[0]
    assert "conforms as observed: " in said
    assert "as declared: does not conform: " in said
    policy = tmp_path / "conform.yaml"
    policy.write_text(f"backends:\n  sums:\n    reason: It adds in float16.\n    {claims}\n")
    assert run_cli([*arguments, "--policy", str(policy)]) == 0
    assert "mine.py conforms: " in capsys.readouterr().out


def test_nothing_is_observed_without_probes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["run", "--as-observed", "--no-probe"]) == 2
    assert "--as-observed judges by what the probes see" in capsys.readouterr().err


def observe(
    operation: str, dtype: str, precision: int | None, separate: bool | None = None, input_bits: int = 8
) -> ObservedArithmetic:
    return ObservedArithmetic(operation, dtype, precision, precision, input_bits, None, separate)


@pytest.mark.parametrize(
    ("observed", "claims"),
    [
        ([observe("linear", "float32", 24)], "overrides: {}"),
        ([observe("linear", "float32", 53)], "overrides: {linear: {accumulates: {float32: float64}}}"),
        ([observe("linear", "float32", 12)], "overrides: {linear: {accumulates: {float32: float16}}}"),
        ([observe("linear", "float32", 9)], "overrides: {linear: {accumulates: {float32: bfloat16}}}"),
        ([observe("linear", "float64", 64)], "overrides: {}"),
        # The range of float16 shows that many bits and no more.
        ([observe("linear", "float16", None)], "overrides: {}"),
        ([observe("linear", "bfloat16", None)], "overrides: {linear: {accumulates: {bfloat16: float64}}}"),
        ([observe("linear", "bfloat16", 24, True)], "overrides: {}"),
        ([observe("linear", "bfloat16", 24, False)], "overrides: {linear: {addends: {bfloat16: summed}}}"),
        (
            [
                observe("linear", "float16", 11),
                observe("linear", "bfloat16", 8),
                observe("linear_batched", "float16", 24),
            ],
            "overrides: {linear: {accumulates: {float16: float16, bfloat16: bfloat16}}}",
        ),
    ],
)
def test_claims_are_those_of_the_widest_format_that_lost_nothing(
    observed: list[ObservedArithmetic], claims: str
) -> None:
    declared = parse_declaration(**NUMPY, operations=OPERATIONS)
    assert write_claims(claim_observed(observed, declared)) == claims
