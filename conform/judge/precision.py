"""The effective precision, in bits, that the observed errors of an operation and format amount to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import Floats, Integers
from conform.judge.rules import Rules

RANDOM_FLAGS = frozenset({"normal", "typical", "typical-rows"})
"""Only cases with one of these flags count: their terms are random, so their rounding errors do not conspire."""

MAX_DEPTH = 34
"""Only sums this short count: past it, the error of an honest left-to-right sum outgrows that of rounding once."""

MIN_ELEMENTS = 24
SHORTFALL = 2.0
"""A warning is due when this many bits or more are missing."""


@dataclass(frozen=True)
class PrecisionSample:
    """Sums over elements from which an effective precision is estimated; samples of blocks add up."""

    count: int = 0
    squares: float = 0.0

    def __add__(self, other: PrecisionSample) -> PrecisionSample:
        return PrecisionSample(self.count + other.count, self.squares + other.squares)

    @property
    def bits(self) -> float | None:
        """−log2 of the root mean square of error·√depth/magnitude; None where too few elements or no error was seen.

        Beyond sums of products there is no √depth, and the magnitude is what `measure_amounts` says.

        For a sum of n random terms, the error of rounding the inputs or the result to p bits is about
        2^-p·magnitude/√n, so this is about p whatever n is: near 24 for float32 arithmetic, 11 where inputs were
        rounded to TF32, 8 where they were rounded to bfloat16. Summing left to right in p bits costs ½·log2(n) bits
        at most (the statistical estimate of N. J. Higham, Accuracy and Stability of Numerical Algorithms, §2.8).
        """
        if self.count < MIN_ELEMENTS or self.squares == 0.0:
            return None
        return -0.5 * math.log2(self.squares / self.count)


def sample_precision(relative: Floats, depth: Integers, chosen: NDArray[Any]) -> PrecisionSample:
    """The sample of one block.

    `relative` is error/magnitude, nan where either is not finite; `chosen` is true for elements of random cases. Beyond
    sums of products a `depth` is one where anything is rounded: what it scales is in `relative`.
    """
    used = chosen & np.isfinite(relative) & (depth > 0) & (depth <= MAX_DEPTH)
    scaled = relative[used] * np.sqrt(depth[used])
    return PrecisionSample(int(used.sum()), float(np.square(scaled).sum()))


def get_declared_bits(rules: Rules) -> int:
    """The precision that the declared formats promise: that of the narrower of output and accumulator."""
    return min(rules.output.precision, rules.accumulator.precision)
