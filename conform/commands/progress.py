"""How far a long run is, on standard error: a bar on a terminal, and a line now and then anywhere else."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_PATIENCE = 1.0
"""Seconds before a bar appears."""
_INTERVAL = 30.0
"""Seconds from line to line: a log stays short, and a service that ends silent jobs hears of this one."""


@contextmanager
def show_progress(total: int | None) -> Iterator[Callable[[str, int], None]]:
    """Give a function that is told a label and how many more of `total` steps are done, as often as possible."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield _make_lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, object] = {}
    started = time.monotonic()

    def advance(label: str, count: int) -> None:
        if label not in tasks:
            tasks[label] = bar.add_task(label, total=total)
        bar.advance(tasks[label], count)  # type: ignore[arg-type]  # rich's own TaskID
        if not bar.live.is_started and time.monotonic() - started > _PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()


def _make_lines(total: int | None) -> Callable[[str, int], None]:
    done: Counter[str] = Counter()
    started = told = time.monotonic()

    def advance(label: str, count: int) -> None:
        nonlocal told
        done[label] += count
        now = time.monotonic()
        if now - told >= _INTERVAL:
            told = now
            steps = f"{done[label]:,}" if total is None else f"{done[label]:,} of {total:,}"
            # Nobody need be there to read it.
            with suppress(OSError, ValueError):
                print(f"{label}: {steps} cases after {now - started:.0f} s", file=sys.stderr, flush=True)

    return advance
