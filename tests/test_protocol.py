import base64
import copy
import json
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import ml_dtypes
import numpy as np
import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.connection import Limits
from conform.backends.process import connect_program
from conform.backends.protocol import (
    DTYPES,
    ProtocolError,
    Refusal,
    decode_tensor,
    encode_tensor,
    read_answer,
    read_hello,
    read_line,
    write_call,
    write_hello,
    write_line,
)
from conform.formats import get_format
from conform.running.runner import run_backend
from conform.suite import Attribute, Dimension, Operation, Parameter

HERE = Path(__file__).parent
SCRIPT = HERE / "examples" / "script_program" / "linear.py"
SCHEMA = json.loads(files("conform.backends").joinpath("protocol.schema.json").read_text("utf-8"))
PAGE = files("conform.backends").joinpath("PROTOCOL.md").read_text("utf-8")

HELLO = {
    "conform": 1,
    "hello": {
        "name": "mine",
        "info": {"compiler": "g++ 14"},
        "dtypes": ["float32", "int32"],
        "accumulates": {"float16": "float32"},
        "subnormals": "flush",
        "operations": {"linear": {}, "linear_batched": {"dtypes": ["float32"], "subnormals": {"float32": "keep"}}},
    },
}
REFUSAL = {"conform": 1, "error": {"type": "RuntimeError", "message": "no device"}}
TENSOR = {"shape": [2, 1], "dtype": "int32", "data": "AQAAAAIAAAA="}
RESULTS = {"id": 7, "results": [TENSOR, {"shape": [0, 3], "dtype": "float64", "data": ""}]}
FAILURE = {"id": 7, "error": {"type": "ValueError", "message": "", "detail": "line 3"}}


def matches(message: object, definition: str) -> bool:
    schema = {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    return jsonschema.Draft202012Validator(schema).is_valid(message)


def change(message: dict, path: str, value: object) -> dict:
    """A copy with another value at a dotted path; None removes it."""
    changed = copy.deepcopy(message)
    *folders, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    owner = changed
    for step in folders:
        owner = owner[step]
    if value is None:
        del owner[last]
    else:
        owner[last] = value
    return changed


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_the_formats() -> None:
    listed = [*SCHEMA["$defs"]["dtype"]["oneOf"][1]["enum"], *SCHEMA["$defs"]["float"]["enum"]]
    assert sorted(listed) == sorted(DTYPES)


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (2, 3)], ids=str)
def test_a_tensor_of_every_format_returns_bit_for_bit(name: str, shape: tuple[int, ...]) -> None:
    dtype = get_format(name).dtype
    size = dtype.itemsize * int(np.prod(shape))
    bits = np.random.default_rng(3).integers(0, 256, size, np.uint8)
    array = bits.view(dtype).reshape(shape)
    tensor = encode_tensor(array)
    assert matches(tensor, "tensor")
    returned = decode_tensor(json.loads(json.dumps(tensor)), "t")
    assert (returned.shape, returned.dtype, returned.tobytes()) == (array.shape, array.dtype, array.tobytes())
    assert returned.flags.writeable


def test_bytes_are_little_endian_and_rows_come_first() -> None:
    array = np.array([[1, 2, 3], [4, 5, 6]], ">i4").astype("i4")
    assert base64.b64decode(encode_tensor(array.T)["data"]).hex(" ", 4) == (
        "01000000 04000000 02000000 05000000 03000000 06000000"
    )
    assert base64.b64decode(encode_tensor(np.array(1.5, ml_dtypes.bfloat16))["data"]) == b"\xc0\x3f"


@pytest.mark.parametrize(
    ("message", "read", "definition"),
    [
        (HELLO, read_hello, "hello"),
        (change(HELLO, "hello.info", None), read_hello, "hello"),
        (change(HELLO, "hello.dtypes", None), read_hello, "hello"),
        (RESULTS, lambda line: read_answer(line, 7), "results"),
        ({**RESULTS, "changed": {"weights": TENSOR}}, lambda line: read_answer(line, 7), "results"),
    ],
    ids=["hello", "hello-without-info", "hello-without-dtypes", "results", "results-with-changes"],
)
def test_good_messages_are_read_and_match_the_schema(message: dict, read: object, definition: str) -> None:
    assert matches(message, definition)
    jsonschema.validate(message, SCHEMA)
    read(json.dumps(message).encode())


@pytest.mark.parametrize(
    ("message", "read", "definition"),
    [
        (REFUSAL, read_hello, "refusal"),
        (FAILURE, lambda line: read_answer(line, 7), "failure"),
    ],
    ids=["refusal", "failure"],
)
def test_errors_are_refusals(message: dict, read: object, definition: str) -> None:
    assert matches(message, definition)
    with pytest.raises(Refusal) as caught:
        read(json.dumps(message).encode())
    error = message["error"]
    assert (caught.value.type, caught.value.message, caught.value.detail) == (
        error["type"],
        error["message"],
        error.get("detail"),
    )


BAD_HELLOS = {
    "no-version": change(HELLO, "conform", None),
    "other-version": change(HELLO, "conform", 2),
    "true-version": change(HELLO, "conform", True),
    "no-name": change(HELLO, "hello.name", None),
    "blank-name": change(HELLO, "hello.name", " "),
    "number-name": change(HELLO, "hello.name", 3),
    "no-operations": change(HELLO, "hello.operations", None),
    "listed-operations": change(HELLO, "hello.operations", ["linear"]),
    "claims-of-operation": change(HELLO, "hello.operations.linear", {"speed": 1}),
    "number-in-info": change(HELLO, "hello.info.compiler", 14),
    "unknown-field": change(HELLO, "hello.results", []),
    "unknown-field-outside": {**HELLO, "id": 1},
    "both": {**HELLO, **REFUSAL},
    "error-without-message": change(REFUSAL, "error.message", None),
    "error-as-text": change(REFUSAL, "error", "no device"),
    "error-number": change(REFUSAL, "error.type", 3),
    "error-unknown-field": change(REFUSAL, "error.line", 3),
    "array": [HELLO],
}

BAD_ANSWERS = {
    "no-id": change(RESULTS, "id", None),
    "text-id": change(RESULTS, "id", "7"),
    "true-id": change(RESULTS, "id", True),
    "no-results": change(RESULTS, "results", None),
    "named-results": change(RESULTS, "results", {"output": TENSOR}),
    "unknown-field": {**RESULTS, "expected": []},
    "both": {**RESULTS, **FAILURE},
    "no-shape": change(RESULTS, "results.0.shape", None),
    "scalar-shape": change(RESULTS, "results.0.shape", 2),
    "negative-shape": change(RESULTS, "results.0.shape", [2, -1]),
    "true-shape": change(RESULTS, "results.0.shape", [2, True]),
    "fraction-shape": change(RESULTS, "results.0.shape", [2, 0.5]),
    "unknown-dtype": change(RESULTS, "results.0.dtype", "float128"),
    "listed-dtype": change(RESULTS, "results.0.dtype", ["int32"]),
    "listed-data": change(RESULTS, "results.0.data", [1, 2]),
    "no-base64": change(RESULTS, "results.0.data", "AQAAAAIAAA*="),
    "no-padding": change(RESULTS, "results.0.data", "AQAAAAIAAAA"),
    "spaced-base64": change(RESULTS, "results.0.data", "AQAAAAIA AAA="),
    "text-in-tensor": change(RESULTS, "results.0.note", "x"),
    "listed-changes": {**RESULTS, "changed": ["weights"]},
}


@pytest.mark.parametrize("message", BAD_HELLOS.values(), ids=BAD_HELLOS)
def test_bad_hellos_are_rejected_by_the_reader_and_the_schema(message: object) -> None:
    assert not matches(message, "hello")
    assert not matches(message, "refusal")
    with pytest.raises(ProtocolError):
        read_hello(json.dumps(message).encode())


@pytest.mark.parametrize("message", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_bad_answers_are_rejected_by_the_reader_and_the_schema(message: object) -> None:
    assert not matches(message, "results")
    assert not matches(message, "failure")
    with pytest.raises(ProtocolError):
        read_answer(json.dumps(message).encode(), 7)


def test_what_the_harness_writes_matches_the_schema() -> None:
    pooling = replace(OPERATIONS[0], attributes=(Attribute("stride", "How far apart.", 1),))
    assert matches(json.loads(write_hello("conform", [*OPERATIONS, pooling])), "hello_request")
    inputs = get_block("linear", "bfloat16").get_inputs(0)
    for attributes in ({}, {"stride": 2}):
        line = write_call(3, "linear", inputs, attributes)
        assert matches(json.loads(line), "call")
        assert json.loads(line).get("attributes", {}) == attributes
        assert line.count(b"\n") == 1


def test_all_lines_of_a_run_match_the_schema(tmp_path: Path) -> None:
    sent, received = tmp_path / "sent", tmp_path / "received"
    pipe = f"tee {sent} | {sys.executable} {SCRIPT} | tee {received}"
    backend = connect_program(["sh", "-c", pipe], "cmd:sh", OPERATIONS, Limits())
    assert run_backend(backend, [get_block("linear", "int64")]).conforms
    backend.close()
    for path, definitions in ((sent, ("hello_request", "call")), (received, ("hello", "results"))):
        first, *others = map(json.loads, path.read_text().splitlines())
        assert matches(first, definitions[0])
        assert others
        assert all(matches(message, definitions[1]) for message in others)


def read_transcript() -> list[tuple[str, dict]]:
    """The lines of the transcript in PROTOCOL.md: who speaks, harness or program, and the message."""
    text = PAGE.partition("```text\n")[2].partition("```")[0]
    speakers = {"→": "harness", "←": "program"}
    return [(speakers[line[0]], json.loads(line[2:])) for line in text.splitlines()]


def test_the_transcript_is_what_the_program_beside_it_says() -> None:
    transcript = read_transcript()
    assert [speaker for speaker, _ in transcript] == ["harness", "program"] * 3
    for _, message in transcript:
        jsonschema.validate(message, SCHEMA)
    said = "".join(json.dumps(message) + "\n" for speaker, message in transcript if speaker == "harness")
    ran = subprocess.run([sys.executable, SCRIPT], input=said, capture_output=True, text=True, check=True)
    due = [message for speaker, message in transcript if speaker == "program"]
    got = [json.loads(line) for line in ran.stdout.splitlines()]
    for message in (due[0], got[0]):
        message["hello"]["info"]["python"] = "any version"
    assert got == due


def test_the_transcript_is_what_the_harness_says() -> None:
    hello, scale, bad = (message for speaker, message in read_transcript() if speaker == "harness")
    assert json.loads(write_hello(hello["hello"]["harness"], read_operations(hello))) == hello
    inputs = {name: decode_tensor(tensor, name) for name, tensor in scale["inputs"].items()}
    assert json.loads(write_call(1, "linear_gradient_scale", inputs, {})) == scale
    assert bad["id"] == 2


def read_operations(message: dict) -> list[Operation]:
    def read(described: list[dict]) -> tuple[Parameter, ...]:
        return tuple(Parameter(each["name"], tuple(map(Dimension, each["shape"]))) for each in described)

    return [
        Operation(each["name"], "", "", read(each["parameters"]), read(each["results"]))
        for each in message["hello"]["operations"]
    ]


def test_what_utf_8_has_not_is_spelled_out() -> None:
    line = write_line({"a\ud800": ["b\udcff", {"c": 1}]})
    assert read_line(line) == {"a\\ud800": ["b\\udcff", {"c": 1}]}
