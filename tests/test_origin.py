"""Where a backend is written, and every way to name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conform.backends.origin import find_origin, list_spellings, match_backend
from conform.backends.resolve import resolve_backend
from conform.errors import BackendError
from conform.folders import find_vectors
from conform.golden.manifest import load_manifest

OPERATIONS = load_manifest(find_vectors()).operations
NAMES = tuple(operation.name for operation in OPERATIONS)
ONE = """
class Helper:
    pass

class Base:
    def linear(self, weights, bias, input):
        return weights @ input + bias

class Mine(Base):
    name = "mine"

    def linear_weights_deriv(self, input, grad_output):
        return grad_output

made = Mine()
"""
TWO = ONE + "\nclass Other(Mine):\n    name = 'other'\n"
MODULE = "name = 'module'\n\ndef linear(weights, bias, input):\n    return weights @ input + bias\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path.resolve() / "here"
    place.mkdir()
    for name, text in (("mine.py", ONE), ("two.py", TWO), ("module.py", MODULE)):
        (place / name).write_text(text)
    monkeypatch.chdir(place)
    find_origin.cache_clear()
    return place


@pytest.mark.parametrize(
    ("spec", "name", "lines"),
    [
        ("mine.py:Mine", "Mine", {"": 9, "linear": 6, "linear_weights_deriv": 12}),
        ("mine.py", "Mine", {"": 9, "linear": 6}),
        ("mine.py:made", "made", {"": 9, "linear": 6}),
        ("mine.py:Mine[a=b]", "Mine", {"": 9}),
        ("two.py:Other", "Other", {"": 17, "linear": 6, "linear_weights_deriv": 12}),
        ("module.py", "", {"": 1, "linear": 3}),
    ],
)
def test_the_lines_of_a_backend_are_found(spec: str, name: str, lines: dict[str, int], folder: Path) -> None:
    origin = find_origin(spec, NAMES)
    assert origin is not None
    assert (origin.path, origin.name) == (folder / spec.partition(".py")[0], name) or origin.name == name
    assert {key: origin.lines[key] for key in lines} == lines
    file = f"{spec.partition('.py')[0]}.py"
    assert origin.list_places()[""] == f"{file}:{lines['']}"


def test_a_registered_backend_is_found_where_it_is_installed() -> None:
    origin = find_origin("numpy", NAMES)
    assert origin is not None
    assert origin.path.name == "numpy_backend.py"
    source = origin.path.read_text(encoding="utf-8").splitlines()
    assert "def linear(" in source[origin.lines["linear"] - 1]


@pytest.mark.parametrize("spec", ["cmd:./program", "array-api:numpy", "absent.py:A", "absent", "mine.py[", "broken.py"])
def test_what_no_file_defines_has_no_lines(spec: str, folder: Path) -> None:
    (folder / "broken.py").write_text("class (")
    assert find_origin(spec, NAMES) is None


def test_one_class_that_fits_needs_no_name(folder: Path) -> None:
    assert resolve_backend("mine.py", OPERATIONS).name == "mine"
    assert resolve_backend("module.py", OPERATIONS).name == "module"
    with pytest.raises(
        BackendError, match=r"two.py: there are several backends in it\n  Name one: two.py:Mine or two.py"
    ):
        resolve_backend("two.py", OPERATIONS)


@pytest.mark.parametrize(
    "pattern",
    [
        *("mine", "mi*", "mine.py:Mine", "./mine.py:Mine", "../here/mine.py:Mine", "mine.py", "{here}/mine.py:Mine"),
        *("mine.py:Mine[threads=2]", "./mine.py:M*", "*/mine.py:Mine", "linked.py:Mine"),
    ],
)
@pytest.mark.parametrize("spec", ["mine.py:Mine[threads=2]", "{here}/mine.py[threads=2]"], ids=["relative", "absolute"])
def test_a_backend_is_known_by_its_name_and_by_any_spelling_of_its_path(pattern: str, spec: str, folder: Path) -> None:
    (folder / "linked.py").symlink_to(folder / "mine.py")
    spellings = list_spellings(spec.format(here=folder), "mine", NAMES)
    assert match_backend(pattern.format(here=folder), spellings)


@pytest.mark.parametrize(
    "pattern", ["other", "two.py:Mine", "mine.py:Other", "mine.py:Mine[threads=3]", "../mine.py:Mine"]
)
def test_another_backend_is_not_taken_for_it(pattern: str, folder: Path) -> None:
    assert not match_backend(pattern, list_spellings("mine.py:Mine[threads=2]", "mine", NAMES))


def test_a_path_may_be_written_from_the_folder_of_the_file_that_names_it(folder: Path, tmp_path: Path) -> None:
    spellings = list_spellings("mine.py:Mine", "mine", NAMES)
    assert not match_backend("here/mine.py:Mine", spellings)
    assert match_backend("here/mine.py:Mine", spellings, tmp_path)
