"""Stands in for the Lean toolchain: a `lake` that copies a prepared folder, and a `lean` that states a version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tiny_suite import TinySuite

LAKE = """#!/bin/sh
echo "$@" >> {log}
echo "dot: 4 cases" >&2
[ "$1" = exe ] && [ "$2" = export ] && [ "$3" = --out ] || exit 2
{before}
mkdir -p "$4" && cp {prepared}/* "$4"
{after}
"""


class FakeLean:
    """The two programs in a folder of their own; `prepared` is what the exporter writes."""

    def __init__(self, root: Path, suite: TinySuite, version: str = "4.0.0") -> None:
        self.path = root / "bin"
        self.log = root / "lake.log"
        self.prepared = root / "prepared"
        self.path.mkdir()
        self._write("lean", f'#!/bin/sh\necho "Lean (version {version}, x86_64-unknown-linux-gnu, Release)"\n')
        self.script()
        self.prepare(suite)

    def prepare(self, suite: TinySuite) -> None:
        """Let the exporter write the vectors of a suite from now on; the suite must have been written."""
        shutil.rmtree(self.prepared, ignore_errors=True)
        self.prepared.mkdir()
        for path in suite.folder.iterdir():
            if path.name == "manifest.json" or path.suffix == ".jsonl":
                shutil.copy(path, self.prepared)

    def script(self, before: str = "", after: str = "") -> None:
        """Put shell commands before and after the copying."""
        text = LAKE.format(log=self.log, prepared=self.prepared, before=before, after=after)
        self._write("lake", text)

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Put the programs first on PATH."""
        patch.setenv("PATH", str(self.path), prepend=":")

    def read_calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def _write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)
