"""Parses the number texts of a whole block at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import frexp, ldexp

import numpy as np

from conform.columns import ExactArray, split_dyadic
from conform.exact import Dyadic, parse_number

_ALL = re.compile(r"(?:(?:-?0x[0-9a-f]+(?:\.[0-9a-f]*)?p[+-]?[0-9]{1,7}|-?inf|nan)\n)*+")
_SHORT = 17


def find_malformed(texts: Sequence[str]) -> int | None:
    """The index of the first text that is not a number, None if all are."""
    try:
        joined = "\n".join(texts) + "\n" if texts else ""
    except TypeError:
        return next(i for i, text in enumerate(texts) if not isinstance(text, str))
    match = _ALL.match(joined)
    end = match.end() if match else 0
    if end == len(joined) and joined.count("\n") == len(texts):
        return None
    return min(joined.count("\n", 0, end), len(texts) - 1)


def parse_numbers(texts: Sequence[str]) -> ExactArray:
    """The exact numbers that the texts stand for; every text must have passed `find_malformed`.

    A mantissa of at most 13 hexadecimal digits is read by float.fromhex, exactly where the result is normal; the rest
    goes through integers.
    """
    count = len(texts)
    lengths = np.fromiter(map(len, texts), np.int64, count)
    wide = np.zeros(count)
    try:
        wide[:] = list(map(float.fromhex, texts))
    except OverflowError:
        wide[:] = [_read_float(text) for text in texts]
    with np.errstate(invalid="ignore"):
        unsafe = (lengths > _SHORT) | ((np.abs(wide) < 2.0**-1021) & (lengths > 7))
        unsafe |= np.isinf(wide) & (lengths > 4)
    finite = np.isfinite(wide)
    significand, exponent = np.frexp(np.where(finite, wide, 0.0))
    high = np.where(finite, significand, wide)
    low = np.zeros(count)
    exponent = exponent.astype(np.int64)
    long: dict[int, Dyadic] = {}
    for i in np.flatnonzero(unsafe).tolist():
        text = texts[i]
        if "." in text or len(text) > 34:
            number = parse_number(text)
            high[i], low[i], exponent[i], exact = split_dyadic(number)
            if not exact and isinstance(number, Dyadic):
                long[i] = number
            continue
        digits, _, power = text.partition("p")
        mantissa = int(digits, 16)
        if mantissa == 0:
            high[i] = -0.0 if text[0] == "-" else 0.0
            continue
        head = float(mantissa)
        rest = mantissa - int(head)
        tail = float(rest)
        top, shift = frexp(head)
        high[i] = top
        low[i] = ldexp(tail, -shift)
        exponent[i] = shift + int(power)
        if int(tail) != rest:
            long[i] = Dyadic(mantissa, int(power)).normalized()
    return ExactArray(high, low, exponent, long)


def _read_float(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("inf")
