"""Where a verdict comes from: the vectors, their generator, and this harness."""

from __future__ import annotations

import datetime
import hashlib
import platform
import shlex
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from conform import __version__
from conform.errors import UsageError
from conform.results import Circumstances, RunResult
from conform.suite import Manifest

_PATIENCE = 5.0
"""Seconds that git may take."""


def describe_vectors(folder: Path, manifest: Manifest) -> dict[str, str]:
    """What identifies the expected values: profile, seed, toolchain, and the SHA-256 of the list of checksums."""
    sums = folder / "SHA256SUMS"
    digest = hashlib.sha256(sums.read_bytes()).hexdigest() if sums.is_file() else "no SHA256SUMS"
    return {
        "format": str(manifest.format_version),
        "profile": manifest.profile,
        "seed": str(manifest.seed),
        "toolchain": manifest.lean_toolchain,
        "SHA256SUMS": digest[:16],
        "conform": __version__,
        "python": platform.python_version(),
    }


def describe_circumstances(
    started: datetime.datetime, seconds: float, arguments: Sequence[str], environment: Mapping[str, str]
) -> Circumstances:
    """When, for how long, where and by which command a run was made.

    With SOURCE_DATE_EPOCH in the environment (reproducible-builds.org), that is the time, and nothing takes any.
    Raises UsageError where it is no number of seconds.
    """
    epoch = environment.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        started, seconds = _read_epoch(epoch), 0.0
    return Circumstances(
        start=started.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(seconds, 3),
        host=socket.gethostname(),
        platform=platform.platform(),
        command=shlex.join(["conform", *arguments]),
        commit=find_commit(Path.cwd()),
    )


def add_circumstances(run: RunResult, circumstances: Circumstances, environment: Mapping[str, str]) -> RunResult:
    """The run with these circumstances; what depends on the clock is left out where SOURCE_DATE_EPOCH is set."""
    if "SOURCE_DATE_EPOCH" in environment:
        timeless = (
            replace(backend, groups=tuple(replace(group, seconds=0.0) for group in backend.groups))
            for backend in run.backends
        )
        run = replace(run, backends=tuple(timeless))
    return replace(run, circumstances=circumstances)


def find_commit(folder: Path) -> str | None:
    """The commit that is checked out in the git repository around a folder; None where there is none to be told."""
    git = shutil.which("git")
    if git is None or not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return None
    try:
        told = subprocess.run(
            [git, "rev-parse", "--verify", "HEAD"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.strip() or None if told.returncode == 0 else None


def _read_epoch(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(int(text), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        what = f"SOURCE_DATE_EPOCH is {text!r}, which is no number of seconds since 1970"
        raise UsageError(what, hint="Unset it, or give it one.") from None
