"""A progress bar on standard error, where a terminal is there and the run takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE = 1.0
"""Seconds before a bar appears."""


@contextmanager
def show_progress(total: int | None) -> Iterator[Callable[[str, int], None] | None]:
    """Give a function that is told a label and how many more of `total` steps are done, or None without a terminal."""
    if not sys.stderr.isatty():
        yield None
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
