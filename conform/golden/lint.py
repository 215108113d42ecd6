"""Examines the whole suite: is it sound, does it fit its Lean sources, and does it exercise all it claims to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conform.columns import ExactArray, Floats, Integers
from conform.errors import VectorError
from conform.formats import Format, get_format
from conform.golden.blocks import build_block
from conform.golden.cache import BlockCache, CacheMissError
from conform.golden.cases import CaseReader, RawCase
from conform.golden.checksums import SOURCE_PREFIX, find_stale_sources, read_checksums, verify_file
from conform.golden.loading import MAX_ELEMENTS, iterate_lines, make_entry_key, parse_blocks
from conform.golden.manifest import load_manifest
from conform.golden.packing import pack_block
from conform.suite import NO_QUANTUM, Block, Expected, Manifest, VectorFile

_MAX_FINDINGS = 50


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with the vectors, and where."""

    what: str
    where: str
    hint: str | None = None


@dataclass
class _Coverage:
    """What the cases seen so far exercise."""

    flags: set[str] = field(default_factory=set)
    groups: set[tuple[str, str]] = field(default_factory=set)
    exact: set[tuple[str, str]] = field(default_factory=set)
    nonzero: set[tuple[str, str]] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)


def lint_vectors(folder: Path, cache: BlockCache | None = None) -> list[Finding]:
    """Everything that is wrong with the vectors in a folder, in the order of its files; empty where all is well.

    The Lean sources are compared where they lie beside the folder, and what a run would take from the cache, where one
    is given, with what the files say. A file with very many findings is cut short.
    """
    findings: list[Finding] = []
    try:
        manifest = load_manifest(folder)
        checksums = read_checksums(folder)
    except VectorError as error:
        return [_describe(error)]
    lean_export = folder / ".." / "lean_export"
    if lean_export.is_dir():
        hint = "To bring the vectors up to date, run `conform generate`."
        for stale in find_stale_sources(lean_export, checksums):
            findings.append(Finding(f"stale vectors: {stale} since they were generated", str(folder), hint))
    coverage = _Coverage()
    listed = [name for name in checksums if not name.startswith(SOURCE_PREFIX)]
    for name in dict.fromkeys([*(file.path for file in manifest.files), *listed]):
        try:
            verify_file(folder, name, checksums)
        except VectorError as error:
            findings.append(_describe(error))
    for file in manifest.files:
        findings.extend(_cut_short(_lint_file(folder, file, manifest, coverage), str(folder / file.path)))
    if cache is not None and not findings:
        findings.extend(_lint_cache(cache, folder, manifest, checksums))
    findings.extend(_find_gaps(manifest, coverage, str(folder / "manifest.json")))
    return findings


def describe_soundness(folder: Path) -> Iterator[str]:
    """What `lint_vectors` has looked at where it finds nothing, a line a kind."""
    manifest, checksums = load_manifest(folder), read_checksums(folder)
    cases, operations = sum(file.cases for file in manifest.files), len(manifest.operations)
    sources = sum(name.startswith(SOURCE_PREFIX) for name in checksums)
    yield f"manifest: format {manifest.format_version}, profile {manifest.profile}, seed {manifest.seed}"
    yield f"cases: {cases} of {operations} operations, every field and number of them"
    flags = f"each of {len(manifest.flags)} flags"
    yield f"coverage: in every format an exact element of every sum of products, every parameter somewhere, {flags}"
    yield f"checksums: {len(checksums) - sources} files of vectors"
    there = (folder / ".." / "lean_export").is_dir()
    yield f"Lean sources: {sources}, " + ("unchanged since" if there else "not beside the vectors, so not compared")


def _lint_cache(cache: BlockCache, folder: Path, manifest: Manifest, checksums: Mapping[str, str]) -> Iterator[Finding]:
    """Compare the entries of these vectors, byte by byte, with what parsing gives now."""
    hint = "Remove it, and find out what wrote it; a run with --no-cache reads the vectors alone."
    if cache.fault is not None:
        yield Finding(f"the cache is not used: {cache.fault}", str(cache.folder), hint)
        return
    for file in manifest.files:
        key = make_entry_key(cache, checksums, checksums[file.path])
        try:
            entry = cache.read_packed(key)
            for block in parse_blocks(folder, file, manifest, None, MAX_ELEMENTS):
                if next(entry, np.empty(0, np.uint8)).tobytes() != pack_block(block).tobytes():
                    yield Finding(f"its blocks are not what {file.path} says", str(cache.get_path(key)), hint)
                    break
        except CacheMissError:
            # No run would use it either.
            continue


def _lint_file(folder: Path, file: VectorFile, manifest: Manifest, coverage: _Coverage) -> Iterator[Finding]:
    reader = CaseReader(folder, file, manifest)
    drafts: dict[str, list[RawCase]] = {}
    sizes: dict[str, int] = {}
    count = 0
    try:
        for count, line in enumerate(iterate_lines(reader.path), 1):
            try:
                case = reader.read(line, count)
            except VectorError as error:
                yield _describe(error)
                continue
            drafts.setdefault(case.dtype, []).append(case)
            sizes[case.dtype] = sizes.get(case.dtype, 0) + case.counts.elements
            if sizes[case.dtype] >= MAX_ELEMENTS:
                sizes[case.dtype] = 0
                yield from _lint_cases(reader, get_format(case.dtype), drafts.pop(case.dtype), coverage)
    except VectorError as error:
        yield _describe(error)
        return
    for dtype, cases in drafts.items():
        yield from _lint_cases(reader, get_format(dtype), cases, coverage)
    if count != file.cases:
        what = f"the file has {count} cases where the manifest states {file.cases}"
        yield Finding(what, str(reader.path))


def _lint_cases(reader: CaseReader, format: Format, cases: Sequence[RawCase], coverage: _Coverage) -> Iterator[Finding]:
    """Examine the cases together, and one by one where that fails, so that every wrong case is found."""
    try:
        block = build_block(reader.path, reader.operation, format, cases)
    except VectorError as error:
        if len(cases) == 1:
            yield _describe(error)
        else:
            for case in cases:
                yield from _lint_cases(reader, format, [case], coverage)
        return
    _take_down(block, coverage)
    for name, expected in block.expected.items():
        if expected.radius is not None:
            continue
        for component, numbers in (("value", expected.value), ("magnitude", expected.magnitude)):
            wrong = np.isfinite(numbers.high) & (numbers.high != 0) & (_find_last_bits(numbers) < expected.quantum)
            for i in _find_cases(wrong, expected):
                what = f"case {block.cases[i].id}: a {component} of {name} is no multiple of 2^quantum"
                yield Finding(what, f"{reader.path}:{block.cases[i].line}")


def _take_down(block: Block, coverage: _Coverage) -> None:
    group = block.operation.name, block.format.name
    coverage.groups.add(group)
    coverage.flags.update(flag for case in block.cases for flag in case.flags)
    coverage.nonzero.update((block.operation.name, name) for name, values in block.inputs.items() if values.any())
    if any(expected.radius is not None for expected in block.expected.values()):
        coverage.beyond.add(block.operation.name)
    if any(_allows_exact(expected, block.format) for expected in block.expected.values()):
        coverage.exact.add(group)


def _find_gaps(manifest: Manifest, coverage: _Coverage, where: str) -> Iterator[Finding]:
    """What no case exercises."""
    for flag in manifest.flags:
        if flag.name not in coverage.flags:
            yield Finding(f"no case has the flag {flag.name!r}", where)
    dtypes = sorted({dtype for _, dtype in coverage.groups})
    for operation in manifest.operations:
        name = operation.name
        # Functions are of floating-point numbers alone, and so are all operations of some layers.
        beside = {each.name for each in manifest.operations if each.layer == operation.layer}
        for dtype in dtypes:
            whole = get_format(dtype).is_integer
            if whole and (name in coverage.beyond or not any((each, dtype) in coverage.groups for each in beside)):
                continue
            if (name, dtype) not in coverage.groups:
                yield Finding(f"{name} has no case in {dtype}", where)
            elif name not in coverage.beyond and (name, dtype) not in coverage.exact:
                yield Finding(f"{name} has no element in {dtype} that must be exact", where)
        for parameter in operation.parameters:
            if (name, parameter.name) not in coverage.nonzero:
                yield Finding(f"the parameter {parameter.name} of {name} is zero or empty in every case", where)


def _allows_exact(expected: Expected, format: Format) -> bool:
    """Whether some element is in the exact tier of the format, with a magnitude that is not zero."""
    magnitude, peak = expected.magnitude, expected.peak
    if format.is_integer:
        return bool((magnitude.high > 0).any())
    _, top = np.frexp(format.largest.to_float())
    fits = (expected.quantum != NO_QUANTUM) & (magnitude.exponent <= format.precision + expected.quantum)
    fits &= (expected.floor >= format.subnormal_exponent) & (peak.exponent < top)
    return bool(fits.any())


def _find_last_bits(numbers: ExactArray) -> Integers:
    """The exponent of the last significant bit of each number; of zero, inf and nan it means nothing."""
    bits = np.where(numbers.low != 0, _find_last_bits_of(numbers.low), _find_last_bits_of(numbers.high))
    bits = bits + numbers.exponent
    for i, number in numbers.long.items():
        bits[i] = number.normalized().exponent
    return bits


def _find_last_bits_of(part: Floats) -> Integers:
    significand, exponent = np.frexp(np.where(np.isfinite(part), part, 0.0))
    whole = np.abs(np.ldexp(significand, 53)).astype(np.int64)
    last: Integers = exponent - 53 + np.bitwise_count((whole & -whole) - 1)
    return last


def _find_cases(wrong: NDArray[np.bool_], expected: Expected) -> list[int]:
    elements = np.flatnonzero(wrong)
    return sorted(set((np.searchsorted(expected.offsets, elements, side="right") - 1).tolist()))


def _cut_short(findings: Iterator[Finding], where: str) -> Iterator[Finding]:
    more = 0
    for i, finding in enumerate(findings):
        if i < _MAX_FINDINGS:
            yield finding
        else:
            more += 1
    if more:
        yield Finding(f"{more} more findings in this file are left out", where)


def _describe(error: VectorError) -> Finding:
    return Finding(error.what, error.where or "", error.hint)
