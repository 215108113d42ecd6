"""The folder of compiled programs: whose it is, whom it trusts, and that jax keeps what it compiles there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from toy_suite import OPERATIONS, get_block

from conform.backends.programs import NONE, USUAL, open_programs
from conform.backends.resolve import resolve_backend
from conform.running.runner import run_backend


def open_usual(tmp_path: Path) -> tuple[Path | None, str]:
    return open_programs("jax", USUAL, {"XDG_CACHE_HOME": str(tmp_path)})


def test_it_is_in_the_cache_folder_and_the_users_alone(tmp_path: Path) -> None:
    folder, told = open_usual(tmp_path)
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "conform")
    assert folder.stat().st_mode & 0o077 == 0
    assert told == f"kept in {folder}"


def test_another_processor_has_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = open_usual(tmp_path)[0]
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    assert open_usual(tmp_path)[0] != here


def test_there_may_be_none(tmp_path: Path) -> None:
    assert open_programs("jax", NONE, {"XDG_CACHE_HOME": str(tmp_path)}) == (None, "not kept")
    assert open_programs("jax", USUAL, {}) == (None, "not kept: there is no cache folder")
    assert list(tmp_path.iterdir()) == []


def test_another_one_can_be_named(tmp_path: Path) -> None:
    assert open_programs("jax", str(tmp_path), {})[0] == tmp_path


def test_one_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "conform").write_text("")
    folder, told = open_usual(tmp_path)
    assert folder is None
    assert "not kept in" in told


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="users have numbers on POSIX systems")
@pytest.mark.parametrize("place", ["cache", "library", "folder", "entry"])
def test_what_others_may_write_to_is_not_run(place: str, tmp_path: Path) -> None:
    folder, _ = open_usual(tmp_path)
    assert folder is not None
    entry = folder / "program-cache"
    entry.write_bytes(b"")
    assert open_usual(tmp_path)[0] == folder
    {"cache": tmp_path / "conform", "library": folder.parent, "folder": folder, "entry": entry}[place].chmod(0o777)
    found, told = open_usual(tmp_path)
    assert found is None
    assert told.endswith("others may write to it")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder, _ = open_usual(tmp_path)
    assert folder is not None
    (folder / "program-cache").symlink_to(tmp_path)
    assert open_usual(tmp_path)[1].endswith("program-cache: it is no ordinary file")


def test_of_very_many_programs_the_oldest_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conform.backends.programs._MAX_ENTRIES", 2)
    folder, _ = open_usual(tmp_path)
    assert folder is not None
    for age, name in enumerate("abcd"):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (1000 - age, 1000 - age))
    open_usual(tmp_path)
    assert {path.name for path in folder.iterdir()} == {"a", "b"}


@pytest.fixture
def jax(own_cache: None) -> Any:
    module = pytest.importorskip("jax", reason="jax is an extra that is not installed")
    from jax.experimental.compilation_cache.compilation_cache import reset_cache

    before = module.config.jax_compilation_cache_dir
    reset_cache()
    module.clear_caches()
    yield module
    module.config.update("jax_compilation_cache_dir", before)
    reset_cache()


def test_jax_keeps_its_programs_and_does_without_a_damaged_one(jax: Any, tmp_path: Path) -> None:
    block = get_block("linear", "float32", "small-integers")
    assert run_backend(resolve_backend("jax", OPERATIONS), [block]).conforms
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*-cache")}
    assert kept
    jax.clear_caches()
    # As a run that was killed while it wrote may leave them.
    for path, data in kept.items():
        path.write_bytes(data[: len(data) // 2])
    result = run_backend(resolve_backend("jax", OPERATIONS), [block])
    assert result.conforms
    assert result.warnings == ()


def test_jax_without_a_folder_keeps_nothing(jax: Any, tmp_path: Path) -> None:
    backend = resolve_backend("jax[cache=none]", OPERATIONS)
    assert backend.info is not None
    assert backend.info["compiled programs"] == "not kept"
    assert run_backend(backend, [get_block("linear", "float32", "small-integers")]).conforms
    assert list(tmp_path.rglob("*-cache")) == []


def test_jax_lets_go_of_programs_between_groups_and_not_within(jax: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cleared: list[str] = []
    monkeypatch.setattr("conform.backends.jax_backend._MANY", 2)
    backend = resolve_backend("jax", OPERATIONS)
    under_way: list[str] = []
    monkeypatch.setattr("jax.clear_caches", lambda: cleared.append(under_way[-1]))
    for operation in ("linear", "linear_batched", "linear"):
        block = get_block(operation, "float32", "small-integers")
        assert len({tuple(case.sizes.items()) for case in block.cases}) > 2
        under_way.append(operation)
        assert run_backend(backend, [block]).conforms
    # A call in another format counts as a group of its own, and so does what comes after it.
    assert len(cleared) >= 2
    assert set(cleared) <= {"linear", "linear_batched"}
