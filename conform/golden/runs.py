"""Runs in the lists of a case: an entry `[count, entry]` stands for `count` equal entries in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_RUN = 2
MAX_ELEMENTS = 1 << 23
"""So many elements a list with runs may come to; a list without has a limit in the length of its line."""


class MalformedRunError(ValueError):
    """A run that is not a count of two or more and an entry."""


def flatten(items: bytes) -> tuple[bytes, NDArray[np.int64] | None]:
    """The items of a JSON list with each run's entry once, and how often each item stands there; None without runs.

    Raises MalformedRunError where a run is not written as the exporter writes it, without spaces.
    """
    if b"[" not in items:
        return items, None
    before, *runs = items.split(b"[")
    parts, plain, counts = [before], [], []
    plain.append(_count_between(before, opens=True))
    for k, run in enumerate(runs, 1):
        inside, closed, after = run.partition(b"]")
        count, comma, entry = inside.partition(b",")
        if not closed or not comma or not count.isdigit() or count.startswith(b"0") or not entry or b"," in entry:
            raise MalformedRunError(f"not a run: {run[:40].decode('utf-8', 'replace')!r}")
        counts.append(_check_count(int(count[:12])))
        plain.append(_count_between(after, opens=k < len(runs), follows=True))
        parts += [entry, after]
    repeats = np.ones(sum(plain) + len(counts), np.int64)
    repeats[np.cumsum(plain[:-1]) + np.arange(len(counts))] = counts
    return b"".join(parts), repeats


def count_elements(items: bytes) -> int:
    """The number of elements that the items of a JSON list stand for; raises MalformedRunError as `flatten` does."""
    flat, repeats = flatten(items)
    if repeats is None:
        return flat.count(b",") + 1 if flat else 0
    return check_total(int(repeats.sum()))


def count_decoded(entries: Sequence[Any]) -> int:
    """The number of elements that the decoded items of a JSON list stand for; raises MalformedRunError."""
    runs = [entry for entry in entries if type(entry) is list]
    if not runs:
        return len(entries)
    for run in runs:
        if len(run) != 2 or type(run[0]) is not int or isinstance(run[1], list | dict):
            raise MalformedRunError(f"a run must be a list of a count and an entry, not {str(run)[:60]}")
        _check_count(run[0])
    return check_total(len(entries) - len(runs) + sum(run[0] for run in runs))


def check_total(total: int) -> int:
    if total > MAX_ELEMENTS:
        raise MalformedRunError(f"the runs come to {total} elements, more than {MAX_ELEMENTS}")
    return total


def _check_count(count: int) -> int:
    if count < LEAST_RUN:
        raise MalformedRunError(f"a run must have a count of {LEAST_RUN} or more, not {count}")
    if count > MAX_ELEMENTS:
        raise MalformedRunError(f"a run of {count} elements is longer than {MAX_ELEMENTS}")
    return count


def _count_between(items: bytes, opens: bool, follows: bool = False) -> int:
    """The number of items between two runs, or beside one: each border with a run has a comma."""
    if not items and not (opens and follows):
        return 0
    if (follows and not items.startswith(b",")) or (opens and not items.endswith(b",")):
        raise MalformedRunError(f"no comma beside a run: {items[:40].decode('utf-8', 'replace')!r}")
    return items.count(b",") + 1 - opens - follows
