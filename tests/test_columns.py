"""Columns whose runs are written out late are those that are written out at once."""

from __future__ import annotations

import numpy as np
import pytest

from conform.columns import SpreadArray, collect_exact, make_zeros
from conform.exact import Dyadic

# The third has more than 106 significant bits, so that it is held apart as well.
NUMBERS = collect_exact([Dyadic(3, -1), Dyadic(-5, 7), Dyadic((1 << 120) + (1 << 60) + 1, 0), -0.0])
ENDS = np.array([2, 3, 6, 7])
PLACES = np.array([0, 0, 1, 2, 2, 2, 3])


@pytest.mark.parametrize("name", ["high", "low", "exponent"])
def test_columns_are_those_of_the_runs(name: str) -> None:
    spread = SpreadArray(NUMBERS, ENDS)
    assert np.array_equal(getattr(spread, name), getattr(NUMBERS, name)[PLACES])


def test_elements_are_those_of_the_runs() -> None:
    spread = SpreadArray(NUMBERS, ENDS)
    assert len(spread) == len(PLACES)
    for i, place in enumerate(PLACES.tolist()):
        assert spread.item(i) == NUMBERS.item(place)
    assert dict(spread.long) == {i: NUMBERS.item(2) for i in (3, 4, 5)}


def test_what_is_taken_is_what_would_be_taken_of_it_whole() -> None:
    chosen = np.array([6, 3, 0, 2, 5])
    taken, expected = SpreadArray(NUMBERS, ENDS).take(chosen), NUMBERS.take(PLACES[chosen])
    assert (taken.high.tolist(), taken.low.tolist()) == (expected.high.tolist(), expected.low.tolist())
    assert taken.exponent.tolist() == expected.exponent.tolist()
    assert taken.long == expected.long


def test_there_may_be_none() -> None:
    spread = SpreadArray(collect_exact([]), np.zeros(0, np.int64))
    assert len(spread) == 0
    assert len(spread.high) == 0


def test_zeros_are_zeros_and_stay_so() -> None:
    zeros = make_zeros(3)
    assert zeros.tolist() == [0.0] * 3
    with pytest.raises(ValueError, match="read-only"):
        zeros[0] = 1.0
