"""`conform explain`: derive what is accepted for one case."""

from __future__ import annotations

from typing import Any

import click

from conform.commands.completion import complete_backends, complete_cases
from conform.commands.options import cache_option, choose_cases, vectors_option


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
    from dataclasses import replace

    from conform.backends.supervised import supervise_backend
    from conform.errors import UsageError
    from conform.explain import explain_case
    from conform.formats import FLOAT_NAMES, get_format
    from conform.golden.case_ids import suggest_cases

    operation = case.split("/")[0]
    everything = choose_cases(options["vectors"], no_cache=options["no_cache"])
    names = [each.name for each in everything.manifest.operations]
    chosen = choose_cases(
        options["vectors"], operations=(operation,) if operation in names else (), no_cache=options["no_cache"]
    )
    for block in chosen.load():
        ids = [each.id for each in block.cases]
        if case in ids:
            found = block.take([ids.index(case)])
            break
    else:
        hint = suggest_cases(chosen.folder, chosen.manifest, case)
        raise UsageError(f"no case {case!r}", where=str(chosen.folder), hint=hint)
    backend = supervise_backend(options["backend"] or "numpy", chosen.manifest.operations)
    rules = backend.declaration.rules_for(found.operation.name, found.format)
    if options["accumulate"] is not None:
        if options["accumulate"] not in FLOAT_NAMES:
            raise UsageError(f"unknown format {options['accumulate']!r}", hint=f"There are: {', '.join(FLOAT_NAMES)}.")
        rules = replace(rules, accumulator=get_format(options["accumulate"]))
    results = {result.name: result for result in found.operation.results}
    result = options["result"] or next(iter(results))
    if result not in results:
        raise UsageError(f"no result {result!r}", where=case, hint=f"There are: {', '.join(results)}.")
    shape = results[result].resolve_shape(found.cases[0].scope)
    index = _parse_index(options["index"], shape, case)
    click.echo(explain_case(found, chosen.manifest.flags, rules, result, index))
    if options["backend"]:
        from conform.running.answer import describe_answer
        from conform.texts import show_controls

        click.echo("")
        for line in describe_answer(backend, found, rules, result, index):
            click.echo(show_controls(line))
    if backend.close is not None:
        backend.close()


def _parse_index(text: str | None, shape: tuple[int, ...], case: str) -> tuple[int, ...]:
    from conform.errors import UsageError

    if 0 in shape:
        raise UsageError(f"the result of shape {list(shape)} has no elements", where=case)
    if text is None:
        return (0,) * len(shape)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if all(part.isdecimal() for part in parts) and len(parts) == len(shape):
        index = tuple(int(part) for part in parts)
        if all(i < size for i, size in zip(index, shape, strict=True)):
            return index
    raise UsageError(f"{text!r} is not an index into the shape {list(shape)}", where=case)
