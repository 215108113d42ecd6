"""A copy of this process that runs one function, which starts in a tenth of the time that a new interpreter needs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import IO

_PAUSE = 0.005
_THREADED = frozenset(("jax", "tensorflow", "torch"))
"""Packages with threads that Python does not count, and that no copy has; those of BLAS are started again."""


def can_fork() -> bool:
    """Whether a copy is sure to work: only Linux promises it beside system libraries, and threads are not copied."""
    return sys.platform == "linux" and threading.active_count() == 1 and _THREADED.isdisjoint(sys.modules)


class Fork:
    """The copy, with as much of the interface of `subprocess.Popen` as is needed to talk to it and to end it.

    It has a session and standard streams of its own, and of the files of this process only `descriptors`. What is in
    the memory of this process now, it can read.
    """

    def __init__(self, run: Callable[[], int], descriptors: Sequence[int]) -> None:
        pipes = [os.pipe() for _ in range(3)]
        theirs = (pipes[0][0], pipes[1][1], pipes[2][1])
        ours = (pipes[0][1], pipes[1][0], pipes[2][0])
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        with warnings.catch_warnings():
            # Threads of BLAS are ended before, and started again after, by BLAS itself.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            _become(run, theirs, descriptors)
        for descriptor in theirs:
            os.close(descriptor)
        self.returncode: int | None = None
        self.stdin: IO[bytes] = os.fdopen(ours[0], "wb", buffering=0)
        self.stdout: IO[bytes] = os.fdopen(ours[1], "rb", buffering=0)
        self.stderr: IO[bytes] = os.fdopen(ours[2], "rb", buffering=0)

    def wait(self, timeout: float) -> int:
        """The status with which it ended; raises TimeoutExpired where it does not."""
        deadline = time.monotonic() + timeout
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a copy of this process", timeout)
            else:
                time.sleep(_PAUSE)
        return self.returncode


def _become(run: Callable[[], int], streams: Sequence[int], descriptors: Sequence[int]) -> None:
    """What the copy does, which never returns to what this process was in the middle of."""
    status = 1
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        # Those of this process may be other files by now.
        sys.stdin, sys.stdout, sys.stderr = (
            open(target, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            for target, mode in enumerate("rww")
        )
        for name in os.listdir("/dev/fd"):
            if int(name) > 2 and int(name) not in descriptors:
                with contextlib.suppress(OSError):
                    os.close(int(name))
        status = run()
    except SystemExit:
        pass
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(BaseException):
            sys.stderr.flush()
        os._exit(status)
