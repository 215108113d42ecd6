"""Shared memory is found between results, inputs and calls, and only where an element is really shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from conform.running.aliasing import find_changed_results, find_shared_results
from conform.running.calls import Round


def make_round(held: Mapping[int, tuple[Any, ...]], names: tuple[str, ...] = ("output",)) -> Round:
    answers = {name: np.zeros(0) for name in names}
    return Round("first", np.ones(len(held), np.bool_), answers, held, {}, {})


def test_separate_arrays_share_nothing() -> None:
    inputs = [np.zeros(4)]
    assert find_shared_results([make_round({0: (np.zeros(3),), 1: (np.zeros((2, 2)).T,)})], inputs) == {}


def test_no_arrays_share_nothing() -> None:
    assert find_shared_results([make_round({})], []) == {}


def test_view_of_an_input_is_found() -> None:
    memory = np.zeros(10)
    shared = find_shared_results([make_round({5: (memory[2:4],)})], [memory])
    assert shared == {(0, 5): "output shares memory with an input"}


def test_later_call_is_to_blame_for_a_reused_buffer() -> None:
    buffer = np.zeros(4)
    shared = find_shared_results([make_round({7: (buffer,), 2: (buffer[:2],), 4: (np.zeros(2),)})], [])
    assert shared == {(0, 2): "output shares memory with the result of an earlier call"}


def test_result_of_an_earlier_round_is_found() -> None:
    buffer = np.zeros(4)
    shared = find_shared_results([make_round({0: (buffer,)}), make_round({0: (buffer,)})], [])
    assert shared == {(1, 0): "output shares memory with the result of an earlier call"}


def test_results_of_one_call_that_share_are_found() -> None:
    both = np.zeros(4)
    shared = find_shared_results([make_round({0: (both[:3], both[1:])}, ("dW", "db"))], [])
    assert shared == {(0, 0): "db shares memory with another result of the same call"}


def test_interleaved_columns_share_nothing() -> None:
    matrix = np.zeros((4, 2))
    assert find_shared_results([make_round({0: (matrix[:, 0],), 1: (matrix[:, 1],)})], []) == {}


def test_sharing_beyond_a_disjoint_neighbour_is_found() -> None:
    matrix = np.zeros((4, 3))
    held = {0: (matrix[:, 0],), 1: (matrix[:, 1],), 2: (matrix[1:, 0],)}
    assert set(find_shared_results([make_round(held)], [])) == {(0, 2)}


def test_empty_arrays_share_nothing() -> None:
    buffer = np.zeros(4)
    assert find_shared_results([make_round({0: (buffer,), 1: (buffer[1:1],)})], []) == {}


@pytest.mark.parametrize("value", [np.nan, 1.0, -0.0])
def test_change_after_the_call_is_found_bit_by_bit(value: float) -> None:
    flat = np.array([0.0, 0.0, 0.0, 0.0])
    arrays = {0: (np.zeros(1),), 1: (np.zeros((1, 2)),), 3: (np.zeros(1),)}
    each = Round("first", np.ones(4, np.bool_), {"output": flat}, arrays, {}, {})
    offsets = ((0, 1, 3, 3, 4),)
    assert find_changed_results(each, offsets) == []
    arrays[1][0][0, 1] = value
    assert find_changed_results(each, offsets) == [1]
