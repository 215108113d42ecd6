"""`conform lint`: check the vectors, their checksums and their sources."""

from __future__ import annotations

import os
from pathlib import Path

import click

from conform.commands.options import vectors_option


@click.command("lint")
@vectors_option
def command(vectors: Path | None) -> int:
    """Check every field and number of the vectors, their checksums, coverage and cache, and the Lean sources."""
    from conform.cache_folder import find_cache_folder
    from conform.cli import BROKEN, CONFORMS
    from conform.folders import find_vectors
    from conform.golden.cache import BlockCache
    from conform.golden.lint import describe_soundness, lint_vectors

    folder = find_vectors(vectors)
    place = find_cache_folder(os.environ)
    findings = lint_vectors(folder, None if place is None else BlockCache(place))
    for finding in findings:
        click.echo(f"{finding.where}: {finding.what}" + (f"\n  {finding.hint}" if finding.hint else ""))
    if findings:
        click.echo(f"{folder}: {len(findings)} findings", err=True)
        return BROKEN
    click.echo(f"{folder}: sound")
    for line in describe_soundness(folder):
        click.echo(f"  {line}")
    return CONFORMS
