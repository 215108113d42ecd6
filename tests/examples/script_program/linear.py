"""A program that conform can test, in the standard library alone: run it as `cmd:python3 linear.py`."""

import base64
import json
import platform
import struct
import sys

CODES = {"float64": "d", "int32": "i", "int64": "q"}


def unpack(tensor):
    """The elements of a tensor, row after row."""
    data = base64.b64decode(tensor["data"])
    code = CODES[tensor["dtype"]]
    return list(struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data))


def pack(values, shape, dtype):
    try:
        data = struct.pack(f"<{len(values)}{CODES[dtype]}", *values)
    except struct.error:
        raise OverflowError(f"a result is no {dtype}") from None
    return {"shape": shape, "dtype": dtype, "data": base64.b64encode(data).decode()}


def linear(inputs):
    """weights [outDim, inDim] times input [inDim], plus bias [outDim]."""
    weights, bias, vector = (unpack(inputs[name]) for name in ("weights", "bias", "input"))
    rows, columns = inputs["weights"]["shape"]
    output = []
    for row in range(rows):
        total = 0
        for column in range(columns):
            total += weights[row * columns + column] * vector[column]
        output.append(total + bias[row])
    return [pack(output, [rows], inputs["weights"]["dtype"])]


def linear_gradient_scale(inputs):
    """grad [outDim, inDim] times scale_factor, which is a scalar: its shape is []."""
    (factor,) = unpack(inputs["scale_factor"])
    scaled = [value * factor for value in unpack(inputs["grad"])]
    return [pack(scaled, inputs["grad"]["shape"], inputs["grad"]["dtype"])]


OPERATIONS = {"linear": linear, "linear_gradient_scale": linear_gradient_scale}

HELLO = {
    "name": "script",
    "info": {"python": platform.python_version()},
    "dtypes": list(CODES),
    "operations": {name: {} for name in OPERATIONS},
}


def answer(message):
    if "conform" in message:
        return {"conform": 1, "hello": HELLO}
    try:
        return {"id": message["id"], "results": OPERATIONS[message["operation"]](message["inputs"])}
    except Exception as error:
        return {"id": message["id"], "error": {"type": type(error).__name__, "message": str(error)}}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
