"""`conform report`: make reports from saved ones."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conform.commands.options import max_failures_option, report_option, verbose_option


@click.command("report")
@click.argument("saved", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="REPORT.json...")
@report_option
@max_failures_option
@verbose_option
def command(saved: tuple[Path, ...], reports: tuple[str, ...], max_failures: int, verbose: bool) -> int:
    """Make any report from JSON ones, and show the screen of the run where none is asked for.

    Those of several machines are put side by side, a backend that several have under the names of their hosts. Exits
    as a run with these results does.
    """
    from conform.cli import choose_exit
    from conform.report.json_report import read_report
    from conform.report.kinds import parse_targets, write_reports
    from conform.report.merge import merge_runs
    from conform.report.terminal import make_console, print_report

    targets = parse_targets(reports)
    run = merge_runs([read_report(path) for path in saved], saved)
    printed, unwritten = write_reports(run, targets)
    for text in printed:
        click.echo(text, nl=False)
    if unwritten:
        raise unwritten[0]
    if not targets:
        print_report(run, make_console(sys.stdout), max_failures, verbose=verbose)
    return choose_exit(run)
