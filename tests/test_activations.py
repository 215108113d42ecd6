"""What must be caught of activations and what must conform, and the shipped backends on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from activation_variants import RIGHT, WRONG, Function
from vector_samples import get_blocks, get_manifest

from conform import explain
from conform.backends.check import check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.results import BackendResult
from conform.running.runner import run_backend

VARIANTS = Path(__file__).with_name("activation_variants.py")
BEYOND = [operation.name for operation in get_manifest().operations if not operation.sums]


def judge(function: Callable[..., Any], operation: str, dtype: str) -> BackendResult:
    backend = type("Variant", (), {"name": "variant", operation: staticmethod(function)})
    return run_backend(check_backend(backend, get_manifest().operations), get_blocks(operation, dtype))


def keep_format(function: Function) -> Function:
    """The function, with its result in the format of the arguments."""
    return lambda **inputs: np.asarray(function(**inputs)).astype(next(iter(inputs.values())).dtype)


@pytest.mark.parametrize("defect", WRONG)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_wrong_activation_is_caught(defect: str, dtype: str) -> None:
    operation, function = WRONG[defect]
    result = judge(keep_format(function), operation, dtype)
    assert [case.id for case in result.cases if case.problems], f"{defect} passes"


@pytest.mark.parametrize("variant", RIGHT)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_activation_conforms(variant: str, dtype: str) -> None:
    operation, function = RIGHT[variant]
    result = judge(keep_format(function), operation, dtype)
    assert [case.problems for case in result.cases if case.problems] == []
    assert any(group.informative for group in result.groups)


@pytest.mark.parametrize("operation", BEYOND)
def test_wider_accumulation_conforms(operation: str) -> None:
    method = getattr(NumpyBackend(), operation)
    wide = keep_format(lambda **inputs: method(**{name: array.astype(np.float64) for name, array in inputs.items()}))
    result = judge(wide, operation, "float32")
    assert [case.problems for case in result.cases if case.problems] == []


def test_explain_tells_how_much_of_the_bound_online_softmax_uses() -> None:
    case = next(case.id for case in get_blocks("softmax", "float32")[0].cases if "/descending-rows/" in case.id)
    text = explain(case, backend=f"{VARIANTS}:OnlineSoftmax")
    assert "inherited e" in text
    assert "error/bound" in text
    assert "within" in text
