"""Keeps an interruption from undoing work that is about to be done."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def finish_first(*, postpone: bool = False) -> Iterator[None]:
    """Let the block end although a SIGINT, SIGTERM or SIGHUP comes: only a second one within it is a KeyboardInterrupt.

    For what follows a run, which is brief and keeps what the run found out: whoever cancels a job sends SIGINT and
    soon after it SIGTERM. With `postpone`, the first is a KeyboardInterrupt too, at the end of the block. Signals that
    raise nothing here, and other threads than the main one, are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = 0

    def wait(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard > 1:
            signal.default_int_handler(number, frame)

    before = {number: signal.getsignal(number) for number in _ENDING}
    raising = [number for number, handler in before.items() if callable(handler)]
    for number in raising:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number in raising:
            signal.signal(number, before[number])
    if postpone and heard:
        raise KeyboardInterrupt
