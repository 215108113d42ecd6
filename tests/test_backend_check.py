"""What is wrong with a backend is found when it is loaded, and named with its own file and line."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from toy_suite import OPERATIONS

from conform.backends.base import BackendBase, Option
from conform.backends.check import check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.errors import BackendError


class Nameless:
    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        return None


class Misnamed(Nameless):
    name = 7


class Blank(Nameless):
    name = " "


class WrongParameter:
    name = "wrong"

    def linear(self, weight: Any, bias: Any, input: Any) -> Any:
        return None


class MissingParameter:
    name = "wrong"

    def linear(self, weights: Any, input: Any) -> Any:
        return None


class ExtraParameter:
    name = "wrong"

    def linear(self, weights: Any, bias: Any, input: Any, alpha: Any) -> Any:
        return None


class PositionalOnly:
    name = "wrong"

    def linear(self, weights: Any, bias: Any, input: Any, /) -> Any:
        return None


class Misspelt(NumpyBackend):
    name = "wrong"

    def linear_gradient_accumalate(self, grad1: Any, grad2: Any) -> Any:
        return None

    linear_gradient_accumulate = None


class MisspeltClaim(Nameless):
    name = "wrong"
    accumulate: ClassVar = {"float16": "float16"}


class WrongClaim(Nameless):
    name = "wrong"
    accumulates: ClassVar = {"float16": "float17"}


class WrongOverride(Nameless):
    name = "wrong"
    overrides: ClassVar = {"linear": {"accumulates": {"float16": "float17"}}}


class NotCallable:
    name = "wrong"
    linear = 3


class Idle:
    name = "wrong"


class Explosive(Nameless):
    name = "wrong"

    def __init__(self) -> None:
        raise RuntimeError("no device")


class WrongInfo(Nameless):
    name = "wrong"

    def info(self) -> Any:
        raise RuntimeError("no version")


class WrongConversion(Nameless):
    name = "wrong"
    to_numpy = 3


class Capitalised(Nameless):
    name = "wrong"

    def LinearBatched(self, weights: Any, bias: Any, input: Any) -> Any:  # noqa: N802  # the mistake
        return None


class WithoutSelf:
    name = "wrong"

    def linear(weights: Any, bias: Any, input: Any) -> Any:  # noqa: N805  # the mistake
        return None


class Coroutine:
    name = "wrong"

    async def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        return None


class Generator:
    name = "wrong"

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        yield None


class WrongOptions(Nameless):
    name = "wrong"
    options: ClassVar = {"threads": 3}


class ListedOptions(Nameless):
    name = "wrong"
    options: ClassVar = ["threads"]


class WrongProperty(Nameless):
    @property
    def name(self) -> str:
        raise RuntimeError("no device")


class LeavesWhenMade(Nameless):
    name = "wrong"

    def __init__(self) -> None:
        raise SystemExit("no device")


class LeavesWhenAsked(Nameless):
    name = "wrong"

    def info(self) -> Any:
        raise SystemExit(0)


@pytest.mark.parametrize(
    ("backend", "fragment", "line_of"),
    [
        (Nameless, "has no `name`", "class Nameless"),
        (Misnamed, "not a non-empty text: 7", "name = 7"),
        (Blank, "not a non-empty text: ' '", 'name = " "'),
        (WrongParameter, "linear has no parameter 'weights'", "def linear(self, weight:"),
        (MissingParameter, "linear has no parameter 'bias'", "def linear(self, weights: Any, input"),
        (ExtraParameter, "a parameter 'alpha' that the", "def linear(self, weights: Any, bias: Any, input: Any, al"),
        (PositionalOnly, "parameter .weights. by position", "def linear(self, weights: Any, bias: Any, input: Any, /"),
        (Misspelt, "did you mean 'linear_gradient_accumulate'", "def linear_gradient_accumalate"),
        (MisspeltClaim, "did you mean 'accumulates'", "accumulate: ClassVar"),
        (WrongClaim, "accumulates.float16: unknown floating-point", "accumulates: ClassVar"),
        (WrongOverride, "overrides.linear.accumulates.float16: unknown", "overrides: ClassVar"),
        (NotCallable, "linear is not callable", "linear = 3"),
        (Idle, "implements no operation", "class Idle"),
        (Explosive, "could not be instantiated: RuntimeError: no device", "def __init__"),
        (WrongInfo, "info.. failed: RuntimeError: no version", "def info"),
        (WrongConversion, "to_numpy is not callable", "to_numpy = 3"),
        (Capitalised, "did you mean 'linear_batched'", "def LinearBatched"),
        (WithoutSelf, "no `self` before its parameter 'weights'", "def linear(weights"),
        (Coroutine, "linear returns a coroutine, not results", "async def linear"),
        (Generator, "linear returns a generator, not results", "def linear(self, weights"),
        (WrongOptions, "options must be a mapping", "options: ClassVar = {"),
        (ListedOptions, "options must be a mapping", "options: ClassVar = ["),
        (WrongProperty, "reading name failed: RuntimeError: no device", "@property"),
        (LeavesWhenMade, "could not be instantiated: SystemExit: no device", "def __init__"),
        (LeavesWhenAsked, "info.. failed: SystemExit: 0", "def info"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)  # fmt: skip
def test_unacceptable_backend_is_refused_at_its_own_line(backend: type, fragment: str, line_of: str) -> None:
    with pytest.raises(BackendError, match=fragment) as caught:
        check_backend(backend, OPERATIONS)
    assert caught.value.where is not None
    path, _, line = caught.value.where.rpartition(":")
    assert path == __file__
    source = inspect.getsource(inspect.getmodule(backend)).splitlines()  # type: ignore[arg-type]
    assert source[int(line) - 1].strip().startswith(line_of)


@pytest.mark.parametrize("make", [lambda: NumpyBackend, NumpyBackend], ids=["class", "instance"])
def test_class_and_instance_are_accepted(make: Callable[[], object]) -> None:
    loaded = check_backend(make(), OPERATIONS)
    assert loaded.name == "numpy"
    assert set(loaded.methods) == {operation.name for operation in OPERATIONS}
    assert loaded.to_native is None
    assert loaded.to_numpy is None


def test_module_is_accepted() -> None:
    module = types.ModuleType("kernels")
    module.__dict__.update(name="kernels", linear=NumpyBackend().linear, np=np)
    loaded = check_backend(module, OPERATIONS)
    assert set(loaded.methods) == {"linear"}


def test_functions_that_a_module_imports_are_not_taken_for_misspelt_operations() -> None:
    def linear_(weights: Any) -> Any:
        return weights

    module = types.ModuleType("kernels")
    module.__dict__.update(name="kernels", linear_batched=NumpyBackend().linear_batched, linear_=linear_)
    linear_.__module__ = "torch.nn"
    assert set(check_backend(module, OPERATIONS).methods) == {"linear_batched"}
    linear_.__module__ = "kernels"
    with pytest.raises(BackendError, match="did you mean 'linear'"):
        check_backend(module, OPERATIONS)


def test_private_helper_is_left_alone() -> None:
    class Helped(NumpyBackend):
        name = "helped"
        linear_batched = None

        def _linear_batche(self) -> None:
            """A helper."""

    assert "linear_batched" not in check_backend(Helped, OPERATIONS).methods


def test_optional_and_open_parameters_are_accepted() -> None:
    class Open:
        name = "open"

        def linear(self, weights: Any, bias: Any, input: Any, *, alpha: float = 1.0) -> Any:
            return None

        def linear_batched(self, **arrays: Any) -> Any:
            return None

    assert set(check_backend(Open, OPERATIONS).methods) == {"linear", "linear_batched"}


def test_own_conversions_are_used_and_inherited_ones_are_not() -> None:
    class Converts(NumpyBackend):
        name = "converts"

        def to_native(self, array: Any) -> Any:
            return array.copy()

    loaded = check_backend(Converts, OPERATIONS)
    assert loaded.to_native is not None
    assert loaded.to_numpy is None


class Configurable(BackendBase):
    options: ClassVar = {"scale": Option(1, "a factor")}

    def __init__(self, scale: int = 1) -> None:
        self.name = f"scaled by {scale}"

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        return None


def test_class_is_made_with_its_options() -> None:
    loaded = check_backend(Configurable, OPERATIONS, "mine[scale=3]", {"scale": "3"})
    assert loaded.name == "scaled by 3"
    assert loaded.spec == "mine[scale=3]"
    assert loaded.options == {"scale": 3}


def test_instance_takes_no_options() -> None:
    with pytest.raises(BackendError, match="unknown option 'scale'"):
        check_backend(Configurable(), OPERATIONS, "mine", {"scale": "3"})


def test_a_function_is_refused_as_what_it_is() -> None:
    with pytest.raises(BackendError, match="the backend is a function") as caught:
        check_backend(Nameless.linear, OPERATIONS)
    assert str(caught.value).startswith(f"{__file__}:")


class Elsewhere(NumpyBackend):
    """Inherits what was not written for it, and has two methods that nothing calls."""

    name = "elsewhere"

    def linear_weight_grad(self, x: Any, dy: Any) -> Any:
        return None

    @staticmethod
    def conv2d(x: Any) -> Any:
        return None

    def _help(self) -> None: ...


def test_methods_that_are_no_operation_are_told_with_their_lines() -> None:
    info = check_backend(Elsewhere, OPERATIONS).info
    assert info is not None
    told = info["no operation of these vectors"]
    assert re.fullmatch(r"conv2d at \S+\.py:\d+, linear_weight_grad at \S+\.py:\d+ \(a helper's name begins .*\)", told)
    assert "no operation of these vectors" not in (check_backend(NumpyBackend, OPERATIONS).info or {})


def test_failing_to_close_costs_no_verdict() -> None:
    closed = []

    class Holds(NumpyBackend):
        def close(self) -> None:
            closed.append(True)
            raise RuntimeError("still busy")

    loaded = check_backend(Holds, OPERATIONS)
    assert loaded.close is not None
    loaded.close()
    assert closed == [True]
    assert check_backend(NumpyBackend, OPERATIONS).close is None


def test_a_backend_for_other_operations_implements_none_of_these() -> None:
    class OfTomorrow:
        name = "of tomorrow"

        def attention(self, query: Any) -> Any:
            return query

    assert not check_backend(OfTomorrow, OPERATIONS).methods


def test_function_is_no_misspelling_of_its_derivative() -> None:
    class Functions:
        name = "functions"

        def log_softmax(self, input: Any) -> Any: ...

    assert check_backend(Functions, [replace(OPERATIONS[0], name="log_softmax_jvp")]).methods == {}
