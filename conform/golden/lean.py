"""Finds the Lean toolchain and runs the exporter with it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from conform.errors import HarnessError, UsageError

_HINT = (
    "Install elan, which brings the version that lean-toolchain asks for: "
    "curl -sSf https://elan.lean-lang.org/elan-init.sh | sh. Running the committed vectors needs no Lean."
)
_VERSION = re.compile(r"version ([0-9][^\s,)]*)")
_KEPT_LINES = 12

Report = Callable[[str], None]


@dataclass(frozen=True)
class LeanProject:
    """The Lake package of the exporter, with the `lake` that builds and runs it."""

    folder: Path
    lake: Path

    def export(self, arguments: Sequence[str], report: Report) -> None:
        """Build and run the exporter; `report` gets its progress, a line at a time.

        Raises HarnessError with the last lines of its output if it fails.
        """
        self._run(arguments, report, _Group())

    def export_all(self, runs: Sequence[Sequence[str]], report: Report, jobs: int) -> None:
        """Run the exporter, which must have been built, once with each of these arguments, at most `jobs` at a time.

        Raises HarnessError for the first that fails; then, as at an interruption, the others are ended.
        """
        group = _Group()
        with ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(self._run, arguments, report, group) for arguments in runs]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                for future in futures:
                    future.cancel()
                group.end()
                raise

    def _run(self, arguments: Sequence[str], report: Report, group: _Group) -> None:
        command = [str(self.lake), "exe", "export", *arguments]
        kept: list[str] = []
        with subprocess.Popen(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            group.add(process)
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    kept = [*kept[1 - _KEPT_LINES :], line.rstrip()]
                    report(line.rstrip())
                code = process.wait()
            except BaseException:
                group.end()
                raise
        if code:
            output = "\n  ".join(kept) or "it printed nothing"
            raise HarnessError(f"`lake exe export` ended with code {code}", where=str(self.folder), hint=output)


class _Group:
    """Exporters that end together. Each is a child of a `lake`, and must not go on when that is killed."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []
        self._lock = Lock()
        self._ended = False

    def add(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            self._processes.append(process)
            if self._ended:
                _kill(process)

    def end(self) -> None:
        """Kill those that run, and any that is added later."""
        with self._lock:
            self._ended = True
            for process in self._processes:
                _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def find_lean_project(folder: Path, path: str | None = None) -> LeanProject:
    """The project in `folder`, once `lake` and a `lean` of the right version are found on `path`, else on PATH.

    Raises UsageError that says what is missing and how to get it.
    """
    pin = folder / "lean-toolchain"
    if not (folder / "lakefile.toml").is_file() or not pin.is_file():
        hint = "Vectors are generated in a checkout of the repository, where lean_export/ lies beside the package."
        raise UsageError("the Lean sources are not here", where=str(folder), hint=hint)
    found = {name: shutil.which(name, path=path) for name in ("lake", "lean")}
    for name, program in found.items():
        if program is None:
            raise UsageError(f"`{name}` is not on PATH", hint=_HINT)
    lake, lean = str(found["lake"]), str(found["lean"])
    wanted = pin.read_text(encoding="utf-8").strip().rpartition(":")[2].removeprefix("v")
    actual = _read_version(lean, folder)
    if actual != wanted:
        raise UsageError(f"Lean is version {actual}, and lean-toolchain asks for {wanted}", where=lean, hint=_HINT)
    return LeanProject(folder, Path(lake))


def _read_version(lean: str, folder: Path) -> str:
    try:
        # In the folder of the project, since elan chooses the version by the folder.
        done = subprocess.run(
            [lean, "--version"], cwd=folder, capture_output=True, text=True, errors="replace", timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"`lean --version` failed: {error}", where=lean, hint=_HINT) from None
    match = _VERSION.search(done.stdout)
    if done.returncode or match is None:
        output = (done.stderr or done.stdout).strip()[:200]
        raise UsageError(f"`lean --version` failed: {output}", where=lean, hint=_HINT)
    return match[1]
