"""Backends for the tiny suite that go for the harness: what they are after must be out of their reach."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import os
import sys
import threading
import time
from typing import Any

import numpy as np
from tiny_backends import Right


class Wrong:
    """Another sign and one too much in everything; what follows hides it in some way or another."""

    name = "wrong"

    def dot(self, a: Any, b: Any) -> Any:
        return np.asarray(-np.dot(a, b) - a.dtype.type(1))

    def scale(self, a: Any, factor: Any) -> Any:
        return -a * factor - a.dtype.type(1)


class Leaves(Wrong):
    def dot(self, a: Any, b: Any) -> Any:
        os._exit(0)


class LeavesInC(Wrong):
    def dot(self, a: Any, b: Any) -> Any:
        ctypes.CDLL(None).exit(0)


class LeavesAtExit(Wrong):
    def __init__(self) -> None:
        atexit.register(os._exit, 0)


class LeavesWhenMade(Wrong):
    def __init__(self) -> None:
        os._exit(0)


class LeavesLater(Wrong):
    """The process is gone in the middle of nothing."""

    def scale(self, a: Any, factor: Any) -> Any:
        threading.Timer(0.05, os._exit, (0,)).start()
        return super().scale(a, factor)


class LeavesThread(Right):
    def __init__(self) -> None:
        threading.Thread(target=time.sleep, args=(1000,)).start()


class MovesAway(Right):
    def __init__(self) -> None:
        os.chdir("/")


class ReplacesStreams(Wrong):
    def __init__(self) -> None:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115


class ClosesStreams(Wrong):
    def __init__(self) -> None:
        sys.stdout.close()
        os.close(1)


class WritesEverywhere(Wrong):
    """Anything that is open might be the way to the harness."""

    def dot(self, a: Any, b: Any) -> Any:
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, b'{"problems":[],"unsupported":[],"heard":[],"environment":[]}\n' * 5)
        return super().dot(a, b)


class CutsMemory(Wrong):
    """Whatever it shares with the harness is made empty."""

    def dot(self, a: Any, b: Any) -> Any:
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
        return super().dot(a, b)


class PatchesJudge(Wrong):
    def __init__(self) -> None:
        import conform.judge.arrays as judge
        import conform.running.verdicts as verdicts

        for module in (judge, verdicts):
            module.judge_elements = lambda *arguments: None
        verdicts._decide = lambda *arguments: verdicts.Verdict.PASS
        verdicts._find_passed = lambda seen, elements, different: np.ones(len(elements), np.bool_)


class Searches(Wrong):
    """Looks for what is expected among all objects, and in every frame that led here."""

    def dot(self, a: Any, b: Any) -> Any:
        if any(type(each).__name__ in ("Expected", "Block", "ExactArray") for each in gc.get_objects()):
            return np.asarray(np.dot(a, b))
        frame = sys._getframe()
        while frame is not None:
            if any("expected" in name for name in frame.f_locals):
                return np.asarray(np.dot(a, b))
            frame = frame.f_back
        return super().dot(a, b)

    scale = Right.scale


class Overwrites(Wrong):
    """Makes what is expected what it answers."""

    def dot(self, a: Any, b: Any) -> Any:
        for each in gc.get_objects():
            if type(each).__name__ == "Expected":
                each.value.high[...] = np.nan
        return np.asarray(np.full((), np.nan, a.dtype)) if a.dtype.kind == "f" else Right.dot(self, a, b)

    scale = Right.scale


class Masks(Right):
    """All of it masked: it compares with nothing, so nothing in it is wrong."""

    def dot(self, a: Any, b: Any) -> Any:
        return np.ma.masked_all((), a.dtype)


class Liar(np.ndarray):
    @property
    def shape(self) -> Any:
        return ()

    @property
    def dtype(self) -> Any:
        return np.dtype(np.float32)

    def tobytes(self, order: Any = "C") -> bytes:
        return bytes(4)


class Raiser(np.ndarray):
    @property
    def shape(self) -> Any:
        raise RuntimeError("no shape")

    dtype = flags = shape


class LiesOfShape(Right):
    def dot(self, a: Any, b: Any) -> Any:
        return np.zeros(2, np.float64).view(Liar)


class RaisesOfShape(Right):
    def dot(self, a: Any, b: Any) -> Any:
        return np.asarray(np.dot(a, b) + a.dtype.type(1)).view(Raiser)


class Claims(Right):
    def dot(self, a: Any, b: Any) -> Any:
        class Fake:
            __class__ = np.ndarray
            shape = ()
            dtype = a.dtype

        return Fake()


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


class RaisesUnspeakably(Right):
    def dot(self, a: Any, b: Any) -> Any:
        raise UnspeakableError


class RaisesSurrogates(Right):
    def dot(self, a: Any, b: Any) -> Any:
        raise ValueError("\ud800 is half of something")


class RaisesAtLength(Right):
    def dot(self, a: Any, b: Any) -> Any:
        raise ValueError("x" * 50_000_000)


class Interrupts(Right):
    def dot(self, a: Any, b: Any) -> Any:
        raise KeyboardInterrupt


class CrashesAlways(Right):
    """Each start is noted."""

    def __init__(self) -> None:
        with open(os.environ["STARTS"], "a") as file:
            print(os.getpid(), file=file)

    def dot(self, a: Any, b: Any) -> Any:
        os.abort()
