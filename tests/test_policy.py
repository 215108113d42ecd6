"""A policy file: strict about what it may say, and about saying why."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.declaration import Declaration
from conform.errors import UsageError
from conform.gate.policy import Policy, read_policy

OPERATIONS = ("linear", "linear_batched")


def write_policy(folder: Path, text: str) -> Policy:
    path = folder / "conform.yaml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path, OPERATIONS)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("backends: [", 1, "not valid YAML"),
        ("backend: {}", 1, "one key"),
        ("backends: []", 1, "maps the name"),
        ("backends:\n  mine: 3", 2, "must be a mapping"),
        ("backends:\n  mine: [accumulates]", 2, "must be a mapping"),
        ("backends:\n  mine:\n    dtypes: {float32: 1}", 3, "dtypes must be a list"),
        ("backends:\n  mine:\n    dtypes: float32", 3, "dtypes must be a list"),
        ("backends:\n  mine:\n    dtypes: [[float32]]", 3, "unknown format"),
        ("backends:\n  mine:\n    dtypes: [{float32: 1}]", 3, "unknown format"),
        ("backends:\n  mine:\n    dtypes: [0x" + "f" * 20_000 + "]", 3, "no number or date"),
        ("backends:\n  mine:\n    accumulates: [float16]", 3, "must be a mapping"),
        ("backends:\n  mine:\n    accumulates: {1: float16}", 3, "must be a mapping"),
        ("backends:\n  mine:\n    accumulates: {float16: {a: b}}", 3, "unknown floating-point format"),
        ("backends:\n  mine:\n    subnormals: [flush]", 3, "subnormals must be a mapping"),
        ("backends:\n  mine:\n    subnormals: 0", 3, "subnormals must be a mapping"),
        ("backends:\n  mine:\n    overrides: [linear]", 3, "overrides must be a mapping"),
        ("backends:\n  mine:\n    overrides: {linear: [flush]}", 3, "linear must be a mapping"),
        ("backends:\n  mine:\n    overrides: {linear: {reason: x}}", 3, "unknown claim"),
        ("backends:\n  mine:\n    reason: [a]", 3, "reason is a text"),
        ("backends:\n  mine:\n    reason: 1.0", 3, "reason is a text"),
        ("backends: text", 1, "maps the name"),
        ("- backends", 1, "one key"),
        ("[" * 5000, 1, "nested too deeply"),
        ("backends:\n  mine:\n    acumulates: {}", 3, "Did you mean 'accumulates'"),
        ("backends:\n  mine:\n    accumulates:\n      float16: float12", 4, "float12"),
        ("backends:\n  mine:\n    accumulates:\n      int32: float32", 4, "int32"),
        ("backends:\n  mine:\n    subnormals: maybe", 3, "maybe"),
        ("backends:\n  mine:\n    overrides:\n      linaer:\n        subnormals: keep", 4, "linaer"),
        ("backends:\n  mine:\n    overrides:\n      linear:\n        subnormals: drop", 5, "drop"),
        ("backends:\n  mine:\n    reason: ''", 3, "reason"),
        ("backends:\n  mine: {}\n  mine: {}", 3, "twice"),
        ("backends: &a\n  mine: *a", 2, "aliases"),
        ("backends:\n  mine: !!python/object:os.system {}", 2, "not valid YAML"),
    ],
)
def test_rejects_with_line_and_reason(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        write_policy(tmp_path, text)
    assert f"conform.yaml:{line}" in str(caught.value)


def test_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_policy(tmp_path / "none.yaml", OPERATIONS)


def test_stricter_needs_no_reason(tmp_path: Path) -> None:
    policy = write_policy(tmp_path, "backends:\n  mine:\n    accumulates: {float16: float32}\n    subnormals: keep")
    declared = Declaration({"float16": "float16"}, {"float32": "flush"})
    merged, notes = policy.apply("mine", declared, OPERATIONS)
    assert merged.accumulates["float16"] == "float32"
    assert not merged.flushes("linear", "float32")
    assert "loosens" not in notes[0]


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("accumulates: {float16: float16}", "float16 sums in float16 instead of float32"),
        ("accumulates: {float32: bfloat16}", "float32 sums in bfloat16 instead of float32"),
        ("subnormals: {float32: flush}", "float32 subnormals flushed"),
        ("dtypes: [float32]", "float64 no longer judged"),
        ("overrides: {linear: {accumulates: {float16: float16}}}", r"float16 instead of float32 \(linear\)"),
    ],
)
def test_looser_needs_a_reason_that_is_repeated(tmp_path: Path, claim: str, change: str) -> None:
    with pytest.raises(UsageError, match=change):
        write_policy(tmp_path, f"backends:\n  mine:\n    {claim}").apply("mine", Declaration(), OPERATIONS)
    policy = write_policy(tmp_path, f"backends:\n  mine:\n    {claim}\n    reason: The vendor says so.")
    _, notes = policy.apply("mine", Declaration(), OPERATIONS)
    assert "The vendor says so." in notes[0]


def test_wider_but_shorter_exponent_range_is_looser(tmp_path: Path) -> None:
    """float16 has more bits than bfloat16 and a smaller range, so neither may quietly replace the other."""
    text = "backends:\n  mine:\n    accumulates: {bfloat16: float16}"
    with pytest.raises(UsageError, match="loosens"):
        write_policy(tmp_path, text).apply("mine", Declaration({"bfloat16": "bfloat16"}), OPERATIONS)


def test_other_backends_are_untouched(tmp_path: Path) -> None:
    policy = write_policy(tmp_path, "backends:\n  mine:\n    subnormals: keep")
    declared = Declaration()
    assert policy.apply("numpy", declared, OPERATIONS) == (declared, ())
