"""Sums in the format itself, in many orders."""

from __future__ import annotations

import numpy as np

from conform.mutants.task import Array, fold_left
from conform.mutants.variants.variant import OWN, Variant, keep_format, sum_with


def fold_right(values: Array) -> Array:
    return fold_left(values[:, ::-1])


def fold_last_first(values: Array) -> Array:
    """The last term first: where there is a bias, that is it."""
    return fold_left(np.roll(values, 1, axis=1))


def fold_pairwise(values: Array) -> Array:
    while values.shape[1] > 1:
        even = values.shape[1] // 2 * 2
        values = np.concatenate([values[:, 0:even:2] + values[:, 1:even:2], values[:, even:]], axis=1)
    return values[:, 0]


def fold_halves(values: Array) -> Array:
    """Recursively, the first half plus the second."""
    count = values.shape[1]
    if count == 1:
        return values[:, 0]
    return np.add(fold_halves(values[:, : count // 2]), fold_halves(values[:, count // 2 :]))


def fold_blocks(values: Array, size: int) -> Array:
    blocks = [fold_left(values[:, start : start + size]) for start in range(0, values.shape[1], size)]
    return fold_left(np.stack(blocks, axis=1))


def fold_lanes(values: Array, lanes: int) -> Array:
    """Running sums side by side, added up in the end."""
    used = min(lanes, values.shape[1])
    return fold_left(np.stack([fold_left(values[:, lane::lanes]) for lane in range(used)], axis=1))


def fold_even_odd(values: Array) -> Array:
    return fold_left(np.concatenate([values[:, ::2], values[:, 1::2]], axis=1))


def fold_ascending(values: Array) -> Array:
    return fold_left(np.take_along_axis(values, _rank(values), axis=1))


def fold_descending(values: Array) -> Array:
    return fold_left(np.take_along_axis(values, _rank(values)[:, ::-1], axis=1))


def fold_positive_first(values: Array) -> Array:
    """All positive terms, then all negative ones."""
    return fold_left(np.take_along_axis(values, np.argsort(values < 0, axis=1, kind="stable"), axis=1))


def fold_by_sign(values: Array) -> Array:
    """Positive and negative terms apart, joined in the end."""
    zero = np.zeros_like(values)
    return np.add(fold_left(np.where(values < 0, zero, values)), fold_left(np.where(values < 0, values, zero)))


def fold_shuffled(values: Array) -> Array:
    order = np.random.default_rng(values.shape[1]).permutation(values.shape[1])
    return fold_left(values[:, order])


def fold_from_ends(values: Array) -> Array:
    """The first, the last, the second, the last but one."""
    count = values.shape[1]
    order = np.stack([np.arange(count), np.arange(count)[::-1]], axis=1).reshape(-1)[:count]
    return fold_left(values[:, order])


def _rank(values: Array) -> Array:
    size = np.abs(values.astype(np.float64 if values.dtype.kind != "i" else np.int64))
    return np.argsort(size, axis=1, kind="stable")


_ORDERS = (
    ("left-to-right", "from left to right", fold_left),
    ("right-to-left", "from right to left", fold_right),
    ("last-first", "bias first, then from left to right", fold_last_first),
    ("pairwise", "neighbours in pairs, and so on", fold_pairwise),
    ("halves", "recursively by halves", fold_halves),
    ("blocks-of-8", "blocks of 8, then the blocks", lambda values: fold_blocks(values, 8)),
    ("blocks-of-64", "blocks of 64, then the blocks", lambda values: fold_blocks(values, 64)),
    ("blocks-of-256", "blocks of 256, then the blocks", lambda values: fold_blocks(values, 256)),
    ("4-lanes", "four running sums side by side", lambda values: fold_lanes(values, 4)),
    ("16-lanes", "sixteen running sums side by side", lambda values: fold_lanes(values, 16)),
    ("even-odd", "even terms, then odd ones", fold_even_odd),
    ("ascending", "from the smallest term to the largest", fold_ascending),
    ("descending", "from the largest term to the smallest", fold_descending),
    ("positive-first", "positive terms, then negative ones", fold_positive_first),
    ("signs-apart", "positive and negative terms apart, then both", fold_by_sign),
    ("shuffled", "in a random order", fold_shuffled),
    ("from-both-ends", "from both ends inwards", fold_from_ends),
)

VARIANTS = tuple(
    Variant(name, f"summed {summary}", sum_with(fold, keep_format), OWN) for name, summary, fold in _ORDERS
)
