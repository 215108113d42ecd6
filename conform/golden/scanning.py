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
        keys += 2 + len(inputs) + len(results) + sum(map(len, results.values()))
        # As many colons as keys leave no room for another key, in whatever piece.
        return ScannedCase(head, inputs, results) if line.count(b":") == keys else None

    def _cut_results(self, line: bytes, start: int) -> Iterator[tuple[str, Pieces]]:
        """The components of each result; stops early where one is not as expected."""
        for i, name in enumerate(self._results):
            last = i + 1 == len(self._results)
            end = line.find(b"}", start)
            following = _END if last else b"}" + self._next[i]
            if end < 0 or not line.startswith(following, end) or (last and line[end:].rstrip(b"\n") != _END):
                return
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
