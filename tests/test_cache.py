"""The cache: what comes back is what went in, and nothing that happens to its files matters."""

from __future__ import annotations

import dataclasses
import io
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_suite import TinySuite

from conform.columns import ExactArray
from conform.errors import UsageError, VectorError
from conform.exact import format_number
from conform.folders import find_vectors
from conform.golden import loading
from conform.golden.cache import BlockCache, CacheMissError, find_cache_folder
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.packing import pack_block, unpack_block
from conform.golden.selection import make_selection
from conform.suite import Block


@pytest.fixture
def suite(tmp_path: Path) -> TinySuite:
    suite = TinySuite(tmp_path)
    suite.write()
    return suite


@pytest.fixture
def cache(tmp_path: Path) -> BlockCache:
    return BlockCache(tmp_path / "cache" / "conform")


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed, in their order."""
    files: list[str] = []
    parse = loading.parse_blocks

    def watch(folder: Path, file: Any, *rest: Any) -> Any:
        files.append(file.path)
        return parse(folder, file, *rest)

    monkeypatch.setattr(loading, "parse_blocks", watch)
    return files


def load_all(folder: Path, cache: BlockCache | None, **options: Any) -> list[Block]:
    return list(load_blocks(folder, load_manifest(folder), cache=cache, **options))


def describe(value: Any) -> Any:
    """A value as nested plain data, bit by bit."""
    if isinstance(value, ExactArray):
        parts = value.high, value.low, value.exponent
        return *map(describe, parts), {i: format_number(number) for i, number in value.long.items()}
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if dataclasses.is_dataclass(value):
        return {field.name: describe(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: describe(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [describe(item) for item in value]
    return str(value)


def check_same(found: list[Block], expected: list[Block]) -> None:
    assert [describe(block) for block in found] == [describe(block) for block in expected]


def test_a_second_load_parses_nothing(suite: TinySuite, cache: BlockCache, parsed: list[str]) -> None:
    first = load_all(suite.folder, cache)
    second = load_all(suite.folder, cache)
    assert parsed == ["dot.jsonl", "scale.jsonl"]
    check_same(second, first)
    check_same(second, load_all(suite.folder, None))


def test_a_selection_is_taken_from_the_cache(suite: TinySuite, cache: BlockCache, parsed: list[str]) -> None:
    manifest = load_manifest(suite.folder)
    selection = make_selection(manifest, operations=["dot"], flags=["empty"])
    for _ in range(2):
        (block,) = load_blocks(suite.folder, manifest, selection, cache=cache)
        assert [case.id for case in block.cases] == ["dot/plain/float32/n=0#0"]
    assert parsed == ["dot.jsonl"]
    selection = make_selection(manifest, operations=["dot"], dtypes=["float64"])
    with pytest.raises(UsageError, match="no case is selected"):
        list(load_blocks(suite.folder, manifest, selection, cache=cache))


def test_every_committed_block_is_packed_without_loss() -> None:
    folder = find_vectors()
    for block in load_blocks(folder, load_manifest(folder)):
        assert describe(unpack_block(pack_block(block), block.operation)) == describe(block)


def test_a_changed_file_is_parsed_again(suite: TinySuite, cache: BlockCache, parsed: list[str]) -> None:
    load_all(suite.folder, cache)
    suite.cases["dot"][0]["flags"].append("empty")
    suite.write()
    blocks = load_all(suite.folder, cache)
    assert blocks[0].cases[0].flags == ("plain", "empty")
    assert parsed == ["dot.jsonl", "scale.jsonl", "dot.jsonl"]


def test_other_operations_of_the_same_file_are_parsed_again(
    suite: TinySuite, cache: BlockCache, parsed: list[str]
) -> None:
    load_all(suite.folder, cache)
    suite.manifest["operations"][0]["summary"] = "Another summary."
    suite.write()
    assert load_all(suite.folder, cache)[0].operation.summary == "Another summary."
    assert len(parsed) == 4


def test_a_damaged_vector_file_is_found_despite_the_cache(suite: TinySuite, cache: BlockCache) -> None:
    load_all(suite.folder, cache)
    with (suite.folder / "dot.jsonl").open("a") as file:
        file.write("\n")
    with pytest.raises(VectorError, match="SHA-256"):
        load_all(suite.folder, cache)


def make_entry(data: bytes) -> bytes:
    """An entry that is sound as far as its lengths and sums go."""
    numbers = len(data), zlib.crc32(data), (1 << 64) - 1, 1
    first, second, *end = (number.to_bytes(8, "little") for number in numbers)
    return b"".join((first, second, data, *end))


def flip_byte(path: Path, position: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(position * (len(data) - 1))] ^= 0x55
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"no archive"), id="no-archive"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), id="cut-off"),
        pytest.param(lambda path: path.write_bytes(bytes(64)), id="zeros"),
        pytest.param(lambda path: path.write_bytes(b"\xff" * 64), id="endless"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-16]), id="no-end"),
        pytest.param(lambda path: path.write_bytes(make_entry(bytes(64))), id="other-data"),
        pytest.param(lambda path: path.write_bytes(make_entry(b"\x08" + bytes(7) + b"[1,2,3 ]")), id="other-header"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        *(pytest.param(lambda path, at=at: flip_byte(path, at / 20), id=f"byte-{at}") for at in range(21)),
    ],
)
def test_a_damaged_entry_is_rebuilt(suite: TinySuite, cache: BlockCache, damage: Callable[[Path], None]) -> None:
    expected = load_all(suite.folder, cache, max_elements=5)
    for path in cache.folder.iterdir():
        damage(path)
    check_same(load_all(suite.folder, cache, max_elements=5), expected)
    check_same(load_all(suite.folder, cache, max_elements=5), expected)


def test_damage_after_some_blocks_repeats_none(suite: TinySuite, cache: BlockCache, parsed: list[str]) -> None:
    expected = load_all(suite.folder, cache, max_elements=5)
    manifest = load_manifest(suite.folder)
    read = BlockCache.read

    def fail_later(self: BlockCache, key: str, operation: Any) -> Any:
        yield next(read(self, key, operation))
        raise CacheMissError(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BlockCache, "read", fail_later)
        check_same(list(load_blocks(suite.folder, manifest, max_elements=5, cache=cache)), expected)
    assert len(parsed) == 4


def test_leaving_early_leaves_no_entry(suite: TinySuite, cache: BlockCache) -> None:
    blocks = load_blocks(suite.folder, load_manifest(suite.folder), max_elements=5, cache=cache)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]  # it is a generator
    assert list(cache.folder.iterdir()) == []


def test_invalid_vectors_leave_no_entry(suite: TinySuite, cache: BlockCache) -> None:
    suite.cases["dot"][1]["inputs"]["a"][0] = "one"
    suite.write()
    with pytest.raises(VectorError, match="one"):
        load_all(suite.folder, cache)
    assert list(cache.folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "below-a-file"])
def test_a_folder_that_cannot_be_is_no_error(suite: TinySuite, tmp_path: Path, kind: str) -> None:
    (tmp_path / "taken").write_text("")
    place = tmp_path / "taken" if kind == "file" else tmp_path / "taken" / "cache"
    assert sum(len(block.cases) for block in load_all(suite.folder, BlockCache(place))) == 7


def test_a_full_disk_is_no_error(suite: TinySuite, cache: BlockCache, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    def open_full(handle: int, mode: str) -> FullDisk:
        os.close(handle)
        return FullDisk()

    monkeypatch.setattr("conform.golden.cache.os.fdopen", open_full)
    assert sum(len(block.cases) for block in load_all(suite.folder, cache)) == 7
    assert list(cache.folder.iterdir()) == []


def test_old_entries_are_dropped(suite: TinySuite, cache: BlockCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.golden.cache._MAX_ENTRIES", 2)
    load_all(suite.folder, cache)
    before = sorted(cache.folder.iterdir())
    for path in before:
        os.utime(path, (1, 1))
    suite.cases["dot"][0]["flags"].append("empty")
    suite.write()
    load_all(suite.folder, cache)
    after = sorted(cache.folder.iterdir())
    assert len(after) == 2
    assert len(set(after) & set(before)) == 1


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        pytest.param({"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "linux", "/x/conform", id="xdg"),
        pytest.param({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "linux", "/h/.cache/conform", id="relative"),
        pytest.param({"HOME": "/h"}, "linux", "/h/.cache/conform", id="home"),
        pytest.param({"HOME": "/h"}, "darwin", "/h/Library/Caches/conform", id="mac"),
        pytest.param({"LOCALAPPDATA": "/l"}, "win32", "/l/conform/Cache", id="windows"),
        pytest.param({}, "linux", None, id="no-home"),
        pytest.param({}, "win32", None, id="no-windows-home"),
    ],
)
def test_the_folder_follows_the_platform(environment: dict[str, str], platform: str, expected: str | None) -> None:
    found = find_cache_folder(environment, platform)
    assert (None if found is None else found.as_posix()) == expected
