"""The shipped backends conform, and their arithmetic is what they declare: no wider, and no narrower either."""

from __future__ import annotations

import re
import shutil
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from toy_suite import FORMATS, OPERATIONS, SIZES, get_block

from conform.backends.check import LoadedBackend
from conform.backends.resolve import resolve_backend
from conform.errors import BackendError
from conform.formats import get_format
from conform.results import Verdict
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block

NEEDS = {
    "numpy": (),
    "torch": ("torch",),
    "jax": ("jax",),
    "onnxruntime": ("onnx", "onnxruntime"),
    "array-api:array_api_strict": ("array_api_strict",),
}
FORWARD = ("linear", "linear_batched")
GRADIENTS = tuple(operation.name for operation in OPERATIONS if operation.name.endswith(("deriv", "backward")))


def open_backend(spec: str) -> LoadedBackend:
    for module in NEEDS[spec.partition("[")[0]]:
        pytest.importorskip(module, reason=f"{module} is an extra that is not installed")
    return resolve_backend(spec, OPERATIONS)


def pick(operation: str, dtype: str) -> Block:
    """A block small enough for backends that compile a program for every shape."""
    block = get_block(operation, dtype, "small-integers", "normal", "nan", "subnormal", "overflow")
    return block.take([i for i, case in enumerate(block.cases) if case.sizes in (SIZES[0], SIZES[3])])


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("spec", NEEDS)
def test_backend_conforms(spec: str, dtype: str) -> None:
    backend = open_backend(spec)
    options = RunOptions(non_contiguous=True, deterministic=True)
    result = run_backend(backend, [pick(operation.name, dtype) for operation in OPERATIONS], options)
    assert [(case.id, case.problems) for case in result.cases if case.problems] == []
    supported = [name for name in backend.methods if backend.declaration.supports(name, dtype)]
    assert result.conforms is bool(supported)
    for group in result.groups:
        assert (group.unsupported == group.cases) is (group.operation not in supported)


@pytest.mark.parametrize(
    ("spec", "dtype", "operations"),
    [
        ("torch", "int32", ("linear", "linear_batched", "linear_gradient_accumulate", "linear_gradient_scale")),
        ("jax", "int64", ("linear", "linear_batched", "linear_gradient_accumulate", "linear_gradient_scale")),
        ("torch", "float16", tuple(operation.name for operation in OPERATIONS)),
        ("jax", "bfloat16", tuple(operation.name for operation in OPERATIONS)),
        ("numpy", "int32", tuple(operation.name for operation in OPERATIONS)),
        ("onnxruntime", "float16", FORWARD),
        ("onnxruntime", "int32", ()),
        ("array-api:array_api_strict", "int64", tuple(operation.name for operation in OPERATIONS)),
        ("array-api:array_api_strict", "float16", ()),
    ],
)
def test_supported_operations(spec: str, dtype: str, operations: tuple[str, ...]) -> None:
    backend = open_backend(spec)
    supported = {name for name in backend.methods if backend.declaration.supports(name, dtype)}
    assert supported == set(operations)


def call(backend: LoadedBackend, operation: str, **inputs: Any) -> tuple[Any, ...]:
    """The results of one call, as float64."""
    arrays = {name: array if backend.to_native is None else backend.to_native(array) for name, array in inputs.items()}
    returned = backend.methods[operation](**arrays)
    parts = returned if isinstance(returned, tuple) else (returned,)
    return tuple(np.asarray(backend.to_numpy(part) if backend.to_numpy else part).astype(np.float64) for part in parts)


def name_format(lost: bool, dtype: str) -> str:
    return dtype if lost else "float32"


NARROW = pytest.mark.parametrize("dtype", ["float16", "bfloat16"])


@NARROW
@pytest.mark.parametrize("operation", FORWARD)
@pytest.mark.parametrize("spec", NEEDS)
def test_declared_accumulator_of_the_forward_pass_is_observed(spec: str, operation: str, dtype: str) -> None:
    """2^p + 1 − 2^p, the last term being the bias: rounding the product to p bits before it loses the one."""
    backend = open_backend(spec)
    if not (operation in backend.methods and backend.declaration.supports(operation, dtype)):
        pytest.skip(f"{spec} does not support {operation} in {dtype}")
    format = get_format(dtype)
    large = 2.0**format.precision
    weights = np.array([[large, 1.0]] * 3).astype(format.dtype)
    bias = np.full(3, -large).astype(format.dtype)
    lost = []
    for strided in (False, True):
        vector = np.ones(4, format.dtype)[::2] if strided else np.ones(2, format.dtype)
        input = vector if operation == "linear" else np.ones((2, 2), format.dtype)
        lost.append(not call(backend, operation, weights=weights, bias=bias, input=input)[0].all())
    rules = backend.declaration.rules_for(operation, format)
    assert (rules.separate or rules.accumulator.name == dtype) is any(lost)


@NARROW
@pytest.mark.parametrize("spec", ["numpy", "torch", "jax"])
def test_declared_accumulator_of_the_batched_gradient_is_observed(spec: str, dtype: str) -> None:
    """The bias gradient sums 2^p + 1 − 2^p down the batch."""
    backend = open_backend(spec)
    format = get_format(dtype)
    large = 2.0**format.precision
    arrays = {
        "weights": np.ones((3, 3), format.dtype),
        "input": np.ones((3, 3), format.dtype),
        "grad_output": np.array([[large] * 3, [1.0] * 3, [-large] * 3]).astype(format.dtype),
    }
    _, d_bias, _ = call(backend, "batch_linear_deriv", **arrays)
    declared = backend.declaration.rules_for("batch_linear_deriv", format).accumulator.name
    assert declared == name_format(not d_bias.all(), dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("spec", NEEDS)
def test_declared_treatment_of_subnormals_is_observed(spec: str, dtype: str) -> None:
    backend = open_backend(spec)
    if not backend.declaration.supports("linear_batched", dtype):
        pytest.skip(f"{spec} does not support {dtype}")
    format = get_format(dtype)
    smallest = np.array([[2.0**format.subnormal_exponent]]).astype(format.dtype)
    one = np.ones((1, 1), format.dtype)
    (output,) = call(backend, "linear_batched", weights=one, bias=np.zeros(1, format.dtype), input=smallest)
    assert backend.declaration.flushes("linear_batched", dtype) is bool(output[0, 0] == 0)


@pytest.mark.parametrize("spec", NEEDS)
def test_versions_and_device_are_told(spec: str) -> None:
    backend = open_backend(spec)
    module = spec.removeprefix("array-api:")
    assert backend.info is not None
    assert backend.info[module]
    assert all(isinstance(text, str) and text for text in backend.info.values())


@pytest.mark.parametrize(
    ("spec", "keys"),
    [
        ("numpy", {"numpy", "ml_dtypes", "BLAS", "BLAS threads", "machine"}),
        ("torch", {"torch", "device", "mode", "threads", "BLAS", "CPU capability", "float32 matmul precision"}),
        ("jax", {"jax", "jaxlib", "device", "compiled programs", "mode", "threads", "matmul precision"}),
        ("onnxruntime", {"onnxruntime", "onnx", "provider", "threads"}),
        ("array-api:array_api_strict", {"array_api_strict", "array API", "device", "numpy", "BLAS", "BLAS threads"}),
    ],
)
def test_what_bears_on_the_results_is_told(spec: str, keys: set[str]) -> None:
    assert set(open_backend(spec).info or {}) == keys


@pytest.mark.parametrize("spec", ["jax[jit=false]", "torch[threads=1]", "onnxruntime[threads=1]"])
def test_other_modes_conform_too(spec: str) -> None:
    backend = open_backend(spec)
    assert run_backend(backend, [pick("linear", "float32"), pick("linear_backward", "float32")]).conforms


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*")
def test_torch_compile_conforms_and_never_falls_back_to_eager() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra that is not installed")
    if shutil.which("c++") is None and shutil.which("g++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    backend = resolve_backend("torch[compile=true]", OPERATIONS)
    block = get_block("linear", "float32", "small-integers").take([0])
    result = run_backend(backend, [block])
    assert result.conforms
    assert result.info["mode"] == "torch.compile"
    assert torch._dynamo.config.fail_on_recompile_limit_hit


@pytest.mark.parametrize(
    ("spec", "fragment"),
    [
        ("torch[device=abacus]", "option device=abacus"),
        ("torch[threads=-1]", "option threads=-1: expected zero or a positive number"),
        ("jax[device=abacus]", "option device=abacus"),
        ("jax[device=cpu:99]", "option device=cpu:99"),
        ("jax[jit=perhaps]", "option jit=perhaps: expected true or false"),
        ("onnxruntime[provider=Abacus]", "option provider=Abacus: not available"),
        ("onnxruntime[threads=-2]", "option threads=-2"),
    ],
)
def test_impossible_option_is_refused(spec: str, fragment: str) -> None:
    for module in NEEDS[spec.partition("[")[0]]:
        pytest.importorskip(module, reason=f"{module} is an extra that is not installed")
    with pytest.raises(BackendError, match=fragment.replace("[", r"\[")):
        resolve_backend(spec, OPERATIONS)


def test_settings_of_two_torch_backends_do_not_meet() -> None:
    torch = pytest.importorskip("torch", reason="torch is an extra that is not installed")
    backends = [resolve_backend(spec, OPERATIONS) for spec in ("torch[threads=1]", "torch[threads=3]", "torch")]
    told = [int((backend.info or {})["threads"]) for backend in backends]
    seen = []
    for backend in (*backends, backends[0], backends[2]):
        call(backend, "linear_gradient_scale", grad=np.ones((1, 1)), scale_factor=np.ones(()))
        seen.append(torch.get_num_threads())
    assert told[:2] == [1, 3]
    assert seen == [*told, 1, told[2]]


@pytest.mark.parametrize("jit", ["true", "false"])
@pytest.mark.parametrize(("precision", "compiled"), [("default", "DEFAULT"), ("highest", "HIGHEST")])
def test_jax_multiplies_at_the_precision_that_is_told(precision: str, compiled: str, jit: str) -> None:
    jax = pytest.importorskip("jax", reason="jax is an extra that is not installed")
    other = open_backend("jax[precision=high]")
    backend = open_backend(f"jax[precision={precision},jit={jit}]")
    assert backend.info is not None
    assert backend.info["matmul precision"] == precision
    arrays = [np.ones(shape, np.float32) for shape in ((3, 2), (3,), (2,), (3,))]
    for each, wanted in ((other, "HIGH"), (backend, compiled)):
        program = str(jax.make_jaxpr(each.methods["linear_backward"])(*arrays))
        assert set(re.findall(r"Precision\.([A-Z]+)", program)) == {wanted}


def test_tf32_is_said_to_have_no_effect_where_it_has_none() -> None:
    backend = open_backend("torch[tf32=true]")
    assert backend.info is not None
    assert backend.info["TF32"] == "has no effect on cpu"
    assert backend.info["float32 matmul precision"] == "highest"


def test_bfloat16_keeps_its_bits_on_the_way_through_torch() -> None:
    backend = open_backend("torch")
    assert backend.to_native is not None
    assert backend.to_numpy is not None
    array = np.arange(0x3F80, 0x3F90, dtype=np.uint16).view(ml_dtypes.bfloat16)
    returned = backend.to_numpy(backend.to_native(array))
    assert returned.dtype == array.dtype
    assert returned.tobytes() == array.tobytes()


def test_a_case_that_is_not_judged_is_never_a_pass() -> None:
    backend = open_backend("onnxruntime")
    result = run_backend(backend, [pick("linear_backward", "float32")])
    assert {case.verdict for case in result.cases} == {Verdict.UNSUPPORTED}
    assert not result.conforms
