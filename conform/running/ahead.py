"""Having blocks called ahead of their verdicts: while one is judged, the next ones are with the backend."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence

from conform.backends.check import LoadedBackend
from conform.backends.supervised import Supervisor
from conform.running.observe import Checks, Observation, find_obstacle, observe_block
from conform.suite import Block

Advance = Callable[[int], None]
Seen = deque[tuple[Block, Observation]]
"""Blocks with what was seen of the backend on them, in the order of the blocks."""


def observe_blocks(
    backend: LoadedBackend, blocks: Iterable[Block], checks: Checks, jobs: int, ready: Seen, advance: Advance
) -> Generator[None, None, None]:
    """Put every block in `ready` once all was seen of it, and yield where that can be judged.

    A backend in processes of its own is called with `jobs` blocks at once, one a process; any other one by one.
    `advance` is told how many cases more were called. What is in `ready` when this is left, by an interruption too,
    was seen in full.
    """
    if backend.blocks is None:
        for block in blocks:
            ready.append((block, observe_block(backend, block, checks, advance)))
            yield
        return
    others = [backend.blocks.start_another() for _ in range(jobs - 1)]
    try:
        yield from _observe_ahead(backend, [backend.blocks, *others], blocks, checks, ready, advance)
    finally:
        for other in others:
            other.close()


def _observe_ahead(
    backend: LoadedBackend,
    supervisors: Sequence[Supervisor],
    blocks: Iterable[Block],
    checks: Checks,
    ready: Seen,
    advance: Advance,
) -> Generator[None, None, None]:
    free = deque(supervisors)
    busy: deque[tuple[Block, Supervisor]] = deque()

    def finish() -> None:
        block, supervisor = busy.popleft()
        ready.append((block, supervisor.finish(advance)))
        free.append(supervisor)

    for block in blocks:
        obstacle = find_obstacle(backend, block)
        if obstacle is not None:
            while busy:
                finish()
            ready.append((block, obstacle))
        else:
            if not free:
                finish()
            supervisor = free.popleft()
            supervisor.begin(backend, block, checks)
            busy.append((block, supervisor))
        yield
    while busy:
        finish()
        yield


def observe_one(backend: LoadedBackend, block: Block, checks: Checks) -> Observation:
    """What there is to see of a backend on one block."""
    ready: Seen = deque()
    for _ in observe_blocks(backend, [block], checks, 1, ready, lambda cases: None):
        pass
    return ready.pop()[1]
