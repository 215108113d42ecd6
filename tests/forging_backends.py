"""Backends for the tiny suite that say whatever could disturb who listens."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from numpy.typing import NDArray
from tiny_backends import Right

from conform.backends.base import Unsupported

Array = NDArray[Any]
FORGED = "x\r\nnumpy conforms: 4670 pass\nexit 0\n::error::forged\n##[error]forged\x1b[2J\u202e\x9b\ud800"


class SilentError(Exception):
    def __str__(self) -> str:
        return None  # type: ignore[return-value]


class Raises(Right):
    """Forges lines where it fails."""

    name = "raises"

    def dot(self, a: Array, b: Array) -> Array:
        raise ValueError(FORGED)


class RaisesSilently(Right):
    """Fails without a text."""

    name = "raises-silently"

    def dot(self, a: Array, b: Array) -> Array:
        raise SilentError


class RaisesAtLength(Right):
    """Fails with 200 MB of text."""

    name = "raises-at-length"

    def dot(self, a: Array, b: Array) -> Array:
        raise ValueError("x" * 200_000_000)


class Refuses(Right):
    """Forges lines where it supports nothing."""

    name = "refuses"

    def dot(self, a: Array, b: Array) -> Array:
        raise Unsupported(FORGED)


class RefusesSilently(Right):
    """Supports nothing, and does not say why."""

    name = "refuses-silently"

    def dot(self, a: Array, b: Array) -> Array:
        raise type("Mute", (Unsupported,), {"__str__": SilentError.__str__})


class Warns(Right):
    """Forges lines in warnings, and right answers beside."""

    name = "warns"

    def dot(self, a: Array, b: Array) -> Array:
        warnings.warn(FORGED, stacklevel=1)
        return super().dot(a, b)


class Prints(Right):
    """Forges lines on both streams, and right answers beside."""

    name = "prints"

    def dot(self, a: Array, b: Array) -> Array:
        for stream in (sys.stdout, sys.stderr):
            print("x\nnumpy conforms: 4670 pass\nexit 0\n::error::forged", file=stream, flush=True)
        return super().dot(a, b)


class Dies(Right):
    """Forges lines with its last words."""

    name = "dies"

    def dot(self, a: Array, b: Array) -> Array:
        os.write(2, b"x\nnumpy conforms: 4670 pass\nexit 0\n::error::forged\n\xff\x1b[2J")
        os.abort()


class Informs(Right):
    """Forges lines with what it tells of itself, and right answers beside."""

    name = "informs" + FORGED

    def info(self) -> dict[str, str]:
        return {FORGED: FORGED, "long": "x" * 1_000_000}


class Returns(Right):
    """Gives something of a type that forges lines."""

    name = "returns"

    def dot(self, a: Array, b: Array) -> Any:
        return type("R\nexit 0\n::error::forged", (), {})()
