"""What a namespace of the array API may do, and is not blamed for: lend memory, lend none, and lack formats."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.array_api import ArrayApiBackend
from conform.backends.check import check_backend
from conform.results import BackendResult, Verdict
from conform.running.runner import run_backend

COPYING = ("linear_bias_deriv", "linear_backward")
FORMATS = ("float64", "float32", "int32", "int64")


class Lazy:
    """An array that gives itself for `+array`, as torch's do, and lends its memory to nobody but `asarray`."""

    def __init__(self, array: Any) -> None:
        self.array = np.asarray(array)
        self.dtype = self.array.dtype

    def __pos__(self) -> Lazy:
        return self

    def __getitem__(self, key: Any) -> Lazy:
        return Lazy(self.array[key])

    def __mul__(self, other: Lazy) -> Lazy:
        return Lazy(self.array * other.array)

    @property
    def T(self) -> Lazy:  # noqa: N802
        return Lazy(self.array.T)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.array


class Sparse(Lazy):
    """An array that is not made dense but on demand."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise RuntimeError("cannot be made dense automatically")

    def todense(self) -> Any:
        return self.array


class Symbolic(Lazy):
    """An array that numpy takes for an object, and whose memory is refused."""

    __array__ = None  # type: ignore[assignment]

    def __dlpack__(self, **options: Any) -> Any:
        raise BufferError("no data")

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0

    def unwrap_numpy(self) -> Any:
        return self.array


class Lending(Lazy):
    """An array whose memory is numpy's."""

    def __dlpack__(self, **options: Any) -> Any:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


def make_namespace(kind: type[Lazy], listed: Sequence[str] | None = None) -> SimpleNamespace:
    def asarray(array: Any, copy: bool | None = None) -> Lazy:
        own = array.array if isinstance(array, Lazy) else array
        return kind(own.copy() if copy else own)

    def matmul(first: Lazy, second: Lazy) -> Lazy:
        return kind(first.array @ second.array)

    namespace = SimpleNamespace(__name__="fake", asarray=asarray, matmul=matmul, sum=np.sum)
    if listed is not None:
        described = SimpleNamespace(
            dtypes=lambda kind: dict.fromkeys(listed) if kind == ("real floating", "signed integer") else {},
            default_device=lambda: "cpu",
        )
        namespace.__array_namespace_info__ = lambda: described
    return namespace


def run(namespace: Any, operation: str, dtype: str = "float32") -> BackendResult:
    backend = check_backend(ArrayApiBackend(namespace, "fake", subnormals="keep"), OPERATIONS)
    return run_backend(backend, [get_block(operation, dtype, "normal")])


@pytest.mark.parametrize("operation", COPYING)
@pytest.mark.parametrize("kind", [Lazy, Sparse, Symbolic, Lending])
def test_results_are_copies_and_are_had_in_the_way_that_there_is(kind: type[Lazy], operation: str) -> None:
    assert run(make_namespace(kind), operation).conforms


def test_the_memory_of_an_array_is_lent_where_it_can_be() -> None:
    """So that a result that is an input is seen as that."""
    kept = np.zeros(3, np.float32)
    backend = ArrayApiBackend(make_namespace(Lending), "fake", subnormals="keep")
    assert np.shares_memory(backend.to_numpy(backend.to_native(kept)), kept)


@pytest.mark.parametrize("listed", [("float32",), ("float32", "int32", "bool"), FORMATS], ids=len)
def test_formats_that_a_namespace_does_not_list_are_unsupported(listed: Sequence[str]) -> None:
    namespace = make_namespace(Lazy, listed)
    for dtype in ("float64", "float32"):
        verdicts = run(namespace, "linear_bias_deriv", dtype).verdicts
        assert (verdicts[Verdict.PASS] > 0) is (dtype in listed)
        assert (verdicts[Verdict.UNSUPPORTED] > 0) is (dtype not in listed)
    assert set(ArrayApiBackend(namespace, "fake", subnormals="keep").dtypes) == set(listed) & set(FORMATS)


def test_a_namespace_that_lists_nothing_is_called_in_every_format() -> None:
    assert set(ArrayApiBackend(make_namespace(Lazy), "fake", subnormals="keep").dtypes) == set(FORMATS)


@pytest.mark.parametrize("name", ["array_api_strict", "torch", "jax.numpy", "dask.array", "ndonnx", "numpy"])
@pytest.mark.parametrize("operation", COPYING)
def test_real_namespaces_are_not_blamed_for_copies(name: str, operation: str) -> None:
    pytest.importorskip(name)
    result = run(importlib.import_module(name), operation)
    assert result.conforms, result.cases
