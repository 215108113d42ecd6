"""`conform compare`: say what changed between two reports."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conform.commands.options import report_option
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
@click.option("--all", "everything", is_flag=True, help="Show every change, and not five of each operation and format.")
@report_option
def command(old: Path, new: Path, bits_threshold: float, everything: bool, reports: tuple[str, ...]) -> int:
    """Show what became better, worse, appeared or disappeared from one JSON report to the next.

    What is worse exits 1, and so does a new report that is partial where the old one is not. Reports of a comparison
    are of the kinds markdown and json.
    """
    from conform.cli import CONFORMS, DOES_NOT
    from conform.gate.compare import compare_runs
    from conform.gate.compare_report import FORMATS, format_lines
    from conform.report.json_report import read_report
    from conform.report.kinds import parse_targets, write_each

    targets = parse_targets(reports, FORMATS)
    comparison = compare_runs(read_report(old), read_report(new), bits_threshold)
    printed, unwritten = write_each(comparison, targets, FORMATS.__getitem__)
    for text in printed:
        click.echo(text, nl=False)
    screen = sys.stderr if any(target.alone for target in targets) else sys.stdout
    for line in format_lines(comparison, everything):
        click.echo(line, file=screen)
    if unwritten:
        raise unwritten[0]
    return DOES_NOT if comparison.worsened else CONFORMS
