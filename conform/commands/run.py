"""`conform run`: judge backends against the vectors."""

from __future__ import annotations

import datetime
import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from conform.commands.completion import complete_backends
from conform.commands.options import (
    cache_option,
    choose_cases,
    max_failures_option,
    policy_option,
    report_option,
    select_options,
    timeout_option,
    vectors_option,
    verbose_option,
)


@click.command("run")
@click.argument("backends", nargs=-1, metavar="[BACKEND]...", shell_complete=complete_backends)
@select_options
@vectors_option
@cache_option
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Call a Python backend in so many processes."
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first case that does not pass.")
@click.option("--signed-zero", is_flag=True, help="Compare the sign of a zero, as the definition's own order gives it.")
@click.option("--deterministic", is_flag=True, help="Require the same bits from both calls.")
@click.option("--non-contiguous", is_flag=True, help="Call every case, not some, with inputs in other layouts.")
@click.option("--no-probe", is_flag=True, help="Do not tell from a few more sums in which format they are kept.")
@click.option("--as-observed", is_flag=True, help="Judge by what was observed of sums, and say what claims pass.")
@click.option("--no-aliasing", is_flag=True, help="Let results share memory with inputs or with each other.")
@timeout_option
@click.option("--require-informative", is_flag=True, help="Fail a group in which no element could have failed.")
@click.option("--strict", is_flag=True, help="Fail where there is a warning, such as sums not kept as declared.")
@click.option("--min-cases", type=click.IntRange(1), default=1, show_default=True, help="Fail where fewer are judged.")
@policy_option
@click.option(
    "--known",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file of known failures; shipped is the one of the backends that ship.",
)
@report_option
@max_failures_option
@verbose_option
def command(backends: tuple[str, ...], **options: Any) -> int:
    """Judge each BACKEND, numpy when none is named, against the vectors.

    A BACKEND is a registered name, such as torch or torch[device=cuda], package.module:object,
    path/to/file.py:object, array-api:NAMESPACE, or "cmd:PROGRAM ARGS".
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    from conform.cli import INTERRUPTED, choose_exit
    from conform.commands.progress import show_progress
    from conform.errors import UsageError
    from conform.gate.known import KnownFailures
    from conform.provenance import add_circumstances, describe_circumstances, describe_vectors
    from conform.report.kinds import NEED_PASSED, parse_targets, part_waiting, write_reports
    from conform.report.summary import count_things
    from conform.report.terminal import make_console, print_report
    from conform.results import RunResult
    from conform.running.backends import load_backends
    from conform.running.conformance import Demands, check_conformance
    from conform.running.interruption import finish_first
    from conform.running.runner import RunOptions

    if options["as_observed"] and options["no_probe"]:
        raise UsageError("--as-observed judges by what the probes see, which --no-probe leaves out")
    targets = parse_targets(options["reports"])
    describe_circumstances(started, 0.0, (), os.environ)
    names = ("vectors", "operations", "dtypes", "flags", "text", "ids", "profile", "no_cache")
    query = {name: options[name] for name in names}
    chosen = choose_cases(**query)
    known = KnownFailures()
    if options["known"]:
        from conform.gate.known_file import read_known

        known = read_known(options["known"])
    limits = None
    if options["timeout"] is not None:
        from dataclasses import replace

        from conform.backends.supervised import LIMITS

        limits = replace(LIMITS, call=options["timeout"])
    policy = options["policy"]
    try:
        loaded, notes = load_backends(backends or ("numpy",), chosen.manifest, policy, limits, copy=True)
        with show_progress(sum(file.cases for file in chosen.manifest.files) if chosen.whole else None) as progress:
            run = check_conformance(
                loaded,
                chosen.load,
                RunOptions(
                    signed_zero=options["signed_zero"],
                    deterministic=options["deterministic"],
                    aliasing=not options["no_aliasing"],
                    non_contiguous=options["non_contiguous"],
                    fail_fast=options["fail_fast"],
                    probe=not options["no_probe"],
                    as_observed=options["as_observed"],
                    jobs=options["jobs"],
                    keep_passed=any(target.kind in NEED_PASSED for target in targets),
                ),
                Demands(options["min_cases"], options["require_informative"], known, options["strict"]),
                (chosen.folder, chosen.manifest),
                whole=chosen.whole,
                notes=[*chosen.notes, *notes],
                progress=progress,
            )
    except KeyboardInterrupt:
        # Before any backend was called: the reports say so, and none of an earlier run is taken for one of this.
        run = RunResult((), describe_vectors(chosen.folder, chosen.manifest), complete=False, whole=chosen.whole)
    with finish_first():
        arguments = click.get_current_context().find_root().obj or ()
        circumstances = describe_circumstances(started, time.monotonic() - clock, arguments, os.environ)
        run = add_circumstances(run, circumstances, os.environ)
        ready, waiting = part_waiting(targets)
        printed, unwritten = write_reports(run, ready)
    for text in printed:
        click.echo(text, nl=False)
    screen = sys.stderr if any(target.alone for target in targets) else sys.stdout
    print_report(run, make_console(screen), options["max_failures"], _list_reproducing(options), options["verbose"])
    # Whoever waits here for a reader can be interrupted, and has told everything else.
    screen.flush()
    unwritten += write_reports(run, waiting)[1]
    if unwritten:
        raise unwritten[0]
    code = choose_exit(run, options["fail_fast"])
    why = ": interrupted, so this is part of a run" if code == INTERRUPTED else ""
    warnings = count_things(sum(len(backend.warnings) for backend in run.backends), "warning")
    click.echo(f"exit {code} in {time.monotonic() - clock:.1f} s, {warnings}{why}", file=screen)
    return code


def _list_reproducing(options: dict[str, Any]) -> list[str]:
    """The options of this run without which a single case might be judged otherwise."""
    valued = [(f"--{name}", options[name]) for name in ("vectors", "policy", "timeout") if options[name] is not None]
    switches = ("signed_zero", "deterministic", "non_contiguous", "no_aliasing", "as_observed")
    given = [f"--{name.replace('_', '-')}" for name in switches if options[name]]
    return [*(text for option, value in valued for text in (option, str(value))), *given]
