"""List every theorem of this package with the axioms that it rests on, and fail where one is not Lean's own.

Usage: python axioms.py, in a shell where `lake` is on the path.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ALLOWED = {"propext", "Classical.choice", "Quot.sound"}
SCOPE = re.compile(r"(?:noncomputable )?(namespace|section|end|theorem|private theorem)\b\s*(\S*)")
REPORT = re.compile(r"'(?P<name>[^']+)' (?:does not depend on any axioms|depends on axioms: \[(?P<axioms>[^\]]*)\])")


def find_theorems(source: str) -> Iterator[str]:
    """Yield the full names of the theorems in a Lean file, by its namespaces and sections."""
    scopes: list[str] = []
    for line in source.splitlines():
        match = SCOPE.match(line)
        if match is None:
            continue
        keyword, name = match.groups()
        if keyword == "namespace":
            scopes.append(name)
        elif keyword == "section":
            scopes.append("")
        elif keyword == "end":
            scopes.pop()
        else:
            yield ".".join([scope for scope in scopes if scope] + [name])


def find_modules() -> list[str]:
    """Return the modules of the package whose theorems are claimed, by their import names."""
    files = [path for library in ("NN", "Conform") for path in sorted((ROOT / library).rglob("*.lean"))]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]


def read_axioms(modules: list[str], theorems: list[str]) -> dict[str, set[str]]:
    """Ask Lean for the axioms of each theorem; `subprocess.CalledProcessError` when a theorem is unknown."""
    lines = [f"import {module}" for module in modules] + [f"#print axioms {name}" for name in theorems]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Axioms.lean"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = ["lake", "env", "lean", str(file)]
        answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    return {
        match["name"]: {axiom.strip() for axiom in (match["axioms"] or "").split(",")} - {""}
        for match in REPORT.finditer(answer)
    }


def main() -> int:
    """Print one line for each theorem; 0 when all rest on allowed axioms, 1 otherwise."""
    modules = find_modules()
    sources = [ROOT.joinpath(*module.split(".")).with_suffix(".lean") for module in modules]
    theorems = [name for source in sources for name in find_theorems(source.read_text(encoding="utf-8"))]
    subprocess.run(["lake", "build", "NN", "Conform"], cwd=ROOT, check=True, stdout=sys.stderr)
    axioms = read_axioms(modules, theorems)
    missing = [name for name in theorems if name not in axioms]
    for name in theorems:
        print(f"{name}: {', '.join(sorted(axioms.get(name, {'no answer'}))) or 'no axioms'}")
    refused = {name: axioms[name] - ALLOWED for name in theorems if axioms.get(name, set()) - ALLOWED}
    for name, extra in refused.items():
        print(f"error: {name} rests on {', '.join(sorted(extra))}", file=sys.stderr)
    for name in missing:
        print(f"error: Lean gave no axioms for {name}", file=sys.stderr)
    counts = f"{len(theorems)} theorems, {len(refused)} refused, {len(missing)} without an answer"
    print(counts, file=sys.stderr)
    return 0 if theorems and not refused and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
