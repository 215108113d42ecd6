"""A program that scales a float64 gradient, and does what its first argument says where the factor is 13.

With a second argument, it appends its process number to the file of that name whenever it is started.
"""

import base64
import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

FAULT = sys.argv[1]
MARK = sys.argv[2] if len(sys.argv) > 2 else ""
HELLO = {"name": "faulty", "dtypes": ["float64"], "operations": {"linear_gradient_scale": {}}}


def write(text, stream=1):
    data = text.encode() if isinstance(text, str) else text
    while data:
        data = data[os.write(stream, data) :]


def say(message):
    write(json.dumps(message) + "\n")


def tensor(values, shape):
    data = base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()
    return {"shape": shape, "dtype": "float64", "data": data}


def sleep():
    time.sleep(1000)


def overwrite(message, right):
    grad = message["inputs"]["grad"]
    changed = {**grad, "data": base64.b64encode(bytes(len(base64.b64decode(grad["data"])))).decode()}
    say({**right, "changed": {"grad": changed}})


def misbehave(message, right):
    """Whatever stands for the answer to the call that hits the fault."""
    number, results = message["id"], right["results"]
    other = results[0]
    lies = {
        "wrong-id": {**right, "id": number + 1},
        "no-id": {"results": results},
        "text-id": {**right, "id": str(number)},
        "unknown-field": {**right, "speed": 1},
        "no-results": {"id": number},
        "both": {**right, "error": {"type": "E", "message": ""}},
        "null-results": {"id": number, "results": None},
        "bad-base64": {"id": number, "results": [{**other, "data": "?"}]},
        "short-data": {"id": number, "results": [{**other, "data": ""}]},
        "bad-shape": {"id": number, "results": [{**other, "shape": [-1]}]},
        "no-array-shape": {"id": number, "results": [{**other, "shape": [0] + [2**62] * 3, "data": ""}]},
        "bad-dtype": {"id": number, "results": [{**other, "dtype": "complex128"}]},
        "bad-changed": {**right, "changed": {"loss": other}},
        "error": {"id": number, "error": {"type": "ValueError", "message": "no thirteens"}},
        "error-detail": {"id": number, "error": {"type": "ValueError", "message": "no", "detail": "line 7"}},
        "unsupported": {"id": number, "error": {"type": "Unsupported", "message": "thirteen is not supported"}},
        "too-few": {"id": number, "results": []},
        "wrong-shape": {"id": number, "results": [{**other, "shape": [len(base64.b64decode(other["data"])) // 8]}]},
        "wrong-dtype": {"id": number, "results": [{**other, "dtype": "int64"}]},
    }
    acts = {
        "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "exit": lambda: os._exit(3),
        "hang": sleep,
        "half-answer": lambda: (write('{"id": 1'), sleep()),
        "close-stdout": lambda: (os.close(1), sleep()),
        "garbage": lambda: write("ready to serve!\n"),
        "bytes": lambda: write(b"\xff\xfe\n"),
        "array": lambda: write("[]\n"),
        "two-lines": lambda: write(json.dumps(right) + "\nand another line\n"),
        "endless-line": lambda: [write("x" * 65536) for _ in range(10**6)],
        "huge-answer": lambda: write(json.dumps({**right, "pad": "x" * 2**20}) + "\n"),
        "endless-stderr": lambda: [write("x" * 65536, 2) for _ in range(10**6)],
        "loud-crash": lambda: (write("noise\n" * 2**17 + "the reason\n", 2), os.abort()),
        "orphan": lambda: (subprocess.Popen(["sleep", "1000"]), os._exit(3)),
        "overwrite": lambda: overwrite(message, right),
    }
    if FAULT in lies:
        say(lies[FAULT])
    else:
        acts.get(FAULT, os.abort)()


def answer(message):
    factor = struct.unpack("<d", base64.b64decode(message["inputs"]["scale_factor"]["data"]))[0]
    grad = message["inputs"]["grad"]
    data = base64.b64decode(grad["data"])
    values = [x * factor for x in struct.unpack(f"<{len(data) // 8}d", data)]
    right = {"id": message["id"], "results": [tensor(values, grad["shape"])]}
    if factor == 13:
        misbehave(message, right)
    else:
        if FAULT == "loud":
            write("note\n" * 2**16, 2)
        say(right)
        if FAULT == "close-stdin":
            os.close(0)
            sleep()


def greet():
    """The hello, and what can be wrong with it."""
    hellos = {
        "hello-version": {"conform": 2, "hello": HELLO},
        "hello-missing": {"hello": HELLO},
        "hello-text": {"conform": 1, "hello": "hi"},
        "hello-name": {"conform": 1, "hello": {**HELLO, "name": " "}},
        "hello-nothing": {"conform": 1, "hello": {**HELLO, "operations": {}}},
        "hello-info": {"conform": 1, "hello": {**HELLO, "info": {"threads": 2}}},
        "hello-unknown-field": {"conform": 1, "hello": {**HELLO, "expected": []}},
        "hello-misspelt": {"conform": 1, "hello": {**HELLO, "operations": {"linear_gradient_scael": {}}}},
        "hello-other": {"conform": 1, "hello": {**HELLO, "operations": {"conv2d": {}}}},
        "hello-claim": {"conform": 1, "hello": {**HELLO, "accumulates": {"float16": "float12"}}},
        "hello-refusal": {"conform": 1, "error": {"type": "RuntimeError", "message": "no device"}},
    }
    if FAULT == "hello-hang":
        sleep()
    if FAULT == "hello-crash":
        sys.exit("cannot find libdevice.so")
    if FAULT == "hello-garbage":
        write("Welcome!\n")
        sleep()
    if MARK:
        starts = Path(MARK)
        starts.write_text((starts.read_text() if starts.exists() else "") + f"{os.getpid()}\n")
        again = len(starts.read_text().split()) > 1
        if again and FAULT == "only-once":
            sys.exit("already used")
        if again and FAULT == "changes-name":
            HELLO["name"] = "somebody else"
    say(hellos.get(FAULT) or {"conform": 1, "hello": HELLO})


greet()
for line in sys.stdin:
    request = json.loads(line)
    if "conform" not in request:
        answer(request)
