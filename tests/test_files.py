"""Files of strangers: whatever is in the place of one gives one clear error, no waiting and no traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.cli import run_cli
from conform.errors import UsageError
from conform.files import open_file, read_file, read_text_file
from conform.gate.known_file import read_known
from conform.gate.policy import read_policy
from conform.report.json_report import read_report

BACKEND = f"{Path(__file__).parent / 'tiny_backends.py'}:Right"
pytestmark = pytest.mark.usefixtures("own_cache")


def put_folder(path: Path) -> None:
    path.mkdir()


def put_endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def put_unreadable(path: Path) -> None:
    path.write_text("{}")
    path.chmod(0)


def put_loop(path: Path) -> None:
    path.symlink_to(path)


def put_dangling(path: Path) -> None:
    path.symlink_to(path.parent / "absent")


def put_wrong_byte(path: Path) -> None:
    path.write_bytes(b"version: 1\n\xff")


THINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (put_folder, "it is a folder, where a file is due"),
    "pipe": (os.mkfifo, "it is a pipe, where a file is due"),
    "endless": (put_endless, "it is a device, where a file is due"),
    "unreadable": (put_unreadable, "Permission denied"),
    "loop": (put_loop, "symbolic link"),
    "dangling": (put_dangling, "No such file"),
    "wrong-byte": (put_wrong_byte, ":2: not text in UTF-8: the byte 0xff does not belong there"),
    "empty": (Path.touch, ""),
}
OTHERS = pytest.mark.parametrize(("put", "message"), THINGS.values(), ids=THINGS)
"""Things in the place of a file, and what is said of them."""


def skip_for_root(put: Callable[[Path], None]) -> None:
    if put is put_unreadable and os.geteuid() == 0:
        pytest.skip("root may read everything")


@OTHERS
@pytest.mark.parametrize(
    "read",
    [read_known, lambda path: read_policy(path, ()), read_report],
    ids=["known", "policy", "report"],
)
def test_a_file_of_the_user_is_wrong_usage(
    read: Callable[[Path], object], put: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    skip_for_root(put)
    put(tmp_path / "file")
    with pytest.raises(UsageError) as caught:
        read(tmp_path / "file")
    assert message in str(caught.value)
    assert "file" in str(caught.value).split(": ")[0]


@OTHERS
@pytest.mark.parametrize("name", ["manifest.json", "dot.jsonl", "SHA256SUMS"])
@pytest.mark.parametrize("command", [["run", BACKEND], ["lint"], ["list", "cases"]], ids=["run", "lint", "list"])
def test_in_the_vectors_it_is_a_complaint_about_them(
    command: list[str],
    name: str,
    put: Callable[[Path], None],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    skip_for_root(put)
    folder = TinySuite(tmp_path).write()
    (folder / name).unlink()
    put(folder / name)
    code = run_cli([*command, "--vectors", str(folder)])
    said = "".join(capsys.readouterr())
    # Without a manifest the folder is not one of vectors; what may not be read is the user's to change.
    missing = name == "manifest.json" and not (folder / name).is_file()
    assert code == (2 if missing or put is put_unreadable else 3)
    assert str(folder) in said
    assert "Traceback" not in said
    assert "defect of conform" not in said


@pytest.mark.parametrize("name", ["known", "policy"])
@OTHERS
def test_the_command_says_so_in_one_complaint(
    name: str, put: Callable[[Path], None], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_for_root(put)
    folder = TinySuite(tmp_path / "vectors").write()
    put(tmp_path / "file")
    assert run_cli(["run", BACKEND, "--vectors", str(folder), f"--{name}", str(tmp_path / "file")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"conform: {tmp_path / 'file'}")
    assert message in captured.err


def test_an_ordinary_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("é" * 5)
    assert read_text_file(path, 10, UsageError) == "é" * 5
    with open_file(path, UsageError) as file:
        assert file.readline(4) == b"\xc3\xa9\xc3\xa9"
    with pytest.raises(UsageError, match=r"file: larger than 9 bytes"):
        read_file(path, 9, UsageError)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty, where JSON is due"),
        (" \n", "empty, where JSON is due"),
        ("{", "not valid JSON: Expecting property name"),
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ("[NaN]", "not valid JSON: NaN is not JSON"),
        ("1" * 5000, "not valid JSON: Exceeds the limit"),
        ("[]", "not a report of a version"),
        ("null", "not a report of a version"),
        ('{"version": 99}', "not a report of a version"),
        ('{"version": 1, "\ud800": 1}', "unknown field"),
        (json.dumps({"version": 1, "x\nexit 0": 1}), "unknown field 'x\\nexit 0'"),
        (json.dumps({"version": 1, "backends": {}}), "is missing"),
    ],
    ids=lambda value: str(value)[:20] or "nothing",
)
def test_a_report_that_is_none_is_told_in_words(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(UsageError) as caught:
        read_report(tmp_path / "report.json")
    shown = str(caught.value)
    assert message in shown or "not text in UTF-8" in shown
    shown.encode()
