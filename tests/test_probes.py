"""Probes: the format that sums are kept in, the bits that arrive, and what is not as it was declared."""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Mapping
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from vector_samples import get_manifest

from conform.backends.base import Array, BackendBase, Unsupported
from conform.backends.check import LoadedBackend, check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.cli import run_cli
from conform.diagnosis.placements import list_placements
from conform.diagnosis.probes import (
    ObservedArithmetic,
    describe_observed,
    list_mismatches,
    observe_arithmetic,
    observe_backend,
)
from conform.mutants.reference import ReferenceBackend
from conform.mutants.rounding import round_to_tf32
from conform.report.json_report import read_report
from conform.results import BackendResult, Verdict

WITH_SUMS = [operation.name for operation in get_manifest().operations if list_placements(operation)]
FLOATS = ("float64", "float32", "float16", "bfloat16")


def load(backend: object) -> LoadedBackend:
    return check_backend(backend, get_manifest().operations)


class Summing(BackendBase):
    """Sums of the input gradient in one format, left to right or as vector units do, products rounded or not."""

    name = "summing"

    def __init__(self, kept: object, lanes: int = 1, fused: bool = False, bits: int | None = None) -> None:
        self._kept = np.dtype(kept)
        self._lanes = lanes
        self._fused = fused
        self._bits = bits

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        wide = weights.astype(np.float64)
        if self._bits is not None:
            significand, exponent = np.frexp(wide)
            wide = np.ldexp(np.rint(np.ldexp(significand, self._bits)), exponent - self._bits)
        products = wide * grad_output.astype(np.float64)[:, np.newaxis]
        if not self._fused:
            products = products.astype(self._kept).astype(np.float64)
        lanes = np.zeros((self._lanes, weights.shape[1]), self._kept)
        for i, row in enumerate(products):
            lane = i % self._lanes
            lanes[lane] = (lanes[lane].astype(np.float64) + row).astype(self._kept)
        return np.add.accumulate(lanes, axis=0)[-1].astype(weights.dtype)


def observe(backend: object, dtype: str, operation: str = "linear_input_deriv") -> ObservedArithmetic:
    with np.errstate(all="ignore"):
        observed = observe_arithmetic(load(backend), operation, dtype)
    assert observed is not None
    return observed


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 16])
@pytest.mark.parametrize(
    ("kept", "precision"), [(ml_dtypes.bfloat16, 8), (np.float16, 11), (np.float32, 24), (np.float64, 53)]
)
def test_the_format_of_sums_is_found_in_any_order(kept: object, precision: int, lanes: int) -> None:
    assert observe(Summing(kept, lanes), "float32").precision == precision


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("operation", WITH_SUMS)
def test_the_reference_keeps_float64_and_every_bit_of_an_input(operation: str, dtype: str) -> None:
    observed = observe(ReferenceBackend(), dtype, operation)
    assert (observed.accumulator, observed.input_bits) == (
        "float64" if dtype != "float16" else observed.accumulator,
        {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}[dtype],
    )
    # float16 has too short a range to show more bits than this, in sums of its own numbers.
    assert observed.precision is None or observed.precision >= 24


@pytest.mark.parametrize("lanes", [1, 4, 16])
@pytest.mark.parametrize("fused", [False, True], ids=["rounded", "fused"])
def test_a_fused_product_is_seen_in_any_lane(fused: bool, lanes: int) -> None:
    assert observe(Summing(np.float32, lanes, fused), "float32").keeps_products is fused


def test_products_are_kept_where_sums_are_wide() -> None:
    assert observe(Summing(np.float32), "bfloat16").keeps_products is True


@pytest.mark.parametrize("bits", [4, 8, 11])
def test_bits_of_an_input_that_do_not_arrive_are_counted(bits: int) -> None:
    assert observe(Summing(np.float32, bits=bits), "float32").input_bits == bits


class RoundsBeforeTheBias(BackendBase):
    name = "rounds before the bias"
    accumulates: Mapping[str, str] = {"bfloat16": "float32"}

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        product = (weights.astype(np.float32) @ input.astype(np.float32)).astype(bias.dtype)
        return np.asarray(product + bias)


def test_the_bias_takes_part() -> None:
    backend = load(RoundsBeforeTheBias())
    observed = observe_backend(backend, [("linear", "bfloat16")])
    assert [(each.accumulator, each.separate) for each in observed] == [("float32", True)]
    assert list_mismatches(observed, backend.declaration) == (
        "linear bfloat16: sums are rounded before an addend is added to them, which is not declared",
    )


class Declares(Summing):
    """Sums in float64 what it declares to be summed in float32."""

    accumulates: Mapping[str, str] = {"float32": "float32"}


@pytest.mark.parametrize(
    ("backend", "dtype", "mismatches"),
    [
        (Summing(np.float32), "float32", ()),
        (Summing(np.float64), "float32", ()),
        (
            Summing(np.float16),
            "float32",
            ("linear_input_deriv float32: sums are kept in float16; float32 is due",),
        ),
        (
            Declares(np.float64),
            "float32",
            ("linear_input_deriv float32: sums are kept in float64; float32 is declared, which is narrower",),
        ),
        (
            Summing(np.float32, bits=11),
            "float32",
            ("linear_input_deriv float32: 11 bits of an input arrive; it has 24",),
        ),
    ],
    ids=["as due", "wider than due", "narrower than due", "wider than declared", "TF32 inputs"],
)
def test_what_does_not_match_is_said(backend: BackendBase, dtype: str, mismatches: tuple[str, ...]) -> None:
    loaded = load(backend)
    assert list_mismatches(observe_backend(loaded, [("linear_input_deriv", dtype)]), loaded.declaration) == mismatches


def test_the_numpy_backend_declares_what_is_observed() -> None:
    loaded = load(NumpyBackend())
    assert list_mismatches(observe_backend(loaded), loaded.declaration) == ()


class MultipliesMatricesInTf32(NumpyBackend):
    """As tensor cores do, which are for matrices, with other kernels for single rows and columns."""

    name = "tensor cores"

    def linear_batched(self, weights: Array, bias: Array, input: Array) -> Array:
        if min(*weights.shape, *input.shape) >= 16:
            weights, input = round_to_tf32(weights.copy()), round_to_tf32(input.copy())
        return np.asarray(input @ weights.T + bias)


def test_bits_that_only_products_of_matrices_lose_are_seen() -> None:
    loaded = load(MultipliesMatricesInTf32())
    observed = observe_backend(loaded, [("linear_batched", "float32")])
    assert list_mismatches(observed, loaded.declaration) == (
        "linear_batched float32: 11 bits of an input arrive; it has 24",
    )


class Refuses(BackendBase):
    name = "refuses"
    dtypes = ("float32",)

    def linear_input_deriv(self, weights: Array, grad_output: Array) -> Array:
        raise Unsupported("not today")


@pytest.mark.parametrize(
    ("operation", "dtype"),
    [
        ("linear_input_deriv", "float32"),
        ("linear_input_deriv", "float64"),
        ("linear_input_deriv", "int32"),
        ("linear", "float32"),
        ("linear_gradient_scale", "float32"),
    ],
    ids=["raises", "format not declared", "integers", "no method", "no sums"],
)
def test_nothing_is_observed_where_nothing_can_be(operation: str, dtype: str) -> None:
    assert observe_arithmetic(load(Refuses()), operation, dtype) is None


class OmitsBias(NumpyBackend):
    name = "omits bias"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return np.asarray(weights @ input)


class Negates(NumpyBackend):
    name = "negates"

    def linear(self, weights: Array, bias: Array, input: Array) -> Array:
        return -super().linear(weights, bias, input)


@pytest.mark.parametrize("backend", [OmitsBias(), Negates()], ids=lambda backend: backend.name)
def test_a_defect_is_not_taken_for_a_narrow_format(backend: BackendBase) -> None:
    assert observe_arithmetic(load(backend), "linear", "float32") is None


def test_observations_are_described_by_format_with_their_exceptions() -> None:
    def make(operation: str, precision: int | None, keeps: bool, widest: int | None = None) -> ObservedArithmetic:
        return ObservedArithmetic(operation, "float16", precision, widest, 11, keeps)

    rest = [make("linear_batched", 24, True, 25), make("linear_backward", 24, True, 25)]
    observed = [make("linear", 11, True, 12), *rest]
    assert describe_observed(observed) == {
        "sums observed": "float16 in float32 (float16 in linear)",
        "fused multiply-add observed": "float16",
    }
    assert describe_observed(rest)["fused multiply-add observed"] == "no"
    assert describe_observed([make("linear", None, False)]) == {
        "sums observed": "float16 in exact",
        "fused multiply-add observed": "no",
    }
    assert describe_observed([]) == {}


HERE = Path(__file__).parent
SCRIPT = HERE / "examples" / "script_program" / "linear.py"

KERNELS = """
import ctypes
import ctypes.util

import numpy as np

libm = ctypes.CDLL(ctypes.util.find_library("m"))
libm.fma.restype = ctypes.c_double
libm.fma.argtypes = [ctypes.c_double] * 3


class Kernel:
    name = "kernel"

    def linear(self, weights, bias, input):
        wide = np.empty(len(bias))
        for i, row in enumerate(weights.tolist()):
            total = 0.0
            for a, b in zip(row, input.tolist()):
                total = self.step(a, b, total)
            wide[i] = total + float(bias[i])
        return wide


class Fused(Kernel):
    step = staticmethod(libm.fma)


class Rounded(Kernel):
    step = staticmethod(lambda a, b, total: a * b + total)


class OnlyKnownShapes(Rounded):
    def linear(self, weights, bias, input):
        # What no case of the selection has, and every probe.
        if len(weights) > 50:
            raise BaseException("no such shape")
        return super().linear(weights, bias, input)
"""


def run(tmp_path: Path, spec: str, *options: str) -> BackendResult:
    """A run of few cases, which must conform, as its report has it."""
    (tmp_path / "kernels.py").write_text(KERNELS)
    report = tmp_path / "report.json"
    chosen = ["--operation", "linear", "--dtype", "float64", "--flag", "small-integers", "--report", f"json:{report}"]
    assert run_cli(["run", spec.format(folder=tmp_path), *chosen, *options]) == 0
    (backend,) = read_report(report).backends
    assert {case.verdict for case in backend.cases} == {Verdict.PASS}
    return backend


@pytest.mark.skipif(ctypes.util.find_library("m") is None, reason="there is no library of mathematics to load")
@pytest.mark.parametrize(
    ("spec", "options", "told"),
    [
        (f"cmd:{sys.executable} {SCRIPT}", (), ("float64 in float64", "no")),
        ("{folder}/kernels.py:Fused", (), ("float64 in float64", "float64")),
        ("{folder}/kernels.py:Rounded", (), ("float64 in float64", "no")),
        ("{folder}/kernels.py:Fused", ("--jobs", "2"), ("float64 in float64", "float64")),
        ("{folder}/kernels.py:Fused", ("--no-probe",), None),
        ("{folder}/kernels.py:OnlyKnownShapes", (), None),
    ],
    ids=["program", "fused", "rounded", "jobs", "not asked for", "raises"],
)
def test_a_run_tells_what_it_observed_and_judges_as_without(
    tmp_path: Path, spec: str, options: tuple[str, ...], told: tuple[str, str] | None
) -> None:
    info = run(tmp_path, spec, *options).info
    seen = (info.get("sums observed"), info.get("fused multiply-add observed"))
    assert seen == (told or (None, None))
