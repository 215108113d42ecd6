"""The rounds of calls: which cases are called in each, with what inputs, and what comes before a call.

All but the first two are of a few cases, chosen by what is asked alone: what a backend answers has no say in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend
from conform.bits import view_bits
from conform.formats import Format, get_format
from conform.running.inputs import (
    copy_contiguous,
    copy_each,
    find_changed_inputs,
)
from conform.running.layouts import LAYOUTS, USUAL, repeat
from conform.running.preparing import Announcer
from conform.suite import Questions

Array = NDArray[Any]

FIRST = "first"
REPEAT = "repeat"
"""In the opposite order, so that what a call leaves behind meets other calls."""
STRIDED = "non-contiguous"
"""In other layouts; of all cases if that is asked for."""
REFILLED = "refilled"
"""Two cases of equal sizes one after the other in the same memory: same addresses, other values."""
OTHER_FORMAT = "after another format"
"""Each after a call of equal sizes in another format, of which nothing is asked."""
PAYLOADS = "nan payloads"
"""With other bits for nan: the least, the greatest, quiet and signalling, of both signs."""

ROUNDS = (FIRST, REPEAT, STRIDED, REFILLED, OTHER_FORMAT, PAYLOADS)

_STRIDED = 2
"""So many cases of each layout."""
_PAIRS = 3
_OTHERS = 6
_NANS = 8
_MODERATE = 1 << 12
"""Cases of more elements of input are passed over where there are others: what these rounds find is in any of them."""
_FORMATS = ("float8_e5m2", "bfloat16", "int32", "float16", "float32")
"""Other formats; the first that a backend supports, and does not raise for, is taken.

One that few vectors have comes first, for whatever is wrong with the first calls in a format must meet a judge, and
then those in which the loss shows most.
"""


@dataclass(frozen=True)
class Arrangement:
    """How the calls of a round are made.

    `prepare` is called with a case before its call, which gets `arguments`, and `find_changed` after all of them: it
    gives the cases whose inputs are not what they were, each with the name of a parameter. `memory` is what results
    must not share.
    """

    order: Sequence[int]
    arguments: Mapping[int, dict[str, Array]]
    memory: tuple[Array, ...]
    find_changed: Callable[[], Mapping[int, str]]
    prepare: Callable[[int], None] | None = None


def choose_cases(labels: Iterable[str], questions: Questions, whole: bool) -> list[NDArray[np.bool_]]:
    """The cases that each round is about; `whole` says that the one in other layouts is about all."""
    large = _find_large(questions)
    rows = []
    for label in labels:
        chosen = np.zeros(len(questions.cases), np.bool_)
        if label in (FIRST, REPEAT) or (label == STRIDED and whole):
            chosen[:] = True
        elif label == STRIDED:
            for number in range(len(USUAL)):
                chosen[_thin(large[large % len(USUAL) == number], _STRIDED)] = True
            chosen[_thin(_find_constant(questions), _STRIDED)] = True
        elif label == REFILLED:
            for pair in _thin(_find_pairs(questions, large), _PAIRS):
                chosen[list(pair)] = True
        elif label == OTHER_FORMAT:
            chosen[_thin(large, _OTHERS)] = True
        elif label == PAYLOADS:
            chosen[_thin(_find_nans(questions), _NANS)] = True
        rows.append(chosen)
    return rows


def arrange(
    label: str,
    questions: Questions,
    cases: Sequence[int],
    backend: LoadedBackend,
    whole: bool,
    announcer: Announcer,
) -> Arrangement:
    """The calls of a round for some of its cases."""
    if not cases:
        return Arrangement((), {}, (), dict)
    if label == REFILLED:
        refill = _Refill(questions, cases)
        return Arrangement(refill.order, refill.arguments, refill.memory, refill.find_changed, refill.prepare)
    if label == STRIDED:
        layouts = LAYOUTS if whole else USUAL
        constant = set(_find_constant(questions).tolist())

        def lay_out(array: Array, case: int, number: int) -> Array:
            return (repeat if case in constant else layouts[(case + number) % len(layouts)])(array)

        copies = copy_each(questions, cases, lay_out)
    elif label in (FIRST, REPEAT):
        copies = copy_contiguous(questions, cases)
    else:
        questions = _vary_nans(questions) if label == PAYLOADS else questions
        copies = copy_each(questions, cases, lambda array, case, number: array.copy())
    return Arrangement(
        cases[::-1] if label == REPEAT else cases,
        copies.arguments,
        copies.memory,
        lambda: find_changed_inputs(questions, copies),
        _call_otherwise(questions, backend, announcer) if label == OTHER_FORMAT else None,
    )


class _Refill:
    """One place in memory for all cases of the same sizes, filled anew before every call."""

    def __init__(self, questions: Questions, cases: Sequence[int]) -> None:
        self._questions = questions
        self._changed: dict[int, str] = {}
        self._held: dict[tuple[tuple[str, int], ...], int] = {}
        places: dict[tuple[tuple[str, int], ...], dict[str, Array]] = {}
        self._keys = {case: tuple(questions.cases[case].scope.items()) for case in cases}
        for case in cases:
            if self._keys[case] not in places:
                inputs = questions.get_inputs(case).items()
                places[self._keys[case]] = {name: np.empty_like(array) for name, array in inputs}
        self.order = sorted(cases, key=lambda case: (self._keys[case], case))
        self.arguments = {case: places[self._keys[case]] for case in cases}
        self.memory = tuple(array for place in places.values() for array in place.values())

    def prepare(self, case: int) -> None:
        key = self._keys[case]
        self._check(key)
        self._held[key] = case
        for name, array in self._questions.get_inputs(case).items():
            self.arguments[case][name][...] = array

    def find_changed(self) -> dict[int, str]:
        for key in list(self._held):
            self._check(key)
        return self._changed

    def _check(self, key: tuple[tuple[str, int], ...]) -> None:
        case = self._held.pop(key, None)
        if case is not None:
            for name, array in self._questions.get_inputs(case).items():
                if self.arguments[case][name].tobytes() != array.tobytes():
                    self._changed.setdefault(case, name)


def _call_otherwise(questions: Questions, backend: LoadedBackend, announcer: Announcer) -> Callable[[int], None] | None:
    """A call of equal sizes in another format, which may do what it likes."""
    operation, name = questions.operation.name, questions.format.name
    others = [each for each in _FORMATS if each != name and backend.declaration.supports(operation, each)]

    def call(case: int) -> None:
        shapes = {name: array.shape for name, array in questions.get_inputs(case).items()}
        while others:
            dtype = get_format(others[0]).dtype
            given: dict[str, Any] = {name: _count_up(shape).astype(dtype) for name, shape in shapes.items()}
            try:
                announcer.announce(operation, given, questions.cases[case].attributes)
                if backend.to_native is not None:
                    given = {name: backend.to_native(array) for name, array in given.items()}
                backend.methods[operation](**given, **questions.cases[case].attributes)
            except KeyboardInterrupt:
                raise
            except BaseException:
                # What it cannot do in that format is for the cases of that format to find out.
                del others[0]
            else:
                return

    return call if others else None


def _count_up(shape: tuple[int, ...]) -> Array:
    """Small numbers that are not those of any case but by chance."""
    return (np.arange(int(np.prod(shape, dtype=np.int64))) % 7 + 2).reshape(shape)


def _vary_nans(questions: Questions) -> Questions:
    """The questions with other bits for nan, the same throughout a case, and others from one to the next."""
    patterns = _list_nans(questions.format)
    ranks = np.zeros(len(questions.cases), np.intp)
    found = _find_nans(questions)
    ranks[found] = np.arange(len(found))
    inputs: dict[str, Array] = {}
    for name, values in questions.inputs.items():
        varied = values.copy()
        places = np.flatnonzero(np.isnan(varied))
        cases = np.searchsorted(questions.input_offsets[name], places, side="right") - 1
        view_bits(varied)[places] = patterns[ranks[cases] % len(patterns)]
        inputs[name] = varied
    return replace(questions, inputs=inputs)


def _list_nans(target: Format) -> NDArray[Any]:
    """The bits of nan: with the least payload, half of the time, with the greatest, and quiet, of both signs.

    IEEE 754, section 6.2.1: the first bit of the significand says that a nan is quiet. The least is what is lost most
    easily: cut off, it leaves an infinity.
    """
    width = 8 * target.dtype.itemsize
    stored = target.precision - 1
    infinity = (1 << width - 1) - (1 << stored)
    least, greatest, quiet = infinity | 1, infinity | (1 << stored) - 1, infinity | 1 << stored - 1
    minus = 1 << width - 1
    found = [least, minus | least, greatest, least, quiet, minus | least, minus | greatest, minus | quiet]
    return np.array(found, np.uint64).astype(f"u{width // 8}")


def _find_large(questions: Questions) -> NDArray[np.intp]:
    """The cases of moderate size in which no size is less than two, or else those with the greatest least size."""
    least = np.array([min(case.sizes.values(), default=1) for case in questions.cases], np.int64)
    least[~_are_moderate(questions)] = -1
    return np.flatnonzero(least >= min(2, int(least.max(initial=1))))


def _are_moderate(questions: Questions) -> NDArray[np.bool_]:
    """Which cases are of moderate size; all where none is."""
    counts = np.sum([np.diff(offsets) for offsets in questions.input_offsets.values()], axis=0)
    moderate: NDArray[np.bool_] = counts <= _MODERATE
    return moderate if moderate.any() else ~moderate


def _find_pairs(questions: Questions, large: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Neighbours among the cases of equal sizes, a pair for every size."""
    groups: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for case in large.tolist():
        groups.setdefault(tuple(questions.cases[case].scope.items()), []).append(case)
    return [(first, second) for cases in groups.values() for first, second in list(pairwise(cases))[:1]]


def _find_constant(questions: Questions) -> NDArray[np.intp]:
    """Cases of which an input can be had by a stride of zero: all its bits are the same; or else of one element a row.

    Every third of them, so that the others keep layouts of their own.
    """
    found = np.zeros(len(questions.cases), np.bool_)
    for parameter in questions.operation.parameters:
        offsets, bits = questions.input_offsets[parameter.name], view_bits(questions.inputs[parameter.name])
        able = np.flatnonzero(np.diff(offsets) > 1)
        if len(able) and parameter.shape:
            # What is left out in between, of one element or none, is added to the case before.
            least, greatest = (each.reduceat(bits, offsets[able]) for each in (np.minimum, np.maximum))
            found[able[least == greatest]] = True
    if not found.any():
        found[:] = [1 in case.sizes.values() and min(case.sizes.values()) > 0 for case in questions.cases]
    return np.flatnonzero(found & _are_moderate(questions))[::3]


def _find_nans(questions: Questions) -> NDArray[np.intp]:
    found = np.zeros(len(questions.cases), np.bool_)
    if not questions.format.is_integer and questions.format.has_infinity:
        for name, values in questions.inputs.items():
            places = np.flatnonzero(np.isnan(values))
            found[np.searchsorted(questions.input_offsets[name], places, side="right") - 1] = True
    return np.flatnonzero(found)


def _thin(found: Any, count: int) -> list[Any]:
    """At most so many, from the first to the last at equal distances."""
    listed: Iterable[Any] = found.tolist() if isinstance(found, np.ndarray) else found
    every = list(listed)
    if len(every) <= count:
        return every
    return [every[i * (len(every) - 1) // (count - 1)] for i in range(count)]
