"""Blocks of the vectors that ship, loaded once: those of few terms, and the smoke profile."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

from conform.folders import find_vectors
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.profiles import read_profile
from conform.golden.selection import make_selection
from conform.mutants.cover import SMOKE
from conform.mutants.mutant import Site, make_site
from conform.mutants.task import Task, prepare_task
from conform.mutants.terms import has_sums
from conform.suite import Block, Manifest

FOLDER: Path = find_vectors()
_MOST_ELEMENTS = 3000


@functools.cache
def get_manifest() -> Manifest:
    return load_manifest(FOLDER)


@functools.cache
def get_blocks(operation: str, dtype: str) -> tuple[Block, ...]:
    """The cases of an operation and format in one block, but for those of thousands of elements."""
    selection = make_selection(get_manifest(), operations=(operation,), dtypes=(dtype,))
    (block,) = load_blocks(FOLDER, get_manifest(), selection, max_elements=1 << 40)
    return (block.take(np.flatnonzero(block.count_elements() <= _MOST_ELEMENTS).tolist()),)


def expand_runs(entries: list[Any]) -> list[Any]:
    """The entries of a list of the vectors, with those of a run one by one."""
    return [each for entry in entries for each in ([entry[1]] * entry[0] if isinstance(entry, list) else [entry])]


@functools.cache
def get_task(operation: str, dtype: str) -> Task:
    (block,) = get_blocks(operation, dtype)
    return prepare_task(block)


@functools.cache
def get_smoke() -> tuple[Block, ...]:
    ids = read_profile(FOLDER, SMOKE)
    return tuple(load_blocks(FOLDER, get_manifest(), make_selection(get_manifest(), ids=ids)))


def list_results() -> dict[str, list[str]]:
    """The results of every operation of which all results are sums, by name."""
    operations = get_manifest().operations
    return {each.name: [result.name for result in each.results] for each in operations if has_sums(each)}


def find_site(operation: str, result: str, dtype: str) -> Site:
    """A site of a mutant, by names."""
    return make_site(get_manifest().get_operation(operation), result, dtype)
