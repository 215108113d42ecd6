"""Where the answers of a round are taken down: bytes that another process can read, whatever becomes of this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import Integers
from conform.running.inputs import list_lengths
from conform.suite import Parameter, Questions

Array = NDArray[Any]

OPEN, CALLED, ANSWERED, TURNED_DOWN, LEFT_OUT = range(5)
"""What has become of a case in a round. It is CALLED until the call is over, so that a crash shows where it came about;
TURNED_DOWN says that there is no acceptable answer, and LEFT_OUT that it is not to be called."""


@dataclass(frozen=True)
class Sheet:
    """The answers of one round: a state for every case, and the bytes of every result, flat over all the cases."""

    states: NDArray[np.uint8]
    answers: tuple[NDArray[np.uint8], ...]

    @property
    def answered(self) -> NDArray[np.bool_]:
        answered: NDArray[np.bool_] = self.states == ANSWERED
        return answered


@dataclass(frozen=True)
class Layout:
    """How many bytes the answers of a round take: `count` states, then every result in its order.

    `bounds` are, of every result, where each case begins in its bytes, and where the last one ends.
    """

    count: int
    bounds: tuple[tuple[int, ...], ...]

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(each[-1] for each in self.bounds)

    @property
    def size(self) -> int:
        return self.count + sum(self.widths)

    def divide(self, memory: NDArray[np.uint8]) -> Sheet:
        """The sheet in `size` bytes of memory."""
        bounds = np.cumsum([self.count, *self.widths]).tolist()
        pieces = [memory[start:stop] for start, stop in pairwise(bounds)]
        return Sheet(memory[: self.count], tuple(pieces))

    def make(self) -> Sheet:
        """A sheet in memory of its own, with nothing on it."""
        return self.divide(np.zeros(self.size, np.uint8))


def lay_out(questions: Questions) -> Layout:
    """The layout of a round of calls."""
    width = questions.format.dtype.itemsize
    bounds = [tuple((width * each).tolist()) for each in list_offsets(questions, questions.operation.results)]
    return Layout(len(questions.cases), tuple(bounds))


def list_offsets(questions: Questions, parameters: Sequence[Parameter]) -> tuple[Integers, ...]:
    """Where each of some parameters or results begins in every case, in elements, and where the last one ends."""
    return tuple(
        np.concatenate([np.zeros(1, np.int64), np.cumsum(list_lengths(questions, each))]) for each in parameters
    )


def read_answers(sheet: Sheet, dtype: np.dtype[Any], names: Sequence[str]) -> dict[str, Array]:
    """The results by name, flat over all the cases, as elements; there are zeros where there is no answer."""
    return {name: data.view(dtype) for name, data in zip(names, sheet.answers, strict=True)}
