"""Texts of strangers: none steers a terminal or a CI service, forges a line of a report, or fills a screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sample_results import make_backend, make_case, make_run
from tiny_suite import TinySuite
from toy_suite import OPERATIONS, get_block

from conform.backends.base import CallError, Unsupported
from conform.backends.check import check_backend
from conform.errors import BackendError, ConformError
from conform.report.json_report import read_report
from conform.report.kinds import KINDS, parse_targets, write_reports
from conform.report.terminal import make_console, print_report
from conform.results import Problem, Rule, RunResult, Verdict
from conform.running.runner import run_backend
from conform.texts import MAX_LINE, MAX_TEXT, make_block, make_line, make_safe, read_text, show_value

HOSTILE = {
    "lone-surrogate": "a\ud800b",
    "escape": "\x1b[2J\x1b]0;title\x07",
    "c1": "\x9b2J\x85\x90q",
    "bidi-override": "abc\u202egnp.exe\u2066",
    "zero-width": "con\u200bform\ufeff\u2060",
    "tags": "\U000e0041\U000e007f",
    "line-separators": "a\u2028numpy conforms: 4670 pass\u2029exit 0",
    "nul": "a\x00b",
    "carriage-return": "FAIL\rnumpy conforms: 4670 pass",
    "vertical-tab": "a\x0bnumpy conforms: 4670 pass\x0cexit 0\x1cexit 0\x1d\x1e",
    "forged-verdict": "x\nnumpy conforms: 4670 pass\nexit 0\n",
    "forged-by-windows": "x\r\nnumpy conforms: 4670 pass\r\nexit 0",
    "github-command": "::error::forged",
    "github-command-in-a-line": "x\n::error title=t::forged\n  ::add-mask::forged\n\t::stop-commands::forged",
    "github-command-of-old": "x ##[error]forged",
    "azure-command": "x ##vso[task.complete result=Succeeded]forged",
    "teamcity-command": "x\n##teamcity[testFailed name='forged']",
    "markup": "[red]x[/red] [/] [link=http://a]b[/link]",
    "html": "</pre><script>alert(1)</script>",
    "markdown": "`x` | y\n# forged\n<img src=x onerror=alert(1)>",
    "xml": "]]><!-- &amp; \ufffe",
    "long": "x" * 10_000,
    "long-of-escapes": "\x1b" * 10_000,
    "many-lines": "exit 0\n" * 10_000,
}
FORGED = re.compile(
    r"^(numpy conforms: 4670 pass|exit 0)$|^\s*::(error( title=t)?|add-mask|stop-commands)::forged|##(vso|teamcity)?\[",
    re.M,
)
"""What no report may hold because a backend said it."""
HOSTILE_TEXTS = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def is_steering(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in "\u202e\u2066\u200b\ufeff\u2060"


@HOSTILE_TEXTS
@pytest.mark.parametrize("make", [make_safe, make_block, make_line])
def test_a_safe_text_steers_nothing_and_stays_as_it_is(make: Callable[[str], str], text: str) -> None:
    safe = make(text)
    assert [character for character in safe if is_steering(character) and character not in "\n\t"] == []
    assert not FORGED.search(f"said: {safe}")
    assert len(safe) <= (MAX_LINE if make is make_line else MAX_TEXT)
    assert "\n" not in safe or make is not make_line
    assert make(safe) == safe
    safe.encode()


@pytest.mark.parametrize(
    "text", ["plain", "", "ε ≤ 2⁻²⁴ …", "a::b", "C++ std::string", "#1", "emoji 🙂"], ids=lambda text: text or "empty"
)
def test_what_is_safe_is_shown_as_it_is(text: str) -> None:
    assert make_safe(text) == make_block(text) == make_line(text) == text


def test_what_is_cut_says_so() -> None:
    assert make_safe("x" * 5000).endswith("x… (cut, of 5000 characters)")
    assert make_line("x" * 5000).endswith("x… (cut, of 5000 characters)")
    assert make_block("x" * 5000 + "\nthe reason").startswith("(cut: the end of 5011 characters)\n  xxx")
    assert make_block("x" * 5000 + "\nthe reason").endswith("\n  the reason")


class Silent:
    def __str__(self) -> str:
        return None  # type: ignore[return-value]

    __repr__ = __str__


class Raising:
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


class Lying(str):
    def __getitem__(self, key: object) -> str:
        raise ValueError("no part")

    def __len__(self) -> int:
        raise ValueError("no length")

    def isprintable(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        (Silent(), "(no text: its __str__ raised TypeError)", "<Silent>"),
        (Raising(), "(no text: its __str__ raised ValueError)", "<Raising>"),
        (Lying("a\x1bb"), "a\\x1bb", "'a\\x1bb'"),
        (12, "12", "12"),
    ],
    ids=["none", "raises", "subclass", "number"],
)
def test_any_object_has_a_text(value: object, text: str, shown: str) -> None:
    assert read_text(value) == text
    assert type(read_text(value)) is str
    assert show_value(value) == shown


class DeceivingError(Exception):
    """An exception that lies about all it can."""

    detail = property(lambda self: 1 / 0)
    __class__ = property(lambda self: 1 / 0)  # type: ignore[assignment]
    __traceback__ = property(lambda self: 1 / 0)  # type: ignore[assignment]
    __dict__ = property(lambda self: 1 / 0)  # type: ignore[assignment]

    def __str__(self) -> str:
        raise self


class BareError(CallError):
    def __init__(self) -> None:
        self.detail = 7  # type: ignore[assignment]


class Mute(Unsupported):
    __str__ = Raising.__str__


class SilentWarning(UserWarning):
    __str__ = Silent.__str__


def raise_from_an_endless_file() -> None:
    exec(compile("1 / 0", "/dev/zero", "exec"))


def raise_from_a_forged_file() -> None:
    exec(compile("1 / 0", "x\nexit 0\n::error::forged", "exec"))


def raise_deeply(depth: int = 3000) -> None:
    raise_deeply(depth - 1)


def throw(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


CALLS: dict[str, tuple[Callable[[], object], Verdict, str]] = {
    "surrogates": (throw(ValueError("\ud800")), Verdict.ERROR, r"ValueError: \\ud800"),
    "no-text": (throw(type("Odd", (Exception,), {"__str__": Silent.__str__})()), Verdict.ERROR, r"Odd: \(no text"),
    "deceiving": (
        throw(DeceivingError()),
        Verdict.ERROR,
        r"Error: \(no text: its __str__ raised DeceivingError",
    ),
    "named-in-lines": (throw(type("A\nexit 0", (Exception,), {})()), Verdict.ERROR, r"A\\nexit 0"),
    "200-MB": (throw(ValueError("x" * 200_000_000)), Verdict.ERROR, r"cut, of 200000000 characters"),
    "system-exit": (throw(SystemExit(0)), Verdict.ERROR, "SystemExit: 0"),
    "call-error": (throw(BareError()), Verdict.ERROR, ""),
    "endless-file": (raise_from_an_endless_file, Verdict.ERROR, "ZeroDivisionError"),
    "forged-file": (raise_from_a_forged_file, Verdict.ERROR, "ZeroDivisionError"),
    "recursion": (raise_deeply, Verdict.ERROR, "RecursionError"),
    "unsupported-surrogates": (throw(Unsupported("\udfff")), Verdict.UNSUPPORTED, r"\\udfff"),
    "unsupported-no-text": (throw(Mute()), Verdict.UNSUPPORTED, "no text: its __str__ raised ValueError"),
    "warning-surrogates": (
        lambda: warnings.warn("\ud800\nexit 0", stacklevel=1),
        Verdict.PASS,
        r"UserWarning: \\ud800",
    ),
    "warning-no-text": (lambda: warnings.warn(SilentWarning("x"), stacklevel=1), Verdict.ERROR, "TypeError"),
    "result-of-odd-type": (
        lambda: type("R\nexit 0", (), {"__module__": Raising()})(),
        Verdict.FAIL,
        r"no text.*R\\n *exit",
    ),
}


@pytest.mark.parametrize(("act", "verdict", "text"), CALLS.values(), ids=CALLS)
def test_what_a_call_says_is_a_finding_about_its_case(
    act: Callable[[], object], verdict: Verdict, text: str, tmp_path: Path
) -> None:
    class Speaking:
        name = "numpy"

        def linear_gradient_scale(self, grad: NDArray[Any], scale_factor: NDArray[Any]) -> object:
            said = act()
            return grad * scale_factor if said is None else said

    block = get_block("linear_gradient_scale", "float32", "small-integers")
    result = run_backend(check_backend(Speaking, OPERATIONS), [block])
    assert {case.verdict for case in result.cases} == {verdict}
    said = [problem.message for case in result.cases for problem in case.problems]
    said += [str(case.reason) for case in result.cases] + list(result.warnings)
    assert any(re.search(text, each) for each in said)
    check_reports(make_run(result), tmp_path)


@HOSTILE_TEXTS
def test_no_report_of_any_kind_lets_a_backend_speak_for_it(text: str, tmp_path: Path) -> None:
    cases = [
        make_case(
            "linear/normal/float32/n=3#0",
            Verdict.ERROR,
            problems=(Problem(Rule.RAISED, text, "first", detail=text),),
        ),
        make_case("linear/normal/float32/n=3#1", Verdict.UNSUPPORTED, reason=text),
        make_case("linear/normal/float32/n=3#2", Verdict.KNOWN, known=text),
        make_case("linear/normal/float32/n=3#3", Verdict.PASS),
    ]
    cases.append(
        make_case(f"linear/normal/float32/{text}#4", Verdict.FAIL, problems=(Problem(Rule.RAISED, text, "first"),))
    )
    backend = make_backend(cases, text, warnings=(text,))
    backend = type(backend)(**{**vars(backend), "info": {text: text}, "declared": {text: text}})
    run = make_run(backend, notes=(text,), objections=(text,), stale=(text,))
    check_reports(run, tmp_path)
    assert read_report(tmp_path / "json") == run


def check_reports(run: RunResult, folder: Path) -> None:
    """Write every kind there is, and look for what a backend has no business to say."""
    with (folder / "terminal").open("w", encoding="utf-8") as file:
        print_report(run, make_console(file))
    _, errors = write_reports(run, parse_targets([f"{kind}:{folder / kind}" for kind in KINDS]))
    assert errors == []
    assert {*KINDS, "terminal"} <= set(os.listdir(folder))
    for kind in (*KINDS, "terminal"):
        written = (folder / kind).read_text(encoding="utf-8")
        assert not FORGED.search(written), kind
        assert [each for each in set(written) if is_steering(each) and each not in "\n\t"] == [], kind
        if kind == "markdown":
            # Between backticks nothing is a mark.
            written = re.sub(r"`[^`\n]*`", "", written)
        assert "<script>alert" not in written or kind not in ("html", "badge-svg", "markdown")
        assert len(written) < 150_000


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Raises", 1),
        ("RaisesSilently", 1),
        ("RaisesAtLength", 1),
        ("Refuses", 0),
        ("RefusesSilently", 0),
        ("Warns", 0),
        ("Prints", 0),
        ("Dies", 1),
        ("Informs", 0),
        ("Returns", 1),
    ],
)
def test_a_run_of_a_hostile_backend_has_its_own_verdict_and_words(
    name: str, code: int, encoding: str, tmp_path: Path
) -> None:
    folder = TinySuite(tmp_path / "vectors").write()
    backend = f"{Path(__file__).parent / 'forging_backends.py'}:{name}"
    reports = [f"--report={kind}:{tmp_path / kind}" for kind in KINDS]
    command = [sys.executable, "-m", "conform", "run", backend, "--vectors", str(folder), "--no-cache", *reports, "-v"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    out = done.stdout.decode(encoding)
    assert done.returncode == code, done.stderr
    assert out.splitlines()[-1].startswith(f"exit {code} in ")
    # What a backend prints is its own, but for what looks like the report, which is on standard output.
    for written in (out, *((tmp_path / kind).read_text(encoding="utf-8") for kind in KINDS)):
        assert not FORGED.search(written)
        assert [each for each in set(written) if is_steering(each) and each not in "\n\t"] == []
        assert len(written) < 300_000


@HOSTILE_TEXTS
def test_no_error_lets_anybody_speak_for_it(text: str) -> None:
    written = f"conform: {ConformError(text, where=text, hint='Do this.')}"
    assert not FORGED.search(written)
    assert [each for each in written if is_steering(each) and each not in "\n\t"] == []
    assert written.endswith("\n  Do this.")


class Nameless:
    name = Raising()

    def linear_gradient_scale(self, grad: NDArray[Any], scale_factor: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(grad * scale_factor)


class Unwilling(Nameless):
    name = "unwilling"

    def __init__(self) -> None:
        raise DeceivingError


class Uninformed(Nameless):
    name = "uninformed"

    def info(self) -> dict[str, str]:
        raise ValueError("\ud800\nexit 0")


class Claiming(Nameless):
    name = "claiming"
    dtypes = Raising()


class ClaimingKeys(Nameless):
    name = "claiming-keys"
    accumulates = {Raising(): "float32"}  # noqa: RUF012


class ClaimingAMapping(Nameless):
    name = "claiming-a-mapping"
    dtypes = {"float32": 1}  # noqa: RUF012


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        (Nameless, "has a `name` that is not a non-empty text: <Raising>"),
        (Unwilling, r"Unwilling could not be instantiated: DeceivingError: \(no text"),
        (Uninformed, r"info\(\) failed: ValueError: \\ud800\n    exit 0"),
        (Claiming, "dtypes must be a list of formats, not <Raising>"),
        (ClaimingKeys, "accumulates must be a mapping from a format"),
        (ClaimingAMapping, r"dtypes must be a list of formats, not \{'float32': 1\}"),
    ],
)
def test_a_backend_that_cannot_be_described_is_refused_in_words(backend: type, message: str) -> None:
    with pytest.raises(BackendError, match=message):
        check_backend(backend, OPERATIONS)


def test_of_many_facts_and_warnings_the_first_are_told() -> None:
    class Chatty(Nameless):
        name = "chatty"
        count = 0

        def info(self) -> dict[str, str]:
            return {str(i): "x" for i in range(1000)}

        def linear_gradient_scale(self, grad: NDArray[Any], scale_factor: NDArray[Any]) -> NDArray[Any]:
            for _ in range(100):
                self.count += 1
                warnings.warn(f"{self.count}", stacklevel=1)
            return np.asarray(grad * scale_factor)

    result = run_backend(
        check_backend(Chatty, OPERATIONS), [get_block("linear_gradient_scale", "float32", "small-integers")]
    )
    assert len(result.info) == 100
    assert result.warnings[50] == "more than 50 different warnings: the others are left out"
    assert len(result.warnings) == 51
