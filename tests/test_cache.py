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

from conform.cache_folder import find_cache_folder
from conform.cli import run_cli
from conform.columns import ExactArray
from conform.errors import UsageError, VectorError
from conform.exact import format_number
from conform.folders import find_vectors
from conform.golden import loading
from conform.golden.cache import BlockCache, CacheMissError, _hash_code
from conform.golden.lint import lint_vectors
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


def test_runs_take_little_room() -> None:
    folder = find_vectors()
    manifest = load_manifest(folder)
    for block in load_blocks(folder, manifest, make_selection(manifest, operations=["linear"], flags=["large"])):
        assert int(block.count_elements().sum()) > 90_000
        assert len(pack_block(block)) < 60_000


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


def write_entry(path: Path, data: bytes) -> None:
    """Write an entry that is sound as far as its name, lengths and sums go."""
    numbers = len(data), zlib.crc32(data), (1 << 64) - 1, 1
    first, second, *end = (number.to_bytes(8, "little") for number in numbers)
    path.write_bytes(b"".join((path.name.encode(), first, second, data, *end)))


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
        pytest.param(lambda path: write_entry(path, bytes(64)), id="other-data"),
        pytest.param(lambda path: write_entry(path, b"\x08" + bytes(7) + b"[1,2,3 ]"), id="other-header"),
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


def test_an_entry_under_the_name_of_another_is_not_read(suite: TinySuite, cache: BlockCache) -> None:
    expected = load_all(suite.folder, cache)
    first, second = sorted(cache.folder.iterdir())
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)
    check_same(load_all(suite.folder, cache), expected)


def forge(suite: TinySuite, cache: BlockCache) -> None:
    """Let the cache say that another value is due, in entries that are sound in themselves."""
    for path in cache.folder.glob("*"):
        path.unlink()
    parse = loading.parse_blocks

    def lie(*arguments: Any) -> Any:
        for block in parse(*arguments):
            for expected in block.expected.values():
                expected.value.high[:] *= -1
            yield block

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "parse_blocks", lie)
        load_all(suite.folder, cache)


STRANGERS: dict[str, tuple[Callable[[BlockCache, pytest.MonkeyPatch], None], str | None]] = {
    "folder-for-all": (lambda cache, patch: cache.folder.chmod(0o777), "others may write to it"),
    "folder-for-a-group": (lambda cache, patch: cache.folder.chmod(0o770), "others may write to it"),
    "folder-of-another": (
        lambda cache, patch: patch.setattr(os, "geteuid", lambda: 12345),
        "it belongs to another user",
    ),
    "files-for-all": (lambda cache, patch: [path.chmod(0o666) for path in cache.folder.iterdir()], None),
    "files-for-a-group": (lambda cache, patch: [path.chmod(0o620) for path in cache.folder.iterdir()], None),
    "files-linked": (lambda cache, patch: [link_away(path) for path in cache.folder.iterdir()], None),
}


def link_away(path: Path) -> None:
    elsewhere = path.parent.parent / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize(("share", "fault"), STRANGERS.values(), ids=STRANGERS)
def test_what_others_could_have_written_decides_nothing(
    share: Callable[[BlockCache, pytest.MonkeyPatch], None],
    fault: str | None,
    suite: TinySuite,
    cache: BlockCache,
    parsed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = load_all(suite.folder, None)
    forge(suite, cache)
    share(cache, monkeypatch)
    parsed.clear()
    cache = BlockCache(cache.folder)
    assert cache.fault == fault
    check_same(load_all(suite.folder, cache), expected)
    assert parsed == ["dot.jsonl", "scale.jsonl"]


def test_a_run_says_that_it_does_not_use_the_cache(
    suite: TinySuite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "conform").mkdir(mode=0o700)
    (tmp_path / "conform").chmod(0o777)
    backend = f"{Path(__file__).parent / 'tiny_backends.py'}:Right"
    assert run_cli(["run", backend, "--vectors", str(suite.folder)]) == 0
    assert f"the cache {tmp_path}/conform is not used: others may write to it" in capsys.readouterr().out
    assert list((tmp_path / "conform").iterdir()) == []
    assert run_cli(["lint", "--vectors", str(suite.folder)]) == 3
    assert f"{tmp_path}/conform: the cache is not used: others may write to it" in capsys.readouterr().out


def test_lint_finds_an_entry_that_says_something_else(
    suite: TinySuite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = BlockCache(tmp_path / "conform")
    load_all(suite.folder, cache)
    before = {finding.what for finding in lint_vectors(suite.folder)}
    assert {finding.what for finding in lint_vectors(suite.folder, cache)} == before
    forge(suite, cache)
    found = [finding for finding in lint_vectors(suite.folder, cache) if finding.what not in before]
    assert [finding.what for finding in found] == [
        "its blocks are not what dot.jsonl says",
        "its blocks are not what scale.jsonl says",
    ]
    assert all(Path(finding.where).parent == cache.folder for finding in found)
    assert run_cli(["lint", "--vectors", str(suite.folder)]) == 3
    assert "its blocks are not what dot.jsonl says" in capsys.readouterr().out


def test_an_entry_does_not_outlive_the_code_that_made_it(
    suite: TinySuite, cache: BlockCache, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_all(suite.folder, cache)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == "exact.py"))
    _hash_code.cache_clear()
    load_all(suite.folder, cache)
    _hash_code.cache_clear()
    assert len(parsed) == 4


def test_what_a_killed_run_was_writing_is_removed(suite: TinySuite, cache: BlockCache) -> None:
    cache.folder.mkdir(mode=0o700, parents=True)
    (cache.folder / ".0123.blocks.abc.conform-new").write_bytes(b"half")
    load_all(suite.folder, cache)
    assert {path.suffix for path in cache.folder.iterdir()} == {".blocks"}


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
