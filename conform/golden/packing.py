"""Packs a block into one array of bytes and back, as compactly as is quick to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from conform.columns import ExactArray, Integers, SpreadArray, make_zeros
from conform.exact import Dyadic
from conform.formats import get_format
from conform.suite import NO_QUANTUM, Block, CaseInfo, Expected, ModelColumns, Operation

Bytes = NDArray[np.uint8]

_ALIGNMENT = 8
_LONG = 4096
_LEAST_MEAN_RUN = 8

_Reference = tuple[str, int, int, tuple[str, int, int] | None]


def pack_block(block: Block) -> Bytes:
    """The block as bytes: the length of a JSON header, the header, and the arrays that it refers to."""
    store = _Store()
    sizes, flags = _Table(), _Table()
    cases = [
        (case.id, sizes.add(*_pair_sizes(case)), flags.add(case.flags, case.flags), case.line) for case in block.cases
    ]
    header = {
        "dtype": block.format.name,
        "cases": list(zip(*cases, strict=True)),
        "sizes": sizes.rows,
        "flags": flags.rows,
        "inputs": {
            name: (store.put(block.input_offsets[name]), store.put(values.view(f"u{values.dtype.itemsize}")))
            for name, values in block.inputs.items()
        },
        "results": {name: _pack_expected(expected, store) for name, expected in block.expected.items()},
    }
    text = orjson.dumps(header)
    text += b" " * (-len(text) % _ALIGNMENT)
    return np.frombuffer(b"".join([len(text).to_bytes(_ALIGNMENT, "little"), text, *store.parts]), np.uint8)


def unpack_block(data: Bytes, operation: Operation) -> Block:
    """The block that `pack_block` made the bytes from; bytes of any other origin raise errors of many kinds."""
    start = _ALIGNMENT + int.from_bytes(data[:_ALIGNMENT].tobytes(), "little")
    header = orjson.loads(data[_ALIGNMENT:start].tobytes())
    arrays = data[start:]
    format = get_format(header["dtype"])
    sizes, flags = header["sizes"], [tuple(row) for row in header["flags"]]
    cases = tuple(
        CaseInfo(name, sizes[i][0], flags[j], line, sizes[i][1])
        for name, i, j, line in zip(*header["cases"], strict=True)
    )
    inputs, input_offsets = {}, {}
    for parameter in operation.parameters:
        offsets, values = header["inputs"][parameter.name]
        input_offsets[parameter.name] = _get(arrays, offsets)
        inputs[parameter.name] = _get(arrays, values).view(format.dtype)
    expected = {result.name: _unpack_expected(header["results"][result.name], arrays) for result in operation.results}
    return Block(operation, format, cases, inputs, input_offsets, expected)


def _pair_sizes(case: CaseInfo) -> tuple[Any, Any]:
    """Sizes and attributes of a case, and a key that they share with no others."""
    return (dict(case.sizes), dict(case.attributes)), (tuple(case.sizes.items()), tuple(case.attributes.items()))


class _Table:
    """Rows that many cases share, each kept once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[Any, int] = {}

    def add(self, row: Any, key: Any) -> int:
        place = self._places.setdefault(key, len(self.rows))
        if place == len(self.rows):
            self.rows.append(row)
        return place


class _Store:
    """Arrays one after the other, each referred to by its dtype, its position in bytes and its length.

    Where an array holds runs, a reference to their lengths follows.
    """

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._position = 0

    def put(self, array: NDArray[Any]) -> _Reference:
        """Take up an array; of a long one that is mostly runs of equal elements, each run once and its length."""
        if len(array) >= _LONG:
            bits = array.view(f"u{array.dtype.itemsize}")
            starts = np.flatnonzero(np.concatenate([[True], bits[1:] != bits[:-1]]))
            if _LEAST_MEAN_RUN * len(starts) <= len(array):
                lengths = np.diff(starts, append=len(array)).astype(np.int64)
                return *self._append(array[starts]), self._append(lengths)
        return *self._append(array), None

    def _append(self, array: NDArray[Any]) -> tuple[str, int, int]:
        data = array.tobytes()
        reference = array.dtype.str, self._position, len(array)
        data += bytes(-len(data) % _ALIGNMENT)
        self.parts.append(data)
        self._position += len(data)
        return reference


def _get(
    arrays: Bytes, reference: _Reference, convert: Callable[[NDArray[Any]], NDArray[Any]] | None = None
) -> NDArray[Any]:
    """The array, of elements that are converted before their runs are written out."""
    dtype, position, count, lengths = reference
    array: NDArray[Any] = np.frombuffer(arrays, dtype, count, position) if count else np.zeros(0, dtype)
    if convert is not None:
        array = convert(array)
    return array if lengths is None else np.repeat(array, _get(arrays, (*lengths, None)))


def _pack_expected(expected: Expected, store: _Store) -> dict[str, Any]:
    offsets = expected.offsets
    packed = {
        "offsets": store.put(offsets),
        "value": _pack_exact(expected.value, store),
        "magnitude": _pack_exact(expected.magnitude, store),
        "underflow": _pack_each(expected.underflow, offsets, store),
        "depth": _pack_integers(expected.depth, offsets, store),
        "quantum": _pack_integers(expected.quantum, offsets, store),
    }
    if expected.floor is not expected.quantum:
        packed["floor"] = _pack_integers(expected.floor, offsets, store)
    if expected.peak is not expected.magnitude:
        packed["peak"] = _pack_exact(expected.peak, store)
    if expected.radius is not None:
        packed["radius"] = _pack_each(expected.radius, offsets, store)
        packed["models"] = {name: _pack_model(model, offsets, store) for name, model in expected.models.items()}
    return packed


def _pack_model(model: ModelColumns, offsets: Integers, store: _Store) -> tuple[Any, ...]:
    parts = (model.underflow, model.inherited, model.peak)
    return _pack_integers(model.depth, offsets, store), *(_pack_each(part, offsets, store) for part in parts)


def _unpack_model(packed: tuple[Any, ...], lengths: Integers, arrays: Bytes) -> ModelColumns:
    depth, *parts = packed
    return ModelColumns(
        _unpack_integers(depth, lengths, arrays), *(_unpack_each(part, lengths, arrays) for part in parts)
    )


def _unpack_expected(packed: Mapping[str, Any], arrays: Bytes) -> Expected:
    offsets = _get(arrays, packed["offsets"])
    value, magnitude = _unpack_exact(packed["value"], arrays), _unpack_exact(packed["magnitude"], arrays)
    lengths = np.diff(offsets)
    lengths = lengths[lengths > 0]
    underflow = _unpack_each(packed["underflow"], lengths, arrays)
    depth = _unpack_integers(packed["depth"], lengths, arrays)
    quantum = _unpack_integers(packed["quantum"], lengths, arrays)
    floor = _unpack_integers(packed["floor"], lengths, arrays) if "floor" in packed else quantum
    peak = _unpack_exact(packed["peak"], arrays) if "peak" in packed else magnitude
    radius = _unpack_each(packed["radius"], lengths, arrays) if "radius" in packed else None
    models = {name: _unpack_model(model, lengths, arrays) for name, model in packed.get("models", {}).items()}
    return Expected(offsets, value, magnitude, depth, underflow, quantum, floor, peak, radius, models)


def _pack_exact(numbers: ExactArray, store: _Store) -> dict[str, Any]:
    packed: dict[str, Any] = {"high": store.put(numbers.high), "exponent": store.put(_narrow(numbers.exponent))}
    if numbers.low.any():
        packed["low"] = store.put(numbers.low)
    if numbers.long:
        packed["long"] = [(i, f"{number.mantissa:x}", number.exponent) for i, number in numbers.long.items()]
    return packed


def _unpack_exact(packed: Mapping[str, Any], arrays: Bytes) -> ExactArray:
    high = _get(arrays, packed["high"])
    low = _get(arrays, packed["low"]) if "low" in packed else make_zeros(len(high))
    long = {i: Dyadic(int(mantissa, 16), exponent) for i, mantissa, exponent in packed.get("long", ())}
    return ExactArray(high, low, _get(arrays, packed["exponent"], _widen), long)


def _pack_each(numbers: ExactArray, offsets: Integers, store: _Store) -> dict[str, Any]:
    """Pack one number a case where all its elements agree, as they mostly do."""
    firsts = offsets[:-1][np.diff(offsets) > 0]
    single = not numbers.long and all(
        _is_constant(column, offsets) for column in (numbers.high, numbers.low, numbers.exponent)
    )
    return _pack_exact(numbers.take(firsts), store) | {"each": True} if single else _pack_exact(numbers, store)


def _unpack_each(packed: Mapping[str, Any], lengths: Integers, arrays: Bytes) -> ExactArray:
    numbers = _unpack_exact(packed, arrays)
    return SpreadArray(numbers, np.cumsum(lengths)) if "each" in packed else numbers


def _pack_integers(numbers: Integers, offsets: Integers, store: _Store) -> tuple[Any, bool]:
    single = _is_constant(numbers, offsets)
    if single:
        numbers = numbers[offsets[:-1][np.diff(offsets) > 0]]
    none = numbers == NO_QUANTUM
    narrow = _narrow(numbers[~none])
    if narrow.dtype == np.int64:
        return store.put(numbers), single
    # The least integer is never used otherwise.
    packed = np.full(len(numbers), np.iinfo(narrow.dtype).min, narrow.dtype)
    packed[~none] = narrow
    return store.put(packed), single


def _unpack_integers(packed: tuple[Any, bool], lengths: Integers, arrays: Bytes) -> Integers:
    reference, single = packed
    numbers = _get(arrays, reference, _restore)
    return np.repeat(numbers, lengths) if single else numbers


def _restore(numbers: NDArray[Any]) -> Integers:
    wide = _widen(numbers)
    if numbers.dtype != np.int64:
        wide[numbers == np.iinfo(numbers.dtype).min] = NO_QUANTUM
    return wide


def _widen(numbers: NDArray[Any]) -> Integers:
    return numbers.astype(np.int64)


def _narrow(numbers: Integers) -> NDArray[np.signedinteger[Any]]:
    """The numbers in the least of three formats that holds their absolute values."""
    largest = int(np.abs(numbers).max(initial=0))
    return numbers.astype(next(dtype for dtype in (np.int16, np.int32, np.int64) if largest <= np.iinfo(dtype).max))


def _is_constant(column: NDArray[Any], offsets: Integers) -> bool:
    """Whether all elements of a case agree, in every case."""
    lengths = np.diff(offsets)
    return bool(np.array_equal(column, np.repeat(column[offsets[:-1][lengths > 0]], lengths[lengths > 0])))
