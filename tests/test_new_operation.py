"""A new operation is one Lean file and one line, and no Python: tried in a copy of the Lean sources."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conform.cli import run_cli

LEAN_EXPORT = Path(__file__).parent.parent / "lean_export"
NAME = "elementwise_product"
OPERATION = """import Conform.Operation

/-!
# The operation `elementwise_product`
-/

namespace Conform.Operations

open Spec (Tensor)

/-- Each element of one tensor times that of another. -/
def elementwiseProductSpec {α : Type} [Mul α] {s : Spec.Shape} (left right : Tensor α s) : Tensor α s :=
  Tensor.zipWith (· * ·) left right

def elementwiseProduct : Operation where
  name := "elementwise_product"
  layer := "products"
  definition := "Conform.Operations.elementwiseProductSpec"
  upstream := "none"
  summary := "Each element of one matrix times that of another."
  parameters := [⟨"left", ["rows", "columns"]⟩, ⟨"right", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  sums := [{ result := "output", left := some "left", right := some "right" }]
  families := Families.forElements
  run := fun sizes args =>
    let s := shapeOf [sizes.get "rows", sizes.get "columns"]
    match args with
    | [left, right] => [elements (elementwiseProductSpec (tensorOf s left) (tensorOf s right))]
    | _ => []

register elementwiseProduct

end Conform.Operations
"""
LINE = "import Conform.Operations.ElementwiseProduct\n"
BACKEND = """class Right:
    name = "right"

    def elementwise_product(self, left, right):
        return left * right


class Wrong(Right):
    def elementwise_product(self, left, right):
        return left + right
"""

pytestmark = [
    pytest.mark.skipif(shutil.which("lake") is None, reason="there is no lake on PATH"),
    pytest.mark.skipif(not (LEAN_EXPORT / ".lake" / "build").is_dir(), reason="lean_export/ was not built yet"),
]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run_cli(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_an_operation_is_a_file_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, vectors = tmp_path / "lean_export", tmp_path / "vectors"
    shutil.copytree(LEAN_EXPORT, copy, symlinks=True)
    (copy / "Conform" / "Operations" / "ElementwiseProduct.lean").write_text(OPERATION, encoding="utf-8")
    registry = copy / "Conform" / "Registry.lean"
    registry.write_text(LINE + registry.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mine.py").write_text(BACKEND)
    there = ("--vectors", str(vectors))

    code, said = run(capsys, "generate", "--lean", str(copy), "--operation", NAME, "--out", str(vectors))
    assert code == 0, said
    # Only now, for Lean may have a cache of its own where caches are.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code, said = run(capsys, "lint", *there)
    assert code == 0, said
    code, said = run(capsys, "list", "operations", *there)
    assert (code, said.split()[0]) == (0, NAME)

    assert run(capsys, "run", f"{tmp_path}/mine.py:Right", *there)[0] == 0
    code, said = run(capsys, "run", f"{tmp_path}/mine.py:Wrong", "--dtype", "float32", *there)
    assert (code, "does not conform" in said) == (1, True)
    code, said = run(capsys, "run", "numpy", "--dtype", "float32", *there)
    assert code == 1
    assert "0 cases were judged" in said
    assert "unsupported" in said

    case = json.loads((vectors / f"{NAME}.jsonl").read_text().splitlines()[0])["id"]
    for backend in ((), ("--backend", "numpy"), ("--backend", f"{tmp_path}/mine.py:Right")):
        code, said = run(capsys, "explain", case, *backend, *there)
        assert code == 0, said
        assert "no theorem about this operation yet" in said

    code, said = run(capsys, "mutants", "--dtype", "float32", *there)
    assert code == 0, said
    assert "survived" not in said
