"""`conform explain`: derive what is accepted for one case."""

from __future__ import annotations

from typing import Any

import click

from conform.commands.completion import complete_backends, complete_cases
from conform.commands.options import cache_option, vectors_option


@click.command("explain")
@click.argument("case", metavar="CASE", shell_complete=complete_cases)
@vectors_option
@cache_option
@click.option("--result", metavar="NAME", help="The result to explain; the first by default.")
@click.option("--index", metavar="I,J", help="The element to explain; the first by default.")
@click.option(
    "--backend",
    shell_complete=complete_backends,
    metavar="BACKEND",
    help="Judge by its declarations, those of numpy else, and also call it.",
)
@click.option("--accumulate", metavar="FORMAT", help="Keep sums in this format, whatever the backend declares.")
def command(case: str, **options: Any) -> None:
    """Show the definition, the inputs and every component of CASE, and derive what is accepted, step by step.

    With --backend, the answer of that backend is shown too, and by how much it misses.
    """
    from conform.library import explain

    index = None if options["index"] is None else _parse_index(options["index"], case)
    text = explain(
        case,
        result=options["result"],
        index=index,
        backend=options["backend"],
        accumulate=options["accumulate"],
        vectors=options["vectors"],
        cache=not options["no_cache"],
    )
    click.echo(text)


def _parse_index(text: str, case: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if all(part.isdecimal() for part in parts):
        return tuple(int(part) for part in parts)
    from conform.errors import UsageError

    raise UsageError(f"{text!r} is not an index: numbers with commas between them", where=case)
