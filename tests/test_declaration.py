"""Claims of a backend: what follows from them, how they layer, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from conform.declaration import ClaimError, Declaration, parse_declaration
from conform.formats import get_format

OPERATIONS = ("linear", "linear_batched")


def parse(**claims: Any) -> Declaration:
    return parse_declaration(**claims, operations=OPERATIONS)


@pytest.mark.parametrize(
    ("output", "accumulator"),
    [
        ("float64", "float64"),
        ("float32", "float32"),
        ("float16", "float32"),
        ("bfloat16", "float32"),
        ("float8_e4m3fn", "float32"),
        ("int32", "int32"),
    ],
)
def test_nothing_declared_gives_the_default_accumulator(output: str, accumulator: str) -> None:
    rules = parse().rules_for("linear", get_format(output))
    assert (rules.output.name, rules.accumulator.name, rules.flush) == (output, accumulator, False)


def test_override_holds_for_its_operation_alone() -> None:
    declared = parse(
        accumulates={"float16": "float32", "float32": "float64"},
        overrides={"linear": {"accumulates": {"float16": "float16"}, "subnormals": "flush", "dtypes": ["float16"]}},
    )
    float16, float32 = get_format("float16"), get_format("float32")
    assert declared.rules_for("linear", float16).accumulator.name == "float16"
    assert declared.rules_for("linear", float32).accumulator.name == "float64"
    assert declared.rules_for("linear_batched", float16).accumulator.name == "float32"
    assert declared.flushes("linear", "float16")
    assert not declared.flushes("linear_batched", "float16")
    assert not declared.supports("linear", "float32")
    assert declared.supports("linear_batched", "float32")


def test_subnormals_may_differ_by_format() -> None:
    declared = parse(subnormals={"float32": "flush", "float16": "keep"})
    assert [declared.flushes("linear", name) for name in ("float32", "float16", "float64")] == [True, False, False]


def test_signed_zero_reaches_the_rules() -> None:
    assert parse().rules_for("linear", get_format("float32"), signed_zero=True).signed_zero


def test_layer_replaces_what_it_claims_and_keeps_the_rest() -> None:
    base = parse(accumulates={"float16": "float16", "bfloat16": "float32"}, dtypes=["float16", "bfloat16"])
    above = parse(accumulates={"float16": "float32"}, subnormals="flush")
    layered = base.layer(above)
    assert layered.accumulates == {"float16": "float32", "bfloat16": "float32"}
    assert layered.dtypes == ("float16", "bfloat16")
    assert layered.flushes("linear", "float16")


def test_general_claim_of_a_layer_replaces_an_override_below() -> None:
    base = parse(overrides={"linear": {"accumulates": {"float16": "float16", "bfloat16": "bfloat16"}}})
    layered = base.layer(parse(accumulates={"float16": "float32"}))
    assert layered.for_operation("linear").accumulates == {"float16": "float32", "bfloat16": "bfloat16"}


def test_override_of_a_layer_replaces_everything_below() -> None:
    base = parse(accumulates={"float16": "float16"})
    layered = base.layer(parse(accumulates={"float16": "float32"}, overrides={"linear": {"subnormals": "flush"}}))
    assert layered.flushes("linear", "float16")
    assert layered.rules_for("linear", get_format("float16")).accumulator.name == "float32"
    assert not layered.flushes("linear_batched", "float16")


def test_layer_of_nothing_changes_nothing() -> None:
    base = parse(accumulates={"float16": "float16"}, overrides={"linear": {"dtypes": ["float32"]}})
    assert base.layer(Declaration()) == base
    assert Declaration().layer(base) == base


def test_description_names_every_claim() -> None:
    declared = parse(
        accumulates={"float16": "float32"},
        subnormals={"float32": "flush"},
        dtypes=["float32", "float16"],
        overrides={"linear": {"accumulates": {"float16": "float16"}}},
    )
    assert declared.describe() == {
        "accumulates": "float16 in float32",
        "subnormals": "flushed to zero in float32",
        "dtypes": "float32, float16",
        "accumulates (linear)": "float16 in float16",
    }


@pytest.mark.parametrize(
    ("claims", "path", "fragment"),
    [
        ({"accumulates": {"half": "float32"}}, ("accumulates", "half"), "unknown floating-point format 'half'"),
        ({"accumulates": {"float16": "float23"}}, ("accumulates", "float16"), "unknown floating-point format"),
        ({"accumulates": {"float16": 32}}, ("accumulates", "float16"), "unknown floating-point format 32"),
        ({"accumulates": {"int32": "int64"}}, ("accumulates", "int32"), "integers are not rounded"),
        ({"accumulates": {"float16": "int32"}}, ("accumulates", "float16"), "integers are not rounded"),
        ({"accumulates": "float32"}, ("accumulates",), "must be a mapping"),
        ({"accumulates": {1: "float32"}}, ("accumulates",), "must be a mapping"),
        ({"subnormals": "drop"}, ("subnormals",), "'keep' or 'flush'"),
        ({"subnormals": {"float32": True}}, ("subnormals", "float32"), "'keep' or 'flush'"),
        ({"subnormals": 1}, ("subnormals",), "must be a mapping"),
        ({"dtypes": "float32"}, ("dtypes",), "must be a list of formats"),
        ({"dtypes": ["float32", "complex64"]}, ("dtypes",), "unknown format 'complex64'"),
        ({"overrides": {"liner": {}}}, ("overrides", "liner"), "unknown operation 'liner'"),
        ({"overrides": {"linear": {"sums": {}}}}, ("overrides", "linear", "sums"), "unknown claim 'sums'"),
        (
            {"overrides": {"linear": {"accumulates": {"float16": "x"}}}},
            ("overrides", "linear", "accumulates", "float16"),
            "unknown floating-point format",
        ),
        ({"overrides": {"linear": {"overrides": {}}}}, ("overrides", "linear", "overrides"), "unknown claim"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else None,
)
def test_impossible_claim_is_refused(claims: dict[str, Any], path: tuple[str, ...], fragment: str) -> None:
    with pytest.raises(ClaimError, match=fragment) as caught:
        parse(**claims)
    assert caught.value.path == path
