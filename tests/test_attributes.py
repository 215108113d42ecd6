"""An operation with an integer attribute and a computed size, from its vectors to a verdict."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.cli import run_cli

BACKENDS = """class Right:
    name = "right"

    def dot(self, a, stride):
        assert type(stride) is int
        return a[::stride].copy()


class Wrong(Right):
    def dot(self, a, stride):
        return a[: (len(a) - 1) // stride + 1].copy()


class Deaf(Right):
    def dot(self, a):
        return a
"""

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Vectors of one operation, which takes every element that is a multiple of the stride away."""
    suite = TinySuite(tmp_path)
    del suite.manifest["operations"][1], suite.manifest["files"][1]
    (operation,) = suite.manifest["operations"]
    operation["attributes"] = [{"name": "stride", "meaning": "How far apart.", "least": 1}]
    operation["parameters"] = [{"name": "a", "shape": ["n"]}]
    operation["results"] = [{"name": "out", "shape": ["(n-1)/stride+1"]}]
    operation["sums"] = operation["theorems"] = []
    suite.manifest["flags"] = suite.manifest["flags"][:1]
    numbers = ["0x1p0", "0x3p0", "0x5p0", "0x7p0", "0x9p0", "0xbp0", "0xdp0"]
    suite.cases["dot"] = []
    for stride in (1, 2, 3):
        kept = numbers[::stride]
        out = {"value": kept, "magnitude": kept, "depth": 0, "underflow": "0x0p0", "quantum": 0}
        suite.cases["dot"].append(
            {
                "id": f"dot/plain/float32/n=7,stride={stride}#0",
                "dtype": "float32",
                "sizes": {"n": 7},
                "attributes": {"stride": stride},
                "flags": ["plain"],
                "inputs": {"a": numbers},
                "results": {"out": out},
            }
        )
    (tmp_path / "mine.py").write_text(BACKENDS)
    return suite.write()


def run(folder: Path, name: str, *, program: bool = False) -> int:
    spec = f"{folder.parent}/mine.py:{name}"
    if program:
        spec = f"cmd:{sys.executable} -m conform.backends.worker {spec}"
    return run_cli(["run", spec, "--vectors", str(folder), "--no-cache"])


@pytest.mark.parametrize("program", [False, True], ids=["in a child", "as a program"])
def test_an_attribute_reaches_the_backend_as_an_integer(
    folder: Path, program: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "Right", program=program) == 0, capsys.readouterr()
    assert run(folder, "Wrong", program=program) == 1
    assert "dot/plain/float32/n=7,stride=2#0" in capsys.readouterr().out


def test_a_method_that_does_not_take_the_attribute_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "Deaf") == 2
    assert "dot has no parameter 'stride'" in capsys.readouterr().err


def test_an_explanation_shows_the_attribute(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = "dot/plain/float32/n=7,stride=3#0"
    assert run_cli(["explain", case, "--vectors", str(folder), "--backend", f"{folder.parent}/mine.py:Right"]) == 0
    shown = capsys.readouterr().out
    assert "n = 7, stride = 3" in shown
    assert "conforms: it is exactly what is due" in shown
