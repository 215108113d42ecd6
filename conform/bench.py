"""What a run costs, part by part, beside what the backend alone and a plain test suite cost."""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from conform.backends.check import LoadedBackend
from conform.errors import HarnessError
from conform.golden.checksums import CHECKSUM_FILE, hash_file
from conform.golden.loading import load_blocks
from conform.report.terminal import print_report
from conform.results import RunResult
from conform.running.observe import observe_block
from conform.running.runner import run_backend
from conform.running.verdicts import judge_block
from conform.suite import Block, Manifest

_BASELINE = '''
"""The same cases as plain tests: one item a case, a guessed tolerance."""

import json
import os

import ml_dtypes
import numpy as np
import pytest

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
    returned = BACKEND.methods[block.operation.name](**arguments)
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
    """Seconds of each part of a run, in each of several rounds, and what they were measured on.

    `rounds` holds: `bare`, every call that a run makes, on arrays made beforehand; `run`, the run with its copies,
    checks and results; `judge`, judging what was seen and printing the report; `load`, reading the files; `cached`,
    reading the parsed cache; `json_loads`, `json.loads` of the same bytes; `command`, the whole `conform run`;
    `imports`, `python -c "import numpy, click"`. `plain` is the same cases once each as parametrised pytest items with
    `numpy.testing.assert_allclose`, in a process of its own, measured once.
    """

    backend: str
    repeats: int
    cases: int
    elements: int
    bytes: int
    rounds: Mapping[str, tuple[float, ...]]
    plain: float | None

    @property
    def medians(self) -> dict[str, float]:
        return {name: statistics.median(seconds) for name, seconds in self.rounds.items()}

    @property
    def ratios(self) -> dict[str, float | None]:
        """What the goals are about: the median, over the rounds, of the ratio within a round."""
        return {
            "load / json.loads": self._relate(lambda t: t["load"] / t["json_loads"]),
            "cached load / bare calls": self._relate(lambda t: t["cached"] / t["bare"]),
            "judge and report / bare calls": self._relate(lambda t: t["judge"] / t["bare"]),
            "plain pytest / (cached load + run)": None
            if self.plain is None
            else self.plain / (self.medians["cached"] + self.medians["run"]),
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


@dataclass(frozen=True)
class Growth:
    """One suite of a series: time and peak memory of a process that runs it, by the number of elements."""

    factor: int
    cases: int
    elements: int
    seconds: float
    peak_mib: float


def measure_in_turn(actions: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each action in each of `repeats` rounds, after a round that is not counted.

    Every round runs all the actions, so that a machine that speeds up or slows down does so for all of them.
    """
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(repeats + 1):
        for name, action in actions.items():
            start = time.perf_counter()
            action()
            if number:
                times[name].append(time.perf_counter() - start)
    return times


def bench_backend(
    backend: LoadedBackend,
    folder: Path,
    load: Callable[[], list[Block]],
    load_cached: Callable[[], list[Block]],
    manifest: Manifest,
    repeats: int,
    plain: bool,
) -> Bench:
    """Measure everything in one go, so that the ratios hold whatever the speed of the machine."""
    texts = [(folder / file.path).read_text(encoding="utf-8").splitlines() for file in manifest.files]
    blocks = load_cached()
    command = ("-m", "conform", "run", backend.spec, "--vectors", str(folder))
    rounds = measure_in_turn(
        {
            "json_loads": lambda: [json.loads(line) for lines in texts for line in lines],
            "load": load,
            "cached": load_cached,
            "bare": _prepare_calls(backend, blocks),
            "judge": _prepare_judging(backend, blocks),
            "run": lambda: run_backend(backend, blocks),
            "imports": lambda: _run_python("-c", "import numpy, click"),
            "command": lambda: _run_python(*command),
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
        plain=_measure_plain(backend, folder) if plain else None,
    )


def _prepare_calls(backend: LoadedBackend, blocks: Sequence[Block]) -> Callable[[], None]:
    """The calls alone, two a case as in a run, on arrays that are made before the clock starts."""
    calls = []
    for block in blocks:
        method = backend.methods.get(block.operation.name)
        if method is None or not backend.declaration.supports(block.operation.name, block.format.name):
            continue
        for i in range(len(block.cases)):
            arrays = {name: array.copy() for name, array in block.get_inputs(i).items()}
            native = backend.to_native
            calls.append((method, {name: native(array) for name, array in arrays.items()} if native else arrays))

    def call_twice() -> None:
        with np.errstate(all="ignore"):
            for _ in range(2):
                for method, arguments in calls:
                    with contextlib.suppress(Exception):
                        method(**arguments)

    return call_twice


def _prepare_judging(backend: LoadedBackend, blocks: Sequence[Block]) -> Callable[[], None]:
    """Judging answers that are observed before the clock starts, and printing the report on them."""
    with np.errstate(all="ignore"):
        seen = [observe_block(backend, block, True, False, lambda count: None) for block in blocks]
    rules = [backend.declaration.rules_for(block.operation.name, block.format) for block in blocks]
    run = RunResult((run_backend(backend, blocks),), {})

    def judge_and_report() -> None:
        for block, each, rule in zip(blocks, seen, rules, strict=True):
            judge_block(block, each, rule, False, 3)
        print_report(run, Console(file=io.StringIO(), width=160))

    return judge_and_report


def _measure_plain(backend: LoadedBackend, folder: Path) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        test = Path(scratch) / "test_plain.py"
        test.write_text(_BASELINE, encoding="utf-8")
        environment = {"BENCH_VECTORS": str(folder.resolve()), "BENCH_BACKEND": backend.spec}
        start = time.perf_counter()
        command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(test))
        # Exit code 1: no tolerance of allclose accepts every legal overflow, so some correct answers fail.
        _run_python(*command, environment=environment, folder=scratch, accepted=(0, 1))
        return time.perf_counter() - start


def _run_python(
    *arguments: str,
    environment: dict[str, str] | None = None,
    folder: str | None = None,
    accepted: tuple[int, ...] = (0,),
) -> str:
    """Run this Python on the arguments and return what it wrote to standard error.

    Raises HarnessError with its output for an exit code that is not accepted.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **(environment or {})},
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
    "plain pytest / (cached load + run)": "at least 20",
    "command / (3 × imports + cached load + run)": "at most 1",
}
"""What each ratio is meant to be."""


def format_bench(bench: Bench) -> str:
    """The figures as text: seconds, rates, and the ratios beside what they are meant to be."""
    medians = bench.medians
    seconds = {
        "bare calls, twice a case": medians["bare"],
        "run: calls, checks, judging": medians["run"],
        "judge and report": medians["judge"],
        "load": medians["load"],
        "load from the cache": medians["cached"],
        "json.loads of the same bytes": medians["json_loads"],
        "plain pytest": bench.plain,
        'python -c "import numpy, click"': medians["imports"],
        "the whole command": medians["command"],
    }
    lines = [f"{bench.backend}: {bench.cases} cases, {bench.elements} result elements, {bench.bytes} bytes of vectors"]
    lines += [f"  {name:34} {value:9.4f} s" for name, value in seconds.items() if value is not None]
    lines += [f"  {name:34} {value:9.0f}" for name, value in bench.rates.items()]
    for name, ratio in bench.ratios.items():
        if ratio is not None:
            lines.append(f"  {name:44} {ratio:6.2f}   ({GOALS[name]})")
    return "\n".join(lines)


def format_growth(growth: Sequence[Growth]) -> str:
    """A line a suite: its size, time and peak memory, and the time for each element."""
    lines = ["  suite      cases   elements   seconds  µs/element  peak MiB"]
    for each in growth:
        share = each.seconds / each.elements * 1e6
        size = f"  {each.factor:4}× {each.cases:9} {each.elements:10}"
        lines.append(f"{size} {each.seconds:9.2f} {share:11.2f} {each.peak_mib:9.0f}")
    return "\n".join(lines)


def measure_growth(backend: str, folder: Path, manifest: Manifest, factor: int) -> Growth:
    """Run a suite of `factor` times the cases, parsed anew, in a process of its own.

    The cases are those of `folder`, repeated under new ids: what grows is the number of blocks, so the peak memory
    shows whether a run is bounded by a block or by the suite.
    """
    with tempfile.TemporaryDirectory() as scratch:
        repeat_suite(folder, manifest, factor, Path(scratch))
        script = (
            "import resource, sys\n"
            "from conform.cli import run_cli\n"
            "code = run_cli(sys.argv[1:])\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
            "sys.exit(code)\n"
        )
        start = time.perf_counter()
        arguments = ("run", backend, "--vectors", scratch, "--no-cache", "--max-failures", "0")
        peak = int(_run_python("-c", script, *arguments).split()[-1])
        seconds = time.perf_counter() - start
    cases = factor * sum(file.cases for file in manifest.files)
    elements = factor * sum(
        len(column.depth) for block in load_blocks(folder, manifest) for column in block.expected.values()
    )
    # getrusage counts in KiB on Linux and in bytes on macOS.
    return Growth(factor, cases, elements, seconds, peak / (1024 if sys.platform != "darwin" else 1024 * 1024))


def repeat_suite(folder: Path, manifest: Manifest, factor: int, out: Path) -> None:
    """Write a suite in which every case stands `factor` times, the copies told apart by the number in their ids."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file in data["files"]:
        lines = (folder / file["path"]).read_text(encoding="utf-8").splitlines()
        with (out / file["path"]).open("w", encoding="utf-8", newline="\n") as target:
            for copy in range(factor):
                for line in lines:
                    target.write(_renumber(line, copy) + "\n")
        file["cases"] *= factor
    (out / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    names = ["manifest.json", *(file.path for file in manifest.files)]
    sums = "".join(f"{hash_file(out / name)}  {name}\n" for name in sorted(names))
    (out / CHECKSUM_FILE).write_text(sums, encoding="utf-8")


def _renumber(line: str, copy: int) -> str:
    """A case under another id: its number followed by that of the copy."""
    end = line.index('","dtype"')
    return f"{line[:end]}{copy:04}{line[end:]}" if copy else line
