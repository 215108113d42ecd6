"""Backends for the tiny suite: one that is right, and some that each go wrong in one way."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Right:
    """What the suite defines."""

    name = "right"

    def dot(self, a: Array, b: Array) -> Array:
        return np.asarray(np.dot(a, b))

    def scale(self, a: Array, factor: Array) -> Array:
        return a * factor


class AddsOne(Right):
    """One too much in every dot product."""

    name = "adds-one"

    def dot(self, a: Array, b: Array) -> Array:
        return np.asarray(np.dot(a, b) + a.dtype.type(1))


class OnlyDots:
    """One of the two operations."""

    name = "only-dots"

    def dot(self, a: Array, b: Array) -> Array:
        return np.asarray(np.dot(a, b))


class RaisesOnEmpty(Right):
    """An exception where there are no terms."""

    name = "raises-on-empty"

    def dot(self, a: Array, b: Array) -> Array:
        if not a.size:
            raise ValueError("[bold]no terms[/bold]")
        return np.asarray(np.dot(a, b))


class Interrupts(Right):
    """Right until it is asked to scale; then the run is told to end by the signal of a cancelled job."""

    name = "interrupts"

    def scale(self, a: Array, factor: Array) -> Array:
        os.kill(os.getppid(), signal.SIGTERM)
        time.sleep(60)
        return a * factor


class Flushes(Right):
    """Declares what it need not."""

    name = "flushes"
    subnormals = "flush"
