"""Makes the vectors anew from the Lean definitions, or compares them with what these give."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conform.errors import UsageError, VectorError
from conform.golden.checksums import CHECKSUM_FILE, check_sources, hash_file, read_checksums, write_checksums
from conform.golden.lean import LeanProject
from conform.golden.loading import iterate_lines, load_blocks
from conform.golden.manifest import load_manifest, read_manifest
from conform.golden.profiles import PROFILE_FILE
from conform.strict_json import parse_object
from conform.suite import Manifest
from conform.temporary import make_temporary_folder

Report = Callable[[str], None]

_GENERATED = ("manifest.json", CHECKSUM_FILE)
_SHOWN = 5


def generate_vectors(
    out: Path,
    project: LeanProject,
    *,
    profile: str = "core",
    seed: int = 1,
    operations: Sequence[str] = (),
    functions: str | None = None,
    jobs: int = 1,
    report: Report = lambda line: None,
) -> Manifest:
    """Export the vectors, validate them, and put them in the place of the folder `out` in one step.

    `jobs` operations are exported side by side, which makes no difference to the vectors.
    Files of the folder that are not generated are kept. Raises UsageError where `out` is something else than a folder
    of vectors, or would lose operations, and VectorError where the exporter's output is not valid; then `out` is
    as it was.
    """
    out = out.absolute()
    _recover(out)
    _check_target(out, operations)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _make_folder(out) as fresh:
        _export(project, fresh, _Source(profile, seed, functions), operations, jobs, report)
        _check_target(out, operations, exported=True)
        _keep_others(out, fresh)
        _complete(fresh, project)
        manifest = _validate(fresh)
        _replace_folder(out, fresh)
    return manifest


def check_vectors(
    folder: Path,
    project: LeanProject,
    *,
    operations: Sequence[str] = (),
    functions: str | None = None,
    jobs: int = 1,
    report: Report = lambda line: None,
) -> Manifest:
    """Export the vectors again, with the profile, seed and table of the folder's manifest, and compare every byte.

    A table of functions that has no name of its own has to be given as `functions`, the path of its file.

    Raises VectorError that says which files and which cases differ; then also if SHA256SUMS does not fit.
    """
    manifest = load_manifest(folder)
    with tempfile.TemporaryDirectory(prefix="conform-") as name:
        fresh = Path(name)
        source = _Source(manifest.profile, manifest.seed, functions or manifest.function_table.name)
        _export(project, fresh, source, operations, jobs, report)
        _complete(fresh, project)
        _validate(fresh)
        chosen = [file.path for file in manifest.files if not operations or file.operation in operations]
        names = chosen if operations else sorted({*chosen, "manifest.json", *_list_names(fresh)})
        differences = [line for name in names for line in _compare(folder / name, fresh / name)]
    if differences:
        hint = "\n  ".join([*differences, "To bring the vectors up to date, run `conform generate`."])
        raise VectorError("the vectors are not what the Lean definitions give", where=str(folder), hint=hint)
    check_sources(folder, read_checksums(folder))
    return manifest


@dataclass(frozen=True)
class _Source:
    """What the vectors come from, beside the Lean sources; `functions` is the name of a table, or its file."""

    profile: str
    seed: int
    functions: str | None

    def make_arguments(self, out: Path, operations: Sequence[str]) -> list[str]:
        named = [argument for name in operations for argument in ("--operation", name)]
        if self.functions is not None:
            # The exporter runs in its own folder, where a relative path would be another one.
            path = Path(self.functions)
            named += ["--functions", str(path.absolute()) if path.is_file() else self.functions]
        return ["--out", str(out), "--profile", self.profile, "--seed", str(self.seed), *named]


def _export(
    project: LeanProject, fresh: Path, source: _Source, operations: Sequence[str], jobs: int, report: Report
) -> None:
    """Write manifest and cases into a folder: in one run, or where `jobs` are more in one for each operation.

    Then the manifest is written twice: first to say which operations there are, in the end with the flags they have.
    """
    if jobs == 1:
        project.export(source.make_arguments(fresh, operations), report)
        return
    project.export([*source.make_arguments(fresh, operations), "--manifest-only"], report)
    # The longest first, so that none is left to run alone in the end.
    files = sorted(read_manifest(fresh).files, key=lambda file: -file.cases)
    with tempfile.TemporaryDirectory(prefix=".parts.", dir=fresh) as parts:
        runs = [source.make_arguments(Path(parts, file.operation), [file.operation]) for file in files]
        project.export_all(runs, report, jobs)
        for file in files:
            if (part := Path(parts, file.operation, file.path)).is_file():
                part.rename(fresh / file.path)
        flags = {flag.name for file in files for flag in read_manifest(Path(parts, file.operation)).flags}
    chosen = [argument for name in sorted(flags) for argument in ("--flag", name)]
    project.export([*source.make_arguments(fresh, operations), "--manifest-only", *chosen], report)


def _check_target(out: Path, operations: Sequence[str], *, exported: bool = False) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError("not a folder", where=str(out))
    manifest = out / "manifest.json"
    if not out.is_dir() or {path.name for path in out.iterdir()} <= {"README.md"}:
        return
    if not manifest.is_file():
        hint = "Name a folder of vectors, or one that does not exist yet."
        raise UsageError("the folder is not empty, and there are no vectors in it", where=str(out), hint=hint)
    if operations:
        data = parse_object(manifest.read_bytes(), str(manifest)).get("operations")
        present = {str(each["name"]) for each in data or () if isinstance(each, dict) and "name" in each}
        lost = sorted(present - set(operations))
        # Of one that is not among them only the exporter can say whether it exists, which matters more.
        if lost and (exported or present >= set(operations)):
            hint = "Name another folder with --out."
            raise UsageError(f"the vectors of {', '.join(lost)} would be lost", where=str(out), hint=hint)


@contextmanager
def _make_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out`, on the same file system, that is gone in the end unless it was moved."""
    handle, fresh = make_temporary_folder(out.parent, out.name)
    try:
        fresh.chmod(out.stat().st_mode & 0o777 if out.is_dir() else 0o755)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _keep_others(out: Path, fresh: Path) -> None:
    """Copy what people wrote, such as a README, so that it moves along with the generated files."""
    for path in sorted(out.iterdir()) if out.is_dir() else []:
        if path.name in _GENERATED or path.suffix == ".jsonl" or (fresh / path.name).exists():
            continue
        if path.is_dir():
            shutil.copytree(path, fresh / path.name, symlinks=True)
        else:
            shutil.copy2(path, fresh / path.name, follow_symlinks=False)


def _complete(fresh: Path, project: LeanProject) -> None:
    """Write the checksums, which Lean cannot compute."""
    profiles = [PROFILE_FILE] if (fresh / PROFILE_FILE).is_file() else []
    write_checksums(fresh, [*_list_names(fresh), *profiles], project.folder)


def _list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".jsonl" or path.name == "manifest.json")


def _validate(fresh: Path) -> Manifest:
    """Load everything, as a run would."""
    try:
        manifest = load_manifest(fresh)
        for _ in load_blocks(fresh, manifest):
            pass
    except VectorError as error:
        where = Path(error.where).name if error.where else None
        hint = "This is a defect of the exporter; no vectors were replaced."
        raise VectorError(f"the exporter's output is not valid: {error.what}", where=where, hint=hint) from None
    return manifest


def _replace_folder(out: Path, fresh: Path) -> None:
    """Swap the folders by two renames, and undo the first if the second fails."""
    old = _get_old(out)
    if not out.exists():
        fresh.rename(out)
        return
    out.rename(old)
    try:
        fresh.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(out: Path) -> None:
    """Put back what a run that was killed between the two renames left aside."""
    old = _get_old(out)
    if old.is_dir():
        if out.exists():
            shutil.rmtree(old)
        else:
            old.rename(out)


def _get_old(out: Path) -> Path:
    return out.with_name(f".{out.name}.old")


def _compare(committed: Path, fresh: Path) -> Iterator[str]:
    """How two files differ: which of them is missing, or the first of the cases that are not in both."""
    name = committed.name
    if not fresh.is_file():
        yield f"{name}: is no longer generated"
    elif not committed.is_file():
        yield f"{name}: is missing"
    elif hash_file(committed) != hash_file(fresh):
        if committed.suffix != ".jsonl":
            yield f"{name}: differs"
            return
        before, after = _read_cases(committed), _read_cases(fresh)
        changed = [case for case in before if case in after and before[case] != after[case]]
        for what, cases in (
            ("differ", changed),
            ("are no longer generated", [case for case in before if case not in after]),
            ("are missing", [case for case in after if case not in before]),
        ):
            if cases:
                shown = "".join(f"\n    {case}" for case in cases[:_SHOWN])
                yield f"{name}: {len(cases)} cases {what}, first:{shown}"
        if list(before) != list(after) and not set(before) ^ set(after):
            yield f"{name}: the cases are in another order"


def _read_cases(path: Path) -> dict[str, int]:
    """The hash of each line by the id of its case."""
    lines = {}
    for number, line in enumerate(iterate_lines(path), 1):
        lines[str(parse_object(line, f"{path}:{number}").get("id"))] = hash(line)
    return lines
