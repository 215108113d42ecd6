"""`conform baseline`: write today's failures down as known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from conform.commands.completion import complete_backends
from conform.commands.options import cache_option, choose_cases, policy_option, select_options, vectors_option


@click.command("baseline")
@click.argument("backend", shell_complete=complete_backends)
@select_options
@vectors_option
@cache_option
@policy_option
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; standard output by default."
)
def command(backend: str, policy: Path | None, output: Path | None, **options: Any) -> int:
    """Run BACKEND and write its failures as a file for `conform run --known`.

    Each operation has an entry: globs for formats and families that fail as a whole, the other cases by id, and as the
    reason what the failures are consistent with.
    """
    from conform.atomic import write_atomically
    from conform.cli import CONFORMS, INTERRUPTED
    from conform.gate.baseline import make_baseline
    from conform.gate.known_file import format_known
    from conform.running.backends import load_backends
    from conform.running.conformance import Demands, check_conformance
    from conform.running.runner import RunOptions

    chosen = choose_cases(options.pop("vectors"), **options)
    loaded, _ = load_backends((backend,), chosen.manifest, policy)
    run = check_conformance(
        loaded, chosen.load, RunOptions(), Demands(), (chosen.folder, chosen.manifest), whole=chosen.whole
    )
    if not run.complete:
        click.echo("interrupted: nothing was written", err=True)
        return INTERRUPTED
    entries = make_baseline(run.backends[0])
    heading = f"Known failures of {backend}, written by `conform baseline`; check the reasons."
    text = format_known(entries, heading)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_atomically(output, text)
        click.echo(f"{output}: {len(entries)} entries")
    return CONFORMS
