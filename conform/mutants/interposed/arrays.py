"""Arrays that tell a recorder of every array operation on them, so that a defect can be planted at one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Call:
    """One array operation of a method as it runs: its name, the function, and its arguments as plain arrays.

    The inputs of a method and its results count as operations too, of the kinds "input" and "result", which give
    what they are given.
    """

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "step"

    def run(self) -> Any:
        """What the operation gives."""
        return self.function(*self.args, **self.kwargs)

    def run_with(self, *args: Any) -> Any:
        """What it gives for other arguments."""
        return self.function(*args, **self.kwargs)


@dataclass(frozen=True)
class Step:
    """Where an operation stands in a method: its name, and how many of that name came before it."""

    name: str
    before: int = 0

    def __str__(self) -> str:
        return f"{self.name}-{self.before + 1}" if self.before else self.name


Perform = Callable[[Step, Call], Any]
"""What is done in place of an operation: gives its result."""


class Recorder:
    """Tells the operations of one call of a method apart, and has each performed."""

    def __init__(self, perform: Perform) -> None:
        self._perform = perform
        self._counts: dict[str, int] = {}

    def take(self, call: Call) -> Any:
        """The result of an operation, as arrays that tell this recorder of what is done with them."""
        before = self._counts.get(call.name, 0)
        self._counts[call.name] = before + 1
        step = Step(call.name, before)
        return self.wrap(self._perform(step, call))

    def wrap(self, value: Any) -> Any:
        """Arrays, alone or in a tuple, that tell this recorder; whatever else as it is."""
        if isinstance(value, tuple):
            return tuple(self.wrap(each) for each in value)
        if not isinstance(value, np.ndarray | np.generic):
            return value
        array = np.asarray(value).view(Interposed)
        array.recorder = self
        return array


class Interposed(np.ndarray[Any, Any]):
    """An array whose operations go through its recorder."""

    recorder: Recorder | None

    def __array_finalize__(self, parent: object) -> None:
        self.recorder = getattr(parent, "recorder", None)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None)
        recorder = _find_recorder((*inputs, out))
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        args, bare = _strip(inputs), _strip(kwargs)
        if recorder is None:
            result = getattr(ufunc, method)(*args, **bare)
        else:
            result = recorder.take(Call(name, getattr(ufunc, method), args, bare))
        if out is None:
            return result
        (place,) = out
        _strip(place)[...] = _strip(result)
        return place

    def __array_function__(
        self, function: Callable[..., Any], types: Iterable[type], args: Iterable[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        given = tuple(args)
        recorder = _find_recorder((given, kwargs))
        call = Call(function.__name__, function, _strip(given), _strip(kwargs))
        return call.run() if recorder is None else recorder.take(call)

    @property
    def T(self) -> Any:  # noqa: N802
        return self._take("transpose", np.transpose)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        target = np.dtype(dtype)
        if target == self.dtype:
            return self
        return self._take(f"astype-{target.name}", lambda array: array.astype(target))

    def __getitem__(self, key: Any) -> Any:
        index = _strip(key)
        return self._take("getitem", lambda array: array[index])

    def _take(self, name: str, function: Callable[[Array], Any]) -> Any:
        call = Call(name, function, (self.view(np.ndarray),))
        return call.run() if self.recorder is None else self.recorder.take(call)


def run_interposed(
    method: Callable[..., Any],
    inputs: Mapping[str, Array],
    attributes: Mapping[str, int],
    results: Sequence[str],
    perform: Perform,
) -> tuple[Array, ...]:
    """The results of a method, called with inputs [any shapes] whose every operation is left to `perform`.

    `results` are their names, in order. Raises whatever the method raises, and ValueError for another number of them.
    """
    recorder = Recorder(perform)
    given = {name: recorder.take(Call(name, _give, (array,), kind="input")) for name, array in inputs.items()}
    with np.errstate(all="ignore"):
        returned = method(**given, **attributes)
        several = returned if isinstance(returned, tuple) else (returned,)
        taken = [
            recorder.take(Call(f"result-{name}", _give, (_strip(each),), kind="result"))
            for name, each in zip(results, several, strict=True)
        ]
    return tuple(np.asarray(_strip(each)) for each in taken)


def _give(array: Array) -> Array:
    return array


def _find_recorder(value: Any) -> Recorder | None:
    if isinstance(value, Interposed):
        return value.recorder
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return next((found for each in value if (found := _find_recorder(each)) is not None), None)
    return None


def _strip(value: Any) -> Any:
    """The same with plain arrays in place of those that tell."""
    if isinstance(value, Interposed):
        return value.view(np.ndarray)
    if isinstance(value, tuple | list):
        return type(value)(_strip(each) for each in value)
    if isinstance(value, Mapping):
        return {name: _strip(each) for name, each in value.items()}
    return value
