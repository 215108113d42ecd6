"""The vectors, and the part of them that something is about, found without loading any."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Help of commands must not load the array library that these need.
    from conform.suite import Block, Manifest


@dataclass(frozen=True)
class ChosenCases:
    """The vectors and the part of them that a command is about; `whole` if it is all of them.

    `operations` are those that may have some of the part, in the order of the manifest; `notes` are what reports say,
    and `checkout` says which vectors were found where none were named and they are not the package's own.
    """

    folder: Path
    manifest: Manifest
    operations: tuple[str, ...]
    whole: bool
    load: Callable[[], Iterable[Block]]
    notes: tuple[str, ...] = ()
    checkout: str | None = None


def choose_cases(
    vectors: Path | None,
    *,
    operations: tuple[str, ...] = (),
    dtypes: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
    text: str | None = None,
    ids: tuple[str, ...] = (),
    profile: str | None = None,
    no_cache: bool = False,
) -> ChosenCases:
    """Find the vectors and read their manifest; nothing else is loaded before `load` is called.

    A case named by its id that is not among those selected is a UsageError, even where others are.
    """
    from conform.cache_folder import find_cache_folder
    from conform.errors import UsageError
    from conform.folders import describe_choice, find_vectors
    from conform.golden.cache import BlockCache
    from conform.golden.case_ids import suggest_cases
    from conform.golden.loading import load_blocks
    from conform.golden.manifest import load_manifest
    from conform.golden.profiles import read_profile
    from conform.golden.selection import make_selection

    folder = find_vectors(vectors)
    manifest = load_manifest(folder)
    named = frozenset(ids)
    if profile is not None and profile != manifest.profile:
        ids = (*ids, *read_profile(folder, profile))
    selection = make_selection(manifest, operations=operations, dtypes=dtypes, flags=flags, text=text, ids=ids)
    whole = not (operations or dtypes or flags or text or ids)
    place = None if no_cache else find_cache_folder(os.environ)
    cache = None if place is None else BlockCache(place)

    def load() -> Iterator[Block]:
        missing = set(named)
        try:
            for block in load_blocks(folder, manifest, selection, cache=cache):
                missing.difference_update(case.id for case in block.cases)
                yield block
        except UsageError as error:
            hint = suggest_cases(folder, manifest, min(missing)) if missing else error.hint
            raise UsageError(error.what, where=error.where, hint=hint) from None
        if missing:
            hint = suggest_cases(folder, manifest, min(missing))
            raise UsageError(f"no case {min(missing)!r} is selected", where=str(folder), hint=hint)

    chosen = tuple(file.operation for file in manifest.files if file.operation in selection.operations)
    fault = None if cache is None else cache.fault
    notes = () if fault is None else (f"the cache {place} is not used: {fault}",)
    checkout = describe_choice(folder) if vectors is None else None
    return ChosenCases(folder, manifest, chosen, whole, load, notes, checkout)
