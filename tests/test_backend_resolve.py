"""Every way of naming a backend, and what is said where there is none."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends import resolve
from conform.backends.check import LoadedBackend
from conform.backends.resolve import describe_extra, find_registered, resolve_backend
from conform.errors import BackendError
from conform.running.runner import run_backend

FILE = """
from helper import NAME
from conform.backends.base import Option
from conform.backends.numpy_backend import NumpyBackend

class Backend(NumpyBackend):
    name = NAME
    options = {"level": Option(0, "a level")}

    def __init__(self, level=0):
        self.level = level

instance = Backend()
name = "whole module"
linear = instance.linear

class Outer:
    Inner = Backend
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text('NAME = "from a file"\n')
    (tmp_path / "mine.py").write_text(FILE)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (":Backend", "from a file"),
        (":Backend[level=2]", "from a file"),
        (":instance", "from a file"),
        (":Outer.Inner", "from a file"),
        ("", "whole module"),
    ],
    ids=["class", "class-with-options", "instance", "nested", "module"],
)
def test_backend_in_a_file(folder: Path, target: str, name: str) -> None:
    spec = f"{folder}/mine.py{target}"
    loaded = resolve_backend(spec, OPERATIONS)
    assert (loaded.name, loaded.spec) == (name, spec)
    assert run_backend(loaded, [get_block("linear", "float32")]).conforms


def test_folder_of_a_file_does_not_stay_on_the_path(folder: Path) -> None:
    before = list(sys.path)
    resolve_backend(f"{folder}/mine.py:Backend", OPERATIONS)
    assert sys.path == before


def test_files_of_one_name_in_two_folders_are_kept_apart(tmp_path: Path) -> None:
    for word in ("first", "second"):
        (tmp_path / word).mkdir()
        source = f'import numpy\nname = "{word}"\ndef linear(weights, bias, input): return weights @ input + bias\n'
        (tmp_path / word / "backend.py").write_text(source)
    assert [resolve_backend(f"{tmp_path}/{word}/backend.py", OPERATIONS).name for word in ("first", "second")] == [
        "first",
        "second",
    ]


@pytest.mark.parametrize(
    "spec",
    ["numpy", " numpy ", "numpy[]", "conform.backends.numpy_backend:NumpyBackend"],
    ids=["registered", "spaces", "empty-options", "module-and-object"],
)
def test_numpy_by_its_names(spec: str) -> None:
    assert resolve_backend(spec, OPERATIONS).name == "numpy"


def test_module_in_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "conform_probe_module.py").write_text(FILE)
    monkeypatch.chdir(folder)
    assert resolve_backend("conform_probe_module:instance", OPERATIONS).name == "from a file"


def test_shipped_backends_are_registered() -> None:
    assert {"numpy", "torch", "jax", "onnxruntime"} <= set(find_registered())


def test_registered_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("mine", f"package{n}:Backend", resolve.GROUP) for n in (1, 2)]
    monkeypatch.setattr(resolve.importlib.metadata, "entry_points", lambda group: points)
    with pytest.raises(BackendError, match="two packages register a backend 'mine': package1:Backend and package2"):
        find_registered()


def test_prefix_goes_to_its_connector(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connector = "def connect(text, operations):\n    return text, len(operations)\n"
    (tmp_path / "conform_probe_connector.py").write_text(connector)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(resolve.PREFIXES, "cmd:", "conform_probe_connector")
    assert resolve_backend("cmd:./kernel --fast [x]", OPERATIONS) == ("cmd:./kernel --fast [x]", 9)


@pytest.mark.parametrize(
    ("spec", "what", "hint"),
    [
        ("", "no backend is named", "A backend is named by"),
        ("[a=1]", "no backend is named", "A backend is named by"),
        ("nunpy", "no backend is called 'nunpy'", "Did you mean numpy?"),
        ("zzz", "no backend is called 'zzz'", "Registered: "),
        ("json", "no backend is called 'json'", "write json:OBJECT"),
        ("missing/kernel.py:Backend", "there is no file missing/kernel.py", "A backend is named by"),
        ("conform_no_such:Backend", "ModuleNotFoundError: No module named 'conform_no_such'", None),
        ("conform.backends.numpy_backend:NumpyBackent", "there is no 'NumpyBackent'", "Did you mean NumpyBackend"),
        ("numpy[speed=1]", "unknown option 'speed'", "This backend has no options."),
        ("array-api:", "no namespace is named", "array-api:array_api_strict"),
        ("array-api:json", "is not an array API namespace: it has no matmul, sum", None),
        ("array-api:conform_no_such", "ModuleNotFoundError", "Install the package"),
        ("array-api:numpy[subnormals=lose]", "subnormals=lose: expected one of keep, flush", None),
        ("array-api:numpy[device=cpu]", "unknown option 'device'", "subnormals=keep"),
    ],
)
def test_unknown_backend_is_explained(spec: str, what: str, hint: str | None) -> None:
    with pytest.raises(BackendError) as caught:
        resolve_backend(spec, OPERATIONS)
    assert what in caught.value.what
    assert hint is None or hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("source", "what", "line"),
    [
        ("x = 1\nimport conform_missing\n", "ModuleNotFoundError: No module named 'conform_missing'", 2),
        ("\n\ndef broken(:\n", "SyntaxError", 3),
        ("raise SystemExit(4)\n", "SystemExit: 4", 1),
        ("def fail():\n    return 1 / 0\nfail()\n", "ZeroDivisionError", 2),
    ],
    ids=["missing-module", "syntax", "exit", "exception"],
)
def test_failing_import_shows_the_original_error_and_line(tmp_path: Path, source: str, what: str, line: int) -> None:
    file = tmp_path / "broken.py"
    file.write_text(source)
    with pytest.raises(BackendError) as caught:
        resolve_backend(f"{file}:Backend", OPERATIONS)
    assert what in caught.value.what
    assert caught.value.where == f"{file}:{line}"


def test_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "conform.backends.torch_backend", raising=False)
    with pytest.raises(BackendError, match="torch") as caught:
        resolve_backend("torch", OPERATIONS)
    assert caught.value.hint == describe_extra("torch")


def test_object_missing_from_a_file_lists_what_there_is(folder: Path) -> None:
    with pytest.raises(BackendError, match="there is no 'Zzz'") as caught:
        resolve_backend(f"{folder}/mine.py:Zzz", OPERATIONS)
    assert "Backend, instance" in (caught.value.hint or "")
    assert caught.value.what.endswith(f"in {folder}/mine.py")


def test_importing_conform_loads_no_framework() -> None:
    heavy = "print({'torch', 'jax', 'onnx', 'onnxruntime'} & set(sys.modules))"
    code = f"import sys, conform, conform.backends, conform.backends.resolve, conform.running.runner; {heavy}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_array_api_over_numpy() -> None:
    loaded = resolve_backend("array-api:numpy[subnormals=flush]", OPERATIONS)
    assert isinstance(loaded, LoadedBackend)
    assert loaded.options == {"subnormals": "flush"}
    assert loaded.declaration.flushes("linear", "float32")
    result = run_backend(loaded, [get_block("linear_batched", "float32"), get_block("linear", "bfloat16")])
    assert result.conforms
    assert result.groups[1].unsupported == result.groups[1].cases
