"""`conform fuzz`: judge backends against vectors that are made afresh."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import click

from conform.commands.completion import complete_backends
from conform.commands.options import (
    SEED,
    export_profile_option,
    lean_option,
    max_failures_option,
    operation_option,
    policy_option,
)


@click.command("fuzz")
@click.argument("backends", nargs=-1, metavar="[BACKEND]...", shell_complete=complete_backends)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="How many seeds are tried.")
@click.option("--seed", type=SEED, help="The first seed; drawn at random by default.")
@operation_option
@export_profile_option
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    default=Path("conform-fuzz"),
    show_default=True,
    metavar="DIR",
    help="Folder that gets the vectors of a failing seed.",
)
@policy_option
@max_failures_option
@lean_option
def command(backends: tuple[str, ...], **options: Any) -> int:
    """Judge each BACKEND, numpy when none is named, against vectors of one fresh seed after the other.

    Each round exports the same families of cases with other numbers from the Lean definitions, with the `lake` on
    PATH. The first seed that a backend fails ends it, and its vectors are kept: `conform run --vectors` shows the
    failure again.
    """
    from conform.cli import CONFORMS, choose_exit
    from conform.folders import find_lean_export, find_vectors
    from conform.fuzz import Draw, fuzz_backends
    from conform.golden.lean import find_lean_project
    from conform.golden.manifest import load_manifest
    from conform.golden.selection import make_selection
    from conform.report.terminal import describe_verdict, make_console, print_line, print_report
    from conform.running.backends import load_backends

    specs = backends or ("numpy",)
    package = find_lean_export(options["lean"])
    project = find_lean_project(package)
    # What is wrong with a name or a policy shows in the vectors that are there, before minutes of exporting.
    manifest = load_manifest(find_vectors(package.parent / "vectors"))
    chosen = make_selection(manifest, operations=options["operations"]).operations if options["operations"] else ()
    for backend in load_backends(specs, manifest, options["policy"])[0]:
        if backend.close is not None:
            backend.close()
    seed = secrets.randbits(32) if options["seed"] is None else options["seed"]
    draw = Draw(seed, options["profile"], tuple(sorted(chosen)))
    console = make_console(sys.stdout)
    rounds = fuzz_backends(
        specs,
        project,
        draw,
        options["rounds"],
        options["keep"],
        policy=options["policy"],
        report=lambda line: click.echo(line, err=True),
    )
    for each in rounds:
        for result in each.run.backends:
            print_line(console, f"seed {each.seed}: {describe_verdict(result)}")
        if not each.run.conforms:
            again = [] if each.kept is None else ["--vectors", str(each.kept)]
            print_report(each.run, console, options["max_failures"], again)
            if each.kept is not None:
                click.echo(f"the vectors of seed {each.seed} are kept in {each.kept}")
            code = choose_exit(each.run)
            click.echo(f"exit {code}")
            return code
    click.echo(f"exit {CONFORMS}")
    return CONFORMS
