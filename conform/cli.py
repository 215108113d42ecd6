"""The command line: finds subcommands, and turns every outcome into an exit code in one place."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import io
import os
import signal
import sys
import traceback as traces
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import click

from conform import __version__
from conform.errors import ConformError
from conform.results import RunResult, Verdict
from conform.texts import describe_exception, read_text

CONFORMS, DOES_NOT, USAGE, BROKEN, INTERRUPTED, UNREAD = 0, 1, 2, 3, 130, 141
"""UNREAD, as a shell says of SIGPIPE: whoever read the output left before its end."""

_COMPLETION = "_CONFORM_COMPLETE"
"""Set by click's own shell completion."""

COMMANDS = {
    "run": "conform.commands.run",
    "list": "conform.commands.list",
    "explain": "conform.commands.explain",
    "lint": "conform.commands.lint",
    "generate": "conform.commands.generate",
    "fuzz": "conform.commands.fuzz",
    "baseline": "conform.commands.baseline",
    "compare": "conform.commands.compare",
    "report": "conform.commands.report",
    "mutants": "conform.commands.mutants",
    "bench": "conform.commands.bench",
}
"""Each module has a click command called `command`; it is imported when it is used, and returns an exit code."""


class LazyGroup(click.Group):
    """A group whose subcommands are imported one by one, so that `--help` of one loads nothing of another."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[name]).command
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; for a name that there is none of, the nearest is suggested."""
        if arguments and arguments[0] not in COMMANDS and not arguments[0].startswith("-"):
            close = difflib.get_close_matches(arguments[0], COMMANDS, 1)
            hint = f" Did you mean '{close[0]}'?" if close else f" There are: {', '.join(COMMANDS)}."
            context.fail(f"No such command '{arguments[0]}'.{hint}")
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, SUMMARIES[name]) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


SUMMARIES = {
    "run": "Judge backends against the vectors.",
    "list": "List operations, cases, backends or flags.",
    "explain": "Derive what is accepted for one case, step by step.",
    "lint": "Check the vectors, their checksums and their sources.",
    "generate": "Make vectors from the Lean definitions.",
    "fuzz": "Judge backends against vectors made afresh, seed after seed.",
    "baseline": "Write today's failures down as known.",
    "compare": "Say what changed between two reports.",
    "report": "Make reports from saved ones, of several machines side by side.",
    "mutants": "Measure which defects the vectors catch.",
    "bench": "Measure what a run costs.",
}


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="conform")
@click.option("--traceback", is_flag=True, help="Show where in conform an error arose.")
def cli(traceback: bool) -> None:
    """Say, with a derivation, whether a backend computes what a Lean specification defines.

    Exit codes: 0 conforms, 1 does not, 2 wrong usage, 3 the vectors or the harness are broken.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process."""
    _open_missing_streams()
    _let_streams_take_any_text()
    # A cancelled job is sent SIGTERM: like Ctrl-C, it ends the run, and what was found out is still reported.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # So does a terminal that is closed, but for `nohup`, which asks to be left alone.
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is signal.SIG_DFL:
        signal.signal(hangup, signal.default_int_handler)
    sys.exit(run_cli(list(sys.argv[1:] if arguments is None else arguments)))


def choose_exit(run: RunResult, fail_fast: bool = False) -> int:
    """The exit code of a finished run; with `fail_fast`, a run that ended at a failure was not interrupted."""
    if run.conforms:
        return CONFORMS
    failed = any(case.verdict in (Verdict.FAIL, Verdict.ERROR) for backend in run.backends for case in backend.cases)
    return DOES_NOT if run.complete or (fail_fast and failed) else INTERRUPTED


def run_cli(arguments: list[str]) -> int:
    """Run the command line on the arguments and return the exit code."""
    try:
        if _COMPLETION in os.environ:
            from conform.commands.completion import register_completion

            register_completion()
            cli.main(arguments, prog_name="conform")
        # Not `cli.main`, which leaves with 1 where a pipe breaks: here that says that a backend does not conform.
        with cli.make_context("conform", list(arguments), obj=tuple(arguments)) as context:
            code: Any = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted", INTERRUPTED)
    except click.ClickException as error:
        with _unless_unwritable():
            error.show()
        return USAGE
    except ConformError as error:
        return _complain(str(error), error.exit_code, arguments)
    except BrokenPipeError:
        return _leave_unread()
    except SystemExit as leaving:
        # rich leaves with 1 too.
        if isinstance(leaving.__context__, BrokenPipeError):
            return _leave_unread()
        raise
    except PermissionError as error:
        return _complain(read_text(error), USAGE, arguments)
    except OSError as error:
        _drop_unwritable(sys.stdout)
        return _complain(read_text(error), BROKEN, arguments)
    except BaseException as error:
        # Also what no library derives from Exception: the interpreter would leave with 1, which is a verdict.
        hint = "This is a defect of conform: please report it with what `conform --traceback …` shows."
        return _complain(f"{describe_exception(error)}\n  {hint}", BROKEN, arguments)
    return code if isinstance(code, int) else CONFORMS


def _open_missing_streams() -> None:
    """Let nobody read what goes to a stream that was closed before; the exit code still says what came out."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It gets the lowest number that is free: that of the stream, which a report would get otherwise.
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _complain(message: str, code: int, arguments: Sequence[str] = ()) -> int:
    with _unless_unwritable():
        if "--traceback" in arguments:
            click.echo(traces.format_exc(), err=True)
        click.echo(f"conform: {message}", err=True)
    return code


def _let_streams_take_any_text() -> None:
    """Write what the encoding of a stream lacks, such as an ellipsis in ASCII, as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def _unless_unwritable() -> Iterator[None]:
    """Let what goes to standard error be lost where that cannot be written: the exit code says the rest."""
    try:
        yield
        sys.stderr.flush()
    except (OSError, ValueError):
        _drop(sys.stderr)


def _leave_unread() -> int:
    _drop(sys.stdout)
    return UNREAD


def _drop_unwritable(stream: TextIO) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):
        _drop(stream)


def _drop(stream: TextIO) -> None:
    """Let what is left in a buffer go nowhere: it must not fail once more when Python flushes it at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
