"""The functions and classes that `import conform` offers."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import conform
from conform.errors import UsageError

BACKENDS = Path(__file__).parent / "tiny_backends.py"
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_everything_that_is_offered_is_there_and_documented() -> None:
    for name in conform.__all__:
        assert getattr(conform, name).__doc__, name
    assert set(conform.__all__) <= set(dir(conform))
    with pytest.raises(AttributeError, match="module 'conform' has no attribute 'absent'"):
        _ = conform.absent


def test_importing_loads_nothing() -> None:
    program = (
        "import sys, conform; print([name for name in sys.modules if name.partition('.')[0] in ('numpy', 'click')])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_run_tells_what_conforms_and_what_does_not(vectors: str) -> None:
    result = conform.run(f"{BACKENDS}:Right", f"{BACKENDS}:AddsOne", vectors=vectors)
    assert isinstance(result, conform.RunResult)
    right, wrong = result.backends
    assert right.conforms
    assert not wrong.conforms
    assert {case.verdict for case in right.cases} == {conform.Verdict.PASS}
    assert not result.conforms


def test_a_run_of_a_part_is_not_whole(vectors: str) -> None:
    result = conform.run(f"{BACKENDS}:Right", vectors=vectors, dtypes=["float32"])
    assert {case.dtype for case in result.backends[0].cases} == {"float32"}
    assert not result.whole


def test_vectors_are_blocks_of_arrays(vectors: str) -> None:
    chosen = conform.load_vectors(vectors, dtypes=["float32"])
    blocks = list(chosen.load())
    assert sum(len(block.cases) for block in blocks) > 0
    assert {block.format.name for block in blocks} == {"float32"}
    assert all(array.dtype == np.float32 for block in blocks for array in block.inputs.values())


def list_ids(vectors: str) -> Iterator[str]:
    for block in conform.load_vectors(vectors).load():
        yield from (case.id for case in block.cases)


def test_an_explanation_is_text_of_the_case(vectors: str) -> None:
    case = next(list_ids(vectors))
    assert conform.explain(case, vectors=vectors, backend=f"{BACKENDS}:Right").startswith(case)
    with pytest.raises(UsageError, match=re.escape("no result 'absent'")):
        conform.explain(case, vectors=vectors, result="absent", backend=f"{BACKENDS}:Right")
    with pytest.raises(conform.ConformError, match="is not an index into the shape"):
        conform.explain(case, vectors=vectors, index=(10**6,) * 9, backend=f"{BACKENDS}:Right")


def test_a_function_is_checked_in_this_process(vectors: str) -> None:
    calls = []

    def scale(**inputs: np.ndarray) -> np.ndarray:
        calls.append(inputs)
        raise conform.Unsupported("not today")

    operation = conform.load_vectors(vectors).manifest.operations[0].name
    with pytest.raises(AssertionError, match="not today"):
        conform.check(scale, operation, vectors=vectors)
    assert calls


def test_the_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"```python\nimport conform\n\n(result.*?)```", README, re.DOTALL)
    mine = re.search(r"```python\n(# mine\.py\n.*?)```", README, re.DOTALL)
    assert example is not None
    assert mine is not None
    (tmp_path / "mine.py").write_text(mine[1], encoding="utf-8")
    (tmp_path / "example.py").write_text("import conform\n\n" + example[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("example")
    out = capsys.readouterr().out
    assert "mine.py:Mine False ('bias omitted" in out
    assert "linear/small-integers/float32/inDim=7,outDim=3#0" in out
