"""Blocks of the vectors that ship, loaded once: those of few terms, and the smoke profile."""

from __future__ import annotations

import functools
from pathlib import Path

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
_LARGE = ("long-sums", "many-elements")


@functools.cache
def get_manifest() -> Manifest:
    return load_manifest(FOLDER)


@functools.cache
def get_blocks(operation: str, dtype: str) -> tuple[Block, ...]:
    """The cases of an operation and format, but for the families of thousands of elements."""
    selection = make_selection(get_manifest(), operations=(operation,), dtypes=(dtype,))
    small = []
    for block in load_blocks(FOLDER, get_manifest(), selection):
        cases = [i for i, case in enumerate(block.cases) if not set(case.flags) & set(_LARGE)]
        small.append(block.take(cases))
    return tuple(small)


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
