"""`conform generate`: make vectors from the Lean definitions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from conform.commands.completion import complete_operations
from conform.commands.options import SEED, export_profile_option, lean_option


@click.command("generate")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write; the checkout's own by default."
)
@export_profile_option
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option(
    "--operation",
    "operations",
    shell_complete=complete_operations,
    multiple=True,
    metavar="NAME",
    help="Only this operation; repeatable.",
)
@click.option(
    "--functions", metavar="NAME|FILE", help="How accurate functions are taken to be: opencl, ieee, or a table's file."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=lambda: os.cpu_count() or 1,
    show_default="number of cores",
    help="Export so many operations side by side; the vectors are the same.",
)
@click.option("--check", is_flag=True, help="Compare with what is there instead of writing; a difference exits 3.")
@lean_option
def command(
    out: Path | None,
    operations: tuple[str, ...],
    functions: str | None,
    jobs: int,
    check: bool,
    lean: Path | None,
    **options: Any,
) -> None:
    """Run the exporter with the `lake` on PATH, validate what it writes, and put it in place in one step."""
    from conform.folders import find_lean_export, find_vectors
    from conform.golden.generate import check_vectors, generate_vectors
    from conform.golden.lean import find_lean_project

    package = find_lean_export(lean)
    project = find_lean_project(package)
    click.echo(f"using the definitions in {package}", err=True)
    folder = out or package.parent / "vectors"

    def report(line: str) -> None:
        click.echo(line, err=True)

    if check:
        folder = find_vectors(folder)
        manifest = check_vectors(folder, project, operations=operations, functions=functions, jobs=jobs, report=report)
    else:
        manifest = generate_vectors(
            folder, project, operations=operations, functions=functions, jobs=jobs, report=report, **options
        )
    cases = sum(file.cases for file in manifest.files)
    what = "are what the Lean definitions give" if check else f"profile {manifest.profile}, seed {manifest.seed}"
    click.echo(f"{folder}: {cases} cases, {what}")
