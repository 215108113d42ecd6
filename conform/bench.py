"""What a run costs, part by part, beside what the backend alone and a plain test suite cost."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from conform.backends.base import Unsupported
from conform.backends.check import LoadedBackend
from conform.cache_folder import find_cache_folder
from conform.diagnosis.probes import observe_backend
from conform.errors import HarnessError, UsageError
from conform.report.terminal import make_console, print_report
from conform.results import BackendResult, RunResult, Verdict
from conform.running.observe import Checks, observe_block
from conform.running.preparing import Announcer
from conform.running.runner import RunOptions, run_backend
from conform.running.verdicts import hold_to_claims, judge_block
from conform.suite import Block, Manifest

_COMPARED = "Not equal to tolerance"
"""What `numpy.testing.assert_allclose` says of arrays that it has compared."""

_BASELINE = '''
"""The same cases as plain tests: one item a case, a guessed tolerance."""

import json
import os

import ml_dtypes
import numpy as np
import pytest

from conform.backends.base import Unsupported
from conform.backends.resolve import resolve_backend
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest

FOLDER = __import__("pathlib").Path(os.environ["BENCH_VECTORS"])
MANIFEST = load_manifest(FOLDER)
BACKEND = resolve_backend(os.environ["BENCH_BACKEND"], MANIFEST.operations)
CASES = [
    pytest.param(block, i, id=case.id)
    for block in load_blocks(FOLDER, MANIFEST)
    if block.operation.name in BACKEND.methods
    and BACKEND.declaration.supports(block.operation.name, block.format.name)
    for i, case in enumerate(block.cases)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("block", "i"), CASES)
def test_case(block, i):
    arguments = {name: array.copy() for name, array in block.get_inputs(i).items()}
    if BACKEND.to_native:
        arguments = {name: BACKEND.to_native(array) for name, array in arguments.items()}
    try:
        returned = BACKEND.methods[block.operation.name](**arguments)
    except Unsupported as reason:
        pytest.skip(str(reason))
    parts = returned if isinstance(returned, tuple) else (returned,)
    for part, result in zip(parts, block.operation.results):
        column = block.expected[result.name]
        start, stop = column.offsets[i : i + 2]
        value = np.ldexp(column.value.high[start:stop], np.clip(column.value.exponent[start:stop], -2000, 2000))
        got = np.asarray(BACKEND.to_numpy(part) if BACKEND.to_numpy else part, dtype=np.float64).ravel()
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(got, value.astype(block.format.dtype).astype(np.float64), rtol=1, atol=1e300)
'''
"""The tolerance is wide open, since a guessed one would fail correct answers and the traceback would be timed."""


@dataclass(frozen=True)
class Bench:
    """Processor time, in seconds, of each part of a run in each of several rounds, and what it was measured on.

    `rounds` holds: `bare`, two calls a case, on arrays made beforehand and in this process; `load`, reading the files;
    `cached`, reading the parsed cache; `judge`, judging what was seen, and `report`, printing the report, as
    `conform run` does without options; `run`, what that does in between, with the backend in a process of its own from
    its start to its end: every call with the copies and checks around it, judging, and the calls that probe how sums
    are kept; `total`, reading the cache, the run and the report; `json_loads`, `json.loads` of the
    same bytes; `command`, the whole `conform run`; `imports`, `python -c "import numpy, click"`. `plain` is the same
    cases once each as parametrised pytest items with `numpy.testing.assert_allclose`, in a process of its own, measured
    once, and then the median of `total` before and after it.
    """

    backend: str
    repeats: int
    cases: int
    elements: int
    bytes: int
    rounds: Mapping[str, tuple[float, ...]]
    plain: tuple[float, float] | None

    @property
    def medians(self) -> dict[str, float]:
        return {name: statistics.median(seconds) for name, seconds in self.rounds.items()}

    @property
    def ratios(self) -> dict[str, float | None]:
        """What the goals are about: the median, over the rounds, of the ratio within a round."""
        return {
            "load / json.loads": self._relate(lambda t: t["load"] / t["json_loads"]),
            "cached load / bare calls": self._relate(lambda t: t["cached"] / t["bare"]),
            "judge and report / bare calls": self._relate(lambda t: (t["judge"] + t["report"]) / t["bare"]),
            "plain pytest / total": None if self.plain is None else self.plain[0] / self.plain[1],
            "command / (3 × imports + cached load + run)": self._relate(
                lambda t: t["command"] / (3 * t["imports"] + t["cached"] + t["run"])
            ),
        }

    @property
    def rates(self) -> dict[str, float]:
        """Cases and result elements a second, after loading."""
        return {
            "cases per second": self.cases / self.medians["run"],
            "elements per second": self.elements / self.medians["run"],
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything measured and derived, as plain values; `version` is that of this layout."""
        derived = {"medians": self.medians, "ratios": self.ratios, "rates": self.rates}
        return {"version": 1, **asdict(self), **derived}

    def _relate(self, ratio: Callable[[dict[str, float]], float]) -> float:
        each = [dict(zip(self.rounds, times, strict=True)) for times in zip(*self.rounds.values(), strict=True)]
        return statistics.median(ratio(times) for times in each)


def measure_in_turn(actions: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each action in each of `repeats` rounds, after a round that is not counted.

    Every round runs all the actions, so that a machine that speeds up or slows down does so for all of them.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(repeats + 1):
        for name, action in actions.items():
            seconds = _time(action)
            if number:
                times[name].append(seconds)
    return times


def _time(action: Callable[[], object]) -> float:
    start = _read_clock()
    action()
    return _read_clock() - start


def _read_clock() -> float:
    """The processor time, in seconds, of this process and of those that it started and awaited.

    Other programs on the machine change it less than the time on the wall, which is what Windows gives.
    """
    if sys.platform == "win32":
        return time.perf_counter()
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def bench_backend(
    backend: LoadedBackend,
    supervise: Callable[[], LoadedBackend],
    folder: Path,
    load: Callable[[], Iterable[Block]],
    load_cached: Callable[[], Iterable[Block]],
    manifest: Manifest,
    repeats: int,
    plain: bool,
    environment: Mapping[str, str],
) -> Bench:
    """Measure everything in one go, so that the ratios hold whatever the speed of the machine.

    `supervise` starts the same backend in a process of its own, which is where runs call it.
    With `environment`, the whole command, which is a process of its own, finds the cache that `load_cached` reads.
    What is timed is also checked to have been done: raises UsageError for a backend that does not conform, or where
    pytest is missing, and HarnessError where anything else did not do its work.
    """
    if plain and importlib.util.find_spec("pytest") is None:
        hint = "Install it, or leave out that measurement with --no-plain."
        raise UsageError("the plain suite needs pytest, which is not installed", hint=hint)
    texts = [(folder / file.path).read_text(encoding="utf-8").splitlines() for file in manifest.files]
    blocks = list(load_cached())
    cases = sum(file.cases for file in manifest.files)
    place = find_cache_folder(environment)
    if place is None or len(list(place.glob("*"))) < len(manifest.files):
        raise HarnessError("the cache was not written, so loading from it cannot be measured", where=str(place))
    result = _run(supervise, blocks)
    judged = _check_run(result)

    def total() -> None:
        _report(_run(supervise, load_cached()))

    command = ("-m", "conform", "run", backend.spec, "--vectors", str(folder), "--min-cases", str(judged))
    rounds = measure_in_turn(
        {
            "json_loads": lambda: [json.loads(line) for lines in texts for line in lines],
            "load": lambda: _exhaust(load(), cases),
            "cached": lambda: _exhaust(load_cached(), cases),
            "bare": _prepare_calls(backend, blocks),
            "judge": _prepare_judging(backend, blocks),
            "report": lambda: _report(result),
            "run": lambda: _check_run(_run(supervise, blocks)),
            "total": total,
            "imports": lambda: run_python("-c", "import numpy, click"),
            "command": lambda: run_python(*command, environment=environment),
        },
        repeats,
    )
    return Bench(
        backend=backend.spec,
        repeats=repeats,
        cases=sum(len(block.cases) for block in blocks),
        elements=sum(len(column.depth) for block in blocks for column in block.expected.values()),
        bytes=sum((folder / file.path).stat().st_size for file in manifest.files),
        rounds={name: tuple(seconds) for name, seconds in rounds.items()},
        plain=_measure_plain(backend, folder, judged, lambda: _report(_run(supervise, load_cached())))
        if plain
        else None,
    )


def _check_run(result: BackendResult) -> int:
    """How many cases were judged; raises UsageError where not all of them passed: a failure may well be fast."""
    if not result.conforms:
        hint = f"`conform run {result.backend}` shows why."
        raise UsageError(f"{result.backend} does not conform, so its times say nothing", hint=hint)
    return result.verdicts[Verdict.PASS]


def _prepare_calls(backend: LoadedBackend, blocks: Sequence[Block]) -> Callable[[], None]:
    """The calls alone, two a case as in a run, on arrays that are made before the clock starts.

    Those that a backend refuses in words are left out; the others were made once, and have to succeed again.
    """
    calls = []
    announcer = Announcer(backend)
    for block in blocks:
        method = backend.methods.get(block.operation.name)
        if method is None or not backend.declaration.supports(block.operation.name, block.format.name):
            continue
        for i in range(len(block.cases)):
            arrays = {name: array.copy() for name, array in block.get_inputs(i).items()}
            native = backend.to_native
            with contextlib.suppress(Unsupported), np.errstate(all="ignore"):
                announcer.announce(block.operation.name, arrays, block.cases[i].attributes)
                given = {name: native(array) for name, array in arrays.items()} if native else arrays
                method(**given)
                calls.append((method, given))

    def call_twice() -> None:
        with np.errstate(all="ignore"):
            for _ in range(2):
                for method, arguments in calls:
                    method(**arguments)

    return call_twice


def _prepare_judging(backend: LoadedBackend, blocks: Sequence[Block]) -> Callable[[], None]:
    """Judging answers that are observed before the clock starts."""
    with np.errstate(all="ignore"):
        seen = [observe_block(backend, block, Checks(), lambda count: None) for block in blocks]

    def judge() -> None:
        for block, each in zip(blocks, seen, strict=True):
            rules, held = hold_to_claims(backend.declaration, block)
            judge_block(held, each, rules, False, 3, keep_passed=False)

    return judge


def _run(supervise: Callable[[], LoadedBackend], blocks: Iterable[Block]) -> BackendResult:
    """What `conform run` without options does from loading to the report."""
    backend = supervise()
    try:
        result = run_backend(backend, blocks, RunOptions(keep_passed=False))
        observe_backend(backend, [(group.operation, group.dtype) for group in result.groups if group.passed])
        return result
    finally:
        # The time of a process is known once it has ended.
        if backend.close is not None:
            backend.close()


def _report(result: BackendResult) -> None:
    print_report(RunResult((result,), {}), make_console(io.StringIO()))


def _exhaust(blocks: Iterable[Block], cases: int) -> None:
    """Load blocks as a run does, which lets go of each before the next; raises HarnessError for fewer cases."""
    found = sum(len(block.cases) for block in blocks)
    if found != cases:
        raise HarnessError(f"{found} of {cases} cases were loaded")


def _measure_plain(
    backend: LoadedBackend, folder: Path, cases: int, total: Callable[[], object]
) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as scratch:
        test = Path(scratch) / "test_plain.py"
        test.write_text(_BASELINE, encoding="utf-8")
        # Options of the user's own could leave tests out.
        environment = {
            "BENCH_VECTORS": str(folder.resolve()),
            "BENCH_BACKEND": _name_from_anywhere(backend.spec),
            "PYTEST_ADDOPTS": "",
        }
        report = Path(scratch) / "report.xml"
        beside = [_time(total) for _ in range(3)]
        command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", str(test))
        # Exit code 1: no tolerance of allclose accepts every legal overflow, so some correct answers fail.
        plain = _time(lambda: run_python(*command, environment=environment, folder=scratch, accepted=(0, 1)))
        check_plain(report, cases)
        return plain, statistics.median([*beside, *(_time(total) for _ in range(3))])


def check_plain(report: Path, cases: int) -> None:
    """Raise HarnessError where the plain suite did not compare the answers to all the cases that a run judges."""
    try:
        # Written by pytest just now, about tests of our own.
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError):
        raise HarnessError("the plain suite did not run: pytest wrote no report", where=str(report)) from None
    tests = [test for test in root.findall(".//testcase") if test.find("skipped") is None]
    others = [test for test in tests if test.find("error") is not None]
    failures = [failure for test in tests if (failure := test.find("failure")) is not None]
    others += [each for each in failures if _COMPARED not in each.get("message", "")]
    if len(tests) < cases or others:
        what = f"the plain suite did not do its work: {len(tests)} of {cases} cases, {len(others)} without a comparison"
        raise HarnessError(what)


def _name_from_anywhere(spec: str) -> str:
    """A backend's name as it can be given from another folder."""
    path, colon, name = spec.partition(".py")
    return f"{Path(path).resolve()}{colon}{name}" if colon and Path(f"{path}.py").is_file() else spec


def run_python(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
    accepted: tuple[int, ...] = (0,),
) -> str:
    """Run this Python on the arguments and return what it wrote to standard error.

    Raises HarnessError with its output for an exit code that is not accepted.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        # Compiling what is imported is no part of a command: Python does that once.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in accepted:
        output = (done.stdout + done.stderr).strip()[-600:]
        raise HarnessError(f"`python {' '.join(arguments)[:200]}` ended with {done.returncode}: {output}")
    return done.stderr


GOALS = {
    "load / json.loads": "at most 3",
    "cached load / bare calls": "at most 1",
    "judge and report / bare calls": "at most 2",
    "plain pytest / total": "at least 20",
    "command / (3 × imports + cached load + run)": "at most 1",
}
"""What each ratio is meant to be."""


_PARTS = {
    "bare": "bare calls, two a case",
    "load": "load",
    "cached": "load from the cache",
    "judge": "judge",
    "report": "report",
    "run": "run: process, calls, checks, judge, probes",
    "total": "total: load from the cache, run, report",
    "json_loads": "json.loads of the same bytes",
    "imports": 'python -c "import numpy, click"',
    "command": "the whole command",
}
"""What the times of each round are called."""


def format_bench(bench: Bench) -> str:
    """The figures as text: seconds and multiples of the bare calls, rates, and ratios beside what they should be."""
    bare = bench.medians["bare"]
    seconds = {label: bench.medians[name] for name, label in _PARTS.items()}
    if bench.plain is not None:
        seconds["the same cases under plain pytest, once"] = bench.plain[0]
    lines = [
        f"{bench.backend}: {bench.cases} cases, {bench.elements} result elements, {bench.bytes} bytes of vectors",
        f"  {f'processor time, medians of {bench.repeats} rounds':44} seconds    / bare calls",
    ]
    lines += [f"  {label:42} {value:9.4f} {value / bare:9.2f}" for label, value in seconds.items()]
    lines += [f"  {name + ', after loading':42} {value:9.0f}" for name, value in bench.rates.items()]
    for name, ratio in bench.ratios.items():
        if ratio is not None:
            lines.append(f"  {name:44} {ratio:6.2f}   ({GOALS[name]})")
    return "\n".join(lines)
