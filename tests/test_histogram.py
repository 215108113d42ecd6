"""The histograms of errors: every bin where its documentation says it is."""

from __future__ import annotations

import numpy as np
import pytest

from conform.running.histogram import BITS_RANGE, RATIO_RANGE, add_counts, count_bits, count_ratios


@pytest.mark.parametrize(
    ("ratio", "index"),
    [
        pytest.param(0.0, 0, id="no error"),
        pytest.param(2.0**-40, 1, id="below"),
        pytest.param(2.0**-32, 2, id="lowest bin"),
        pytest.param(0.5, 33, id="just under the bound"),
        pytest.param(1.0, 34, id="on the bound"),
        pytest.param(2.0**15.5, 49, id="highest bin"),
        pytest.param(np.inf, 50, id="above"),
    ],
)
def test_a_ratio_falls_into_its_bin(ratio: float, index: int) -> None:
    counts = count_ratios(np.array([ratio, np.nan]))
    assert len(counts) == RATIO_RANGE[1] - RATIO_RANGE[0] + 3
    assert [i for i, count in enumerate(counts) if count] == [index]


@pytest.mark.parametrize(
    ("relative", "index"),
    [
        pytest.param(4.0, 0, id="nothing right"),
        pytest.param(2.0**-24.5, 25, id="float32"),
        pytest.param(2.0**-200, 64, id="nearly exact"),
        pytest.param(0.0, 65, id="no error"),
    ],
)
def test_bits_fall_into_their_bin(relative: float, index: int) -> None:
    counts = count_bits(np.array([relative]), np.array([1]), np.array([True]))
    assert len(counts) == BITS_RANGE[1] - BITS_RANGE[0] + 2
    assert [i for i, count in enumerate(counts) if count] == [index]


def test_bits_weigh_the_depth_and_skip_what_is_not_random() -> None:
    counts = count_bits(np.array([2.0**-24.5] * 3), np.array([4, 4, 0]), np.array([True, False, True]))
    assert counts[24] == 1
    assert sum(counts) == 1


def test_counts_of_blocks_add_up() -> None:
    assert add_counts((1, 2), (3, 4)) == (4, 6)
    assert add_counts((), (3, 4)) == (3, 4)
    with pytest.raises(ValueError, match="longer"):
        add_counts((1,), (3, 4))
