"""Defects of state: what one call leaves behind for the next, for its caller, or in its inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from conform.backends.base import Array
from conform.mutants.mutant import Equivalence, Mutant, Site, everywhere, has_axis
from conform.mutants.reference import FORMULAS, Inputs, ReferenceBackend, Results

_FIRST_CALLS = 8


class OverwritesInput(ReferenceBackend):
    """The largest input is used as working space."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        largest = max(inputs.values(), key=lambda array: array.size)
        largest[...] = largest + np.ones(1, largest.dtype)
        return results


class FlushesInputs(ReferenceBackend):
    """Negative zeros and whatever else compares equal to zero is overwritten with zero."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        for array in inputs.values():
            array[array == 0] = 0
        return results


class AccumulatesInPlace(ReferenceBackend):
    """The second gradient is added to the first in place, or the gradient is scaled in place."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        first = next(iter(inputs.values()))
        first[...] = results[0]
        return results


class ReturnsInput(ReferenceBackend):
    """A result that equals an input is that input."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        results = super().respond(operation, inputs)
        same = inputs["grad_output"]
        return tuple(
            same if result.shape == same.shape and index < 2 else result for index, result in enumerate(results)
        )


class ReusesBuffer(ReferenceBackend):
    """Results of one shape and format all lie in the same memory."""

    def __init__(self) -> None:
        self._buffers: dict[object, Array] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        kept = []
        for index, result in enumerate(super().respond(operation, inputs)):
            buffer = self._buffers.setdefault((operation, index, result.shape, result.dtype.name), result)
            buffer[...] = result
            kept.append(buffer)
        return tuple(kept)


class CachesByShape(ReferenceBackend):
    """The results of the first call of each shape and format are those of all later calls."""

    def __init__(self) -> None:
        self._cache: dict[object, Results] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        key = (operation, *_describe_shapes(inputs))
        if key not in self._cache:
            self._cache[key] = super().respond(operation, inputs)
        return tuple(result.copy() for result in self._cache[key])


class CachesParameters(ReferenceBackend):
    """The first parameter of each shape and format, which are often the weights, is kept for all later calls."""

    def __init__(self) -> None:
        self._cache: dict[object, Array] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        name, first = next(iter(inputs.items()))
        kept = self._cache.setdefault((operation, first.shape, first.dtype.name), first.copy())
        return super().respond(operation, inputs | {name: kept})


class AddsToLastCall(ReferenceBackend):
    """Results are added to those of the call before, if it had the same shapes and format."""

    def __init__(self) -> None:
        self._last: dict[object, Results] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        key = (operation, *_describe_shapes(inputs))
        results = super().respond(operation, inputs)
        before = self._last.get(key, tuple(np.zeros_like(result) for result in results))
        self._last[key] = tuple(old + result for old, result in zip(before, results, strict=True))
        return tuple(result.copy() for result in self._last[key])


class WrongEverySecond(ReferenceBackend):
    """Every second call misses its last element, as an unfinished copy would."""

    def __init__(self) -> None:
        self._calls = 0

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        self._calls += 1
        results = super().respond(operation, inputs)
        if self._calls % 2 == 0:
            for result in results:
                result.reshape(-1)[-1:] = 0
        return results


class WrongAtFirst(ReferenceBackend):
    """The first calls of an operation and format read memory that is not ready yet."""

    def __init__(self) -> None:
        self._calls: dict[object, int] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        key = (operation, next(iter(inputs.values())).dtype.name)
        self._calls[key] = self._calls.get(key, 0) + 1
        results = super().respond(operation, inputs)
        if self._calls[key] <= _FIRST_CALLS:
            return tuple(np.zeros_like(result) for result in results)
        return results


class WrongWhenWarm(ReferenceBackend):
    """The second call with the same inputs goes to another algorithm, which drops the last element of the result."""

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        key = (operation, *(array.tobytes() for array in inputs.values()), *_describe_shapes(inputs))
        results = super().respond(operation, inputs)
        if key in self._seen:
            for result in results:
                result.reshape(-1)[-1:] = 0
        self._seen.add(key)
        return results


class Varies(ReferenceBackend):
    """Every second call sums backwards, and not in float64 if it need not: as right, but other in the last place."""

    def __init__(self) -> None:
        self._calls = 0

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        self._calls += 1
        if self._calls % 2:
            return super().respond(operation, inputs)
        dtype = next(iter(inputs.values())).dtype
        other = np.float64 if dtype == np.float64 else np.float32
        backwards = {name: np.flip(array).astype(other) for name, array in inputs.items()}
        return tuple(np.flip(result).astype(dtype) for result in FORMULAS[operation](backwards))


class KeepsLastFormat(ReferenceBackend):
    """A call of the same sizes as the one before is computed in the format of that one."""

    def __init__(self) -> None:
        self._last: tuple[object, np.dtype[Any]] | None = None

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        dtype = next(iter(inputs.values())).dtype
        key = (operation, *(array.shape for array in inputs.values()))
        kept = dtype if self._last is None or self._last[0] != key else self._last[1]
        self._last = (key, dtype)
        with np.errstate(all="ignore"):
            results = super().respond(operation, {name: array.astype(kept) for name, array in inputs.items()})
            return tuple(result.astype(dtype) for result in results)


class CachesByAddress(ReferenceBackend):
    """The first parameter, often the weights, is packed once for each address, shape and format that it has."""

    def __init__(self) -> None:
        self._cache: dict[object, Array] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        name, first = next(iter(inputs.items()))
        key = (operation, first.ctypes.data, first.shape, first.dtype.name)
        kept = self._cache.setdefault(key, first.copy())
        return super().respond(operation, inputs | {name: kept})


class ReturnsUnwritten(ReferenceBackend):
    """Where an input has no elements, results are memory that nobody has written to."""

    def __init__(self) -> None:
        self._shapes: dict[object, tuple[tuple[int, ...], ...]] = {}

    def respond(self, operation: str, inputs: dict[str, Array]) -> Results:
        key = (operation, *_describe_shapes(inputs))
        if key in self._shapes and not all(array.size for array in inputs.values()):
            dtype = next(iter(inputs.values())).dtype
            return tuple(np.empty(shape, dtype) for shape in self._shapes[key])
        results = super().respond(operation, inputs)
        self._shapes[key] = tuple(result.shape for result in results)
        return results


def _describe_shapes(inputs: Inputs) -> tuple[object, ...]:
    return tuple((array.shape, array.dtype.name) for array in inputs.values())


def is_update(site: Site) -> bool:
    return site.operation in ("linear_gradient_accumulate", "linear_gradient_scale")


_UNREAD_FIRST = Equivalence(
    lambda site: site.operation == "linear_bias_deriv",
    "The first parameter, grad_weights, does not enter the result.",
)

MUTANTS = (
    Mutant(
        "overwrites-input",
        "an input is overwritten",
        "Used the largest input as working space.",
        OverwritesInput,
        everywhere,
    ),
    Mutant(
        "normalises-zeros",
        "negative zeros in inputs overwritten with zero",
        "Cleaned up the inputs in place.",
        FlushesInputs,
        lambda site: site.is_float,
    ),
    Mutant(
        "updates-in-place",
        "the first gradient is overwritten with the result",
        "Wrote += on the argument.",
        AccumulatesInPlace,
        is_update,
    ),
    Mutant(
        "returns-input",
        "grad_output itself returned as the bias gradient",
        "Saved a copy that the caller needs.",
        ReturnsInput,
        lambda site: site.operation in ("linear_bias_deriv", "linear_backward"),
    ),
    Mutant(
        "reuses-buffer",
        "results lie in memory that the next call overwrites",
        "Allocated the results once for each shape.",
        ReusesBuffer,
        everywhere,
    ),
    Mutant(
        "caches-by-shape",
        "results of the first call of a shape returned for ever",
        "Captured the computation together with its inputs.",
        CachesByShape,
        everywhere,
    ),
    Mutant(
        "caches-parameters",
        "first parameter of a shape kept for ever",
        "Packed the weights once, and never noticed the update.",
        CachesParameters,
        everywhere,
        equivalences=(_UNREAD_FIRST,),
    ),
    Mutant(
        "adds-to-last-call",
        "results added to those of the call before",
        "Forgot to zero the gradients.",
        AddsToLastCall,
        everywhere,
    ),
    Mutant(
        "wrong-every-second",
        "last element lost at every second call",
        "Left a race between two buffers.",
        WrongEverySecond,
        everywhere,
    ),
    Mutant(
        "wrong-at-first",
        "zeros returned by the first calls",
        "Did not wait for the first transfer.",
        WrongAtFirst,
        everywhere,
    ),
    Mutant(
        "wrong-when-repeated",
        "last element lost when the same call is repeated",
        "Replayed a recording that ends one element early.",
        WrongWhenWarm,
        everywhere,
    ),
    Mutant(
        "keeps-last-format",
        "computed in the format of the call before, where that had the same sizes",
        "Chose a plan by sizes alone.",
        KeepsLastFormat,
        everywhere,
    ),
    Mutant(
        "caches-by-address",
        "first parameter kept for as long as its address",
        "Packed the weights once, and took the address for the array.",
        CachesByAddress,
        everywhere,
        equivalences=(_UNREAD_FIRST,),
    ),
    Mutant(
        "returns-unwritten",
        "results of empty sums never written to",
        "Made the result without zeros in it, and left before the loop.",
        ReturnsUnwritten,
        has_axis,
    ),
    Mutant(
        "varies",
        "results differ from call to call in the last place",
        "Let an autotuner choose the algorithm anew for every call.",
        Varies,
        lambda site: site.is_float and site.has_axis,
        needs="deterministic",
    ),
)
