"""Running a backend in several processes, each with a backend of its own, with the same result as in one."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from conform.backends.check import LoadedBackend
from conform.diagnosis.evidence import Evidence
from conform.diagnosis.patterns import Trait, count_traits
from conform.errors import HarnessError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.results import BackendResult, CaseResult, GroupResult, Verdict
from conform.running.backends import load_backends
from conform.running.groups import warn_of_group
from conform.running.interruption import finish_first
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block, Manifest

if TYPE_CHECKING:
    from conform.backends.connection import Limits

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_TOLD_TO_END = 128 + signal.SIGTERM
_GRACE = 1.0
"""Seconds that a process has to end what it has started, before it is killed."""


@dataclass(frozen=True)
class Workload:
    """What a process needs to take part in a run; all of it is sent there.

    `load` gives the selected blocks of one of `operations`, which are in the order of the manifest. `policy` and
    `isolated` are as in `load_backends`.
    """

    jobs: int
    manifest: Manifest
    operations: tuple[str, ...]
    load: Callable[[str], Iterable[Block]]
    policy: Path | None = None
    isolated: Limits | None = None


@dataclass(frozen=True)
class _Part:
    """One operation in one format: what was found, and for which blocks of the operation, with how many results each.

    `evidence` and `traits` are what a diagnosis of the wrong answers needs.
    """

    blocks: tuple[tuple[int, int], ...]
    result: BackendResult
    evidence: tuple[Evidence, ...]
    traits: Counter[Trait]


@dataclass(frozen=True)
class _Worker:
    """A process of the run, and the connection to it: tasks one way, parts or errors the other."""

    process: SpawnProcess
    connection: Connection[Any, Any]


def run_parallel(
    workload: Workload,
    backend: LoadedBackend,
    options: RunOptions,
    progress: Callable[[int], None] | None = None,
    evidence: list[Evidence] | None = None,
    traits: Counter[Trait] | None = None,
) -> BackendResult:
    """The result that `run_backend` has on all the blocks, from `workload.jobs` processes.

    `evidence` and `traits` get what they do there. `progress` is told of cases as operations and formats are done. A
    KeyboardInterrupt ends the processes at once; what was done is the result then, which is not complete. Raises
    HarnessError where a process ends by itself.
    """
    tasks = [(operation, dtype) for operation in workload.operations for dtype in (*FLOAT_NAMES, *INTEGER_NAMES)]
    parts: dict[tuple[str, str], _Part] = {}
    complete = True
    workers: list[_Worker] = []
    try:
        for _ in range(min(workload.jobs, len(tasks))):
            with finish_first(postpone=True):
                workers.append(_start_worker(workload, backend.spec, options))
        for task, part in _hand_out(tasks, workers, backend.spec):
            parts[task] = part
            if progress is not None:
                progress(sum(group.cases for group in part.result.groups))
    except KeyboardInterrupt:
        complete = False
    finally:
        with finish_first():
            _end_workers(workers)
    with finish_first():
        done = [(task, parts[task]) for task in tasks if task in parts]
        if evidence is not None:
            evidence += (each for _, part in done for each in part.evidence)
        if traits is not None:
            for _, part in done:
                traits.update(part.traits)
        return _merge(backend, done, workload, complete)


def _start_worker(workload: Workload, spec: str, options: RunOptions) -> _Worker:
    context = multiprocessing.get_context("spawn")
    # It unblocks signals when it starts, so it must have started before.
    resource_tracker.ensure_running()
    # Ctrl-C reaches every process of the terminal, and until `_serve` is reached this one would print a traceback.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, workload, spec, options), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hand_out(
    tasks: Sequence[tuple[str, str]], workers: Sequence[_Worker], spec: str
) -> Iterator[tuple[tuple[str, str], _Part]]:
    """Every task with its part, in the order in which they are done; raises what a task raised."""
    waiting = list(reversed(tasks))
    busy: dict[Connection[Any, Any], tuple[_Worker, tuple[str, str]]] = {}

    def give(worker: _Worker) -> None:
        if waiting:
            task = waiting.pop()
            busy[worker.connection] = (worker, task)
            # It may have ended, which reading from it says.
            with contextlib.suppress(BrokenPipeError):
                worker.connection.send(task)

    for worker in workers:
        give(worker)
    while busy:
        for connection in wait(list(busy)):
            assert isinstance(connection, Connection)
            worker, task = busy.pop(connection)
            try:
                answer = connection.recv()
            except (EOFError, OSError):
                raise _explain_end(worker, spec) from None
            if isinstance(answer, BaseException):
                raise answer
            give(worker)
            yield task, answer


def _explain_end(worker: _Worker, spec: str) -> BaseException:
    worker.process.join()
    if worker.process.exitcode == _TOLD_TO_END:
        # The signal was sent to all processes of the run, and is on its way to this one.
        return KeyboardInterrupt()
    hint = "With --isolate, a backend that ends its process costs one case; --jobs 1 shows what it says."
    return HarnessError("a process of the run ended by itself", where=spec, hint=hint)


def _end_workers(workers: Sequence[_Worker]) -> None:
    for worker in workers:
        worker.connection.close()
        worker.process.terminate()
    deadline = time.monotonic() + _GRACE
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        # One in the middle of a call would end only after it.
        worker.process.kill()
        worker.process.join()


def _merge(
    backend: LoadedBackend, parts: list[tuple[tuple[str, str], _Part]], workload: Workload, complete: bool
) -> BackendResult:
    """The parts as one result, with cases and groups in the order that the blocks have."""
    pieces: list[tuple[tuple[int, int], tuple[CaseResult, ...]]] = []
    groups: list[tuple[tuple[int, int], GroupResult]] = []
    heard: dict[str, None] = {}
    for (operation, _), part in parts:
        position, start = workload.operations.index(operation), 0
        for block, count in part.blocks:
            pieces.append(((position, block), part.result.cases[start : start + count]))
            start += count
        groups += [((position, part.blocks[0][0]), group) for group in part.result.groups]
        said = sum(len(warn_of_group(group)) for group in part.result.groups)
        heard |= dict.fromkeys(part.result.warnings[: len(part.result.warnings) - said])
    ordered = tuple(group for _, group in sorted(groups, key=lambda pair: pair[0]))
    # Without blocks, what a result says of the backend alone.
    about = run_backend(backend, ())
    return replace(
        about,
        groups=ordered,
        cases=tuple(case for _, cases in sorted(pieces, key=lambda pair: pair[0]) for case in cases),
        warnings=(*heard, *(warning for group in ordered for warning in warn_of_group(group))),
        complete=complete,
    )


class _Process:
    """What a process of the run keeps between its parts."""

    def __init__(self, workload: Workload, spec: str, options: RunOptions) -> None:
        self._workload = workload
        self._spec = spec
        self._options = options
        self._backend: LoadedBackend | None = None
        self._loaded: tuple[str, list[Block]] | None = None

    def run(self, operation: str, dtype: str) -> _Part:
        blocks: list[tuple[int, int]] = []

        def choose() -> Iterator[Block]:
            for i, block in enumerate(self._load(operation)):
                if block.format.name == dtype:
                    blocks.append((i, len(block.cases)))
                    yield block

        # Not when the process starts: an error would then say no more than that the process ended.
        if self._backend is None:
            work = self._workload
            (self._backend,), _ = load_backends([self._spec], work.manifest, work.policy, work.isolated)
        evidence: list[Evidence] = []
        # Where cases are left out here, what is left no longer tells the block that it came from.
        result = run_backend(self._backend, choose(), replace(self._options, keep_passed=True), evidence=evidence)
        if self._options.keep_passed:
            return _Part(tuple(blocks), result, tuple(evidence), Counter())
        kept: list[tuple[int, int]] = []
        traits: Counter[Trait] = Counter()
        rest = list(result.cases)
        for i, count in blocks:
            own, rest = [case for case in rest[:count] if case.verdict is not Verdict.PASS], rest[count:]
            kept.append((i, len(own)))
            cases = self._load(operation)[i].cases
            traits.update(count_traits(operation, dtype, cases, {case.id for case in own}))
        failed = tuple(case for case in result.cases if case.verdict is not Verdict.PASS)
        return _Part(tuple(kept), replace(result, cases=failed), tuple(evidence), traits)

    def _load(self, operation: str) -> list[Block]:
        """The blocks of an operation, kept until those of another are asked for: its formats come in a row."""
        if self._loaded is None or self._loaded[0] != operation:
            self._loaded = (operation, list(self._workload.load(operation)))
        return self._loaded[1]


def _serve(connection: Connection[Any, Any], workload: Workload, spec: str, options: RunOptions) -> None:
    """Do what tasks arrive until there are no more; what runs in the processes of a run."""
    # What a terminal sends to all of a run is for the process that reports, which tells the others to end.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    told_to_end = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal told_to_end
        if not told_to_end:
            told_to_end = True
            # Programs that were started here end by it too.
            raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    process = _Process(workload, spec, options)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
            while not told_to_end:
                task = connection.recv()
                try:
                    answer: _Part | Exception = process.run(*task)
                except Exception as error:
                    answer = _make_portable(error)
                if not told_to_end:
                    connection.send(answer)
        # There is nothing more to end: a signal from here on would only leave a traceback.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(_TOLD_TO_END if told_to_end else 0)


def _make_portable(error: Exception) -> Exception:
    """The error as another process can raise it, with where it arose."""
    error.add_note(traceback.format_exc())
    try:
        again: Exception = pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return again
