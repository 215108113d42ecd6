"""The backends of a run: named, checked, and with what a policy says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conform.backends.check import LoadedBackend
from conform.backends.supervised import supervise_backend
from conform.declaration import ClaimError, check_functions
from conform.errors import UsageError
from conform.suite import Manifest

if TYPE_CHECKING:
    from conform.backends.connection import Limits


def load_backends(
    specs: Sequence[str],
    manifest: Manifest,
    policy: Path | None,
    limits: Limits | None = None,
    *,
    copy: bool = False,
) -> tuple[list[LoadedBackend], list[str]]:
    """The checked backends, each in a process of its own, and the notes that reports must repeat.

    A policy adds what it says of them. `limits` and `copy` are as in `supervise_backend`. Raises UsageError or
    BackendError before anything runs.
    """
    if len(set(specs)) != len(specs):
        raise UsageError("a backend is named twice")
    backends: list[LoadedBackend] = []
    try:
        for spec in specs:
            backends.append(supervise_backend(spec, manifest.operations, limits, copy=copy))
        return _apply_policy(backends, manifest, policy)
    except BaseException:
        for backend in backends:
            if backend.close is not None:
                backend.close()
        raise


def _apply_policy(
    backends: list[LoadedBackend], manifest: Manifest, policy: Path | None
) -> tuple[list[LoadedBackend], list[str]]:
    if policy is None:
        return backends, []
    from conform.gate.policy import read_policy

    operations = [operation.name for operation in manifest.operations]
    rules = read_policy(policy, operations)
    notes: list[str] = []
    governed = []
    for backend in backends:
        declaration, added = rules.apply(backend.name, backend.declaration, operations, backend.spec)
        try:
            check_functions(declaration, manifest.function_table, reasoned=True)
        except ClaimError as error:
            raise UsageError(f"{'.'.join(error.path)}: {error.message}", where=str(policy)) from None
        governed.append(replace(backend, declaration=declaration))
        notes += [f"{backend.name}: {note}" for note in added]
    idle = set(rules.backends) - {rules.find(backend.name, backend.spec, operations) for backend in backends}
    if idle == set(rules.backends):
        listed = ", ".join(f"{backend.name} ({backend.spec})" for backend in backends)
        what = f"is about {', '.join(sorted(idle))}, and none of these runs here"
        raise UsageError(what, where=str(policy), hint=f"What runs here: {listed}.")
    notes += [f"policy: nothing named {name} runs here" for name in sorted(idle)]
    return governed, notes
