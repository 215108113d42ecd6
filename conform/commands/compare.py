"""`conform compare`: say what changed between two reports."""

from __future__ import annotations

from pathlib import Path

import click

from conform.gate.compare import BITS_THRESHOLD


@click.command("compare")
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD.json")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW.json")
@click.option(
    "--bits-threshold",
    type=click.FloatRange(0, min_open=True),
    default=BITS_THRESHOLD,
    show_default=True,
    help="Bits of effective precision that may be lost.",
)
def command(old: Path, new: Path, bits_threshold: float) -> int:
    """Show what became better, worse, appeared or disappeared from one JSON report to the next.

    What is worse exits 1, and so does a new report that is partial where the old one is not.
    """
    from conform.cli import CONFORMS, DOES_NOT
    from conform.gate.compare import compare_runs
    from conform.report.json_report import read_report

    comparison = compare_runs(read_report(old), read_report(new), bits_threshold)
    for note in comparison.notes:
        click.echo(f"note: {note}")
    for kind in ("worse", "better", "changed", "appeared", "disappeared"):
        for change in getattr(comparison, kind):
            click.echo(f"{kind}: {change.backend}: {change.subject}: {change.before} → {change.after}")
    counts = ", ".join(
        f"{len(getattr(comparison, kind))} {kind}" for kind in ("worse", "better", "changed", "appeared", "disappeared")
    )
    click.echo(f"{comparison.common} cases in both: {counts}")
    return DOES_NOT if comparison.worsened else CONFORMS
