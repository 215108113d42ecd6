"""The messages that a program and the harness exchange, one JSON object a line; `PROTOCOL.md` describes them."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from conform.declaration import CLAIMS
from conform.formats import FLOAT_NAMES, INTEGER_NAMES, get_format
from conform.suite import Operation, Parameter

VERSION = 1
DTYPES = FLOAT_NAMES + INTEGER_NAMES
_SHOWN = 120

Array = NDArray[Any]


class ProtocolError(ValueError):
    """A line that is not the message that was due; the text says why."""


class Refusal(Exception):  # noqa: N818  # an answer like any other, and no defect of the program
    """The program answered with an error; `detail` is whatever it adds for the reader, as a traceback."""

    def __init__(self, type: str, message: str, detail: str | None = None) -> None:
        super().__init__(f"{type}: {message}" if message else type)
        self.type = type
        self.message = message
        self.detail = detail


@dataclass(frozen=True)
class Hello:
    """What a program says of itself.

    `claims` are those of `conform.declaration.CLAIMS`, as far as they are given; `operations` maps each operation
    that it implements to the claims that differ for it alone.
    """

    name: str
    info: Mapping[str, str]
    claims: Mapping[str, Any]
    operations: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Answer:
    """The results of a call in their order, and the inputs that it changed, as they are now."""

    results: tuple[Array, ...]
    changed: Mapping[str, Array]


def encode_tensor(array: Array) -> dict[str, Any]:
    """An array of any shape and strides, as shape, dtype and its elements' bytes in row-major order."""
    # The bits travel as unsigned integers, since formats from ml_dtypes know one byte order only.
    size = array.dtype.itemsize
    bits = np.ascontiguousarray(array).reshape(-1).view(f"=u{size}").astype(f"<u{size}", copy=False)
    data = base64.b64encode(bits.data).decode("ascii")
    return {"shape": list(array.shape), "dtype": array.dtype.name, "data": data}


def decode_tensor(tensor: Any, where: str) -> Array:
    """The array, in memory of its own; raises ProtocolError where shape, dtype and bytes do not make one."""
    fields = _check_fields(tensor, where, required=("shape", "dtype", "data"))
    shape, name, text = fields["shape"], fields["dtype"], fields["data"]
    if not isinstance(shape, list) or not all(type(length) is int and length >= 0 for length in shape):
        raise ProtocolError(f"{where}.shape is not a list of lengths: {_show(shape)}")
    if name not in DTYPES:
        raise ProtocolError(f"{where}.dtype is {_show(name)}, and not one of {', '.join(DTYPES)}")
    try:
        data = binascii.a2b_base64(_check_text(text, f"{where}.data"), strict_mode=True)
    except ValueError as error:
        raise ProtocolError(f"{where}.data is not base64: {error}") from None
    dtype = get_format(name).dtype
    due = math.prod(shape) * dtype.itemsize
    if len(data) != due:
        raise ProtocolError(f"{where}.data holds {len(data)} bytes; {name} of shape {shape} has {due}")
    size = dtype.itemsize
    bits = np.frombuffer(data, f"<u{size}").astype(f"=u{size}")
    try:
        return bits.view(dtype).reshape(shape)
    except (ValueError, OverflowError):
        # No array has so many dimensions, or lengths that multiply past the address space beside a length of zero.
        raise ProtocolError(f"{where}.shape is that of no array: {_show(shape)}") from None


def write_hello(harness: str, operations: Sequence[Operation]) -> bytes:
    """The first line to a program: who calls, and what the operations look like."""
    described = [
        {
            "name": operation.name,
            **({"attributes": [each.name for each in operation.attributes]} if operation.attributes else {}),
            "parameters": [_describe_parameter(parameter) for parameter in operation.parameters],
            "results": [_describe_parameter(result) for result in operation.results],
        }
        for operation in operations
    ]
    return write_line({"conform": VERSION, "hello": {"harness": harness, "operations": described}})


def write_call(number: int, operation: str, inputs: Mapping[str, Array], attributes: Mapping[str, int]) -> bytes:
    """A call. All that a program may ever know of a case is in it: an operation, arrays and attributes."""
    tensors = {name: encode_tensor(array) for name, array in inputs.items()}
    message = {"id": number, "operation": operation, "inputs": tensors}
    return write_line({**message, "attributes": dict(attributes)} if attributes else message)


def write_line(message: Mapping[str, Any]) -> bytes:
    """A message as a line; lone surrogates, which a name or a path may have and UTF-8 has not, are spelled out."""
    try:
        return orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return orjson.dumps(_spell_surrogates(message), option=orjson.OPT_APPEND_NEWLINE)


def _spell_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_spell_surrogates(key): _spell_surrogates(each) for key, each in value.items()}
    return [_spell_surrogates(each) for each in value] if isinstance(value, list | tuple) else value


def read_line(line: bytes) -> dict[str, Any]:
    """The object on a line; raises ProtocolError where it holds anything else."""
    try:
        message = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise ProtocolError(f"not JSON: {_show_line(line)}") from None
    if not isinstance(message, dict):
        raise ProtocolError(f"not a JSON object: {_show_line(line)}")
    return message


def read_hello(line: bytes) -> Hello:
    """The program's answer to the hello; raises Refusal where it is an error, ProtocolError where it is no answer."""
    message = read_line(line)
    if type(message.get("conform")) is not int:
        raise ProtocolError(f'no hello, which begins with "conform": {_show_line(line)}')
    if message["conform"] != VERSION:
        raise ProtocolError(f"version {message['conform']} of the protocol; this is version {VERSION}")
    _raise_refusal(_check_fields(message, "the hello", required=("conform",), optional=("hello", "error")))
    claims = CLAIMS
    fields = _check_fields(message.get("hello"), "hello", required=("name", "operations"), optional=("info", *claims))
    operations = _check_object(fields["operations"], "hello.operations")
    name = _check_text(fields["name"], "hello.name")
    if not name.strip():
        raise ProtocolError("hello.name is empty")
    for operation, own in operations.items():
        _check_fields(own, f"hello.operations.{operation}", optional=claims)
    info = _check_object(fields.get("info", {}), "hello.info")
    for key, value in info.items():
        _check_text(value, f"hello.info.{key}")
    return Hello(name.strip(), info, {key: fields[key] for key in claims if key in fields}, operations)


def read_answer(line: bytes, number: int) -> Answer:
    """The answer to call `number`; raises Refusal where it is an error, ProtocolError where it is no answer to it."""
    message = read_line(line)
    fields = _check_fields(message, "the answer", required=("id",), optional=("results", "changed", "error"))
    if type(fields["id"]) is not int or fields["id"] != number:
        raise ProtocolError(f"an answer to call {_show(fields['id'])}, when call {number} waits for one")
    _raise_refusal(fields)
    results = fields.get("results")
    if not isinstance(results, list):
        raise ProtocolError(f"results is not a list of tensors: {_show(results)}")
    changed = _check_object(fields.get("changed", {}), "changed")
    return Answer(
        tuple(decode_tensor(tensor, f"results[{i}]") for i, tensor in enumerate(results)),
        {name: decode_tensor(tensor, f"changed.{name}") for name, tensor in changed.items()},
    )


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "shape": [str(dimension) for dimension in parameter.shape]}


def _raise_refusal(message: Mapping[str, Any]) -> None:
    if "error" not in message:
        return
    if "results" in message or "hello" in message:
        raise ProtocolError("both an answer and an error")
    fields = _check_fields(message["error"], "error", required=("type", "message"), optional=("detail",))
    texts = {name: _check_text(value, f"error.{name}") for name, value in fields.items()}
    raise Refusal(texts["type"], texts["message"], texts.get("detail"))


def _check_fields(
    value: Any, where: str, required: Sequence[str] = (), optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    fields = _check_object(value, where)
    missing = [name for name in required if name not in fields]
    if missing:
        raise ProtocolError(f"{where} has no {missing[0]!r}")
    unknown = [name for name in fields if name not in required and name not in optional]
    if unknown:
        raise ProtocolError(f"{where} has an unknown field {_show(unknown[0])}")
    return fields


def _check_object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(f"{where} is not an object: {_show(value)}")
    return value


def _check_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ProtocolError(f"{where} is not a text: {_show(value)}")
    return value


def _show(value: Any) -> str:
    return _shorten(orjson.dumps(value).decode())


def _show_line(line: bytes) -> str:
    return _shorten(line.decode("utf-8", "replace").rstrip("\n"))


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
