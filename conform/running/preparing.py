"""Telling a backend what its next calls look like, as far as it wants to know: the hook `prepare`."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend

Array = NDArray[Any]
_Key = tuple[str, tuple[tuple[str, tuple[int, ...], np.dtype[Any]], ...], tuple[tuple[str, int], ...]]


class Announcer:
    """Calls `prepare` wherever the next call is of another operation, other shapes, formats or attributes."""

    def __init__(self, backend: LoadedBackend) -> None:
        self._hook = backend.prepare
        self._last: _Key | None = None
        self._failure: tuple[BaseException, TracebackType | None] | None = None

    def announce(self, operation: str, inputs: Mapping[str, Array], attributes: Mapping[str, int]) -> None:
        """To be called before every call; raises what `prepare` raised, for every call that it was about."""
        if self._hook is None:
            return
        described = tuple((name, array.shape, array.dtype) for name, array in inputs.items())
        key = (operation, described, tuple(attributes.items()))
        if key != self._last:
            self._last, self._failure = key, None
            shapes = {name: shape for name, shape, _ in described}
            dtypes = {name: dtype for name, _, dtype in described}
            try:
                self._hook(operation, shapes, dtypes, **attributes)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self._failure = error, error.__traceback__
        if self._failure is not None:
            failure, trace = self._failure
            # Raising adds to the trace that an exception carries.
            raise failure.with_traceback(trace)
