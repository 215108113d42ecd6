"""A valid suite of a few cases worked out by hand, to be broken in one way by each test."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from conform.golden.checksums import write_checksums

Json = dict[str, Any]

MANIFEST: Json = {
    "format_version": 2,
    "generator": "by hand",
    "lean_toolchain": "leanprover/lean4:v4.0.0",
    "upstream": "by nobody",
    "profile": "core",
    "seed": 1,
    "function_table": {
        "name": "tiny",
        "source": "by hand",
        "functions": [{"name": "div", "ulps": "2.5", "roundings": 5, "underflows": 3}],
    },
    "operations": [
        {
            "name": "dot",
            "layer": "tiny",
            "definition": "Spec.dot",
            "upstream": "0000000",
            "summary": "The sum of products.",
            "attributes": [],
            "parameters": [{"name": "a", "shape": ["n"]}, {"name": "b", "shape": ["n"]}],
            "results": [{"name": "out", "shape": []}],
            "sums": [{"result": "out", "axes": ["n"], "factors": ["a", "b"], "addends": []}],
            "theorems": [{"result": "out", "rule": "exact", "name": "Tiny.dot_exact"}],
        },
        {
            "name": "scale",
            "layer": "tiny",
            "definition": "Spec.scale",
            "upstream": "0000000",
            "summary": "Every element times a factor.",
            "attributes": [],
            "parameters": [{"name": "a", "shape": ["m+1", "n"]}, {"name": "factor", "shape": []}],
            "results": [{"name": "out", "shape": ["m+1", "n"]}],
            "sums": [{"result": "out", "axes": [], "factors": ["a", "factor"], "addends": []}],
            "theorems": [],
        },
    ],
    "flags": [
        {"name": "plain", "description": "Small numbers.", "catches": ["a term dropped"]},
        {"name": "special", "description": "An input is nan or infinite.", "catches": ["nan swallowed"]},
        {"name": "empty", "description": "A dimension is zero.", "catches": ["raising on empty arrays"]},
    ],
    "files": [
        {"path": "dot.jsonl", "operation": "dot", "cases": 0},
        {"path": "scale.jsonl", "operation": "scale", "cases": 0},
    ],
}


def _make_case(name: str, sizes: Json, flags: list[str], inputs: Json, **out: Any) -> Json:
    dtype = name.split("/")[2]
    return {"id": name, "dtype": dtype, "sizes": sizes, "flags": flags, "inputs": inputs, "results": {"out": out}}


CASES: dict[str, list[Json]] = {
    "dot": [
        # 1 · 2 + (-3/2) · 4
        _make_case(
            "dot/plain/float32/n=2#0",
            {"n": 2},
            ["plain"],
            {"a": ["0x1p0", "-0x3p-1"], "b": ["0x1p1", "0x1p2"]},
            value=["-0x1p2"],
            magnitude="0x1p3",
            depth=3,
            underflow="0x1p2",
            quantum=1,
        ),
        _make_case(
            "dot/plain/int32/n=2#0",
            {"n": 2},
            ["plain"],
            {"a": ["0x1p0", "-0x3p0"], "b": ["0x1p1", "0x1p2"]},
            value=["-0x5p1"],
            magnitude=["0x7p1"],
            depth=[3],
            underflow=["0x1p2"],
            quantum=[1],
        ),
        _make_case(
            "dot/plain/float32/n=0#0",
            {"n": 0},
            ["plain", "empty"],
            {"a": [], "b": []},
            value=["0x0p0"],
            magnitude="0x0p0",
            depth=0,
            underflow="0x0p0",
            quantum=None,
        ),
        # inf · 1 + 3 · 5
        _make_case(
            "dot/special/float32/n=2#0",
            {"n": 2},
            ["special"],
            {"a": ["inf", "0x3p0"], "b": ["0x1p0", "0x5p0"]},
            value=["inf"],
            magnitude=["inf"],
            depth=3,
            underflow="0x1p2",
            quantum=[None],
            floor=[0],
            peak=["0xfp0"],
        ),
    ],
    "scale": [
        _make_case(
            "scale/plain/float32/m=1,n=2#0",
            {"m": 1, "n": 2},
            ["plain"],
            {"a": ["0x1p0", "0x3p0", "-0x5p0", "0x0p0"], "factor": ["0x1.8p+1"]},
            value=["0x3p0", "0x9p0", "-0xfp0", "0x0p0"],
            magnitude=["0x3p0", "0x9p0", "0xfp0", "0x0p0"],
            depth=1,
            underflow="0x1p0",
            quantum=[0, 0, 0, None],
        ),
        _make_case(
            "scale/plain/int32/m=0,n=1#0",
            {"m": 0, "n": 1},
            ["plain"],
            {"a": ["0x7fffffffp0"], "factor": ["0x1p0"]},
            value=["0x7fffffffp0"],
            magnitude="0x7fffffffp0",
            depth=1,
            underflow="0x1p0",
            quantum=0,
        ),
        _make_case(
            "scale/plain/float32/m=0,n=0#0",
            {"m": 0, "n": 0},
            ["plain", "empty"],
            {"a": [], "factor": ["0x1p0"]},
            value=[],
            magnitude=[],
            depth=[],
            underflow=[],
            quantum=[],
        ),
    ],
}

SOURCES = {
    "lakefile.toml": 'name = "tiny"\n',
    "lean-toolchain": "leanprover/lean4:v4.0.0\n",
    "NN.lean": "def dot := 1\n",
    "NN/Spec/Scale.lean": "def scale := 2\n",
    "ConformTest/Cases.lean": "#guard true\n",
    ".lake/build/Generated.lean": "-- no source\n",
}


class TinySuite:
    """The parts of a suite, to be changed before it is written under a folder, with Lean sources beside it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "vectors"
        self.lean_export = root / "lean_export"
        self.manifest = copy.deepcopy(MANIFEST)
        self.cases = copy.deepcopy(CASES)

    def write(self) -> Path:
        """Write everything, with counts and checksums that agree, and return the folder of the vectors."""
        for name, text in SOURCES.items():
            path = self.lean_export / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.folder.mkdir(exist_ok=True)
        for file in self.manifest["files"]:
            lines = [json.dumps(case, separators=(",", ":")) + "\n" for case in self.cases[file["operation"]]]
            (self.folder / file["path"]).write_text("".join(lines))
            file["cases"] = len(lines)
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest))
        self.seal()
        return self.folder

    def seal(self) -> None:
        """Write the checksums of the files as they are."""
        names = [path.name for path in self.folder.iterdir() if path.suffix in (".json", ".jsonl")]
        write_checksums(self.folder, names, self.lean_export)
