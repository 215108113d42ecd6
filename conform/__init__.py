"""Says, with a derivation, whether a backend computes what a Lean specification defines.

`run`, `check`, `explain` and `load_vectors` are what the commands do; the classes are what they take and give back.
Each is loaded when it is first asked for, so that importing conform loads nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conform.backends.base import Backend, BackendBase, Unsupported
    from conform.errors import ConformError
    from conform.library import check, explain, load_vectors, run
    from conform.results import RunResult, Verdict

__version__ = "0.1.0"

_HOMES = {
    "Backend": "conform.backends.base",
    "BackendBase": "conform.backends.base",
    "ConformError": "conform.errors",
    "RunResult": "conform.results",
    "Unsupported": "conform.backends.base",
    "Verdict": "conform.results",
    "check": "conform.library",
    "explain": "conform.library",
    "load_vectors": "conform.library",
    "run": "conform.library",
}

__all__ = [
    "Backend",
    "BackendBase",
    "ConformError",
    "RunResult",
    "Unsupported",
    "Verdict",
    "check",
    "explain",
    "load_vectors",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'conform' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
