"""Whether arithmetic of this process rounds to nearest and keeps subnormals, and putting it back."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_FLUSHES = "flushes subnormals of the whole process"
_READS_ZERO = "reads subnormals of the whole process as zero"
FLUSHING = (_FLUSHES, _READS_ZERO)
"""What a backend that declares to flush subnormals may well do."""
_ROUNDS = "rounds the whole process otherwise than to nearest"


def describe_environment() -> tuple[str, ...]:
    """What is not as IEEE 754 has it by default, in the words of a report; nothing where all is.

    It is asked of the arithmetic itself, in both formats of the hardware, and read off as bits: what has been set to
    flush subnormal numbers would also hide them from a comparison.
    """
    found = []
    with np.errstate(all="ignore"):
        for trial in _list_trials():
            if not _read_bits(trial.normal * trial.half):
                found.append(_FLUSHES)
            if not _read_bits(trial.subnormal * trial.large):
                found.append(_READS_ZERO)
            # To nearest, one and less than half an ulp more or less is one.
            for one, addend in product((trial.one, -trial.one), (trial.small, -trial.small)):
                if _read_bits(one + addend) != _read_bits(one):
                    found.append(_ROUNDS)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Trial:
    """Numbers of one format: the smallest normal, a subnormal, 1/2, 1, 2^p, and less than a quarter ulp of 1."""

    normal: Array
    subnormal: Array
    half: Array
    one: Array
    large: Array
    small: Array


@cache
def _list_trials() -> tuple[_Trial, ...]:
    trials = []
    for bits, fraction in ((np.uint64, 52), (np.uint32, 23)):
        floats = f"f{np.dtype(bits).itemsize}"
        bias = (1 << 8 * np.dtype(bits).itemsize - 2 - fraction) - 1
        made = [
            np.array([pattern], bits).view(floats)
            for pattern in (1 << fraction, 3, *(e + bias << fraction for e in (-1, 0, fraction + 1, -fraction - 3)))
        ]
        trials.append(_Trial(*made))
    return tuple(trials)


def _read_bits(value: Array) -> int:
    return int(value.view(f"u{value.itemsize}")[0])


def restore_environment() -> bool:
    """Put the environment back to what it is by default; false where that cannot be done.

    C has no word for flushing, but the default environment of every library of note keeps subnormals.
    """
    if not describe_environment():
        return True
    try:
        set_environment = ctypes.CDLL(None).fesetenv
    except (AttributeError, OSError, TypeError):
        return False
    # FE_DFL_ENV of glibc and musl; Apple's is an object of its library.
    default = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "_FE_DFL_ENV") if sys.platform == "darwin" else None
    set_environment(ctypes.byref(default) if default is not None else ctypes.c_void_p(-1))
    return not describe_environment()
