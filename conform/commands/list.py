"""`conform list`: what there is to run, and what it can be run on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from conform.commands.options import cache_option, choose_cases, select_options, vectors_option


@click.group("list")
def command() -> None:
    """List operations, cases, backends or flags."""


@command.command("operations")
@vectors_option
@click.option("-v", "verbose", is_flag=True, help="Show parameters and results with their shapes.")
def list_operations(verbose: bool, **options: Any) -> None:
    """The operations of the vectors, with the Lean definition of each."""
    manifest = choose_cases(options["vectors"]).manifest
    cases = {file.operation: file.cases for file in manifest.files}
    for operation in manifest.operations:
        click.echo(f"{operation.name}  {operation.definition}  {cases.get(operation.name, 0)} cases")
        if verbose:
            click.echo(f"  {operation.summary}")
            for role, parts in (("takes", operation.parameters), ("returns", operation.results)):
                shapes = (f"{part.name} [{', '.join(map(str, part.shape))}]" for part in parts)
                click.echo(f"  {role} {', '.join(shapes)}")


@command.command("cases")
@select_options
@vectors_option
@cache_option
@click.option("-v", "verbose", is_flag=True, help="Show the flags of each case.")
def list_cases(verbose: bool, **options: Any) -> None:
    """The ids of the selected cases, one a line."""
    for block in choose_cases(options.pop("vectors"), **options).load():
        for case in block.cases:
            click.echo(f"{case.id}  {' '.join(case.flags)}" if verbose else case.id)


@command.command("flags")
@vectors_option
@cache_option
def list_flags(**options: Any) -> None:
    """The flags of the vectors, each with the number of its cases and the defects they are there to catch."""
    chosen = choose_cases(options["vectors"], no_cache=options["no_cache"])
    counts = Counter(flag for block in chosen.load() for case in block.cases for flag in case.flags)
    for flag in chosen.manifest.flags:
        click.echo(f"{flag.name}  {counts[flag.name]} cases")
        click.echo(f"  {flag.description}")
        click.echo(f"  catches: {'; '.join(flag.catches)}")


@command.command("backends")
@click.option("-v", "verbose", is_flag=True, help="Show where each comes from, and its options.")
def list_backends(verbose: bool) -> None:
    """The registered backends, and how others are written that need no registration."""
    import importlib

    from conform.backends.options import describe_options
    from conform.backends.resolve import FORMS, find_registered, load_registered
    from conform.errors import BackendError

    for name, point in sorted(find_registered().items()):
        click.echo(name)
        if not verbose:
            continue
        click.echo(f"  {point.value}")
        try:
            backend = load_registered(point)
        except BackendError as error:
            click.echo(f"  not available: {error}")
            continue
        click.echo(f"  {(backend.__doc__ or '').strip().splitlines()[0] if backend.__doc__ else ''}".rstrip())
        click.echo(f"  {describe_options(getattr(backend, 'options', {}))}")
    for form, name in FORMS.items():
        click.echo(form)
        if verbose:
            module = importlib.import_module(name)
            click.echo(f"  {name}\n  {(module.__doc__ or '').splitlines()[0]}\n  {describe_options(module.OPTIONS)}")
