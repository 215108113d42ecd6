"""Calling a backend on every case of a block, and taking down its answers before anything else can change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.base import CallError, Unsupported
from conform.backends.check import LoadedBackend
from conform.results import Problem, Rule
from conform.running.inputs import list_shapes
from conform.suite import Block
from conform.texts import describe_exception, describe_frames, name_type_fully, read_text

Array = NDArray[Any]
Arguments = dict[str, Array]

take_bytes = np.ndarray.tobytes
"""The elements of an array in row-major order; those of a subclass as well, whatever it makes of its own method."""


@dataclass(frozen=True)
class Round:
    """One call of each of some cases.

    `answers` holds the results by name, flat over the whole block, with zeros for a case that `answered` says gave no
    acceptable answer. `held` are the arrays that the calls returned, kept alive so that sharing and later changes
    show. `problems` and `unsupported` are by case.
    """

    label: str
    order: tuple[int, ...]
    answered: NDArray[np.bool_]
    answers: Mapping[str, Array]
    held: Mapping[int, tuple[Array, ...]]
    problems: Mapping[int, tuple[Problem, ...]]
    unsupported: Mapping[int, str]


@dataclass(frozen=True)
class Plan:
    """What the calls of a block need to know of it, worked out once."""

    block: Block
    names: tuple[str, ...]
    shapes: tuple[tuple[tuple[int, ...], ...], ...]
    offsets: tuple[tuple[int, ...], ...]


def plan_calls(block: Block) -> Plan:
    """The shapes of the results of every case, and where each result lies in its flat array."""
    results = block.operation.results
    shapes = tuple(zip(*(list_shapes(block, result) for result in results), strict=True))
    offsets = tuple(tuple(block.expected[result.name].offsets.tolist()) for result in results)
    return Plan(block, tuple(result.name for result in results), shapes, offsets)


def call_cases(
    plan: Plan,
    backend: LoadedBackend,
    arguments: Mapping[int, Arguments],
    order: Sequence[int],
    label: str,
    advance: Callable[[int], None],
) -> Round:
    """Call the backend once for every case of `order`, in that order.

    `arguments` are the inputs of each case, which the backend may do with what it likes. Whatever a call raises is a
    problem of its case alone; only KeyboardInterrupt leaves.
    """
    method = backend.methods[plan.block.operation.name]
    to_native = backend.to_native
    dtype = plan.block.format.dtype
    taken: list[list[bytes | None]] = [[None] * len(plan.block.cases) for _ in plan.names]
    answered = np.zeros(len(plan.block.cases), np.bool_)
    held: dict[int, tuple[Array, ...]] = {}
    problems: dict[int, tuple[Problem, ...]] = {}
    unsupported: dict[int, str] = {}
    for done, case in enumerate(order):
        if done % 64 == 63:
            advance(64)
        given: Mapping[str, Any] = arguments[case]
        try:
            if to_native is not None:
                given = {name: to_native(array) for name, array in given.items()}
            returned = method(**given)
            arrays = _convert(returned, plan, backend)
        except Unsupported as reason:
            unsupported[case] = read_text(reason)
            continue
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            problems[case] = (_describe_exception(error, label),)
            continue
        if not _are_due(arrays, plan.shapes[case], dtype):
            problems[case] = _find_faults(arrays, plan, case, label)
            continue
        for pieces, array in zip(taken, arrays, strict=True):
            pieces[case] = take_bytes(array)
        held[case] = arrays
        answered[case] = True
    advance(len(order) % 64)
    answers = {
        name: _join(pieces, offsets, dtype)
        for name, pieces, offsets in zip(plan.names, taken, plan.offsets, strict=True)
    }
    return Round(label, tuple(order), answered, answers, held, problems, unsupported)


def _convert(returned: Any, plan: Plan, backend: LoadedBackend) -> tuple[Any, ...]:
    """What a call returned as a tuple, each part in numpy if the backend says how."""
    parts: Iterable[Any] = returned if isinstance(returned, tuple | list) else (returned,)
    if isinstance(returned, list) and len(plan.names) == 1:
        parts = (returned,)
    if backend.to_numpy is not None:
        return tuple([backend.to_numpy(part) for part in parts])
    return tuple(parts)


def _join(pieces: Sequence[bytes | None], offsets: Sequence[int], dtype: np.dtype[Any]) -> Array:
    """The bytes of all cases as one flat array, with zeros for the cases that have none."""
    if None in pieces:
        lengths = pairwise(offsets)
        filled = [
            bytes((stop - start) * dtype.itemsize) if piece is None else piece
            for piece, (start, stop) in zip(pieces, lengths, strict=True)
        ]
        return _join(filled, offsets, dtype)
    data = b"".join(piece for piece in pieces if piece)
    return np.frombuffer(data, np.uint8).view(dtype) if data else np.zeros(0, dtype)


def _are_due(arrays: tuple[Any, ...], shapes: tuple[tuple[int, ...], ...], dtype: np.dtype[Any]) -> bool:
    if len(arrays) != len(shapes):
        return False
    for array, shape in zip(arrays, shapes, strict=True):
        if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != dtype:
            return False
    return True


def _find_faults(arrays: tuple[Any, ...], plan: Plan, case: int, label: str) -> tuple[Problem, ...]:
    if len(arrays) != len(plan.names):
        wanted = ", ".join(plan.names)
        message = f"returned {len(arrays)} results; {len(plan.names)} are due: {wanted}"
        return (Problem(Rule.RESULTS, message, label),)
    dtype = plan.block.format.dtype
    found: tuple[Problem, ...] = ()
    for array, name, shape in zip(arrays, plan.names, plan.shapes[case], strict=True):
        found += _describe_fault(array, name, shape, dtype, label)
    return found


def _describe_fault(
    array: Any, name: str, shape: tuple[int, ...], dtype: np.dtype[Any], label: str
) -> tuple[Problem, ...]:
    if not isinstance(array, np.ndarray):
        message = f"{name} is a {name_type_fully(array)}, not a numpy array"
        hint = "A backend with arrays of its own defines to_native and to_numpy."
        return (Problem(Rule.RESULTS, message, label, detail=hint),)
    found = []
    if array.shape != shape:
        found.append(Problem(Rule.SHAPE, f"{name} has the shape {array.shape}, not {shape}", label))
    if array.dtype != dtype:
        found.append(Problem(Rule.DTYPE, f"{name} is {array.dtype}, not {dtype}", label))
    return tuple(found)


def _describe_exception(error: BaseException, label: str) -> Problem:
    # By its type alone: what an exception says of its class is as much its own as its text.
    if issubclass(type(error), CallError):
        detail = BaseException.__getattribute__(error, "__dict__").get("detail")
        return Problem(Rule.RAISED, read_text(error), label, detail=detail if type(detail) is str else None)
    return Problem(Rule.RAISED, describe_exception(error), label, detail=describe_frames(error) or None)
