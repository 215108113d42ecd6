"""Fresh vectors, seed after seed, until a backend fails: inputs that nobody has tuned a kernel to."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conform.errors import UsageError
from conform.golden.generate import generate_vectors
from conform.golden.lean import LeanProject
from conform.golden.loading import load_blocks
from conform.report.summary import word_verdict
from conform.results import RunResult
from conform.running.backends import load_backends
from conform.running.conformance import Demands, check_conformance
from conform.running.runner import RunOptions
from conform.suite import Manifest

MAX_SEED = 2**64 - 1


@dataclass(frozen=True)
class Draw:
    """What vectors are exported: of which operations (all where none is named), profile, and first seed."""

    seed: int
    profile: str = "core"
    operations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """The run on the vectors of one seed; `kept` is where these vectors are, if anything failed."""

    seed: int
    run: RunResult
    kept: Path | None


def fuzz_backends(
    specs: Sequence[str],
    project: LeanProject,
    draw: Draw,
    rounds: int,
    keep: Path,
    *,
    policy: Path | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Iterator[Round]:
    """Export vectors for one seed after the other and judge the backends on each, up to the first that fails.

    The vectors are exported to a temporary folder; those of a run with a failure are moved to
    `keep`/seed-N, so that a failure can be reproduced from the same definitions, toolchain and seed. Raises
    UsageError where that folder exists already, before anything is exported.
    """
    seeds = range(draw.seed, min(draw.seed + rounds, MAX_SEED + 1))
    taken = next((target for seed in seeds if (target := _name_folder(keep, seed)).exists()), None)
    if taken is not None:
        hint = "Move it away, name another folder with --keep, or another --seed."
        raise UsageError("vectors of an earlier failure are here", where=str(taken), hint=hint)
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="conform-") as name:
            folder = Path(name) / "vectors"
            manifest = generate_vectors(
                folder, project, profile=draw.profile, seed=seed, operations=draw.operations, report=report
            )
            run = _judge(specs, folder, manifest, policy)
            failed = word_verdict(run) == "does not conform"
            yield Round(seed, run, _keep_vectors(folder, _name_folder(keep, seed)) if failed else None)
        if not run.conforms:
            return


def _judge(
    specs: Sequence[str],
    folder: Path,
    manifest: Manifest,
    policy: Path | None,
) -> RunResult:
    backends, notes = load_backends(specs, manifest, policy)
    return check_conformance(
        backends, lambda: load_blocks(folder, manifest), RunOptions(), Demands(), (folder, manifest), notes=notes
    )


def _name_folder(keep: Path, seed: int) -> Path:
    return keep / f"seed-{seed}"


def _keep_vectors(folder: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Moved under another name first: the folder appears whole or not at all, also across file systems.
    partial = target.with_name(f".{target.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.move(folder, partial)
    partial.rename(target)
    return target
