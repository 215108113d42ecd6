"""The command line: finds subcommands, and turns every outcome into an exit code in one place."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from conform import __version__
from conform.errors import ConformError

CONFORMS, DOES_NOT, USAGE, BROKEN, INTERRUPTED = 0, 1, 2, 3, 130

COMMANDS = {
    "run": "conform.commands.run",
    "list": "conform.commands.list",
    "explain": "conform.commands.explain",
    "lint": "conform.commands.lint",
    "generate": "conform.commands.generate",
    "baseline": "conform.commands.baseline",
    "compare": "conform.commands.compare",
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
    "baseline": "Write today's failures down as known.",
    "compare": "Say what changed between two reports.",
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
    sys.exit(run_cli(list(sys.argv[1:] if arguments is None else arguments)))


def run_cli(arguments: list[str]) -> int:
    """Run the command line on the arguments and return the exit code."""
    try:
        code: Any = cli.main(arguments, prog_name="conform", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return _complain("interrupted", INTERRUPTED)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return USAGE
    except ConformError as error:
        if "--traceback" in arguments:
            raise
        return _complain(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader has gone; what is left in the buffers has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN
    except Exception as error:
        if "--traceback" in arguments:
            raise
        hint = "This is a defect of conform; run `conform --traceback …` again and report what it shows."
        return _complain(f"{type(error).__name__}: {error}\n  {hint}", BROKEN)
    return code if isinstance(code, int) else CONFORMS


def _complain(message: str, code: int) -> int:
    click.echo(f"conform: {message}", err=True)
    return code
