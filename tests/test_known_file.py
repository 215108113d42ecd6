"""The file of known failures: read strictly, and read back as it was written."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from conform.errors import UsageError
from conform.gate.known import KnownEntry, KnownFailures
from conform.gate.known_file import format_known, read_known

HEAD = "version: 1\nknown:\n"


def write(folder: Path, text: str) -> KnownFailures:
    path = folder / "known.yaml"
    path.write_text(text, encoding="utf-8")
    return read_known(path)


def test_reads_every_field(tmp_path: Path) -> None:
    text = HEAD + (
        "  - cases: linear/*/float16/inDim=3#0\n"
        "    backend: torch\n"
        "    reason: rounds\n      twice\n"
        "    link: https://example.org/1\n"
        "    expires: 2030-12-31\n"
        "  - {cases: ['*/nan-inf/*'], reason: swallows nan}\n"
    )
    first, second = write(tmp_path, text).entries
    assert first.cases == ("linear/*/float16/inDim=3#0",)
    assert (first.backend, first.reason, first.link) == ("torch", "rounds twice", "https://example.org/1")
    assert first.expires == datetime.date(2030, 12, 31)
    assert first.where.endswith("known.yaml:3")
    assert (second.backend, second.where[-2:]) == ("*", ":9")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- a", 1, "two keys"),
        ("version: 1\n", 1, "two keys"),
        ("version: 2\nknown: []", 1, "version 2 is not 1"),
        ("version: 1\nknown: {}", 2, "list of entries"),
        ("version: 1\nknown:\n  a: b", 2, "list of entries"),
        ("version: 1\nknown: text", 2, "list of entries"),
        ("version: 1.0\nknown: []", 1, "version 1.0 is not 1"),
        ("version: true\nknown: []", 1, "version True is not 1"),
        ("version: '1'\nknown: []", 1, "version '1' is not 1"),
        ("version:\nknown: []", 1, "version None is not 1"),
        ("version: [1]\nknown: []", 1, "version [1] is not 1"),
        ("version: 0x" + "f" * 20_000 + "\nknown: []", 1, "20002 characters are no number or date"),
        ("version: " + "9" * 20_000 + "\nknown: []", 1, "20000 characters are no number or date"),
        ("version: 1" + ":59" * 20_000 + "\nknown: []", 1, "60001 characters are no number or date"),
        ("version: 0b" + "1" * 20_000 + "\nknown: []", 1, "20002 characters are no number or date"),
        ("version: 1e" + "9" * 5 + "\nknown: []", 1, "is not 1"),
        ("version: .nan\nknown: []", 1, "version nan is not 1"),
        ("? [version]\n: 1\nknown: []", 1, "a key is a plain text"),
        ("? {a: b}\n: 1", 1, "a key is a plain text"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("- " * 100_000, 1, "nested too deeply"),
        ("{a: " * 100_000, 1, "nested too deeply"),
        ("".join(" " * i + f"a{i}:\n" for i in range(500)), 21, "nested too deeply"),
        ("a: &x 1\nb: *x", 2, "aliases are not allowed"),
        ("a: &x {<<: *x}", 1, "aliases are not allowed"),
        ("version: 1\nknown: []\n---\na: b", 3, "a single document"),
        ("version: 1\nknown: []\n...\nb", 4, "not valid YAML"),
        ("version: !!python/name:os.system 1\nknown: []", 1, "not valid YAML"),
        ("version: !!python/object/apply:os.system [id]", 1, "not valid YAML"),
        ("version: !!binary x\nknown: []", 1, "not valid YAML"),
        ("version: 1\nknown: !!set {a}", 2, "not valid YAML"),
        ("version: 1\nknown: !mine []", 2, "not valid YAML"),
        ("%YAML 9.9\n---\na: b", 1, "not valid YAML"),
        ("a: 'b", 1, "not valid YAML"),
        ('a: "\\ud800"', 1, "not valid YAML"),
        ("\tversion: 1", 1, "not valid YAML"),
        ("<<: {version: 1}\nknown: []", 1, "two keys"),
        ("1: 2\n1: 3", 2, "key 1 is given twice"),
        ("version: 1\nknown: []\nknown: []", 3, "key 'known' is given twice"),
        (HEAD + "  - cases: {a: b}\n    reason: x", 3, "glob or a list"),
        (HEAD + "  - cases: [[a]]\n    reason: x", 3, "glob is a text"),
        (HEAD + "  - cases: [2030-01-01]\n    reason: x", 3, "glob is a text"),
        (HEAD + "  - cases: " + "a" * 1001 + "\n    reason: x", 3, "a glob of 1001 characters"),
        (HEAD + "  - cases: a\n    reason: x\n    backend: [a]", 5, "says something"),
        (HEAD + "  - cases: a\n    reason: x\n    backend: 0x" + "f" * 9000, 5, "no number or date"),
        (HEAD + "  - cases: a\n    reason: x\n    link: 'http://[a'", 5, "not a web address"),
        (HEAD + "  - cases: a\n    reason: x\n    expires: 2030", 5, "not a date"),
        (HEAD + "  - cases: a\n    reason: x\n    1: 2", 5, "unknown key 1"),
        (HEAD + "  - null", 3, "is a mapping"),
        (HEAD + "  - - a", 3, "is a mapping"),
        (HEAD + "  - linear/*", 3, "is a mapping"),
        (HEAD + "  - cases: a", 3, "needs `reason`"),
        (HEAD + "  - reason: a", 3, "needs `cases`"),
        (HEAD + "  - cases: a\n    reson: b", 4, "Did you mean 'reason'"),
        (HEAD + "  - cases: a\n    reason: ' '", 4, "says something"),
        (HEAD + "  - cases: a\n    reason: 3", 4, "says something"),
        (HEAD + "  - cases: []\n    reason: b", 3, "glob or a list"),
        (HEAD + "  - cases:\n      - a\n      - 3\n    reason: b", 5, "glob is a text"),
        (HEAD + "  - cases:\n      - a\n      - a\n    reason: b", 5, "given twice"),
        (HEAD + "  - cases: *linear\n    reason: b", 3, "must be quoted"),
        (HEAD + "  - cases: */linear\n    reason: b", 3, "must be quoted"),
        (HEAD + "  - cases: a\n    reason: b\n    link: bug 12", 5, "not a web address"),
        (HEAD + "  - cases: a\n    reason: b\n    expires: soon", 5, "not a date"),
        (
            HEAD + "  - cases: a\n    reason: b\n    expires: 2030-02-31",
            5,
            "'2030-02-31' cannot be read: day is out of",
        ),
        (HEAD + "  - cases: a\n    reason: b\n    expires: 2030-12-31 10:00:00", 5, "not a date"),
        (HEAD + "  - cases: a\n    reason: b\n    reason: c", 5, "twice"),
    ],
)
def test_rejects_with_line_and_reason(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        write(tmp_path, text)
    assert message in str(caught.value)
    assert f"known.yaml:{line}: " in str(caught.value)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    entries = (
        KnownEntry(("*/float16/*", "linear/normal/float32/inDim=3,outDim=2#0"), "says: “no” # twice", "torch"),
        KnownEntry(("a",), "b", "*", "https://example.org/#1", datetime.date(2030, 1, 2)),
    )
    text = format_known(entries, "Today's failures.\n\nCheck them.")
    assert text.startswith("# Today's failures.\n#\n# Check them.\nversion: 1\n")
    read = write(tmp_path, text).entries
    assert [entry.cases for entry in read] == [entry.cases for entry in entries]
    assert [(entry.reason, entry.backend, entry.link, entry.expires) for entry in read] == [
        (entry.reason, entry.backend, entry.link, entry.expires) for entry in entries
    ]


@pytest.mark.parametrize("text", [HEAD + "  - cases: a\n    cases: b", "version: 1\nversion: 1"], ids=["entry", "top"])
def test_stars_are_explained_only_where_they_may_be_at_fault(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is given twice") as caught:
        write(tmp_path, text)
    assert caught.value.hint is None
