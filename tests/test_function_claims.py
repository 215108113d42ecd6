"""Claims of how accurate functions are: what they may be, and what follows for the judgement."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from vector_samples import get_blocks, get_manifest

from conform.backends.check import LoadedBackend, check_backend
from conform.backends.worker import _describe_claims
from conform.declaration import ClaimError, parse_declaration
from conform.errors import BackendError
from conform.gate.policy import list_looser_rules
from conform.judge.derivation import explain_case
from conform.results import BackendResult
from conform.running.runner import run_backend

LOOSE = {"tanh": {"ulps": 40, "reason": "The manual, section 4."}}


def be_off(input: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The hyperbolic tangent, off by thirty ulps or so."""
    return (np.tanh(input) * (1 + 30 * np.finfo(input.dtype).eps)).astype(input.dtype)


def make(**claims: Any) -> LoadedBackend:
    backend = type("Claiming", (), {"name": "claiming", "tanh": staticmethod(be_off), **claims})
    return check_backend(backend, get_manifest().operations)


def judge(**claims: Any) -> BackendResult:
    return run_backend(make(**claims), get_blocks("tanh", "float32"))


def test_what_is_not_declared_fails() -> None:
    assert not judge().conforms


def test_what_is_declared_less_accurate_is_uninformative_and_no_pass_of_an_element() -> None:
    (group,) = judge(functions=LOOSE).groups
    assert group.failed == group.bound_elements == group.exact_elements == 0
    assert group.uninformative_elements > 0
    assert not group.informative


def test_a_claim_of_one_operation_holds_for_it_alone() -> None:
    declaration = make(overrides={"tanh": {"functions": LOOSE}}).declaration
    table = get_manifest().function_table
    (block,) = get_blocks("tanh", "float32")
    assert declaration.rules_for("tanh", block.format, table=table).loose == ("tanh",)
    assert declaration.rules_for("sigmoid", block.format, table=table).loose == ()


def test_a_promise_of_more_leaves_the_bounds_as_they_are() -> None:
    plain, promised = judge(), judge(functions={"tanh": 1, "sqrt": 0.5})
    assert [case.problems for case in plain.cases] == [case.problems for case in promised.cases]


def test_the_derivation_says_why_nothing_is_judged_and_how_it_would_be() -> None:
    (block,) = get_blocks("tanh", "float32")
    rules = make(functions=LOOSE).declaration.rules_for("tanh", block.format, table=get_manifest().function_table)
    text = explain_case(block.take([0]), get_manifest().flags, rules, "output", (1, 0), get_manifest().function_table)
    assert "tanh may be off by more than the vectors' table allows" in text
    assert "conform generate --functions" in text


def test_claims_travel_to_another_process() -> None:
    declaration = make(functions={**LOOSE, "sqrt": 0.5}).declaration
    again = parse_declaration(**_describe_claims(declaration), operations=())
    assert again.functions == declaration.functions
    assert "tanh within 40 ulps (The manual, section 4.)" in again.describe()["functions"]


@pytest.mark.parametrize(
    ("functions", "fragment"),
    [
        (["tanh"], "must be a mapping from a function"),
        ({"tanh": "40"}, "a function has a number of ulps"),
        ({"tanh": True}, "a function has a number of ulps"),
        ({"tanh": -1}, "is no number of ulps"),
        ({"tanh": float("inf")}, "is no number of ulps"),
        ({"tanh": {"ulps": 40, "why": "so"}}, "a function has a number of ulps"),
        ({"tanh": {"ulps": 40, "reason": " "}}, "a reason is a text"),
    ],
)
def test_impossible_claim_is_refused(functions: Any, fragment: str) -> None:
    with pytest.raises(ClaimError, match=fragment):
        parse_declaration(functions=functions, operations=())


@pytest.mark.parametrize(
    ("functions", "fragment"),
    [({"tahn": 1}, "unknown function 'tahn'; known: "), ({"tanh": 40}, "without a reason")],
)
def test_a_backend_must_know_the_function_and_give_a_reason(functions: Any, fragment: str) -> None:
    with pytest.raises(BackendError, match=fragment):
        make(functions=functions)
    with pytest.raises(BackendError, match=fragment):
        make(overrides={"tanh": {"functions": functions}})


def test_a_policy_that_claims_less_is_looser() -> None:
    before = parse_declaration(functions={"tanh": 5}, operations=("tanh",))
    for ulps, looser in ((5, False), (4, False), (6, True)):
        after = before.layer(parse_declaration(functions={"tanh": ulps}, operations=("tanh",)))
        told = list_looser_rules(before, after, ("tanh",))
        assert [text.startswith("tanh within 6 ulps") for text in told] == [True] * looser


def test_the_table_is_that_of_the_vectors() -> None:
    assert all(operation.function_table == get_manifest().function_table for operation in get_manifest().operations)
