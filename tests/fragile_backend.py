"""Backends that fail in ways from which only a process of their own protects, where the factor is 13."""

import asyncio
import ctypes
import os
import sys
import time
from typing import ClassVar

import numpy as np

from conform.backends.base import BackendBase, Unsupported


class Fragile(BackendBase):
    name = "fragile"
    dtypes = ("float64",)
    accumulates: ClassVar = {"float16": "float32"}
    subnormals = "flush"

    def linear_gradient_scale(self, grad, scale_factor):
        if scale_factor == 13:
            self._misbehave(grad)
        return grad * scale_factor

    def info(self):
        return {"process": str(os.getpid())}


class Segfault(Fragile):
    def _misbehave(self, grad):
        print("about to die", file=sys.stderr, flush=True)
        # The first page of memory belongs to nobody.
        ctypes.string_at(0)


class Abort(Fragile):
    def _misbehave(self, grad):
        os.abort()


class Hang(Fragile):
    def _misbehave(self, grad):
        time.sleep(1000)


class Leave(Fragile):
    def _misbehave(self, grad):
        os._exit(0)


class Exit(Fragile):
    def _misbehave(self, grad):
        sys.exit("enough")


class Cancel(Fragile):
    def _misbehave(self, grad):
        raise asyncio.CancelledError("nobody waits")


class Raise(Fragile):
    def _misbehave(self, grad):
        raise ArithmeticError("thirteen")


class Reject(Fragile):
    def _misbehave(self, grad):
        raise Unsupported("no thirteens")


class Overwrite(Fragile):
    def _misbehave(self, grad):
        grad[...] = 0


class Chatty(Fragile):
    """Prints where messages belong, from Python, from C, and from a child; that must disturb nothing."""

    def _misbehave(self, grad):
        print("a line on the standard output")
        os.write(1, b"and one past Python\n")
        os.system("echo and one of a child; cat")


class NoArray(Fragile):
    def linear_gradient_scale(self, grad, scale_factor):
        return (grad * scale_factor).tolist() if scale_factor == 13 else grad * scale_factor


class WrongDtype(Fragile):
    def linear_gradient_scale(self, grad, scale_factor):
        return (grad * scale_factor).astype(np.float32 if scale_factor == 13 else grad.dtype)


class Complex(Fragile):
    def linear_gradient_scale(self, grad, scale_factor):
        return (grad * scale_factor).astype(complex) if scale_factor == 13 else grad * scale_factor


class Pair(Fragile):
    def linear_gradient_scale(self, grad, scale_factor):
        return (grad * scale_factor, grad) if scale_factor == 13 else grad * scale_factor


class DiesWhenMade(Fragile):
    def __init__(self):
        os.abort()


class FailsWhenMade(Fragile):
    def __init__(self):
        raise OSError("no device")
