"""The interface of a backend: what one must have, what it may have, and a base class with the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from conform.backends.options import Option, OptionValue

Array = NDArray[Any]


@runtime_checkable
class Backend(Protocol):
    """An implementation under test: a module, a class or an instance with a `name`.

    It has a method for every operation that it implements, called with keyword arguments named as in the manifest.
    A method returns one array, or a tuple of arrays where the operation has several results, in the manifest's order.
    What else it may have is in BackendBase, which it need not derive from.
    """

    name: str


class Unsupported(Exception):  # noqa: N818  # a verdict of its own, not an error
    """Raised by a backend for a case that it does not claim to support; the message says why."""


class CallError(Exception):
    """Raised by a backend that stands for another process; `detail` is shown in place of a traceback."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.detail = detail


class BackendBase:
    """A backend's optional parts, each with its default.

    `accumulates`, `addends`, `subnormals`, `functions`, `dtypes`, `empty` and `overrides` declare its arithmetic, as in
    `conform.declaration.Declaration`. `not_implemented` lists what it raises for a case that it does not support:
    exception classes, and texts that stand in `Type: message`. `options` are the keyword arguments that its class
    accepts.
    """

    name: str
    accumulates: Mapping[str, str] = {}
    addends: str | Mapping[str, str] = "summed"
    subnormals: str | Mapping[str, str] = "keep"
    functions: Mapping[str, Any] = {}
    empty: str = "supported"
    dtypes: Sequence[str] | None = None
    overrides: Mapping[str, Mapping[str, Any]] = {}
    not_implemented: Sequence[type[BaseException] | str] = ()
    options: ClassVar[Mapping[str, Option]] = {}

    def to_native(self, array: Array) -> Any:
        """The backend's own array with the values and the shape of a numpy array that the caller owns."""
        return array

    def to_numpy(self, native: Any) -> Array:
        """The numpy array with the values, the shape and the dtype of one of the backend's own."""
        return np.asarray(native)

    def prepare(
        self,
        operation: str,
        shapes: Mapping[str, tuple[int, ...]],
        dtypes: Mapping[str, np.dtype[Any]],
        **attributes: int,
    ) -> None:
        """Get ready for calls of an operation with inputs of these shapes and formats, by the names of its parameters.

        It is called before a call that differs in any of them from the call before, and calls that do not differ come
        one after the other. So a compiler compiles here, or lets go of what it has compiled. The time that it takes is
        that of the first of these calls. What it raises is the verdict on all of them, as if each had raised it.
        """

    def info(self) -> Mapping[str, str]:
        """Versions, devices and settings, for the provenance of a report."""
        return {}

    def close(self) -> None:
        """Give back what the backend holds; called once, when the run is over."""


KNOWN_ATTRIBUTES = (
    "name",
    "accumulates",
    "addends",
    "subnormals",
    "functions",
    "dtypes",
    "empty",
    "overrides",
    "not_implemented",
    "options",
    "to_native",
    "to_numpy",
    "prepare",
    "info",
    "close",
)
"""What a backend's attributes may be called, beside its operations."""

__all__ = [
    "KNOWN_ATTRIBUTES",
    "Array",
    "Backend",
    "BackendBase",
    "CallError",
    "Option",
    "OptionValue",
    "Unsupported",
]
