"""`conform bench`: measure what a run costs, as ratios within one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conform.commands.completion import complete_backends
from conform.commands.options import vectors_option

if TYPE_CHECKING:
    from conform.bench import Bench


@click.command("bench")
@click.argument("backend", default="numpy", shell_complete=complete_backends)
@vectors_option
@click.option(
    "--repeats", type=click.IntRange(1), default=5, show_default=True, help="Runs of which the median counts."
)
@click.option("--no-plain", is_flag=True, help="Leave out the plain pytest suite, which takes longest.")
@click.option(
    "--growth",
    metavar="[DIR:]N,…",
    help="Measure instead, on N times the vectors, or those in DIR, how time and memory grow.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(backend: str, **options: Any) -> None:
    """Measure the calls of BACKEND alone, loading, judging, the whole command, and the same cases as plain pytest.

    Everything is measured in one run, and what counts are the ratios: they hold whatever the speed of the machine.
    """
    import json
    from dataclasses import asdict

    from conform.folders import find_vectors

    folder = find_vectors(options["vectors"])
    if options["growth"] is not None:
        from conform.growth import format_growth, measure_growth, parse_suites

        growth = list(measure_growth(backend, parse_suites(options["growth"], folder)))
        data, text = {"version": 1, "growth": [asdict(each) for each in growth]}, format_growth(growth)
    else:
        from conform.bench import format_bench

        bench = _measure(backend, folder, options["repeats"], not options["no_plain"])
        data, text = bench.to_dict(), format_bench(bench)
    click.echo(json.dumps(data, indent=1) if options["as_json"] else text)


def _measure(backend: str, folder: Path, repeats: int, plain: bool) -> Bench:
    import tempfile

    from conform.backends.resolve import resolve_backend
    from conform.backends.supervised import supervise_backend
    from conform.bench import bench_backend
    from conform.cache_folder import find_cache_folder
    from conform.golden.cache import BlockCache
    from conform.golden.loading import load_blocks
    from conform.golden.manifest import load_manifest

    manifest = load_manifest(folder)
    loaded = resolve_backend(backend, manifest.operations)
    with tempfile.TemporaryDirectory() as scratch:
        environment = {"XDG_CACHE_HOME": scratch}
        cache = BlockCache(find_cache_folder(environment) or Path(scratch))
        return bench_backend(
            loaded,
            lambda: supervise_backend(backend, manifest.operations, copy=True),
            folder,
            lambda: load_blocks(folder, manifest),
            lambda: load_blocks(folder, manifest, cache=cache),
            manifest,
            repeats,
            plain,
            environment,
        )
