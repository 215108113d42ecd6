"""Cuts a line that is written as the exporter writes it into pieces of JSON, without decoding its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from conform.suite import Operation

Pieces = dict[str, bytes]

_HEAD = ("id", "dtype", "sizes", "flags")
_HEAD_WITH_ATTRIBUTES = ("id", "dtype", "sizes", "attributes", "flags")
_COMPONENTS = (b'],"magnitude":', b',"depth":', b',"underflow":', b',"quantum":')
_NAMES = ("value", "magnitude", "depth", "underflow", "quantum")
_BEYOND = (b'],"radius":', b',"magnitude":', b',"models":{')
_BEYOND_NAMES = ("value", "radius", "magnitude")
_MODEL = (b'":{"depth":', b',"underflow":', b',"inherited":', b',"peak":')
_MODEL_NAMES = ("depth", "underflow", "inherited", "peak")
_END = b"}}}"


@dataclass(frozen=True)
class ScannedCase:
    """A line cut up: the decoded fields that come first, and the JSON of every input and component."""

    head: Mapping[str, Any]
    inputs: Pieces
    results: dict[str, Pieces]


class LineScanner:
    """Knows where the commas and braces of the cases of an operation are.

    A piece may be any bytes; but where each is valid JSON, so is the line. No field is there twice.
    """

    def __init__(self, operation: Operation) -> None:
        names = [parameter.name for parameter in operation.parameters]
        results = [result.name for result in operation.results]
        opened = [b'"%s":[' % name.encode() for name in names]
        self._names, self._results = names, results
        self._head = _HEAD_WITH_ATTRIBUTES if operation.attributes else _HEAD
        self._begin = b',"inputs":{' + (opened[0] if opened else b"")
        first = b'},"results":{"%s":{"value":[' % results[0].encode()
        self._separators = [b"]," + name for name in opened[1:]] + ([b"]" + first] if opened else [first])
        self._next = [b',"%s":{"value":[' % name.encode() for name in results[1:]]

    def scan(self, line: bytes) -> ScannedCase | None:
        """The pieces of a line, None where it is written in another way."""
        at = line.find(self._begin)
        if at < 0 or not line.rstrip(b"\n").endswith(_END):
            return None
        try:
            head = orjson.loads(line[:at] + b"}")
            keys = len(head) + len(head["sizes"]) + len(head.get("attributes", ()))
        except (orjson.JSONDecodeError, TypeError, KeyError):
            return None
        if tuple(head) != self._head:
            return None
        inputs: Pieces = {}
        start = at + len(self._begin)
        for i, separator in enumerate(self._separators):
            stop = line.find(separator, start)
            if stop < 0:
                return None
            if self._names:
                inputs[self._names[i]] = b"[%s]" % line[start:stop]
            start = stop + len(separator)
        results = dict(self._cut_results(line, start))
        keys += 2 + len(inputs) + len(results) + sum(map(_count_keys, results.values()))
        # As many colons as keys leave no room for another key, in whatever piece.
        return ScannedCase(head, inputs, results) if line.count(b":") == keys else None

    def _cut_results(self, line: bytes, start: int) -> Iterator[tuple[str, Pieces]]:
        """The components of each result; stops early where one is not as expected."""
        for i, name in enumerate(self._results):
            last = i + 1 == len(self._results)
            beyond = _cut_beyond(line, start)
            end = line.find(b"}", start) if beyond is None else beyond[1]
            following = _END if last else b"}" + self._next[i]
            if end < 0 or not line.startswith(following, end) or (last and line[end:].rstrip(b"\n") != _END):
                return
            if beyond is not None:
                yield name, beyond[0]
                start = end + len(following)
                continue
            parts = []
            for separator in _COMPONENTS:
                stop = line.find(separator, start, end)
                if stop < 0:
                    return
                parts.append(line[start:stop])
                start = stop + len(separator)
            parts[0] = b"[%s]" % parts[0]
            parts.append(line[start:end])
            pieces = dict(zip(_NAMES, parts, strict=True))
            if b'"' in parts[-1]:
                quantum, _, rest = parts[-1].partition(b',"floor":')
                floor, found, peak = rest.partition(b',"peak":')
                if not found:
                    return
                pieces.update(quantum=quantum, floor=floor, peak=peak)
            yield name, pieces
            start = end + len(following)


def _count_keys(pieces: Pieces) -> int:
    """The keys of a result: those of its components, and where there are models, theirs and their names."""
    models = sum(name.endswith("/depth") for name in pieces)
    return len(pieces) + models + (models > 0)


def _cut_beyond(line: bytes, start: int) -> tuple[Pieces, int] | None:
    """The components of a result beyond the ring, and where the brace is that closes it; None for any other."""
    end = line.find(b"}", start)
    if line.find(_BEYOND[0], start, end) < 0:
        return None
    cut = _cut(line, start, _BEYOND)
    if cut is None:
        return None
    parts, at = cut
    pieces = dict(zip(_BEYOND_NAMES, (b"[%s]" % parts[0], *parts[1:]), strict=True))
    while True:
        if not line.startswith(b'"', at) or (cut := _cut(line, at + 1, _MODEL)) is None:
            return None
        (name, *found), at = cut
        end = line.find(b"}", at)
        model = name.decode("utf-8", "replace")
        if end < 0 or "/" in model or f"{model}/depth" in pieces:
            return None
        components = zip(_MODEL_NAMES, (*found, line[at:end]), strict=True)
        pieces |= {f"{model}/{component}": piece for component, piece in components}
        if line.startswith(b"}}}", end):
            return pieces, end + 2
        if not line.startswith(b',"', end + 1):
            return None
        at = end + 2


def _cut(line: bytes, start: int, separators: tuple[bytes, ...]) -> tuple[list[bytes], int] | None:
    """What stands before each of the separators, in their order, and where the last of them ends."""
    parts = []
    for separator in separators:
        stop = line.find(separator, start)
        if stop < 0:
            return None
        parts.append(line[start:stop])
        start = stop + len(separator)
    return parts, start
