"""Running a backend in several processes, each with a backend of its own, with the same result as in one."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from conform.backends.check import LoadedBackend
from conform.diagnosis.evidence import Evidence
from conform.diagnosis.patterns import Trait, count_traits
from conform.errors import HarnessError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.results import BackendResult, CaseResult, GroupResult, Verdict
from conform.running.conformance import load_backends
from conform.running.groups import warn_of_group
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block, Manifest

if TYPE_CHECKING:
    from conform.backends.connection import Limits


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
    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(
        min(workload.jobs, len(tasks)),
        multiprocessing.get_context("spawn"),
        initializer=_prepare_process,
        initargs=(workload, backend.spec, options),
    )
    complete = True
    futures: list[Future[_Part]] = []
    try:
        futures += [executor.submit(_run_group, operation, dtype) for operation, dtype in tasks]
        for future in as_completed(futures):
            part = future.result()
            if progress is not None:
                progress(sum(group.cases for group in part.result.groups))
    except KeyboardInterrupt:
        complete = False
    except BrokenProcessPool:
        hint = "With --isolate, a backend that ends its process costs one case; --jobs 1 shows what it says."
        raise HarnessError("a process of the run ended by itself", where=backend.spec, hint=hint) from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        # A process in the middle of a call would end only after it.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
    done = [f.result() if _is_done(f) else None for f in futures]
    parts = [(task, part) for task, part in zip(tasks, done, strict=False) if part]
    if evidence is not None:
        evidence += (each for _, part in parts for each in part.evidence)
    if traits is not None:
        for _, part in parts:
            traits.update(part.traits)
    return _merge(backend, parts, workload, complete)


def _is_done(future: Future[_Part]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


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


_process: _Process
"""Set in the processes of a run alone."""


def _prepare_process(workload: Workload, spec: str, options: RunOptions) -> None:
    global _process
    # Ctrl-C reaches every process of the terminal, and this one is ended by the one that started it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _process = _Process(workload, spec, options)


def _run_group(operation: str, dtype: str) -> _Part:
    return _process.run(operation, dtype)
