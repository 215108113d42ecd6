"""Judging one function of one's own as a backend that has nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from conform.backends.check import LoadedBackend, check_backend
from conform.folders import find_vectors
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.report.case_text import format_case
from conform.results import BackendResult, Verdict
from conform.running.runner import run_backend
from conform.suite import Manifest

DESCRIBED = 3
"""How many failing cases a message describes."""


def check_function(
    function: Callable[..., Any],
    operation: str,
    *,
    vectors: Path | None = None,
    dtypes: Sequence[str] = (),
    flags: Sequence[str] = (),
    accumulates: Mapping[str, str] | None = None,
    subnormals: str | Mapping[str, str] = "keep",
) -> BackendResult:
    """Judge a function on the cases of one operation, with numpy arrays by keyword, named as in the manifest.

    `dtypes` and `flags` are globs that leave the other cases out; `accumulates` and `subnormals` are declared for the
    function as a backend declares them. Raises AssertionError that describes the first failing cases, or says that no
    case was judged; UsageError where nothing is selected, BackendError where the function cannot be called so.
    """
    __tracebackhide__ = True
    folder = find_vectors(vectors)
    manifest = load_manifest(folder)
    selection = make_selection(manifest, operations=(operation,), dtypes=dtypes, flags=flags)
    backend = _wrap_function(function, operation, manifest, accumulates, subnormals)
    result = run_backend(backend, load_blocks(folder, manifest, selection))
    if not result.complete:
        raise KeyboardInterrupt
    if not result.conforms:
        raise AssertionError(_describe(result, operation))
    return result


def _wrap_function(
    function: Callable[..., Any],
    operation: str,
    manifest: Manifest,
    accumulates: Mapping[str, str] | None,
    subnormals: str | Mapping[str, str],
) -> LoadedBackend:
    name = getattr(function, "__name__", type(function).__name__)
    # A class, because the place of a mistake is looked up in the source of one.
    attributes = {
        "__module__": getattr(function, "__module__", None) or __name__,
        "name": name,
        "accumulates": accumulates or {},
        "subnormals": subnormals,
        operation: staticmethod(function),
    }
    return check_backend(type(name, (), attributes), manifest.operations)


def _describe(result: BackendResult, operation: str) -> str:
    bad = [case for case in result.cases if case.verdict in (Verdict.FAIL, Verdict.ERROR)]
    if not bad:
        reasons = dict.fromkeys(case.reason for case in result.cases if case.reason)
        return f"{result.backend}: no case of {operation} was judged: {'; '.join(map(str, reasons))}"
    lines = [f"{result.backend} is not {operation}: {len(bad)} of {len(result.cases)} cases fail"]
    lines += [format_case(case) for case in bad[:DESCRIBED]]
    if len(bad) > DESCRIBED:
        lines.append(f"… and {len(bad) - DESCRIBED} more failing cases.")
    return "\n".join(lines)
