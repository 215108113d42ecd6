"""Parses the number texts of a whole block at once, by arithmetic on their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Floats, Integers, split_dyadic
from conform.exact import MAX_EXPONENT, Dyadic, parse_number

Words = NDArray[np.uint64]
Positions = NDArray[np.intp]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_INVALID = 0x80
_POWER, _COMMA = 0x81, 0x82
_CODES = {ord(c): int(c, 16) for c in "0123456789abcdef"} | {ord("p"): _POWER, ord(","): _COMMA}
_DIGITS = bytes(_CODES.get(c, _INVALID) for c in range(256))
"""What each byte stands for: a digit its value, the two that mark places a number above all invalid ones."""
_CHUNK = 1 << 17
"""So many bytes at a time keep what is computed on the way in the processor's cache."""
_PADDING = b"0" * 32
_MAX_DIGITS = 32
_EVERY_BYTE = 0x0101010101010101
_KEPT = np.array([(1 << 8 * k) - 1 for k in range(9)], np.uint64)
"""Masks of the last k bytes of a word."""
_SPECIAL = {"inf": np.inf, "-inf": -np.inf, "nan": np.nan}


class MalformedNumberError(ValueError):
    """A text that is no number; `index` is its place in the sequence."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


def parse_numbers(texts: Sequence[str]) -> ExactArray:
    """The exact numbers that the texts stand for, as `conform.exact.parse_number` reads each of them.

    Raises MalformedNumberError for the first text that is not a number.
    """
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise MalformedNumberError(i, f"not a text: {text!r}"[:60])
        if "," in text:
            raise MalformedNumberError(i, f"not a number: {text[:40]!r}")
    items = ",".join(f'"{text}"' for text in texts)
    return parse_items(items.encode("utf-8", "surrogatepass"), len(texts))


def parse_items(items: bytes, count: int) -> ExactArray:
    """The same for `count` texts that are the items of a JSON list, written without spaces and escapes.

    Texts such as `-0x2bp-9` with at most 32 digits and 106 significant bits are read all at once, eight bytes a step;
    the others, which are rare, one by one. JSON of any other form raises MalformedNumberError too.
    """
    long: dict[int, Dyadic] = {}
    numbers = ExactArray(np.zeros(count), np.zeros(count), np.zeros(count, np.int64), long)
    if items.count(b",") != max(count - 1, 0):
        raise MalformedNumberError(0, "not as many texts as there should be")
    begin = first = 0
    while first < count:
        end = items.find(b",", begin + _CHUNK)
        first += _parse_chunk(items[begin:] if end < 0 else items[begin:end], first, numbers, long)
        begin = end + 1
    return numbers


def _parse_chunk(items: bytes, first: int, numbers: ExactArray, long: dict[int, Dyadic]) -> int:
    """Fill in the numbers of some items from the place `first` on; returns how many there are."""
    padded = b"".join((_PADDING, items, b",", _PADDING))
    marked = padded.translate(_DIGITS)
    places = _find_places(np.frombuffer(padded, np.uint8), np.frombuffer(marked, np.uint8))
    if not places.quoted.all():
        raise MalformedNumberError(first + int((~places.quoted).argmax()), "not a text")
    chunk = slice(first, first + len(places.ends))
    high, low, exponent = numbers.high[chunk], numbers.low[chunk], numbers.exponent[chunk]
    plain = _parse_plain(places, marked, high, low, exponent)
    for i in np.flatnonzero(~plain).tolist():
        text = padded[places.starts[i] : places.ends[i]].decode("utf-8", "replace")
        if text in _SPECIAL:
            high[i], low[i], exponent[i] = _SPECIAL[text], 0.0, 0
            continue
        try:
            number = parse_number(text)
        except ValueError as error:
            raise MalformedNumberError(first + i, str(error)) from None
        high[i], low[i], exponent[i], exact = split_dyadic(number)
        if not exact and isinstance(number, Dyadic):
            long[first + i] = number
    return len(places.ends)


@dataclass(frozen=True)
class _Places:
    """Where texts begin and end, their `p`, if any, and the first of their digits are; how many digits follow the p."""

    starts: Positions
    ends: Positions
    powers: Positions
    first: Positions
    power_digits: Positions
    negative: Mask
    downwards: Mask
    quoted: Mask
    prefixed: Mask


def _find_places(raw: Bytes, marked: Bytes) -> _Places:
    marks = np.flatnonzero(marked > _INVALID)
    commas = np.flatnonzero(marked[marks] == _COMMA)
    ends = marks[commas] - 1
    starts = np.concatenate([[len(_PADDING) + 1], ends[:-1] + 3])
    # What is marked before a comma is the last p of its text, or, if it has none, the comma of another.
    powers = np.clip(marks[commas - 1], starts, ends)
    negative = raw[starts] == ord("-")
    first = starts + negative + 2
    after = np.minimum(powers + 1, ends)
    downwards = raw[after] == ord("-")
    return _Places(
        starts,
        ends,
        powers,
        first,
        ends - after - downwards,
        negative,
        downwards,
        (raw[starts - 1] == ord('"')) & (raw[ends] == ord('"')) & (ends >= starts),
        (raw[first - 2] == ord("0")) & (raw[first - 1] == ord("x")),
    )


def _parse_plain(places: _Places, marked: bytes, high: Floats, low: Floats, exponent: Integers) -> Mask:
    """Fill in the texts that are a plain hexadecimal integer and a power of two; returns which those are."""
    # Every eight bytes as one word, the first byte the most significant: a window onto the text at any position.
    words: NDArray[Any] = np.ndarray((len(marked) - 7,), ">u8", marked, strides=(1,))
    length, power_digits = places.powers - places.first, places.power_digits
    plain = places.prefixed & (length >= 1) & (length <= _MAX_DIGITS) & (power_digits >= 1) & (power_digits <= 7)
    power, valid = _read_decimal(words[places.ends - 8], np.clip(power_digits, 0, 7))
    np.negative(power, where=places.downwards, out=power)
    plain &= valid & (np.abs(power) <= MAX_EXPONENT)
    plain &= _read_mantissas(words, places.powers, np.clip(length, 0, _MAX_DIGITS), high, low, exponent)
    exponent += np.where(high != 0, power, 0)
    np.negative(high, where=places.negative, out=high)
    np.negative(low, where=places.negative & (low != 0), out=low)
    return plain


def _read_decimal(word: NDArray[Any], places: Positions) -> tuple[Integers, Mask]:
    """The numbers in the last `places` bytes of each word, and whether these are all decimal digits."""
    word = word.astype(np.uint64) & _KEPT[places]
    # Adding 0x76 to a byte carries into its highest bit from ten on, and `_INVALID` has that bit.
    valid = ((word | (word + 0x76 * _EVERY_BYTE)) & _INVALID * _EVERY_BYTE) == 0
    pairs = ((word >> 8) & 0x00FF00FF00FF00FF) * 10 + (word & 0x00FF00FF00FF00FF)
    fours = ((pairs >> 16) & 0x0000FFFF0000FFFF) * 100 + (pairs & 0x0000FFFF0000FFFF)
    return ((fours >> 32) * 10_000 + (fours & 0xFFFFFFFF)).astype(np.int64), valid


def _read_mantissas(
    words: NDArray[Any], stops: Positions, length: Positions, high: Floats, low: Floats, exponent: Integers
) -> Mask:
    """Fill in the `length` hexadecimal digits before each of `stops`; returns where these are digits and fit."""
    lower, valid = _read_hexadecimal(words[stops - 8], np.minimum(length, 8))
    more = np.flatnonzero(length > 8)
    part, fine = _read_hexadecimal(words[stops[more] - 16], np.minimum(length[more] - 8, 8))
    lower[more] |= part << np.uint64(32)
    valid[more] &= fine
    significand, shift = np.frexp(lower.astype(np.float64))
    high[:], exponent[:] = significand, shift

    wide = np.flatnonzero(length > 13)
    if len(wide):
        upper = np.zeros(len(wide), np.uint64)
        for j in (16, 24):
            some = np.flatnonzero(length[wide] > j)
            chosen = wide[some]
            part, fine = _read_hexadecimal(words[stops[chosen] - j - 8], np.minimum(length[chosen] - j, 8))
            upper[some] |= part << np.uint64(4 * (j - 16))
            valid[chosen] &= fine
        high[wide], low[wide], shift = _split_words(upper, lower[wide])
        exponent[wide] = shift
        valid[wide] &= shift <= 106
    return valid


def _read_hexadecimal(word: NDArray[Any], places: Positions) -> tuple[Words, Mask]:
    """The numbers in the last `places` bytes of each word, and whether these are all hexadecimal digits."""
    word = word.astype(np.uint64) & _KEPT[places]
    valid: Mask = (word & _INVALID * _EVERY_BYTE) == 0
    word = (word | (word >> 4)) & 0x00FF00FF00FF00FF
    word = (word | (word >> 8)) & 0x0000FFFF0000FFFF
    number: Words = ((word | (word >> 16)) & 0x00000000FFFFFFFF).astype(np.uint64, copy=False)
    return number, valid


def _split_words(upper: Words, lower: Words) -> tuple[Floats, Floats, Integers]:
    """upper · 2^64 + lower as high, low and exponent, exactly where it has at most 106 bits.

    In limbs of 48 bits, the first two add up to a sum and an error below 2^53 units (Dekker 1971, Fast2Sum), to which
    the third is added without rounding; the same again makes high the nearest significand.
    """
    limb = (1 << 48) - 1
    first = ((upper >> 32) & limb).astype(np.float64) * 2.0**96
    second = (((upper << 16) & limb) | (lower >> 48)).astype(np.float64) * 2.0**48
    third = (lower & limb).astype(np.float64)
    total = first + second
    rest = (second - (total - first)) + third
    high = total + rest
    low = rest - (high - total)
    significand, shift = np.frexp(high)
    return significand, np.ldexp(low, -shift), shift.astype(np.int64)
