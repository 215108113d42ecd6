import importlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from toy_suite import FORMATS, OPERATIONS, get_block, list_blocks

from conform.backends.resolve import resolve_backend
from conform.results import BackendResult, Verdict
from conform.running.runner import run_backend

EXAMPLES = Path(__file__).parent / "examples"
COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
LEAN_EXPORT = Path(__file__).parent.parent / "lean_export"
KINDS = ("small-integers", "nan", "subnormal", "overflow")
CPP_FORMATS = ("float64", "float32", "int32", "int64")

needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C++ compiler")


def run(spec: str, dtypes: tuple[str, ...] = FORMATS) -> BackendResult:
    backend = resolve_backend(spec, OPERATIONS)
    try:
        return run_backend(backend, list_blocks(dtypes))
    finally:
        if backend.close is not None:
            backend.close()


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the plug-in, from a copy, as a user would."""
    pytest.importorskip("hatchling", reason="building the package needs hatchling")
    folder = tmp_path_factory.mktemp("plugin")
    copy = shutil.copytree(EXAMPLES / "python_plugin", folder / "copy")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "--target", folder / "site", copy], check=True)
    return folder / "site"


def test_the_plugin_is_found_by_its_name_and_conforms(plugin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(plugin)
    importlib.invalidate_caches()
    result = run("widened[order=F]")
    assert result.conforms
    assert result.info["option order"] == "F"
    assert {case.verdict for case in result.cases} == {Verdict.PASS}


def test_the_plugin_is_unknown_before_it_is_installed() -> None:
    assert "widened" not in importlib.metadata.entry_points(group="conform.backends").names


def compile_program(folder: Path, replacements: dict[str, str]) -> Path:
    source = (EXAMPLES / "cpp_program" / "linear.cpp").read_text()
    for old, new in replacements.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    copy = folder / "linear.cpp"
    copy.write_text(source)
    program = folder / "linear"
    flags = ["-std=c++17", "-O0", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([COMPILER, *flags, "-o", program, copy], check=True)
    return program


@pytest.fixture(scope="module")
def cpp_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_program(tmp_path_factory.mktemp("cpp"), {})


@needs_compiler
def test_the_cpp_program_conforms_in_the_formats_it_claims(cpp_program: Path) -> None:
    result = run(f"cmd:{cpp_program}")
    assert result.conforms
    verdicts = {(case.dtype, case.verdict) for case in result.cases}
    assert verdicts == {(dtype, Verdict.PASS) for dtype in CPP_FORMATS} | {
        (dtype, Verdict.UNSUPPORTED) for dtype in FORMATS if dtype not in CPP_FORMATS
    }
    assert {case.operation for case in result.cases if case.verdict is Verdict.PASS} == {op.name for op in OPERATIONS}


@needs_compiler
def test_the_cpp_program_answers_what_it_cannot_do_with_an_error(cpp_program: Path) -> None:
    tensor = {"shape": [1], "dtype": "float16", "data": "AAA="}
    lines = [
        {"id": 1, "operation": "linear", "inputs": {"input": tensor}},
        {"id": 2, "operation": "conv", "inputs": {"input": {**tensor, "dtype": "float64", "data": ""}}},
        {"id": 3, "operation": "linear", "inputs": {"input": {**tensor, "dtype": "float64", "data": "*"}}},
    ]
    said = "".join(json.dumps(line) + "\n" for line in lines)
    ran = subprocess.run([cpp_program], input=said, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2, 3]
    assert answers[0]["error"]["message"] == "no kernel for float16"
    assert answers[2]["error"]["message"] == "not base64"


@needs_compiler
def test_a_cpp_kernel_without_its_bias_fails(tmp_path: Path) -> None:
    program = compile_program(tmp_path, {"add(sum, bias.data[i])": "bias.data.empty() ? bias.data[i] : sum"})
    backend = resolve_backend(f"cmd:{program}", OPERATIONS)
    try:
        result = run_backend(backend, [get_block("linear", "float32"), get_block("linear_input_deriv", "float32")])
    finally:
        backend.close()
    assert not result.conforms
    failed = {case.operation for case in result.cases if case.verdict is Verdict.FAIL}
    assert failed == {"linear"}


@pytest.mark.skipif(shutil.which("lake") is None, reason="there is no lake on PATH")
def test_the_specification_itself_conforms_in_floating_point() -> None:
    # In the folder, since elan chooses the toolchain by the folder that lake is called in.
    built = subprocess.run(["lake", "build", "backend"], cwd=LEAN_EXPORT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    backend = resolve_backend(f"cmd:sh -c \"cd '{LEAN_EXPORT}' && exec lake exe backend\"", OPERATIONS)
    try:
        result = run_backend(backend, list_blocks(("float64", "float32", "int32", "int64"), *KINDS))
    finally:
        backend.close()
    assert backend.name == "lean"
    assert result.conforms
    assert {case.verdict for case in result.cases} == {Verdict.PASS}
