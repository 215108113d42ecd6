"""What a backend claims not to support: arrays without elements, and what it raises for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.base import BackendBase, Option
from conform.backends.check import check_backend
from conform.backends.numpy_backend import NumpyBackend
from conform.declaration import parse_declaration
from conform.errors import BackendError, UsageError
from conform.gate.policy import list_looser_rules
from conform.results import BackendResult, Rule, Verdict
from conform.running.runner import RunOptions, run_backend

EMPTY = "an input has no elements, and the backend declares that it does not take those"
NAMES = [operation.name for operation in OPERATIONS]


class Refuses(NumpyBackend):
    """Arrays without elements are more than it can take."""

    error: Exception = NotImplementedError("no empty arrays")

    def linear(self, weights: Any, bias: Any, input: Any) -> Any:
        if 0 in weights.shape:
            raise self.error
        return super().linear(weights, bias, input)


def run(backend: type[BackendBase], **claims: object) -> BackendResult:
    made = type(backend.__name__, (backend,), claims)
    return run_backend(check_backend(made, OPERATIONS), [get_block("linear", "float32", "normal")])


def list_reasons(result: BackendResult) -> set[str | None]:
    return {case.reason for case in result.cases if case.verdict is Verdict.UNSUPPORTED}


def count(result: BackendResult, verdict: Verdict) -> int:
    return result.verdicts[verdict]


@pytest.mark.parametrize("overrides", [False, True], ids=["everywhere", "in-one-operation"])
def test_cases_without_elements_are_unsupported_where_that_is_claimed(overrides: bool) -> None:
    claim = {"empty": "unsupported"}
    result = run(Refuses, **({"overrides": {"linear": claim}} if overrides else claim))
    assert result.conforms
    assert list_reasons(result) == {EMPTY}
    assert count(result, Verdict.UNSUPPORTED) == count(run(Refuses), Verdict.ERROR) > 0


def test_cases_without_elements_are_called_where_that_is_not_claimed() -> None:
    assert not run(Refuses).conforms
    assert not run(Refuses, overrides={"linear_batched": {"empty": "unsupported"}}).conforms
    assert run(NumpyBackend).verdicts[Verdict.UNSUPPORTED] == 0


def test_a_policy_that_leaves_empty_arrays_out_needs_a_reason() -> None:
    before = parse_declaration(operations=NAMES)
    after = parse_declaration(empty="unsupported", operations=NAMES)
    assert list_looser_rules(before, after, NAMES) == ["arrays without elements no longer judged"]
    assert list_looser_rules(after, before, NAMES) == []


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (NotImplementedError("no empty arrays"), [NotImplementedError]),
        (type("UnimplementedError", (RuntimeError,), {})("sizes of 0"), ["UnimplementedError"]),
        (RuntimeError('"dot" not implemented for empty'), ['"dot" not implemented']),
        (RecursionError("too deep"), [RuntimeError]),
    ],
    ids=["class", "name-of-class", "text", "derived"],
)
def test_what_is_named_counts_as_unsupported(error: Exception, named: Sequence[Any]) -> None:
    result = run(Refuses, error=error, not_implemented=named)
    assert result.conforms
    assert list_reasons(result) == {f"{type(error).__name__}: {error}"}


@pytest.mark.parametrize("named", [[], [ValueError], ["Overflow"]], ids=["nothing", "another-class", "another-text"])
def test_what_is_not_named_is_an_error(named: Sequence[Any]) -> None:
    result = run(Refuses, not_implemented=named)
    assert count(result, Verdict.ERROR) > 0
    assert count(result, Verdict.UNSUPPORTED) == 0


@pytest.mark.parametrize(
    ("error", "hinted"),
    [
        (NotImplementedError(), True),
        (RuntimeError("not yet supported"), True),
        (TypeError("UNIMPLEMENTED: custom call"), True),
        (RuntimeError("index out of range"), False),
    ],
    ids=["NotImplementedError", "not-yet-supported", "unimplemented", "other"],
)
def test_an_error_that_reads_as_a_refusal_hints_at_naming_it(error: Exception, hinted: bool) -> None:
    details = [problem.detail or "" for case in run(Refuses, error=error).cases for problem in case.problems]
    assert details
    assert all(("`not_implemented`" in detail) is hinted for detail in details)


@pytest.mark.parametrize(
    "named",
    ["NotImplementedError", [Exception], [BaseException], [KeyboardInterrupt], [int], [" "], [3]],
    ids=["text", "Exception", "BaseException", "KeyboardInterrupt", "int", "blank", "number"],
)
def test_what_cannot_be_named_is_refused(named: object) -> None:
    with pytest.raises(BackendError, match="not_implemented must be a list of exception classes"):
        run(NumpyBackend, not_implemented=named)


class Configured(NumpyBackend):
    options = {"threads": Option(1, "threads within an operation")}  # noqa: RUF012

    def __init__(self, threads: int) -> None:
        self.threads = threads


class Derived(Configured):
    """Makes its parent with a value of its own."""

    def __init__(self) -> None:
        super().__init__(4)


class Same(Configured):
    """What it adds takes nothing."""


def test_options_are_those_of_the_class_that_takes_them() -> None:
    assert check_backend(Configured, OPERATIONS, given={"threads": "2"}).options == {"threads": 2}
    assert check_backend(Same, OPERATIONS, given={"threads": "2"}).options == {"threads": 2}
    assert check_backend(Derived, OPERATIONS).options == {}
    with pytest.raises((BackendError, UsageError), match="unknown option 'threads'"):
        check_backend(Derived, OPERATIONS, given={"threads": "2"})


@pytest.mark.parametrize("everywhere", [False, True], ids=["some", "non-contiguous"])
def test_layout_and_shape_of_inputs_are_as_the_guide_says(everywhere: bool) -> None:
    seen: list[bool] = []

    class Looks(BackendBase):
        name = "looks"

        def linear_gradient_scale(self, grad: Any, scale_factor: Any) -> Any:
            for array in (grad, scale_factor):
                assert type(array) is np.ndarray
                assert (array.dtype.name, array.dtype.isnative, array.flags.aligned) == ("float32", True, True)
            assert scale_factor.shape == ()
            seen.append(grad.flags.c_contiguous)
            return grad * scale_factor

    block = get_block("linear_gradient_scale", "float32", "normal")
    result = run_backend(check_backend(Looks, OPERATIONS), [block], RunOptions(non_contiguous=everywhere))
    assert result.conforms
    cases = len(block.cases)
    assert all(seen[: 2 * cases])
    assert 0 < seen.count(False) < cases + everywhere


def test_a_result_for_a_scalar_has_the_shape_of_one() -> None:
    """As the guide says of results: a shape with the same number of elements is not enough."""

    class Flat(NumpyBackend):
        def linear(self, weights: Any, bias: Any, input: Any) -> Any:
            return super().linear(weights, bias, input)[np.newaxis]

    rules = {problem.rule for case in run(Flat).cases for problem in case.problems}
    assert rules == {Rule.SHAPE}


def test_helpers_with_an_underscore_are_no_operations() -> None:
    helper = {"_transpose_all": lambda self: None}
    public = {"transpose_all": lambda self: None}
    told = "no operation of these vectors"
    assert told not in (check_backend(type("Helped", (NumpyBackend,), helper), OPERATIONS).info or {})
    assert "transpose_all" in (check_backend(type("Told", (NumpyBackend,), public), OPERATIONS).info or {})[told]
