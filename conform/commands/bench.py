"""`conform bench`: measure what a run costs, as ratios within one run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from conform.commands.options import vectors_option


@click.command("bench")
@click.argument("backend", default="numpy")
@vectors_option
@click.option(
    "--repeats", type=click.IntRange(1), default=5, show_default=True, help="Runs of which the median counts."
)
@click.option("--no-plain", is_flag=True, help="Leave out the plain pytest suite, which takes longest.")
@click.option("--growth", metavar="N,N", help="Also run suites of these multiples, and show time and peak memory.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(backend: str, **options: Any) -> None:
    """Measure the calls of BACKEND alone, loading, judging, the whole command, and the same cases as plain pytest.

    Everything is measured in one run, and what counts are the ratios: they hold whatever the speed of the machine.
    """
    import json
    import tempfile

    from conform.backends.resolve import resolve_backend
    from conform.bench import bench_backend, format_bench, format_growth, measure_growth
    from conform.errors import UsageError
    from conform.folders import find_vectors
    from conform.golden.cache import BlockCache
    from conform.golden.loading import load_blocks
    from conform.golden.manifest import load_manifest

    factors = (options["growth"] or "").split(",") if options["growth"] else []
    if not all(factor.isdecimal() and int(factor) for factor in factors):
        raise UsageError(f"{options['growth']!r} is not a list of whole numbers", where="--growth")
    folder = find_vectors(options["vectors"])
    manifest = load_manifest(folder)
    loaded = resolve_backend(backend, manifest.operations)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = scratch
        cache = BlockCache(Path(scratch))
        bench = bench_backend(
            loaded,
            folder,
            lambda: list(load_blocks(folder, manifest)),
            lambda: list(load_blocks(folder, manifest, cache=cache)),
            manifest,
            options["repeats"],
            not options["no_plain"],
        )
        growth = [measure_growth(backend, folder, manifest, int(factor)) for factor in factors]
    if options["as_json"]:
        click.echo(json.dumps({**bench.to_dict(), "growth": [each.__dict__ for each in growth]}, indent=1))
        return
    click.echo(format_bench(bench))
    if growth:
        click.echo(format_growth(growth))
