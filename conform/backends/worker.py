"""Serves a Python backend over the protocol: `python -m conform.backends.worker SPEC`."""

from __future__ import annotations

import faulthandler
import os
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any

import numpy as np

from conform.backends.base import Unsupported
from conform.backends.check import LoadedBackend
from conform.backends.connection import UNSUPPORTED
from conform.backends.memory import map_memory, place
from conform.backends.protocol import (
    DTYPES,
    VERSION,
    Array,
    ProtocolError,
    decode_tensor,
    encode_tensor,
    read_line,
    write_line,
)
from conform.backends.resolve import resolve_backend
from conform.columns import Integers
from conform.declaration import Declaration, FunctionClaim
from conform.errors import BackendError
from conform.formats import get_format
from conform.running.calls import is_array
from conform.running.environment import restore_environment
from conform.running.inputs import are_identical
from conform.running.observe import Checks, fill_sheets
from conform.running.preparing import Announcer
from conform.running.sheets import LEFT_OUT, lay_out, list_offsets
from conform.suite import Attribute, CaseInfo, Operation, Parameter, Questions, read_dimension
from conform.texts import describe_frames, name_type, name_type_fully, read_text


def serve(spec: str, requests: Iterable[bytes], answers: IO[bytes], memory: int | None = None) -> None:
    """Answer every request with a line, until there are no more.

    The first is the hello, which says what the operations look like, so no vectors are needed. The descriptor `memory`
    is where whole blocks lie, if any are asked for. Raises ProtocolError for requests that no harness sends.
    """
    lines = iter(requests)
    try:
        operations = _read_operations(next(lines))
    except StopIteration:
        return
    # What is found in it from here on is the backend's doing.
    restore_environment()
    try:
        backend = resolve_backend(spec, operations)
    except BackendError as error:
        _answer(answers, {"conform": VERSION, "error": {"type": BackendError.__name__, "message": read_text(error)}})
        return
    _answer(answers, {"conform": VERSION, "hello": _describe_backend(backend)})
    announcer = Announcer(backend)
    signatures = {operation.name: operation for operation in operations}
    for line in lines:
        request = read_line(line)
        operation = signatures[request["operation"]]
        if "inputs" in request:
            found = _call(backend, operation, request["inputs"], request.get("attributes", {}), announcer)
        elif memory is not None:
            found = _call_block(backend, operation, request, memory)
        else:
            raise ProtocolError("a call without inputs")
        _answer(answers, {"id": request["id"], **found})
    if backend.close is not None:
        backend.close()


def main(arguments: Sequence[str]) -> int:
    """Serve the backend over the standard streams; whatever else is printed goes to the standard error."""
    if not arguments:
        print("usage: python -m conform.backends.worker SPEC [DESCRIPTOR [FOLDER]...]", file=sys.stderr)
        return 2
    spec, *rest = arguments
    # Modules are found where the process that asks finds them.
    sys.path += [folder for folder in rest[1:] if folder and folder not in sys.path]
    # The backend gets streams that cannot disturb the conversation, libraries that print from C included.
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(1), "wb") as answers:
        silent = os.open(os.devnull, os.O_RDONLY)
        os.dup2(silent, 0)
        os.close(silent)
        os.dup2(2, 1)
        # After a crash, the standard error then says where in the backend it came about.
        faulthandler.enable()
        serve(spec, requests, answers, int(rest[0]) if rest else None)
    return 0


def _answer(answers: IO[bytes], message: Mapping[str, Any]) -> None:
    answers.write(write_line(message))
    answers.flush()


def _read_operations(line: bytes) -> list[Operation]:
    message = read_line(line)
    if message.get("conform") != VERSION or "hello" not in message:
        raise ProtocolError(f"expected the hello of version {VERSION} of the protocol")
    return [
        Operation(
            each["name"],
            "",
            "",
            _read_parameters(each["parameters"]),
            _read_parameters(each["results"]),
            attributes=tuple(Attribute(name, "", 0) for name in each.get("attributes", ())),
        )
        for each in message["hello"]["operations"]
    ]


def _read_parameters(described: Sequence[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    return tuple(Parameter(each["name"], tuple(map(read_dimension, each["shape"]))) for each in described)


def _describe_backend(backend: LoadedBackend) -> dict[str, Any]:
    general = replace(backend.declaration, overrides={})
    overrides = backend.declaration.overrides
    options = {f"option {key}": str(value) for key, value in (backend.options or {}).items()}
    return {
        "name": backend.name,
        "info": {**options, **(backend.info or {})},
        **_describe_claims(general),
        "operations": {name: _describe_claims(overrides.get(name, Declaration())) for name in backend.methods},
    }


def _describe_function(claim: FunctionClaim) -> dict[str, Any]:
    return {"ulps": claim.ulps} if claim.reason is None else {"ulps": claim.ulps, "reason": claim.reason}


def _describe_claims(declaration: Declaration) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if declaration.dtypes is not None:
        claims["dtypes"] = list(declaration.dtypes)
    if declaration.accumulates:
        claims["accumulates"] = dict(declaration.accumulates)
    if declaration.subnormals:
        claims["subnormals"] = dict(declaration.subnormals)
    if declaration.addends:
        claims["addends"] = dict(declaration.addends)
    if declaration.empty is not None:
        claims["empty"] = declaration.empty
    if declaration.functions:
        claims["functions"] = {name: _describe_function(claim) for name, claim in declaration.functions.items()}
    return claims


def _call_block(
    backend: LoadedBackend, operation: Operation, request: Mapping[str, Any], descriptor: int
) -> dict[str, Any]:
    """Make the calls of a block that are open in the memory, and say what was found beside the answers."""
    cases = tuple(
        CaseInfo("", _take(request["sizes"], i), (), 0, _take(request["attributes"], i))
        for i in range(request["count"])
    )
    inputs: dict[str, Array] = {}
    offsets: dict[str, Integers] = {}
    questions = Questions(operation, get_format(request["dtype"]), cases, inputs, offsets)
    checks = Checks(tuple(request["rounds"]), request["aliasing"], request["whole"])
    layout = lay_out(questions)
    dtype = questions.format.dtype
    names = [parameter.name for parameter in operation.parameters]
    offsets |= zip(names, list_offsets(questions, operation.parameters), strict=True)
    sizes = [dtype.itemsize * int(offsets[name][-1]) for name in names]
    places = place(sizes, layout, len(checks.rounds))
    memory = map_memory(descriptor, places)
    for name, start, size in zip(names, places.inputs, sizes, strict=True):
        inputs[name] = memory[start : start + size].view(dtype)
        inputs[name].flags.writeable = False
    sheets = [layout.divide(memory[start : start + layout.size]) for start in places.sheets]
    seen = fill_sheets(backend, questions, checks, sheets, sheets[0].states == LEFT_OUT, lambda cases: None)
    return {
        "problems": [
            (case, (problem.rule, problem.message, problem.call, problem.detail))
            for case, found in seen.problems.items()
            for problem in found
        ],
        "unsupported": list(seen.unsupported.items()),
        "heard": seen.heard,
        "environment": seen.environment,
    }


def _take(columns: Mapping[str, Sequence[int]], i: int) -> dict[str, int]:
    return {name: column[i] for name, column in columns.items()}


def _call(
    backend: LoadedBackend,
    operation: Operation,
    tensors: Mapping[str, Any],
    attributes: Mapping[str, int],
    announcer: Announcer,
) -> dict[str, Any]:
    inputs = {name: decode_tensor(tensor, name) for name, tensor in tensors.items()}
    given = {name: array.copy() for name, array in inputs.items()}
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            announcer.announce(operation.name, given, attributes)
            native = given if backend.to_native is None else {name: backend.to_native(given[name]) for name in given}
            returned = backend.methods[operation.name](**native, **attributes)
            results = [encode_tensor(array) for array in _convert(returned, operation, backend)]
    except Unsupported as reason:
        return {"error": {"type": UNSUPPORTED, "message": read_text(reason)}}
    except BaseException as error:
        return {"error": _describe_exception(error)}
    changed = {name: encode_tensor(given[name]) for name in given if not are_identical(given[name], inputs[name])}
    return {"results": results, "changed": changed} if changed else {"results": results}


def _convert(returned: Any, operation: Operation, backend: LoadedBackend) -> list[Array]:
    # A list in place of a single array is the mistake that it is without the worker.
    several = isinstance(returned, tuple) or (isinstance(returned, list) and len(operation.results) > 1)
    parts = list(returned) if several else [returned]
    arrays = parts if backend.to_numpy is None else [backend.to_numpy(part) for part in parts]
    for array in arrays:
        if not is_array(array):
            raise TypeError(f"a result is a {name_type_fully(array)}, not a numpy array")
        if array.dtype.name not in DTYPES:
            raise TypeError(f"a result is {array.dtype}, which is no format of the protocol")
    return arrays


def _describe_exception(error: BaseException) -> dict[str, str]:
    described = {"type": name_type(error), "message": read_text(error)}
    detail = describe_frames(error)
    return {**described, "detail": detail} if detail else described


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
