"""A child process that answers lines with lines, and that can do the harness no harm: not by silence, not by noise."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
import weakref
from collections.abc import Callable, Sequence

from conform.backends.fork import Fork

_CHUNK = 65_536
_KEPT_STDERR = 16_384
_SHOWN = 120
_CHECK = 0.2
_LAST_WORDS = 0.5
_GRACE = 1.0
_REAP = 5.0


class ChildFault(Exception):  # noqa: N818  # a finding about the program, which its caller turns into an error
    """What a child did instead of answering; the text follows "the program"."""


class ChildHang(ChildFault):
    """No answer came in time."""


class Child:
    """A running program in a process group of its own, which ends with it.

    After a fault it is of no use any more and must be ended. POSIX only: pipes are not selectable elsewhere.
    """

    def __init__(
        self, argv: Sequence[str], descriptors: Sequence[int] = (), run: Callable[[], int] | None = None
    ) -> None:
        """Start the program, which inherits these `descriptors`, or a copy of this process that does the same by `run`.

        Raises OSError where that cannot be done.
        """
        self._process: subprocess.Popen[bytes] | Fork
        if run is not None:
            self._process = Fork(run, descriptors)
        else:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                pass_fds=tuple(descriptors),
            )
        self._pending = memoryview(b"")
        # Whatever happens to this object or to the harness, the group ends; also at the exit of the interpreter.
        self._end_group = weakref.finalize(self, _end_group, self._process)
        self._stdin, self._stdout, self._stderr = (
            pipe.fileno() for pipe in (self._process.stdin, self._process.stdout, self._process.stderr) if pipe
        )
        self._said = bytearray()
        self._stderr_open = True
        for descriptor in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(descriptor, False)

    def exchange(self, request: bytes, limit: int, seconds: float) -> bytes:
        """Send a line and return the one that answers it, without its end; `ask` and `hear` in one."""
        self.ask(request)
        return self.hear(limit, seconds)

    def ask(self, request: bytes) -> None:
        """Begin to send a line, as far as the pipe takes it; `hear` sends the rest."""
        self._said.clear()
        self._pending = memoryview(request)
        # What becomes of a child that cannot be written to is found when it is listened to.
        with contextlib.suppress(BrokenPipeError, BlockingIOError):
            self._pending = self._pending[os.write(self._stdin, self._pending[:_CHUNK]) :]

    def hear(self, limit: int, seconds: float, measure: Callable[[], int] = lambda: 0) -> bytes:
        """The line that answers what was asked, without its end.

        Reads and writes as the pipes allow, so that neither side can wait for the other for ever. Raises ChildFault
        where the child ends, closes a pipe, says more than one line or more than `limit` bytes, and ChildHang where
        `seconds` pass in which `measure`, which is asked now and then, has not grown.
        """
        deadline = time.monotonic() + seconds
        done = measure()
        answer = bytearray()
        with selectors.DefaultSelector() as selector:
            self._watch(selector)
            while True:
                if (now := measure()) > done:
                    done, deadline = now, time.monotonic() + seconds
                left = deadline - time.monotonic()
                if left <= 0:
                    raise ChildHang(_describe_silence(answer, seconds))
                ready = selector.select(min(left, _CHECK))
                if not ready and self._has_ended():
                    # What it has started, and left behind, holds the pipes open.
                    raise ChildFault(self._describe_end("ended"))
                for key, _ in ready:
                    step: Callable[[selectors.BaseSelector, bytearray], bool] = key.data
                    if step(selector, answer):
                        line, _, rest = bytes(answer).partition(b"\n")
                        self._hear_out(selector)
                        if rest:
                            raise ChildFault(f"printed more than one line in answer: {_show(rest)}")
                        return line
                if len(answer) > limit:
                    raise ChildFault(f"gave an answer of more than {limit} bytes: {_show(answer)}")

    def take_stderr(self) -> str:
        """The end of what the child has written to its standard error since the last exchange began."""
        return bytes(self._said).decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Let the child end by itself, which the end of its input tells it to; then end what is left of its group."""
        if self._end_group.alive:
            if self._process.stdin:
                self._process.stdin.close()
            self._wait_for_end(_GRACE)
        self.kill()

    def kill(self) -> None:
        """End the child and everything that it started, at once."""
        self._end_group()

    def _watch(self, selector: selectors.BaseSelector) -> None:
        def send(selector: selectors.BaseSelector, answer: bytearray) -> bool:
            try:
                self._pending = self._pending[os.write(self._stdin, self._pending[:_CHUNK]) :]
            except BrokenPipeError:
                raise ChildFault(self._describe_end("closed its standard input")) from None
            if not self._pending:
                selector.unregister(self._stdin)
            return False

        def receive(selector: selectors.BaseSelector, answer: bytearray) -> bool:
            chunk = os.read(self._stdout, _CHUNK)
            if not chunk:
                raise ChildFault(self._describe_end("closed its standard output"))
            answer += chunk
            if b"\n" not in chunk:
                return False
            if self._pending:
                raise ChildFault(f"spoke before it was asked: {_show(answer)}")
            return True

        if self._pending:
            selector.register(self._stdin, selectors.EVENT_WRITE, send)
        selector.register(self._stdout, selectors.EVENT_READ, receive)
        if self._stderr_open:
            selector.register(self._stderr, selectors.EVENT_READ, self._hear)

    def _hear(self, selector: selectors.BaseSelector, _answer: bytearray) -> bool:
        chunk = os.read(self._stderr, _CHUNK)
        if not chunk:
            selector.unregister(self._stderr)
            self._stderr_open = False
        self._said += chunk
        del self._said[:-_KEPT_STDERR]
        return False

    def _hear_out(self, selector: selectors.BaseSelector) -> None:
        """Take what the child has written to its standard error by now."""
        for key, _ in selector.select(0):
            if key.fd == self._stderr:
                self._hear(selector, bytearray())

    def _describe_end(self, otherwise: str) -> str:
        """How the child ended, once it has; `otherwise` if it is the harness that ends it."""
        self._wait_for_end(_LAST_WORDS)
        self.kill()
        status = self._process.returncode
        if status is None or status == -signal.SIGKILL:
            return f"{otherwise}, or was killed"
        if status < 0:
            return f"was ended by {_name_signal(-status)}"
        # A shell reports so that a signal ended what it ran.
        hint = f", as after {_name_signal(status - 128)}" if status > 128 else ""
        return f"ended with status {status}{hint}"

    def _has_ended(self) -> bool:
        """Whether the child itself has ended, found without reaping it, which `_end_group` does."""
        if not hasattr(os, "waitid"):
            return False
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _wait_for_end(self, seconds: float) -> None:
        """Wait until the child has closed its standard error, as it does at the latest when it ends."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            if self._stderr_open:
                selector.register(self._stderr, selectors.EVENT_READ, self._hear)
            while self._stderr_open and (left := deadline - time.monotonic()) > 0:
                for _ in selector.select(left):
                    self._hear(selector, bytearray())


def _end_group(process: subprocess.Popen[bytes] | Fork) -> None:
    # The child is reaped after its group is ended: until then no other group can have got its number.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # A copy may not have come so far as to have a group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_REAP)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _describe_silence(answer: bytearray, seconds: float) -> str:
    if not answer:
        return f"gave no answer within {seconds:g} s"
    return f"began an answer and did not end it within {seconds:g} s: {_show(answer)}"


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _show(data: bytes | bytearray) -> str:
    text = bytes(data[: _SHOWN + 1]).decode("utf-8", "replace").rstrip("\n")
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}…"
