"""The memory in which a block goes to the process that calls a backend, and its answers come back."""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.running.sheets import ANSWERED, Layout, Sheet

Array = NDArray[Any]
_ALIGNMENT = 64
"""Bytes, as many as a cache line has: where the inputs of a kernel begin should not depend on the cases before."""


@dataclass(frozen=True)
class Places:
    """Where everything begins: `inputs` in the order of the parameters, then a sheet for every round, and the end."""

    inputs: tuple[int, ...]
    sheets: tuple[int, ...]
    end: int


def place(inputs: Sequence[int], layout: Layout, rounds: int) -> Places:
    """The places of inputs of so many bytes each, and of so many sheets."""
    sizes = [-(-size // _ALIGNMENT) * _ALIGNMENT for size in (*inputs, *[layout.size] * rounds)]
    starts = list(accumulate(sizes, initial=0))
    return Places(tuple(starts[: len(inputs)]), tuple(starts[len(inputs) : -1]), starts[-1])


class Memory:
    """A file without a name. It is read and written by calls of the system and never mapped here.

    So nothing that the other process does to it, not even cutting it off, does more than give wrong bytes.
    """

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):
            self.descriptor = os.memfd_create("conform")
        else:
            with tempfile.TemporaryFile() as file:
                self.descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self.descriptor)

    def fill(self, places: Places, inputs: Sequence[Array], states: Sequence[NDArray[np.uint8]]) -> None:
        """Put inputs and the states of every sheet where they belong, and zeros everywhere else."""
        os.ftruncate(self.descriptor, 0)
        os.ftruncate(self.descriptor, places.end)
        for start, array in zip(places.inputs, inputs, strict=True):
            self._write(start, array)
        for number, row in enumerate(states):
            self.write_states(places, number, row)

    def write_states(self, places: Places, number: int, states: NDArray[np.uint8]) -> None:
        """Put the states of a sheet in place."""
        self._write(places.sheets[number], states)

    def read_sheets(self, places: Places, layout: Layout) -> list[Sheet]:
        """Copies of the sheets as they are now, with zeros where there is no answer.

        Most rounds are of a few cases, and what is never touched takes no time.
        """
        return [self._read_sheet(start, layout) for start in places.sheets]

    def _read_sheet(self, start: int, layout: Layout) -> Sheet:
        sheet = layout.make()
        sheet.states[:] = self._read(start, layout.count)
        answered = np.flatnonzero(sheet.states == ANSWERED)
        # Neighbours are read together.
        firsts = answered[np.flatnonzero(np.diff(answered, prepend=-2) > 1)].tolist()
        lasts = answered[np.flatnonzero(np.diff(answered, append=layout.count + 1) > 1)].tolist()
        position = start + layout.count
        for answers, bounds in zip(sheet.answers, layout.bounds, strict=True):
            for first, last in zip(firsts, lasts, strict=True):
                begin, end = bounds[first], bounds[last + 1]
                answers[begin:end] = self._read(position + begin, end - begin)
            position += len(answers)
        return sheet

    def read_states(self, places: Places, layout: Layout) -> NDArray[np.uint8]:
        """The states of all sheets, one row a sheet."""
        return np.stack([self._read(start, layout.count) for start in places.sheets])

    def _write(self, start: int, array: Array) -> None:
        data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        while data:
            written = os.pwrite(self.descriptor, data, start)
            data, start = data[written:], start + written

    def _read(self, start: int, size: int) -> NDArray[np.uint8]:
        memory = np.zeros(size, np.uint8)
        filled = 0
        while filled < size and (count := os.preadv(self.descriptor, [memory[filled:].data], start + filled)):
            filled += count
        return memory


def map_memory(descriptor: int, places: Places) -> NDArray[np.uint8]:
    """The memory of a block as the process that calls the backend has it."""
    return np.frombuffer(mmap.mmap(descriptor, places.end), np.uint8) if places.end else np.zeros(0, np.uint8)
