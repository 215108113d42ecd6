"""The subcommands on a small suite: what they print, and that each option reaches what it is for."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import pytest

from conform.cli import run_cli
from conform.report.json_report import read_report
from conform.results import Verdict

pytestmark = pytest.mark.usefixtures("own_cache")

BACKENDS = str(Path(__file__).parent / "tiny_backends.py")
RIGHT, ADDS_ONE = f"{BACKENDS}:Right", f"{BACKENDS}:AddsOne"


@pytest.fixture
def call(vectors: str, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(vectors, capsys)


class Caller:
    """Runs the command line on the small suite; keeps what was printed."""

    def __init__(self, vectors: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.vectors = vectors
        self.capsys = capsys
        self.err = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        assert run_cli([*arguments, "--vectors", self.vectors]) == code
        out, self.err = self.capsys.readouterr()
        return out


def test_run_prints_a_grid_and_the_verdict(call: Caller) -> None:
    first, header, dot, scale, empty, verdict, code = call("run", RIGHT).splitlines()
    assert first == RIGHT
    assert header.split() == ["passed/cases", "float32", "int32"]
    assert (dot.split(), scale.split(), empty) == (["dot", "3/3", "1/1"], ["scale", "2/2", "1/1"], "")
    assert verdict == f"{RIGHT} conforms: 7 pass"
    assert re.fullmatch(r"exit 0 in \d+\.\d s, 0 warnings", code)


def test_run_says_everything_where_asked(call: Caller) -> None:
    text = call("run", RIGHT, "-v")
    assert re.search(r"^operation +format +cases +exact +bound .*\ndot +float32 +3 +3 ", text, re.MULTILINE)
    for fact in ("profile core", "seed 1", "toolchain leanprover/lean4:v4.0.0", "SHA256SUMS ", "conform "):
        assert fact in text.partition("\nvectors: ")[2].partition("\n")[0]
    assert f"\n  command: conform run {RIGHT} -v --vectors {call.vectors}\n" in text


def test_run_says_how_to_reproduce_a_failure_and_that_does(call: Caller, tmp_path: Path) -> None:
    text = call("run", ADDS_ONE, "--deterministic", "--non-contiguous", code=1)
    case = "dot/plain/float32/n=2#0"
    options = f"--vectors {call.vectors} --deterministic --non-contiguous"
    assert text.count("  reproduce: ") == 1
    assert f"  reproduce: conform run {ADDS_ONE} --case '{case}' {options}\n" in text
    assert "expected  -4  = -0x1p2\n    got       -3  = -0x3p0\n    error     1, bound 0" in text
    report = tmp_path / "one.json"
    again = call("run", ADDS_ONE, "--case", case, "--report", f"json:{report}", code=1)
    assert [result.id for result in read_report(report).backends[0].cases] == [case]
    assert f"FAIL {case}, 1 wrong element\n" in again


@pytest.mark.parametrize(
    ("options", "cases"),
    [
        (["--operation", "scale"], 3),
        (["--operation", "s*", "--operation", "dot"], 7),
        (["--dtype", "int32"], 2),
        (["--flag", "empty"], 2),
        (["-k", "dot and not special"], 3),
        (["--case", "dot/plain/int32/n=2#0", "--case", "scale/plain/int32/m=0,n=1#0"], 2),
        (["--operation", "dot", "--dtype", "float*", "--flag", "plain"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else f"{value} cases",
)
def test_run_and_list_select_the_same_cases(options: list[str], cases: int, call: Caller) -> None:
    listed = call("list", "cases", *options).splitlines()
    assert len(listed) == cases
    assert re.search(rf"conforms: {cases} pass(, 1 warning)?\n", call("run", RIGHT, *options))


def test_run_judges_several_backends_one_after_the_other(call: Caller) -> None:
    text = call("run", RIGHT, ADDS_ONE, code=1)
    assert f"\n\n{RIGHT} conforms: 7 pass\n{ADDS_ONE} does not conform: 4 pass, 3 fail\n" in text


def test_run_counts_what_is_missing_on_its_own_line(call: Caller) -> None:
    text = call("run", f"{BACKENDS}:OnlyDots")
    assert "OnlyDots conforms: 4 pass, 3 unsupported\nexit 0 in " in text
    assert "scale" not in text
    assert "\nunsupported: 3 cases (scale): " in call("run", f"{BACKENDS}:OnlyDots", "-v")


def test_run_goes_on_after_an_exception_and_shows_its_text_as_it_is(call: Caller) -> None:
    text = call("run", f"{BACKENDS}:RaisesOnEmpty", code=1)
    assert "ERROR dot/plain/float32/n=0#0\n  raised (first call): ValueError: [bold]no terms[/bold]\n" in text
    assert "does not conform: 6 pass, 1 error\n" in text


def test_run_stops_at_the_first_failure_where_asked(call: Caller) -> None:
    text = call("run", ADDS_ONE, "--fail-fast", code=1)
    assert "this report is partial\n" in text
    assert "does not conform: 1 fail\n" in text


def test_run_wants_as_many_cases_as_are_asked_for(call: Caller) -> None:
    text = call("run", f"{BACKENDS}:OnlyDots", "--min-cases", "5", code=1)
    assert "OnlyDots: 4 cases were judged, fewer than the 5 required\n" in text
    call("run", f"{BACKENDS}:OnlyDots", "--min-cases", "4")


def test_run_shows_as_many_failures_as_are_asked_for(call: Caller) -> None:
    assert "FAIL" not in call("run", ADDS_ONE, "--max-failures", "0", code=1)
    assert call("run", ADDS_ONE, "--max-failures", "2", code=1).count("FAIL ") == 2
    both = call("run", ADDS_ONE, f"{BACKENDS}:RaisesOnEmpty", "--max-failures", "2", code=1)
    assert (both.count("FAIL "), both.count("ERROR ")) == (1, 1)


def test_run_writes_every_report_that_is_asked_for(call: Caller, tmp_path: Path) -> None:
    kinds = ("json", "junit", "markdown", "badge", "badge-svg")
    options = [text for kind in kinds for text in ("--report", f"{kind}:{tmp_path / kind}")]
    text = call("run", ADDS_ONE, *options, "--report", "github", code=1)
    assert "does not conform" in (tmp_path / "markdown").read_text()
    assert json.loads((tmp_path / "badge").read_text())["color"] == "red"
    assert f"::error title={ADDS_ONE.replace(':', '%3A')}::" in text
    run = read_report(tmp_path / "json")
    assert not run.conforms
    assert [case.verdict for case in run.backends[0].cases].count(Verdict.FAIL) == 3


def test_a_report_on_standard_output_is_alone_there(call: Caller) -> None:
    data = json.loads(call("run", ADDS_ONE, "--report", "json:-", code=1))
    assert data["backends"][0]["name"] == "adds-one"
    assert "AddsOne does not conform: 4 pass, 3 fail\n" in call.err
    assert "\nexit 1 in " in call.err


def test_every_report_tells_when_and_where(call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = [text for kind in ("json", "junit") for text in ("--report", f"{kind}:{tmp_path / kind}")]
    call("run", RIGHT, *options)
    told = read_report(tmp_path / "json").circumstances
    assert told is not None
    assert datetime.datetime.fromisoformat(told.start) <= datetime.datetime.now(datetime.UTC)
    assert told.seconds > 0
    assert told.command.startswith(f"conform run {RIGHT} --report json:")
    assert f'hostname="{told.host}"' in (tmp_path / "junit").read_text()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    call("run", RIGHT, *options)
    first = [(tmp_path / kind).read_bytes() for kind in ("json", "junit")]
    call("run", RIGHT, *options)
    assert [(tmp_path / kind).read_bytes() for kind in ("json", "junit")] == first
    told = read_report(tmp_path / "json").circumstances
    assert told is not None
    assert (told.start, told.seconds) == ("1970-01-02T00:00:00Z", 0.0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    call("run", RIGHT, code=2)
    assert "SOURCE_DATE_EPOCH is 'soon'" in call.err


def test_known_failures_pass_and_a_baseline_finds_them(call: Caller, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    assert call("baseline", ADDS_ONE, "--output", str(known)).endswith(" entries\n")
    text = call("run", ADDS_ONE, "--known", str(known))
    assert "AddsOne is as expected, with 3 known failures: 4 pass, 3 known-failure\n" in text
    assert "\nexit 0 in " in text
    text = call("run", ADDS_ONE, "--known", str(known), "-v")
    assert re.search(r"\nknown failures: 3 cases \(dot\): .*; 3 cases \(exact 2, integer 1\)\n", text)


def test_a_known_failure_that_passes_fails_the_run(call: Caller, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    known.write_text('version: 1\nknown:\n  - cases: ["dot/*"]\n    reason: It adds one.\n')
    text = call("run", RIGHT, "--known", str(known), code=1)
    assert "\nexit 1 in " in text
    assert "unexpected-pass" in text


def test_compare_tells_worse_from_better(call: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "changing.py"
    paths = []
    for name in ("Right", "AddsOne"):
        spec.write_text(
            f"import sys\nsys.path.insert(0, {str(Path(BACKENDS).parent)!r})\n"
            f"from tiny_backends import {name} as Subject\n"
        )
        paths.append(str(tmp_path / f"{name}.json"))
        call("run", f"{spec}:Subject", "--report", f"json:{paths[-1]}", code=int(name == "AddsOne"))
    old, new = paths
    assert run_cli(["compare", old, new]) == 1
    out = capsys.readouterr().out
    assert "dot/plain/float32/n=2#0: pass → fail\n" in out
    assert out.endswith("7 cases in both: 3 worse, 0 better, 0 changed, 0 appeared, 0 disappeared\n")
    assert run_cli(["compare", new, old]) == 0
    assert run_cli(["compare", old, old]) == 0
    capsys.readouterr()
    assert run_cli(["compare", old, new, "--report", "json:-"]) == 1
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["worse"]) == 3
    assert captured.err.endswith("0 disappeared\n")
    assert run_cli(["compare", old, new, "--report", f"markdown:{tmp_path / 'm'}"]) == 1
    assert (tmp_path / "m").read_text().startswith("## ❌ worse\n")
    assert run_cli(["compare", old, new, "--report", "html:x"]) == 2
    assert "Kinds: markdown, json." in capsys.readouterr().err


def test_report_makes_any_report_of_saved_ones(
    call: Caller, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = [str(tmp_path / name) for name in ("a.json", "b.json")]
    call("run", ADDS_ONE, RIGHT, "--report", f"json:{saved[0]}", code=1)
    call("run", RIGHT, "--report", f"json:{saved[1]}")
    assert run_cli(["report", *saved, "--report", f"html:{tmp_path / 'page.html'}"]) == 1
    assert capsys.readouterr().out == ""
    page = (tmp_path / "page.html").read_text()
    assert f"{RIGHT} on a " in page
    assert f"{RIGHT} on b " in page
    assert run_cli(["report", saved[1]]) == 0
    assert f"\n{RIGHT} conforms: 7 pass\n" in capsys.readouterr().out
    assert run_cli(["report", saved[1], "--report", "badge:-"]) == 0
    assert json.loads(capsys.readouterr().out)["color"] == "brightgreen"
    assert run_cli(["report", str(tmp_path / "page.html")]) == 2


def test_list_operations(call: Caller) -> None:
    assert call("list", "operations") == "dot  Spec.dot  4 cases\nscale  Spec.scale  3 cases\n"
    assert call("list", "operations", "-v").splitlines()[4:] == [
        "scale  Spec.scale  3 cases",
        "  Every element times a factor.",
        "  takes a [m+1, n], factor []",
        "  returns out [m+1, n]",
    ]


def test_list_flags_says_what_each_catches(call: Caller) -> None:
    assert call("list", "flags").splitlines()[:3] == [
        "plain  6 cases",
        "  Small numbers.",
        "  catches: a term dropped",
    ]


def test_list_cases_verbosely_shows_flags(call: Caller) -> None:
    lines = call("list", "cases", "-v", "--flag", "special").splitlines()
    assert lines == ["dot/special/float32/n=2#0  special"]


def test_list_backends_names_the_registered_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["list", "backends"]) == 0
    names = capsys.readouterr().out.splitlines()
    assert {"numpy", "torch", "jax", "onnxruntime"} <= set(names)
    assert run_cli(["list", "backends", "-v"]) == 0
    verbose = capsys.readouterr().out
    assert "numpy\n  conform.backends.numpy_backend:NumpyBackend\n" in verbose
    for form, option in (
        (
            "array-api:NAMESPACE[KEY=VALUE]",
            "subnormals=keep (what the namespace does to subnormal numbers: keep or flush)",
        ),
        ("cmd[KEY=VALUE]:PROGRAM ARGS", "timeout=30 (seconds that a call may take); start=60 ("),
    ):
        assert form in names
        assert option in verbose.partition(f"\n{form}\n")[2]


def test_lint_says_what_is_sound_and_is_3_where_sources_have_changed(call: Caller) -> None:
    first, *rest = call("lint").splitlines()
    assert first == f"{call.vectors}: sound"
    assert [line.partition(":")[0].strip() for line in rest] == [
        *("manifest", "cases", "coverage", "checksums", "Lean sources")
    ]
    assert "  cases: 7 of 2 operations, every field and number of them" in rest
    assert "  checksums: 3 files of vectors" in rest
    assert rest[-1].endswith(", unchanged since")
    source = Path(call.vectors).parent / "lean_export" / "NN.lean"
    source.write_text("def dot := 2\n")
    assert "NN.lean" in call("lint", code=3)
    assert call.err == f"{call.vectors}: 1 findings\n"


EXPLAINED = "dot/plain/float32/n=2#0"


@pytest.mark.parametrize(
    ("backend", "case", "said"),
    [
        pytest.param(
            "Right", EXPLAINED, ["got          -4 = -0x1p2", "conforms: it is exactly what is due"], id="right"
        ),
        pytest.param(
            "AddsOne",
            EXPLAINED,
            ["got          -3 = -0x3p0", "error        1, 2.097e+06 ULP", "bound        0, error", "does not conform"],
            id="wrong",
        ),
        pytest.param("OnlyDots", "scale/plain/int32/m=0,n=1#0", ["nothing: unsupported, the backend has"], id="none"),
        pytest.param("Raises", EXPLAINED, ["nothing: raised: ValueError: no terms"], id="raises"),
    ],
)
def test_explain_calls_the_backend_that_is_named(
    backend: str, case: str, said: list[str], call: Caller, tmp_path: Path
) -> None:
    spec = f"{BACKENDS}:{backend}"
    if backend == "Raises":
        spec = str(tmp_path / "raises.py")
        lines = (
            "class Raises:",
            "    name = 'raises'",
            "    def dot(self, a, b):",
            "        raise ValueError('no terms')",
        )
        Path(spec).write_text("\n".join(lines))
    text = call("explain", case, "--backend", spec).partition(f"\n\n{spec} answers\n")[2]
    assert [part for part in said if part not in text] == []


def test_a_policy_that_matches_nothing_is_wrong_usage(call: Caller, tmp_path: Path) -> None:
    policy = tmp_path / "conform.yaml"
    policy.write_text("backends:\n  rihgt: {subnormals: keep}\n")
    for command in (["run", RIGHT], ["baseline", RIGHT]):
        call(*command, "--policy", str(policy), code=2)
        assert "is about rihgt, and none of these runs here" in call.err
        assert f"What runs here: right ({RIGHT})." in call.err
    policy.write_text("backends:\n  rihgt: {subnormals: keep}\n  right: {subnormals: keep}\n")
    assert "note: policy: nothing named rihgt runs here\n" in call("run", RIGHT, "--policy", str(policy))


def test_known_failures_about_nothing_here_are_told(call: Caller, tmp_path: Path) -> None:
    known = tmp_path / "known.yaml"
    entries = [("right", "dot/*"), ("adds-one", "dot/plain/*"), ("right", "scale/*")]
    lines = [f"  - {{cases: ['{glob}'], reason: It is so., backend: {name}}}" for name, glob in entries]
    known.write_text("\n".join(["version: 1", "known:", *lines, ""]))
    text = call("run", ADDS_ONE, "--known", str(known))
    assert f"note: {known}:3: 2 entries are about right, which does not run here\n" in text
    assert "as expected, with 3 known failures" in text


def test_annotations_are_beside_the_lines_of_the_backend(
    call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(
        "class Mine:\n    name = 'mine'\n\n    def dot(self, a, b):\n        return a @ b + a.dtype.type(1)\n"
    )
    text = call("run", "mine.py", "--report", "github", code=1)
    assert "::error file=mine.py,line=4,title=mine.py%3A dot/plain/float32/n=2#0::" in text
