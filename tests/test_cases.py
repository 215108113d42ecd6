"""Reading cases: a line as the exporter writes it and the same JSON written otherwise are the same case."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tiny_suite import TinySuite
from vector_samples import expand_runs

from conform.columns import ExactArray
from conform.exact import format_number, parse_number
from conform.folders import find_vectors
from conform.formats import get_format
from conform.golden.blocks import build_block
from conform.golden.cases import CaseReader
from conform.golden.manifest import load_manifest
from conform.golden.scanning import LineScanner
from conform.suite import NO_QUANTUM, Expected, VectorFile

FOLDER = find_vectors()
MANIFEST = load_manifest(FOLDER)
STEP = 23


def read_sample(file: VectorFile) -> list[tuple[int, bytes]]:
    with (FOLDER / file.path).open("rb") as lines:
        return list(islice(enumerate(lines, 1), 0, None, STEP))


@pytest.mark.parametrize("file", MANIFEST.files, ids=lambda file: file.operation)
def test_spaces_make_no_difference(file: VectorFile) -> None:
    scanner = LineScanner(MANIFEST.get_operation(file.operation))
    scanned, decoded = CaseReader(FOLDER, file, MANIFEST), CaseReader(FOLDER, file, MANIFEST)
    for number, line in read_sample(file):
        spaced = json.dumps(json.loads(line)).encode()
        assert scanner.scan(line) is not None
        assert scanner.scan(spaced) is None
        assert scanned.read(line, number) == decoded.read(spaced, number)


@pytest.mark.parametrize("file", MANIFEST.files, ids=lambda file: file.operation)
def test_every_number_is_what_its_text_says(file: VectorFile) -> None:
    reader = CaseReader(FOLDER, file, MANIFEST)
    for number, line in read_sample(file):
        case, data = reader.read(line, number), json.loads(line)
        block = build_block(reader.path, reader.operation, get_format(case.dtype), [case])
        for name, entries in data["inputs"].items():
            texts = expand_runs(entries)
            values = block.inputs[name].tolist()
            assert [float(value) for value in values] == pytest.approx(
                [float.fromhex(text) for text in texts], rel=0, abs=0, nan_ok=True
            )
        for name, components in data["results"].items():
            if "radius" in components:
                check_beyond(block.expected[name], components)
            else:
                check_sums(block.expected[name], components)


def check_numbers(found: ExactArray, written: Any) -> None:
    texts = expand_runs(written) if isinstance(written, list) else [written] * len(found)
    assert [format_number(found.item(i)) for i in range(len(found))] == [
        format_number(parse_number(text)) for text in texts
    ]


def check_integers(found: list[int], written: Any) -> None:
    numbers = expand_runs(written) if isinstance(written, list) else [written] * len(found)
    assert found == [NO_QUANTUM if item is None else item for item in numbers]


def check_sums(expected: Expected, components: dict[str, Any]) -> None:
    for component in ("value", "magnitude", "underflow", "peak"):
        check_numbers(getattr(expected, component), components.get(component, components["magnitude"]))
    for component in ("depth", "quantum", "floor"):
        check_integers(getattr(expected, component).tolist(), components.get(component, components["quantum"]))


def check_beyond(expected: Expected, components: dict[str, Any]) -> None:
    for component in ("value", "radius", "magnitude"):
        check_numbers(getattr(expected, component), components[component])
    assert list(expected.models) == list(components["models"])
    for name, written in components["models"].items():
        for component in ("underflow", "inherited", "peak"):
            check_numbers(getattr(expected.models[name], component), written[component])
        check_integers(expected.models[name].depth.tolist(), written["depth"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('"n":2', '"n":2,"n":2', id="size-twice"),
        pytest.param('"flags":["plain"]', '"flags":["plain"],"flags":["plain"]', id="field-twice"),
        pytest.param('"a":["0x1p0","-0x3p-1"]', '"a":["0x1p0","-0x3p-1"],"a":["0x1p0","-0x3p-1"]', id="input-twice"),
        pytest.param('"depth":3', '"depth":3,"depth":3', id="component-twice"),
        pytest.param('"quantum":1', '"quantum":1,"quantum":1', id="last-twice"),
        pytest.param('"a":[', '"a" :[', id="space"),
        pytest.param('"depth":3,"underflow":"0x1p2"', '"underflow":"0x1p2","depth":3', id="order"),
        pytest.param('"quantum":1', '"quantum":1,"floor":1', id="floor-alone"),
        pytest.param("}}}", "}}}}", id="brace"),
        pytest.param("}}}", "}},1}", id="rest"),
        pytest.param('"id":', '"id ":', id="other-key"),
    ],
)
def test_an_unusual_line_is_not_scanned(tmp_path: Path, before: str, after: str) -> None:
    suite = TinySuite(tmp_path)
    folder = suite.write()
    scanner = LineScanner(load_manifest(folder).get_operation("dot"))
    line = (folder / "dot.jsonl").read_text().splitlines()[0]
    assert scanner.scan(line.encode()) is not None
    assert line.count(before) == 1
    assert scanner.scan(line.replace(before, after).encode()) is None
