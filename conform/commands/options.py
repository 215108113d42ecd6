"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
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
    from conform.golden.choosing import ChosenCases

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


def choose_cases(vectors: Path | None, **query: Any) -> ChosenCases:
    """What `conform.golden.choosing.choose_cases` finds, and a word of which vectors these are where none are named."""
    from conform.golden import choosing

    chosen = choosing.choose_cases(vectors, **query)
    if chosen.checkout:
        click.echo(f"using {chosen.checkout}", err=True)
    return chosen
