"""Streams the vectors as blocks: cases of one operation and format, validated and parsed into columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from conform.errors import UsageError, VectorError
from conform.files import open_file
from conform.formats import get_format
from conform.golden.blocks import build_block
from conform.golden.cache import BlockCache, CacheMissError
from conform.golden.cases import MAX_LINE, CaseReader, RawCase
from conform.golden.checksums import read_checksums, verify_file
from conform.golden.selection import Selection
from conform.suite import Block, Manifest, VectorFile

MAX_ELEMENTS = 1 << 17
"""A block is closed when its inputs and results together reach this many elements; a case is never split."""


def load_blocks(
    folder: Path,
    manifest: Manifest,
    selection: Selection | None = None,
    *,
    max_elements: int = MAX_ELEMENTS,
    cache: BlockCache | None = None,
) -> Iterator[Block]:
    """The selected cases, or all, as blocks in the order of the manifest; only a block at a time is in memory.

    Every file that has selected operations is compared with its checksum and read whole: the fields of all its cases
    are validated, the numbers of the selected ones. With a cache, a file that was read before comes from there.
    Raises VectorError with file, line and case, and UsageError at the end if no case was selected.
    """
    checksums = read_checksums(folder)
    found = False
    for file in manifest.files:
        if selection is not None and file.operation not in selection.operations:
            continue
        digest = verify_file(folder, file.path, checksums)
        if cache is None:
            blocks = parse_blocks(folder, file, manifest, selection, max_elements)
        else:
            key = make_entry_key(cache, checksums, digest, max_elements)
            cached = _load_through_cache(cache, key, folder, file, manifest, max_elements)
            blocks = (part for block in cached if (part := _select(block, selection)) is not None)
        for block in blocks:
            found = True
            yield block
    if not found:
        what = "the vectors have no cases" if selection is None else f"no case is selected by {selection}"
        raise UsageError(what, where=str(folder), hint="`conform list cases` shows what there is.")


def make_entry_key(
    cache: BlockCache, checksums: Mapping[str, str], digest: str, max_elements: int = MAX_ELEMENTS
) -> str:
    """The key of the blocks of a file: what its content, the manifest and the code that parses make of it."""
    return cache.make_key(checksums.get("manifest.json", ""), digest, str(max_elements))


def parse_blocks(
    folder: Path, file: VectorFile, manifest: Manifest, selection: Selection | None, max_elements: int
) -> Iterator[Block]:
    """The selected cases of one file, parsed."""
    reader = CaseReader(folder, file, manifest)
    drafts: dict[str, list[RawCase]] = {}
    sizes: dict[str, int] = {}
    count = 0
    for count, line in enumerate(iterate_lines(reader.path), 1):
        case = reader.read(line, count)
        dtype = case.dtype
        if selection is not None and not selection.selects(dtype, case.info):
            continue
        drafts.setdefault(dtype, []).append(case)
        sizes[dtype] = sizes.get(dtype, 0) + case.counts.elements
        if sizes[dtype] >= max_elements:
            sizes[dtype] = 0
            yield build_block(reader.path, reader.operation, get_format(dtype), drafts.pop(dtype))
    if count != file.cases:
        what = f"the file has {count} cases where the manifest states {file.cases}"
        raise VectorError(what, where=str(reader.path))
    for dtype, cases in drafts.items():
        yield build_block(reader.path, reader.operation, get_format(dtype), cases)


def iterate_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; of one longer than a case may be, no more than shows that it is."""
    try:
        with open_file(path, VectorError, buffering=1 << 20) as file:
            while line := file.readline(MAX_LINE + 1):
                yield line
    except OSError as error:
        raise VectorError(f"cannot read: {error.strerror}", where=str(path)) from None


def _load_through_cache(
    cache: BlockCache, key: str, folder: Path, file: VectorFile, manifest: Manifest, max_elements: int
) -> Iterator[Block]:
    """All blocks of a file: from the cache as far as it is sound, the rest parsed, and written for the next time."""
    done = 0
    try:
        for block in cache.read(key, manifest.get_operation(file.operation)):
            yield block
            done += 1
        return
    except CacheMissError:
        pass
    with cache.write(key) as writer:
        for i, block in enumerate(parse_blocks(folder, file, manifest, None, max_elements)):
            writer.add(block)
            if i >= done:
                yield block


def _select(block: Block, selection: Selection | None) -> Block | None:
    if selection is None:
        return block
    dtype = block.format.name
    wanted = [i for i, case in enumerate(block.cases) if selection.selects(dtype, case)]
    if not wanted:
        return None
    return block if len(wanted) == len(block.cases) else block.take(wanted)
