"""Measuring operations side by side, in copies of the process that has their blocks."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from conform.suite import Block

T = TypeVar("T")

_shared: dict[str, Any] = {}
"""What a copy of this process finds there: functions and blocks need not be sent."""


def group_by_operation(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks of each operation, in their order."""
    groups: dict[str, list[Block]] = {}
    for block in blocks:
        groups.setdefault(block.operation.name, []).append(block)
    return list(groups.values())


def map_operations(
    work: Callable[[list[Block]], T], blocks: Sequence[Block], jobs: int, progress: Callable[[int], None] | None = None
) -> list[T]:
    """What `work` gives for the blocks of each operation, `jobs` operations at a time.

    What it gives is sent from one process to another, so it must be plain data. `progress` is told how many more
    cases are done. Where processes cannot be copied, one operation comes after another.
    """
    groups = group_by_operation(blocks)
    if jobs == 1 or "fork" not in multiprocessing.get_all_start_methods():
        results = []
        for group in groups:
            results.append(work(group))
            _tell(progress, group)
        return results
    _shared.update(work=work, groups=groups)
    try:
        # The largest first, so that the last to finish is small.
        order = sorted(range(len(groups)), key=lambda i: -sum(block.count_elements().sum() for block in groups[i]))
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
            futures = {i: pool.submit(_work_on, i) for i in order}
            results = []
            try:
                for i, group in enumerate(groups):
                    results.append(futures[i].result())
                    _tell(progress, group)
            except BaseException:
                # Whoever interrupts this does not wait for what is under way.
                pool.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    process.kill()
                raise
        return results
    finally:
        _shared.clear()


def _work_on(number: int) -> Any:
    return _shared["work"](_shared["groups"][number])


def _tell(progress: Callable[[int], None] | None, group: Sequence[Block]) -> None:
    if progress is not None:
        progress(sum(len(block.cases) for block in group))
