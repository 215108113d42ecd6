"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from conform.commands.completion import (
    complete_cases,
    complete_flags,
    complete_formats,
    complete_operations,
    complete_profiles,
)

if TYPE_CHECKING:
    # Help must not load the array library that these need.
    from conform.suite import Block, Manifest

F = TypeVar("F", bound=Callable[..., Any])

vectors_option = click.option(
    "--vectors", type=click.Path(path_type=Path), metavar="DIR", help="Folder of vectors; those that ship by default."
)
cache_option = click.option("--no-cache", is_flag=True, help="Parse the vectors anew instead of using the cache.")
policy_option = click.option(
    "--policy", type=click.Path(path_type=Path), metavar="FILE", help="A conform.yaml: claims about backends."
)
timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long a call of a Python backend may take; 120 by default.",
)
max_failures_option = click.option(
    "--max-failures", type=click.IntRange(0), default=5, show_default=True, help="Failing cases described."
)
verbose_option = click.option(
    "-v", "verbose", is_flag=True, help="Show everything: elements, what was not judged, what is declared."
)
report_option = click.option(
    "--report", "reports", multiple=True, metavar="KIND:PATH", help="Also write this report; repeatable; - is stdout."
)
operation_option = click.option(
    "--operation",
    "operations",
    shell_complete=complete_operations,
    multiple=True,
    metavar="GLOB",
    help="These operations; repeatable.",
)
lean_option = click.option(
    "--lean", type=click.Path(path_type=Path), metavar="DIR", help="The Lake package; the checkout's by default."
)
export_profile_option = click.option(
    "--profile", type=click.Choice(["core", "full"]), default="core", show_default=True
)
SEED = click.IntRange(0, 2**64 - 1)
"""The seeds that the exporter takes."""


def select_options(function: F) -> F:
    """Add --operation, --dtype, --flag, -k, --case and --profile to a command."""
    for option in (
        click.option(
            "--profile",
            shell_complete=complete_profiles,
            metavar="NAME",
            help="The cases of a profile of these vectors, such as smoke.",
        ),
        click.option(
            "--case",
            "ids",
            shell_complete=complete_cases,
            multiple=True,
            metavar="ID",
            help="One case by its whole id; repeatable.",
        ),
        click.option("-k", "text", metavar="TEXT", help="Words in the id or flags, with and, or, not."),
        click.option(
            "--flag",
            "flags",
            shell_complete=complete_flags,
            multiple=True,
            metavar="F",
            help="Cases with this flag; repeatable, a glob.",
        ),
        click.option(
            "--dtype",
            "dtypes",
            shell_complete=complete_formats,
            multiple=True,
            metavar="D",
            help="Cases in this format; repeatable, a glob.",
        ),
        operation_option,
    ):
        function = option(function)
    return function


@dataclass(frozen=True)
class Chosen:
    """The vectors and the part of them that a command is about; `whole` if it is all of them.

    `operations` are those that may have some of the part, in the order of the manifest; `notes` are what reports say.
    """

    folder: Path
    manifest: Manifest
    operations: tuple[str, ...]
    whole: bool
    load: Callable[[], Iterable[Block]]
    notes: tuple[str, ...] = ()


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
) -> Chosen:
    """Find the vectors and read their manifest; nothing else is loaded before `load` is called.

    A case named by its id that is not among those selected is a UsageError, even where others are.
    """
    from conform.errors import UsageError
    from conform.folders import describe_choice, find_vectors
    from conform.golden.cache import BlockCache, find_cache_folder
    from conform.golden.case_ids import suggest_cases
    from conform.golden.loading import load_blocks
    from conform.golden.manifest import load_manifest
    from conform.golden.profiles import read_profile
    from conform.golden.selection import make_selection

    folder = find_vectors(vectors)
    choice = describe_choice(folder) if vectors is None else None
    if choice:
        click.echo(f"using {choice}", err=True)
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
    return Chosen(folder, manifest, chosen, whole, load, notes)
