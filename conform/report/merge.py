"""Puts the runs of several machines side by side, as one run that every kind of report can be made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from conform.errors import UsageError
from conform.results import BackendResult, RunResult


def merge_runs(runs: Sequence[RunResult], paths: Sequence[Path]) -> RunResult:
    """All backends of these runs, which were read from these files, as one run; a run alone stays what it is.

    A backend that several have is told apart by its host, and by the name of the file where that is not enough. What
    is about a whole run names where it comes from. Raises UsageError where no run is given.
    """
    if not runs:
        raise UsageError("there is no report to make one of", hint="Name one that `conform run --report json:` wrote.")
    if len(runs) == 1:
        return runs[0]
    labels = _label_runs(runs, paths)
    named = Counter(backend.backend for run in runs for backend in run.backends)
    backends = [
        _rename(backend, run, label, named[backend.backend] > 1)
        for run, label in zip(runs, labels, strict=True)
        for backend in run.backends
    ]

    def gather(name: str) -> tuple[str, ...]:
        return tuple(f"{label}: {text}" for run, label in zip(runs, labels, strict=True) for text in getattr(run, name))

    return RunResult(
        backends=tuple(backends),
        provenance=_agree([run.provenance for run in runs]),
        notes=(*_compare_vectors(runs, labels), *gather("notes")),
        complete=all(run.complete for run in runs),
        whole=all(run.whole for run in runs),
        stale=gather("stale"),
        objections=gather("objections"),
        operations=max(run.operations for run in runs),
    )


def _label_runs(runs: Sequence[RunResult], paths: Sequence[Path]) -> list[str]:
    hosts = [run.circumstances.host if run.circumstances else "" for run in runs]
    labels = [host if host and hosts.count(host) == 1 else path.stem for host, path in zip(hosts, paths, strict=True)]
    return [label if labels.count(label) == 1 else str(path) for label, path in zip(labels, paths, strict=True)]


def _rename(backend: BackendResult, run: RunResult, label: str, shared: bool) -> BackendResult:
    told = {} if run.circumstances is None else asdict(run.circumstances)
    where = {f"run {key}": str(value) for key, value in told.items() if value is not None}
    info = {**backend.info, **where}
    if not shared:
        return replace(backend, info=info)
    return replace(backend, backend=f"{backend.backend} on {label}", spec=backend.spec or backend.backend, info=info)


def _agree(provenances: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What all say alike, and of the rest every value."""
    merged: dict[str, list[str]] = {}
    for provenance in provenances:
        for key, value in provenance.items():
            if value not in merged.setdefault(key, []):
                merged[key].append(value)
    return {key: " or ".join(values) for key, values in merged.items()}


def _compare_vectors(runs: Sequence[RunResult], labels: Sequence[str]) -> list[str]:
    found: dict[str, list[str]] = {}
    for run, label in zip(runs, labels, strict=True):
        found.setdefault(run.provenance.get("SHA256SUMS", "unknown"), []).append(label)
    if len(found) == 1:
        return []
    told = "; ".join(f"{', '.join(names)} with {digest}" for digest, names in found.items())
    return [f"the runs are of different vectors: {told}"]
