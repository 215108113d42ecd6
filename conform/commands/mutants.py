"""`conform mutants`: measure which defects the vectors catch."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conform.commands.completion import complete_mutants
from conform.commands.options import cache_option, choose_cases, select_options, vectors_option

if TYPE_CHECKING:
    from conform.mutants.detection import Power
    from conform.suite import Block


@click.command("mutants")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_mutants)
@select_options
@vectors_option
@cache_option
@click.option("--list", "only_list", is_flag=True, help="List the mutants, with the mistake that each stands for.")
@click.option("--variants", is_flag=True, help="Also try the correct variants, none of which may be flagged.")
@click.option("--json", "json_path", metavar="PATH", help="Write everything as JSON; - to standard output.")
@click.option("--markdown", "table_path", metavar="PATH", help="Write the matrix as Markdown; - to standard output.")
@click.option("--floor", type=click.IntRange(0), metavar="N", help="Fail where fewer than N plantings are caught.")
@click.option("--array-operations", is_flag=True, help="Also plant defects at each array operation of numpy's methods.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Try operations side by side.")
@click.option("--write-smoke", is_flag=True, help="Choose the cases of the smoke profile anew, and write them.")
def command(names: tuple[str, ...], **options: Any) -> int:
    """Plant each mutant NAME, all of them when none is named, and count what the vectors catch.

    A mutant is a defect of a reference implementation, planted in one result of one operation and format at a time, or
    with --array-operations, or by a name such as softmax/exp/off, at one array operation of numpy's method. Exit code 1
    means that a mutant survived that is not argued to be legal, or with --floor that fewer were caught than the number
    given, that a correct variant was flagged, or that there was nothing to plant in an operation whose results are
    sums. Operations of which a result is no sum have mutants of array operations alone, and are named without those.
    """
    from conform.cli import CONFORMS, DOES_NOT
    from conform.commands.progress import show_progress
    from conform.errors import UsageError
    from conform.mutants.cover import choose_smoke, select_blocks
    from conform.mutants.measure import list_interposed, measure
    from conform.mutants.registry import find_mutants, is_interposed
    from conform.mutants.report import describe_reach, format_matrix, print_power
    from conform.mutants.smoke import write_smoke
    from conform.mutants.summary import summarize, to_json
    from conform.mutants.variants.registry import VARIANTS, try_variants
    from conform.report.terminal import make_console

    planted = [name for name in names if is_interposed(name)]
    mutants = () if planted and len(planted) == len(names) else find_mutants([n for n in names if n not in planted])
    chosen = choose_cases(
        options["vectors"],
        operations=options["operations"],
        dtypes=options["dtypes"],
        flags=options["flags"],
        text=options["text"],
        ids=options["ids"],
        profile=options["profile"],
        no_cache=options["no_cache"],
    )
    if options["write_smoke"] and (names or not chosen.whole):
        raise UsageError("--write-smoke takes all mutants and all cases", hint="Leave the selection out.")
    blocks = list(chosen.load())
    operations = chosen.manifest.operations
    wanted: Callable[[str], bool] | None = None
    if planted or options["array_operations"]:
        wanted = (lambda name: name in planted) if names else (lambda name: True)
    if options["only_list"]:
        found = [] if wanted is None else list_interposed(blocks, operations, wanted)
        for mutant in (*mutants, *found):
            click.echo(f"{mutant.name}  ({mutant.topic})  {mutant.summary}\n  {mutant.mistake}")
        return CONFORMS
    measuring = functools.partial(measure, mutants, operations=operations, jobs=options["jobs"], interposed=wanted)
    with show_progress(sum(len(block.cases) for block in blocks)) as progress:
        power = measuring(blocks, progress=functools.partial(progress, "mutants"))
    unknown = set(planted) - {detection.mutant.name for detection in power.detections}
    if unknown:
        hint = "`conform mutants --list` names them all."
        raise UsageError(f"nothing of these cases has the mutant {', '.join(sorted(unknown))}", hint=hint)
    trials = try_variants(VARIANTS, blocks, operations, options["jobs"]) if options["variants"] else []
    summary = summarize(power, {operation.name: operation.layer for operation in operations})
    piped = "-" in (options["json_path"], options["table_path"])
    console = make_console(sys.stderr if piped else sys.stdout)
    print_power(summary, trials, console)
    if options["json_path"]:
        _write(options["json_path"], json.dumps(to_json(summary, trials), indent=1, ensure_ascii=False) + "\n")
    if options["table_path"]:
        _write(options["table_path"], format_matrix(summary))
    if options["write_smoke"]:
        ids = choose_smoke(power, blocks, operations)
        write_smoke(chosen.folder, ids)
        small = measuring(select_blocks(blocks, set(ids)))
        console.print(f"smoke profile: {describe_reach(small)}")
    floor = options["floor"]
    if floor is not None and summary.caught < floor:
        console.print(f"[red]fewer than {floor} caught[/red]")
    missing = summary.caught < (summary.planted if floor is None else floor)
    bare = _list_bare(power, blocks)
    summed = [name for name, has_sums in bare.items() if has_sums]
    if len(summed) < len(bare):
        others = ", ".join(name for name in bare if name not in summed)
        console.print(f"[yellow]no mutants, for not all results are sums: {others}[/yellow]", soft_wrap=True)
    if len(bare) == len({block.operation.name for block in blocks}) or (summed and not names):
        console.print(f"[red]nothing was planted in {', '.join(summed or bare)}[/red]", soft_wrap=True)
        missing = True
    failed = missing or any(trial.flagged for trial in trials)
    return DOES_NOT if failed else CONFORMS


def _list_bare(power: Power, blocks: Sequence[Block]) -> dict[str, bool]:
    """The operations in which no mutant was planted, so that nothing is known of what their cases catch.

    Each with whether its results are sums: then it should have had mutants.
    """
    from conform.mutants.terms import has_sums

    planted = {planting.site.operation for detection in power.detections for planting in detection.plantings}
    operations = (block.operation for block in blocks)
    return {each.name: has_sums(each) for each in operations if each.name not in planted}


def _write(path: str, text: str) -> None:
    from conform.atomic import write_atomically

    if path == "-":
        click.echo(text, nl=False)
    else:
        write_atomically(Path(path), text)
