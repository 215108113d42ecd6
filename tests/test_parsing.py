"""Parsing texts in bulk: bit by bit what parsing them one by one gives."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conform.columns import split_dyadic
from conform.exact import MAX_EXPONENT, Dyadic, format_number, parse_number
from conform.golden.parsing import MalformedNumberError, parse_numbers

EDGES = (
    *(
        f"{sign}0x{digits}p{power}"
        for sign in ("", "-")
        for digits in ("0", "1", "f", "00001")
        for power in (0, -9, 71)
    ),
    *("inf", "-inf", "nan", "0x1.8p-3", "-0x1.8p+3", "0x1.p0", "0x0p65536", "0x1p65536", "-0x1p-65536"),
    *(f"0x{(1 << bits) - 1:x}p-3" for bits in (52, 53, 54, 56, 64, 96, 105, 106, 107, 108, 128, 129, 200)),
    *(f"-0x{(1 << bits) + 1:x}p5" for bits in (52, 53, 54, 63, 64, 96, 104, 105, 106, 107, 127, 128, 200)),
    # Halfway between two significands, on either side of an even one, and just beside the middle.
    *(f"0x{(((1 << 52) + odd) << 54) + (1 << 53) + beside:x}p0" for odd in (0, 1) for beside in (-1, 0, 1)),
)


def check_agreement(texts: list[str]) -> None:
    numbers = parse_numbers(texts)
    assert len(numbers) == len(texts)
    for i, text in enumerate(texts):
        expected = parse_number(text)
        assert format_number(numbers.item(i)) == format_number(expected), text
        high, low, exponent, exact = split_dyadic(expected)
        found = float(numbers.high[i]), float(numbers.low[i]), int(numbers.exponent[i])
        assert repr(found) == repr((high, low, exponent)), text
        assert (i in numbers.long) == (not exact), text
        if math.isfinite(high) and high:
            assert 0.5 <= abs(high) < 1
            assert abs(low) <= 2.0**-54


def test_every_kind_of_text_agrees() -> None:
    check_agreement(list(EDGES))


def test_neighbours_do_not_matter() -> None:
    texts = list(EDGES)
    for seed in range(3):
        random.Random(seed).shuffle(texts)
        check_agreement(texts)
    for text in EDGES:
        check_agreement([text])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(-(1 << 140), 1 << 140), st.integers(-MAX_EXPONENT, MAX_EXPONENT)), max_size=8))
def test_random_numbers_agree(numbers: list[tuple[int, int]]) -> None:
    check_agreement([f"{'-' if mantissa < 0 else ''}0x{abs(mantissa):x}p{power}" for mantissa, power in numbers])


def test_long_lists_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.golden.parsing._CHUNK", 40)
    check_agreement(list(EDGES))
    with pytest.raises(MalformedNumberError) as caught:
        parse_numbers([*["0x1p0"] * 30, "one", "two"])
    assert caught.value.index == 30


def test_nothing_gives_nothing() -> None:
    numbers = parse_numbers([])
    assert len(numbers) == 0
    assert numbers.high.dtype == np.float64


MALFORMED = (
    *("", "-", "0x", "0x1", "0x1p", "p", "0xp0", "1p0", "1", "one", "0x1p1p1", "0x1P1", "0X1p1", "0x1p--1", "0x1p-"),
    *("0xgp0", "0x1p0 ", " 0x1p0", "0x-1p0", "--0x1p0", "+0x1p0", "0x1pa", "infinity", "NaN", "-nan", "+inf", "-inf "),
    *("0x1..8p0", "0x.8p0", "\x00", "0x1p0\n", "0x1é", "0xAp0", "0x1p1:", "0x:p0", "0x1p`1", "0x1p1.5", "0x1p0x1"),
    *("0x123456789abcdef0123456g89p0", "0xg23456789abcdef0123456789p0", "0x123456789abcdef0g23456789p0", "0x1_0p0"),
    *("0x1p999999999", "0x1p65537", "0x0p-65537", f"0x1p{'9' * 5000}", f"0x{'1' * 70000}p0", "0x1p1/", "0x１p0"),
)


@pytest.mark.parametrize("text", MALFORMED, ids=[repr(text[:24]) for text in MALFORMED])
def test_a_malformed_text_is_found_where_it_is(text: str) -> None:
    for index in range(3):
        texts = ["0x1p0", "nan"]
        texts.insert(index, text)
        with pytest.raises(MalformedNumberError) as caught:
            parse_numbers(texts)
        assert caught.value.index == index
        assert len(str(caught.value)) < 80


@pytest.mark.parametrize("item", [None, 1, 1.5, ["0x1p0"], True], ids=repr)
def test_what_is_no_text_is_found_where_it_is(item: object) -> None:
    with pytest.raises(MalformedNumberError, match="not a text") as caught:
        parse_numbers(["0x1p0", item, "0x1p0"])  # type: ignore[list-item]  # what a wrong file may hold
    assert caught.value.index == 1


def test_the_first_of_several_is_named() -> None:
    with pytest.raises(MalformedNumberError, match="two") as caught:
        parse_numbers(["0x1p0", "two", "three"])
    assert caught.value.index == 1


def test_what_is_too_small_for_the_low_part_is_not_lost() -> None:
    number = parse_numbers([f"0x{(1 << 1200) + 1:x}p0"])
    assert number.item(0) == Dyadic((1 << 1200) + 1)
    assert number.low[0] == 0


@settings(max_examples=300, deadline=None)
@given(st.integers(-(1 << 400), 1 << 400), st.integers(-500, 500))
def test_splitting_is_to_nearest(mantissa: int, power: int) -> None:
    number = Dyadic(mantissa, power)
    high, low, exponent, exact = split_dyadic(number)
    assert high * 2.0 == number.scaled(1 - exponent).to_float()
    rest = number.scaled(-exponent) - Dyadic.from_float(high)
    assert low == rest.to_float()
    assert exact == (rest == Dyadic.from_float(low))
