"""Running any Python backend in a process of its own, so that a crash or a hang costs one case."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from conform.backends.check import LoadedBackend
from conform.backends.connection import Limits
from conform.backends.process import connect_program
from conform.backends.resolve import resolve_backend
from conform.errors import UsageError
from conform.suite import Operation

_NOTE = "in a process of its own, where results that share memory do not show"


def isolate_backend(spec: str, operations: Sequence[Operation], limits: Limits | None = None) -> LoadedBackend:
    """The backend that `spec` names, loaded and called in another process; programs are in one already.

    What a call does to its inputs shows as it does without isolation. Whether results share memory with inputs or with
    each other does not. Raises BackendError as `resolve_backend` does, and where loading ends the process.
    """
    spec = spec.strip()
    if spec.startswith(("cmd:", "cmd[")):
        return resolve_backend(spec, operations)
    # Without -P the current folder would come first, and a file in it could stand in for any module.
    argv = [sys.executable, "-P", "-m", "conform.backends.worker", spec]
    backend = connect_program(argv, spec, operations, limits)
    return replace(backend, info={**(backend.info or {}), "isolated": _NOTE})


def choose_limits(isolate: bool, timeout: float | None) -> Limits | None:
    """The limits that `--isolate` and `--timeout` stand for; None without isolation.

    Raises UsageError for a timeout without isolation, where nothing could keep it.
    """
    if isolate:
        return Limits() if timeout is None else Limits(call=timeout)
    if timeout is not None:
        hint = "A program has a limit of its own: cmd[timeout=5]:PROGRAM ARGS."
        raise UsageError("--timeout needs --isolate: a call within this process cannot be ended", hint=hint)
    return None
