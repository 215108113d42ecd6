"""The pytest plugin: every case as an item, and a fixture to judge one function; nothing is loaded until it is used."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conform.testing.pytest_items import Judge

_PREFIX = "conform::"
_CHOSEN = pytest.StashKey[list[str]]()
_JUDGE: pytest.StashKey[Judge] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conform", "conformance to a Lean specification")
    group.addoption(
        "--conform-backend",
        action="append",
        default=[],
        metavar="BACKEND",
        help="Collect every case for this backend, named as for `conform run`; repeatable.",
    )
    group.addoption(
        "--conform-vectors", type=Path, metavar="DIR", help="Folder of vectors; those that ship by default."
    )
    group.addoption("--conform-known", type=Path, metavar="FILE", help="A file of known failures: strict xfails.")
    group.addoption("--conform-policy", type=Path, metavar="FILE", help="A conform.yaml: claims about backends.")


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.conform_backend:
        return
    # Ids of cases are no paths: pytest would look for files of that name.
    config.stash[_CHOSEN] = [argument for argument in config.args if argument.startswith(_PREFIX)]
    config.args[:] = [argument for argument in config.args if not argument.startswith(_PREFIX)]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the cases to what the session collects from its arguments."""
    report = yield
    if isinstance(collector, pytest.Session) and collector.config.option.conform_backend and report.passed:
        report.result.append(_make_collector(collector))
    return report


def _make_collector(session: pytest.Session) -> pytest.Collector:
    from conform.cache_folder import find_cache_folder
    from conform.errors import ConformError
    from conform.golden.cache import BlockCache
    from conform.testing.pytest_items import ROOT, CaseCollector, Judge, open_gate

    option = session.config.option
    place = find_cache_folder(os.environ)
    try:
        gate = open_gate(
            option.conform_backend,
            option.conform_vectors,
            option.conform_known,
            option.conform_policy,
            None if place is None else BlockCache(place),
        )
    except ConformError as error:
        raise pytest.UsageError(f"conform: {error}") from None
    judge = Judge(gate)
    session.config.stash[_JUDGE] = judge
    chosen = session.config.stash[_CHOSEN]
    collector: pytest.Collector = CaseCollector.from_parent(session, name=ROOT, nodeid=ROOT, judge=judge, chosen=chosen)
    return collector


def pytest_unconfigure(config: pytest.Config) -> None:
    judge = config.stash.get(_JUDGE, None)
    if judge is not None:
        judge.close()


class Checker:
    """What the fixture `conform` gives."""

    def __init__(self, vectors: Path | None) -> None:
        self._vectors = vectors

    def check(
        self,
        function: Callable[..., Any],
        operation: str,
        *,
        dtypes: Sequence[str] = (),
        flags: Sequence[str] = (),
        accumulates: Mapping[str, str] | None = None,
        subnormals: str | Mapping[str, str] = "keep",
    ) -> None:
        """Judge a function on the cases of an operation, as `conform.testing.function_check.check_function` does."""
        __tracebackhide__ = True
        from conform.errors import ConformError
        from conform.testing.function_check import check_function

        try:
            check_function(
                function,
                operation,
                vectors=self._vectors,
                dtypes=dtypes,
                flags=flags,
                accumulates=accumulates,
                subnormals=subnormals,
            )
        except (AssertionError, ConformError) as error:
            # What is wrong is with the function or with this call: our own frames would only hide the message.
            raise error.with_traceback(None) from None


@pytest.fixture(name="conform", scope="session")
def make_checker(pytestconfig: pytest.Config) -> Checker:
    """Judges one function of one's own: `conform.check(function, "linear", dtypes=["float32"])`."""
    return Checker(pytestconfig.option.conform_vectors)
