"""Calling a backend on every case of a block, and taking down its answers before anything else can change them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.base import CallError, Unsupported
from conform.backends.check import LoadedBackend, is_refusal
from conform.results import Problem, Rule
from conform.running.inputs import list_shapes
from conform.running.layouts import get_filler
from conform.running.preparing import Announcer
from conform.running.rounds import Arrangement
from conform.running.sheets import ANSWERED, CALLED, TURNED_DOWN, Sheet, list_offsets, read_answers
from conform.suite import Questions
from conform.texts import describe_exception, describe_frames, name_type_fully, read_text

Array = NDArray[Any]
_STAINS = 3
"""More pieces of memory than one call takes before it makes its result."""

take_bytes = np.ndarray.tobytes
"""The elements of an array in row-major order; those of a subclass as well, whatever it makes of its own method."""
_view_plainly = np.ndarray.view
_get_shape = np.ndarray.shape.__get__
_get_dtype = np.ndarray.dtype.__get__

_REFUSING = re.compile("not ?(yet )?(implemented|supported)|un(implemented|supported)", re.IGNORECASE)
_HINT = "If this case is not supported, list what is raised in the backend's `not_implemented`: it is counted as that."


@dataclass(frozen=True)
class Round:
    """One call of each of some cases.

    `answers` holds the results by name, flat over the whole block, with zeros for a case that `answered` says gave no
    acceptable answer. `held` are the arrays that the calls returned, kept alive so that sharing and later changes
    show; there are none where the calls were another process's. `problems` and `unsupported` are by case.
    """

    label: str
    answered: NDArray[np.bool_]
    answers: Mapping[str, Array]
    held: Mapping[int, tuple[Array, ...]]
    problems: Mapping[int, tuple[Problem, ...]]
    unsupported: Mapping[int, str]


@dataclass(frozen=True)
class Plan:
    """What the calls of a block need to know of it.

    `order` are the cases, those of equal sizes and attributes one after the other; `hollow` those with an input of no
    elements.
    """

    questions: Questions
    order: NDArray[np.intp]
    names: tuple[str, ...]
    shapes: tuple[tuple[tuple[int, ...], ...], ...]
    offsets: tuple[tuple[int, ...], ...]
    hollow: frozenset[int]


def plan_calls(questions: Questions) -> Plan:
    """The shapes of the results of every case, and where each result lies in its flat array."""
    results = questions.operation.results
    shapes = tuple(zip(*(list_shapes(questions, result) for result in results), strict=True))
    offsets = tuple(tuple(each.tolist()) for each in list_offsets(questions, results))
    empty = [np.diff(each) == 0 for each in questions.input_offsets.values()]
    hollow = frozenset(np.flatnonzero(np.any(empty, axis=0)).tolist()) if empty else frozenset()
    ranks: dict[tuple[tuple[str, int], ...], int] = {}
    groups = [ranks.setdefault(tuple(case.scope.items()), len(ranks)) for case in questions.cases]
    order = np.argsort(groups, kind="stable")
    return Plan(questions, order, tuple(result.name for result in results), shapes, offsets, hollow)


def call_cases(
    plan: Plan,
    backend: LoadedBackend,
    arrangement: Arrangement,
    label: str,
    sheet: Sheet,
    advance: Callable[[int], None],
    announcer: Announcer,
) -> Round:
    """Call the backend as it is arranged, once for every case, and take its answers down on `sheet`.

    It may do with its inputs what it likes. Whatever a call raises is a problem of its case alone; only
    KeyboardInterrupt leaves.
    """
    operation = plan.questions.operation.name
    method = backend.methods[operation]
    to_native = backend.to_native
    dtype = plan.questions.format.dtype
    width = dtype.itemsize
    states = sheet.states.data
    places = [(data.data, offsets) for data, offsets in zip(sheet.answers, plan.offsets, strict=True)]
    held: dict[int, tuple[Array, ...]] = {}
    problems: dict[int, tuple[Problem, ...]] = {}
    unsupported: dict[int, str] = {}
    order, arguments, prepare = arrangement.order, arrangement.arguments, arrangement.prepare
    cases = plan.questions.cases if plan.questions.operation.attributes else None
    for case in order:
        advance(1)
        states[case] = CALLED
        if prepare is not None:
            prepare(case)
        given: Mapping[str, Any] = arguments[case]
        if case in plan.hollow:
            stain_heap(plan.shapes[case], dtype)
        try:
            if backend.prepare is not None:
                announcer.announce(operation, arguments[case], plan.questions.cases[case].attributes)
            if to_native is not None:
                given = {name: to_native(array) for name, array in given.items()}
            if cases is not None:
                given = {**given, **cases[case].attributes}
            returned = method(**given)
            arrays = _convert(returned, plan, backend)
            if not _are_due(arrays, plan.shapes[case], dtype):
                problems[case] = _find_faults(arrays, plan, case, label)
                states[case] = TURNED_DOWN
                continue
            for (memory, offsets), array in zip(places, arrays, strict=True):
                memory[width * offsets[case] : width * offsets[case + 1]] = take_bytes(array)
        except Unsupported as reason:
            unsupported[case] = read_text(reason)
            states[case] = TURNED_DOWN
            continue
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if is_refusal(error, backend.not_implemented):
                unsupported[case] = describe_exception(error)
            else:
                problems[case] = (_describe_exception(error, label),)
            states[case] = TURNED_DOWN
            continue
        states[case] = ANSWERED
        held[case] = tuple([each if type(each) is np.ndarray else _view_plainly(each, np.ndarray) for each in arrays])
    return Round(label, sheet.answered, read_answers(sheet, dtype, plan.names), held, problems, unsupported)


def stain_heap(shapes: Sequence[tuple[int, ...]], dtype: np.dtype[Any]) -> None:
    """Leave memory of the sizes of results full of what shows, for a kernel that never writes to it to return."""
    made = [np.full(shape, get_filler(dtype), dtype) for shape in shapes for _ in range(_STAINS)]
    made.clear()


def _convert(returned: Any, plan: Plan, backend: LoadedBackend) -> tuple[Any, ...]:
    """What a call returned as a tuple, each part in numpy if the backend says how."""
    parts: Iterable[Any] = returned if isinstance(returned, tuple | list) else (returned,)
    if isinstance(returned, list) and len(plan.names) == 1:
        parts = (returned,)
    if backend.to_numpy is not None:
        return tuple([backend.to_numpy(part) for part in parts])
    return tuple(parts)


def _are_due(arrays: tuple[Any, ...], shapes: tuple[tuple[int, ...], ...], dtype: np.dtype[Any]) -> bool:
    if len(arrays) != len(shapes):
        return False
    for array, shape in zip(arrays, shapes, strict=True):
        # What an array of numpy's own says of itself is so; asking it directly is faster.
        if type(array) is np.ndarray:
            if array.shape != shape or array.dtype != dtype:
                return False
        elif not is_array(array) or _get_shape(array) != shape or _get_dtype(array) != dtype:
            return False
    return True


def is_array(value: Any) -> bool:
    """Whether it really is an array, whatever class it claims; what is masked is no number, and no array of numbers."""
    if type(value) is np.ndarray:
        return True
    bases = type.__dict__["__mro__"].__get__(type(value))
    # An array can only be masked once the module is there, which takes long to import.
    masked = sys.modules.get("numpy.ma")
    return np.ndarray in bases and (masked is None or masked.MaskedArray not in bases)


def _find_faults(arrays: tuple[Any, ...], plan: Plan, case: int, label: str) -> tuple[Problem, ...]:
    if len(arrays) != len(plan.names):
        wanted = ", ".join(plan.names)
        message = f"returned {len(arrays)} results; {len(plan.names)} are due: {wanted}"
        return (Problem(Rule.RESULTS, message, label),)
    dtype = plan.questions.format.dtype
    found: tuple[Problem, ...] = ()
    for array, name, shape in zip(arrays, plan.names, plan.shapes[case], strict=True):
        found += _describe_fault(array, name, shape, dtype, label)
    return found


def _describe_fault(
    array: Any, name: str, shape: tuple[int, ...], dtype: np.dtype[Any], label: str
) -> tuple[Problem, ...]:
    if not is_array(array):
        message = f"{name} is a {name_type_fully(array)}, not a numpy array"
        hint = "A backend with arrays of its own defines to_native and to_numpy."
        return (Problem(Rule.RESULTS, message, label, detail=hint),)
    found = []
    if _get_shape(array) != shape:
        found.append(Problem(Rule.SHAPE, f"{name} has the shape {_get_shape(array)}, not {shape}", label))
    if _get_dtype(array) != dtype:
        found.append(Problem(Rule.DTYPE, f"{name} is {_get_dtype(array)}, not {dtype}", label))
    return tuple(found)


def _describe_exception(error: BaseException, label: str) -> Problem:
    # By its type alone: what an exception says of its class is as much its own as its text.
    if issubclass(type(error), CallError):
        detail = BaseException.__getattribute__(error, "__dict__").get("detail")
        return Problem(Rule.RAISED, read_text(error), label, detail=detail if type(detail) is str else None)
    message = describe_exception(error)
    detail = [each for each in (describe_frames(error), *[_HINT] * bool(_REFUSING.search(message))) if each]
    return Problem(Rule.RAISED, message, label, detail="\n".join(detail) or None)
