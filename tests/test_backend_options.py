"""Options behind the name of a backend: how they are read, and what is refused."""

from __future__ import annotations

import pytest

from conform.backends.options import Option, describe_options, parse_options, split_options
from conform.errors import BackendError

ACCEPTED = {
    "device": Option("cpu", "where to run"),
    "compile": Option(False, "compile first"),
    "threads": Option(0, "how many threads"),
    "mode": Option("fast", "how to run", ("fast", "slow")),
}


@pytest.mark.parametrize(
    ("spec", "name", "options"),
    [
        ("torch", "torch", {}),
        ("torch[]", "torch", {}),
        ("torch[device=cuda:0,compile=true]", "torch", {"device": "cuda:0", "compile": "true"}),
        ("torch[ device = cpu , threads = 2 ]", "torch", {"device": "cpu", "threads": "2"}),
        ("a/b.py:Backend[x=1]", "a/b.py:Backend", {"x": "1"}),
        ("odd[folder]/b.py:Backend", "odd[folder]/b.py:Backend", {}),
    ],
)
def test_options_are_split_from_the_name(spec: str, name: str, options: dict[str, str]) -> None:
    assert split_options(spec) == (name, options)


@pytest.mark.parametrize(
    ("spec", "fragment"),
    [
        ("torch[device=cpu", "unbalanced brackets"),
        ("torch]", "unbalanced brackets"),
        ("torch[device]", "'device' is not KEY=VALUE"),
        ("torch[=cpu]", "is not KEY=VALUE"),
        ("torch[device=]", "is not KEY=VALUE"),
        ("torch[a=1,,b=2]", "is not KEY=VALUE"),
        ("torch[a=1,a=2]", "'a' is given twice"),
    ],
)
def test_malformed_brackets_are_refused(spec: str, fragment: str) -> None:
    with pytest.raises(BackendError, match=fragment):
        split_options(spec)


def test_defaults_fill_in_for_what_is_not_given() -> None:
    values = parse_options({"threads": "3"}, ACCEPTED, "torch")
    assert values == {"device": "cpu", "compile": False, "threads": 3, "mode": "fast"}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("On", True), ("1", True), ("no", False), ("0", False)])
def test_words_for_booleans(text: str, value: bool) -> None:
    assert parse_options({"compile": text}, ACCEPTED, "torch")["compile"] is value


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ({"compile": "maybe"}, "compile=maybe: expected true or false"),
        ({"threads": "two"}, "threads=two: expected an integer"),
        ({"mode": "medium"}, "mode=medium: expected one of fast, slow"),
        ({"speed": "9"}, "unknown option 'speed'"),
    ],
)
def test_wrong_value_is_refused(given: dict[str, str], fragment: str) -> None:
    with pytest.raises(BackendError, match=fragment):
        parse_options(given, ACCEPTED, "torch")


def test_unknown_option_lists_the_known_ones() -> None:
    with pytest.raises(BackendError) as caught:
        parse_options({"speed": "9"}, ACCEPTED, "torch")
    assert caught.value.hint == describe_options(ACCEPTED)
    assert "compile=false (compile first)" in describe_options(ACCEPTED)


def test_backend_without_options_says_so() -> None:
    assert describe_options({}) == "This backend has no options."
