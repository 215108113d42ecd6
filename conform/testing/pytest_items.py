"""The cases of the vectors as items of pytest, one for each backend and case."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conform.backends.check import LoadedBackend
from conform.backends.origin import list_spellings
from conform.errors import ConformError
from conform.folders import find_vectors
from conform.gate.known import KnownFailures
from conform.gate.known_file import read_known
from conform.golden.cache import BlockCache
from conform.golden.globs import GlobIndex
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest
from conform.golden.selection import make_selection
from conform.report.case_text import format_case, format_command
from conform.results import CaseResult, Verdict
from conform.running.backends import load_backends
from conform.running.runner import run_backend
from conform.suite import Block, CaseInfo, Manifest

ROOT = "conform"
"""What the ids of all these items begin with."""

CHUNK = 64
"""How many neighbouring cases are judged at once: enough to be fast, few enough to be spread over processes."""

Group = tuple[str, str]
"""The names of an operation and a format."""


class CaseFailure(Exception):  # noqa: N818  # a verdict, not an error
    """A case that fails or raises; the message describes it as the report of a run does."""


class StaleEntries(Exception):  # noqa: N818  # a verdict, not an error
    """Entries of a file of known failures that no longer hold."""


@dataclass(frozen=True)
class Gate:
    """What is judged by what: the vectors, the backends, and the failures that are known."""

    folder: Path
    manifest: Manifest
    backends: tuple[LoadedBackend, ...]
    known: KnownFailures
    cache: BlockCache | None
    options: tuple[str, ...]

    def load(self, group: Group | None = None) -> Iterator[Block]:
        """The blocks of one operation and format, or all."""
        selection = None
        if group is not None:
            selection = make_selection(self.manifest, operations=group[:1], dtypes=group[1:])
        yield from load_blocks(self.folder, self.manifest, selection, cache=self.cache)


def open_gate(
    specs: Sequence[str], vectors: Path | None, known: Path | None, policy: Path | None, cache: BlockCache | None
) -> Gate:
    """Load everything that the items need; raises ConformError where something of it cannot be used."""
    folder = find_vectors(vectors)
    manifest = load_manifest(folder)
    failures = read_known(known) if known else KnownFailures()
    backends, _ = load_backends(specs, manifest, policy)
    given = (("--vectors", vectors), ("--policy", policy))
    options = tuple(text for option, path in given if path is not None for text in (option, str(path)))
    return Gate(folder, manifest, tuple(backends), failures, cache, options)


class Judge:
    """Judges items in chunks of neighbours, so that a backend meets cases in a row, as in a run."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self._chunks: dict[str, list[CaseItem]] = {}
        self._results: dict[str, CaseResult] = {}
        self._loaded: tuple[Group, list[Block]] | None = None

    def judge(self, item: CaseItem) -> CaseResult:
        """The result of an item; its neighbours in the session are judged with it. Run again, it is judged again."""
        if item.nodeid not in self._results:
            self._judge_chunk(item.backend, self._find_chunk(item), item.group)
        return self._results.pop(item.nodeid)

    def close(self) -> None:
        """End the processes of backends that have one."""
        for backend in self.gate.backends:
            if backend.close is not None:
                backend.close()

    def _find_chunk(self, item: CaseItem) -> list[CaseItem]:
        if not self._chunks:
            groups: dict[tuple[str, Group], list[CaseItem]] = {}
            for each in item.session.items:
                if isinstance(each, CaseItem):
                    groups.setdefault((each.backend.spec, each.group), []).append(each)
            for items in groups.values():
                for start in range(0, len(items), CHUNK):
                    chunk = items[start : start + CHUNK]
                    self._chunks |= dict.fromkeys((each.nodeid for each in chunk), chunk)
        return self._chunks[item.nodeid]

    def _judge_chunk(self, backend: LoadedBackend, chunk: list[CaseItem], group: Group) -> None:
        wanted = {item.info.id: item.nodeid for item in chunk}
        result = run_backend(backend, _take_cases(self._load(group), wanted))
        if not result.complete:
            raise KeyboardInterrupt
        self._results |= {wanted[case.id]: case for case in result.cases}

    def _load(self, group: Group) -> list[Block]:
        if self._loaded is None or self._loaded[0] != group:
            self._loaded = (group, list(self.gate.load(group)))
        return self._loaded[1]


def _take_cases(blocks: Iterable[Block], wanted: Iterable[str]) -> Iterator[Block]:
    ids = set(wanted)
    for block in blocks:
        chosen = [i for i, case in enumerate(block.cases) if case.id in ids]
        if chosen:
            yield block if len(chosen) == len(block.cases) else block.take(chosen)


class CaseItem(pytest.Item):
    """One case for one backend."""

    def __init__(self, *, judge: Judge, backend: LoadedBackend, group: Group, info: CaseInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._judge = judge
        self.backend = backend
        self.group = group
        self.info = info

    def runtest(self) -> None:
        case = self._judge.judge(self)
        if case.verdict in (Verdict.UNSUPPORTED, Verdict.DECLARED):
            pytest.skip(case.reason or case.verdict.value)
        if case.verdict is not Verdict.PASS:
            command = format_command(self.backend.spec, case, self._judge.gate.options)
            raise CaseFailure(f"{format_case(case)}\n  reproduce: {command}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailure | ConformError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        gate = self._judge.gate
        path = next(file.path for file in gate.manifest.files if file.operation == self.group[0])
        return gate.folder / path, self.info.line - 1, f"{self.info.id} ({self.backend.spec})"


class KnownItem(pytest.Item):
    """Whether the entries of the file of known failures hold; the cases that they are about are items themselves."""

    def __init__(self, *, stale: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._stale = stale

    def runtest(self) -> None:
        if self._stale:
            raise StaleEntries("\n".join(self._stale))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, StaleEntries) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.nodeid


class CaseCollector(pytest.Collector):
    """Collects every case for every backend; `chosen` are ids of items, or what some begin with, where given."""

    def __init__(self, *, judge: Judge, chosen: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._judge = judge
        self._chosen = chosen

    def collect(self) -> list[pytest.Item]:
        try:
            items = list(self._list_items())
        except ConformError as error:
            raise self.CollectError(str(error)) from None
        for chosen in self._chosen:
            if not any(_is_under(item.nodeid, chosen) for item in items):
                raise self.CollectError(f"no item is called {chosen}, and none begins so")
        return [item for item in items if not self._chosen or any(_is_under(item.nodeid, c) for c in self._chosen)]

    def _list_items(self) -> Iterator[pytest.Item]:
        gate, today = self._judge.gate, datetime.date.today()
        places = [((block.operation.name, block.format.name), info) for block in gate.load() for info in block.cases]
        if gate.known.entries:
            ids = [info.id for _, info in places]
            stale = tuple(_list_stale(gate, ids, today))
            yield KnownItem.from_parent(self, name="known-failures", stale=stale)
        holding = gate.known.drop_expired(today)
        for backend in gate.backends:
            entries = holding.find_all(_spell(backend), [info.id for _, info in places])
            for group, info in places:
                item = CaseItem.from_parent(
                    self,
                    name=f"{backend.spec}::{info.id}",
                    # Given as a text, it is read back from the cache of failures as it was, whatever the name holds.
                    nodeid=f"{self.nodeid}::{backend.spec}::{info.id}",
                    judge=self._judge,
                    backend=backend,
                    group=group,
                    info=info,
                )
                for flag in info.flags:
                    item.extra_keyword_matches.add(flag)
                entry = entries.get(info.id)
                if entry is not None:
                    # A broken harness is no known failure.
                    item.add_marker(pytest.mark.xfail(reason=entry.text, raises=CaseFailure, strict=True))
                yield item


def _list_stale(gate: Gate, ids: Sequence[str], today: datetime.date) -> Iterator[str]:
    index = GlobIndex(ids)
    marked = [gate.known.mark_concerned(_spell(backend)) for backend in gate.backends]
    for i, entry in enumerate(gate.known.entries):
        if not any(marks[i] for marks in marked):
            continue
        if entry.is_expired(today):
            yield f"{entry.where}: expired on {entry.expires}: {entry.text}"
        for glob in entry.cases:
            if not index.find(glob):
                yield f"{entry.where}: {glob!r} matches no case"


def _spell(backend: LoadedBackend) -> tuple[str, ...]:
    return list_spellings(backend.spec, backend.name, tuple(backend.methods))


def _is_under(nodeid: str, chosen: str) -> bool:
    return nodeid == chosen or nodeid.startswith((f"{chosen.rstrip('/')}/", f"{chosen}::"))
