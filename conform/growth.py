"""How time and memory of a run grow with the suite: the same command on suites of several sizes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conform.bench import run_python
from conform.errors import UsageError
from conform.golden.checksums import CHECKSUM_FILE, hash_file
from conform.golden.loading import load_blocks
from conform.golden.manifest import load_manifest

_SCRIPT = """\
import resource, sys
from conform.cli import run_cli
code = run_cli(sys.argv[1:])
own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
seconds = sum(used.ru_utime + used.ru_stime for used in (own, others))
print(own.ru_maxrss + others.ru_maxrss, seconds, file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Suite:
    """The vectors in a folder, every case `factor` times."""

    folder: Path
    factor: int


@dataclass(frozen=True)
class Growth:
    """What running one suite took: seconds of processor time, and the peak memory of its process and largest child."""

    profile: str
    factor: int
    cases: int
    elements: int
    bytes: int
    seconds: float
    peak_mib: float


def parse_suites(text: str, folder: Path) -> list[Suite]:
    """The suites that `N` and `DIR:N`, with commas between, stand for; `N` alone means `folder`. Raises UsageError."""
    suites = []
    for part in text.split(","):
        place, _, factor = part.rpartition(":")
        if not factor.isdecimal() or int(factor) < 1:
            hint = "Such as 1,10 or 1,full:1,full:10 for a folder of vectors called full."
            raise UsageError(f"{part!r} is no multiple of a suite", where="--growth", hint=hint)
        suites.append(Suite(Path(place) if place else folder, int(factor)))
    return suites


def measure_growth(backend: str, suites: Sequence[Suite]) -> Iterator[Growth]:
    """Run `conform run` on each suite, parsed anew, in a process of its own.

    A suite of a factor above one repeats the cases of its folder under new ids, in a temporary folder. Raises
    UsageError where there is no room for that.
    """
    elements: dict[Path, int] = {}
    for suite in suites:
        folder, manifest = suite.folder, load_manifest(suite.folder)
        if folder not in elements:
            blocks = load_blocks(folder, manifest)
            elements[folder] = sum(len(column.depth) for block in blocks for column in block.expected.values())
        size = suite.factor * sum((folder / file.path).stat().st_size for file in manifest.files)
        with tempfile.TemporaryDirectory() as scratch:
            if shutil.disk_usage(scratch).free < 1.1 * size:
                raise UsageError(f"{size} bytes do not fit into the folder for temporary files", where="--growth")
            repeat_suite(folder, suite.factor, Path(scratch))
            arguments = ("run", backend, "--vectors", scratch, "--no-cache")
            peak, seconds = map(float, run_python("-c", _SCRIPT, *arguments).split()[-2:])
        yield Growth(
            profile=manifest.profile,
            factor=suite.factor,
            cases=suite.factor * sum(file.cases for file in manifest.files),
            elements=suite.factor * elements[folder],
            bytes=size,
            seconds=seconds,
            # getrusage counts in KiB on Linux and in bytes on macOS.
            peak_mib=peak / (1024 if sys.platform != "darwin" else 1024 * 1024),
        )


def repeat_suite(folder: Path, factor: int, out: Path) -> None:
    """Write a suite in which every case stands `factor` times, the copies told apart by the number in their ids."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file in data["files"]:
        with (out / file["path"]).open("wb") as target:
            target.writelines(_repeat_lines(folder / file["path"], factor))
        file["cases"] *= factor
    (out / "manifest.json").write_text(json.dumps(data), encoding="utf-8")
    names = ["manifest.json", *(file["path"] for file in data["files"])]
    sums = "".join(f"{hash_file(out / name)}  {name}\n" for name in sorted(names))
    (out / CHECKSUM_FILE).write_text(sums, encoding="utf-8")


def _repeat_lines(path: Path, factor: int) -> Iterator[bytes]:
    """The lines of a file over and over; ids that begin alike go on counting in each copy."""
    used: dict[bytes, int] = {}
    with path.open("rb") as file:
        for line in file:
            start, number, _ = _cut(line)
            used[start] = max(used.get(start, 0), number + 1)
        for copy in range(factor):
            file.seek(0)
            for line in file:
                start, number, rest = _cut(line)
                yield b"%s%d%s" % (start, copy * used[start] + number, rest)


def _cut(line: bytes) -> tuple[bytes, int, bytes]:
    """A line before, in and after the number that ends its id."""
    end = line.index(b'","dtype"')
    start = line.rindex(b"#", 0, end) + 1
    return line[:start], int(line[start:end]), line[end:]


def format_growth(growth: Sequence[Growth]) -> str:
    """A line a suite: its size, the time, also for each result element, and the peak memory."""
    lines = ["suite           cases   elements      MB   CPU s  µs/element  peak MiB"]
    for each in growth:
        suite = f"{each.profile} × {each.factor}"
        size = f"{suite:12} {each.cases:8} {each.elements:10} {each.bytes / 1e6:7.0f}"
        lines.append(f"{size} {each.seconds:7.1f} {each.seconds / each.elements * 1e6:11.2f} {each.peak_mib:9.0f}")
    return "\n".join(lines)
