"""Explanations: every component and step is there, with numbers that a reader can redo by hand."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conform.cli import run_cli
from conform.exact import ZERO, Dyadic
from conform.folders import find_vectors
from conform.formats import get_format
from conform.golden.manifest import load_manifest
from conform.judge.derivation import explain_element
from conform.judge.rules import Rules
from conform.judge.scalar import ExpectedElement

pytestmark = pytest.mark.usefixtures("own_cache")

BACKENDS = str(Path(__file__).parent / "tiny_backends.py")

# 1/2 + 2^-30, the sum of three terms of magnitude 1 in all, each a multiple of 2^-40.
LINEAR = load_manifest(find_vectors()).get_operation("linear")
ELEMENT: dict[str, Any] = {
    "value": Dyadic(2**29 + 1, -30),
    "magnitude": Dyadic(1),
    "depth": 4,
    "underflow": Dyadic(3),
    "quantum": -40,
    "floor": -40,
    "peak": Dyadic(1),
}


def explain(output: str, accumulator: str | None = None, *, flush: bool = False, **changes: Any) -> str:
    rules = Rules(get_format(output), get_format(accumulator or output), flush)
    return "\n".join(explain_element(ExpectedElement(**{**ELEMENT, **changes}), rules, LINEAR, "output"))


def find_number(pattern: str, text: str) -> float:
    match = re.search(rf"{pattern} = (\S+?)[,:]?(?:\s|$)", text)
    assert match is not None, text
    return float(match[1])


def test_every_component_is_shown() -> None:
    text = explain("float32")
    for line in (
        "value v      0.50000000093132257 = 0x20000001p-30",
        "magnitude m  1 = 0x1p0",
        "depth k      4 ",
        "underflow E  3 = 0x3p0",
        "quantum q    2^-40 ",
        "floor        2^-40 ",
        "peak         1 = 0x1p0",
    ):
        assert line in text


def test_the_bound_can_be_redone_by_hand() -> None:
    text = explain("float32")
    u, smallest = Fraction(1, 2**24), Fraction(1, 2**149)
    bound = ((1 + u) ** 4 - 1) * 1 + (1 + u) ** 4 * 3 * smallest
    assert "exact in float32: m ≤ 2^(p+q) = 2^-16, floor ≥ 2^-149, peak ≤ max: does not hold" in text
    assert "B1 = ((1 + 2^-24)^4 − 1)·m + (1 + 2^-24)^4·E·2^-149 = " in text
    assert find_number(r"2\^-149", text.split("B1 =")[1]) == pytest.approx(float(bound), rel=1e-15)
    assert "Higham" in text
    assert "theorem: Conform.Soundness.linearSpec_anyOrder\n" in text
    assert "So the result must be finite." in text
    assert "B2" not in text


def test_a_conversion_adds_its_own_rounding() -> None:
    text = explain("float16", "float32")
    u = Fraction(1, 2**24)
    first = ((1 + u) ** 4 - 1) + (1 + u) ** 4 * 3 * Fraction(1, 2**149)
    value = Fraction(2**29 + 1, 2**30)
    second = Fraction(1, 2**11) * (value + first) + Fraction(1, 2**25)
    assert "exact in float16" in text
    assert "exact in float32" in text
    assert "B2 = 2^-11·(|v| + B1) + 2^-24/2 = " in text
    assert find_number(r"\nB2 .*2\^-24/2", text) == pytest.approx(float(second), rel=1e-15)
    assert find_number(r"\nB ", text) == pytest.approx(float(first + second), rel=1e-15)
    assert "for the rounding to float16: theorem: Conform.Soundness.Approximates.output" in text


def test_an_operation_without_theorems_says_so() -> None:
    rules = Rules(get_format("float32"), get_format("float32"))
    for element in ({}, {"quantum": 0, "floor": 0}, {"value": math.inf, "magnitude": math.inf}):
        found = ExpectedElement(**{**ELEMENT, **element})
        text = "\n".join(explain_element(found, rules, replace(LINEAR, theorems={}), "output"))
        assert "no theorem about this operation yet" in text
        assert "Conform.Soundness" not in text
        partial = replace(LINEAR, theorems={("output", "other"): ("A.b",)})
        assert "no theorem about this rule for output yet" in "\n".join(
            explain_element(found, rules, partial, "output")
        )


def test_an_exact_element_has_no_bound() -> None:
    text = explain("float64")
    assert "exact in float64: m ≤ 2^(p+q) = 2^13, floor ≥ 2^-1074, peak ≤ max: holds" in text
    assert "the result must equal v exactly" in text
    assert "theorem: Conform.Soundness.linearSpec_exact_anyOrder" in text
    assert "B1" not in text


def test_an_exact_sum_in_a_wider_format_is_rounded_once() -> None:
    text = explain("float32", "float64")
    assert "B1 = 0: every partial sum is representable in float64." in text
    assert "B2 = 2^-24·(|v| + B1) + 2^-149/2 = " in text


def test_flushing_loses_up_to_the_smallest_normal() -> None:
    text = explain("float16", "float32", flush=True)
    assert "2^-126 (smallest normal, since subnormals are flushed)" in text
    assert "E·2^-126 = " in text
    assert "+ 2^-14 = " in text


def test_an_uninformative_element_says_why() -> None:
    text = explain("float32", depth=2**12, value=Dyadic(1, -40), quantum=-60)
    assert "≥ m: B could hide a lost average term, so this is uninformative." in text
    assert "uninformative" not in explain("float32")


@pytest.mark.parametrize(
    ("power", "sign", "legal"),
    [
        (128, 0, None),
        (130, 0, "inf, -inf, nan"),
        (128, 1, "inf"),
        (128, -1, "-inf"),
    ],
    ids=["halves that are in range", "both ways", "up", "down"],
)
def test_an_overflow_says_what_each_side_reaches(power: int, sign: int, legal: str | None) -> None:
    huge = Dyadic(1, power)
    value = huge * Dyadic(sign)
    text = explain("float32", value=value, magnitude=huge, peak=huge, quantum=100, floor=100)
    u, smallest = Fraction(1, 2**24), Fraction(1, 2**149)
    error = ((1 + u) ** 4 - 1) * 2**power + (1 + u) ** 4 * 3 * smallest
    reached = (1 + sign) * Fraction(2) ** (power - 1) + error
    assert find_number(r"\(m \+ v\)/2 \+ B", text) == pytest.approx(float(reached), rel=1e-15)
    assert "past 3.4028235677973366e+38, where float32 overflows." in text
    outcome = f"Accepted beside finite results: {legal}." if legal else "So the result must be finite."
    assert outcome in text


def test_a_conversion_can_overflow_alone() -> None:
    text = explain("float16", "float32", value=Dyadic(1, 16), magnitude=Dyadic(1, 16), peak=Dyadic(1, 16))
    assert "below 3.4028235677973366e+38, where float32 overflows." in text
    assert "the rounding to float16: |v| + B1 = 65536.0" in text
    assert "it gives inf from 65520" in text
    assert "Accepted beside finite results: inf.\n" in text + "\n"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (math.nan, "every order gives nan, and nan is required."),
        (math.inf, "every order gives this infinity."),
        (-math.inf, "every order gives this infinity."),
    ],
    ids=str,
)
def test_special_values_say_what_is_required(value: float, sentence: str) -> None:
    text = explain("float32", value=value, magnitude=abs(value), quantum=None)
    assert sentence in text
    assert "theorem: Conform.Soundness.Tree.kind_eq" in text
    assert "B1" not in text


def test_an_integer_has_no_rounding() -> None:
    text = explain("int32", value=Dyadic(7), magnitude=Dyadic(9), quantum=0, floor=0, peak=Dyadic(9))
    assert text.endswith("int32 has no rounding, and every magnitude is in range: the result must equal v.")


def test_a_sum_of_nothing_is_exact() -> None:
    text = explain("float32", value=ZERO, magnitude=ZERO, depth=0, underflow=ZERO, quantum=None, floor=None, peak=ZERO)
    assert "quantum q    none, every term is zero" in text
    assert "the result must equal v exactly" in text


def test_the_command_shows_where_the_case_comes_from(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    case = "scale/plain/float32/m=1,n=2#0"
    command = ["explain", case, "--vectors", vectors, "--backend", f"{BACKENDS}:Right", "--index", "1,0"]
    assert run_cli(command) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{case}\n  operation   scale: Every element times a factor.\n  definition  Spec.scale\n")
    for line in (
        "  sizes       m = 1, n = 2\n",
        "    plain: Small numbers. Catches: a term dropped.\n",
        "    factor = 3.",
        "\nout[1, 0], one of 4 elements\n",
        "  value v      -15 = -0xfp0\n",
    ):
        assert line in out


def test_the_declaration_of_the_backend_applies(vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["explain", "dot/plain/float32/n=2#0", "--vectors", vectors, "--backend"]
    assert run_cli([*command, f"{BACKENDS}:Flushes"]) == 0
    assert "smallest normal, since subnormals are flushed" in capsys.readouterr().out
    assert run_cli([*command, f"{BACKENDS}:Right", "--accumulate", "bfloat16"]) == 0
    assert "sums in bfloat16: p = 8," in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dot/plane/float32/n=2#0"], "no case 'dot/plane/float32/n=2#0'\n  Did you mean dot/plain/float32/n=2#0"),
        (["dott/plain/float32/n=2#0"], "Did you mean dot/plain/float32/n=2#0"),
        (["zzzzzzzz"], "`conform list cases` shows what there is."),
        (["dot/plain/float32/n=2#0", "--result", "in"], "no result 'in'\n  There are: out."),
        (["dot/plain/float32/n=2#0", "--accumulate", "float31"], "unknown format 'float31'"),
        (["scale/plain/float32/m=1,n=2#0", "--index", "2,0"], "[2, 0] is not an index into the shape [2, 2]"),
        (["scale/plain/float32/m=1,n=2#0", "--index", "1"], "[1] is not an index into the shape [2, 2]"),
        (
            ["scale/plain/float32/m=1,n=2#0", "--index", "-1,0"],
            "'-1,0' is not an index: numbers with commas between them",
        ),
        (["scale/plain/float32/m=0,n=0#0"], "the result of shape [1, 0] has no elements"),
    ],
    ids=[
        *("close case", "close operation", "far", "result", "format"),
        *("index past the end", "short index", "negative index", "no element"),
    ],
)
def test_what_cannot_be_explained_is_wrong_usage(
    arguments: list[str], message: str, vectors: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["explain", *arguments, "--vectors", vectors, "--backend", f"{BACKENDS}:Right"]) == 2
    assert message in capsys.readouterr().err
