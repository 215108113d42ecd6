"""Which vectors and Lean sources are used: named ones, those of the checkout around here, or those of the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_suite import TinySuite

from conform.cli import run_cli
from conform.errors import UsageError, VectorError
from conform.folders import describe_choice, find_lean_export, find_vectors

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a folder that is worked in, while the package is installed elsewhere with vectors of its own."""
    root = tmp_path / "checkout"
    root.mkdir()
    TinySuite(root).write()
    (root / "notes" / "today").mkdir(parents=True)
    monkeypatch.chdir(root / "notes" / "today")
    package = tmp_path / "site-packages" / "conform"
    (package / "_vectors").mkdir(parents=True)
    (package / "_vectors" / "manifest.json").write_text("{}")
    monkeypatch.setattr("conform.folders._PACKAGE", package)
    return root


def test_a_checkout_is_found_upward_from_here(checkout: Path) -> None:
    assert find_vectors() == checkout / "vectors"
    assert find_lean_export() == checkout / "lean_export"


def test_what_is_named_is_taken(checkout: Path, tmp_path: Path) -> None:
    assert find_vectors(checkout / "vectors") == checkout / "vectors"
    with pytest.raises(UsageError, match=r"there is no manifest\.json"):
        find_vectors(tmp_path)
    with pytest.raises(UsageError, match=r"there is no lakefile\.toml"):
        find_lean_export(tmp_path)


def test_elsewhere_an_installed_package_uses_its_own(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_vectors() == tmp_path / "site-packages" / "conform" / "_vectors"
    assert describe_choice(find_vectors()) is None
    with pytest.raises(UsageError, match=r"there is no lakefile\.toml"):
        find_lean_export()


def test_a_folder_without_the_sources_of_its_vectors_is_no_checkout(checkout: Path) -> None:
    (checkout / "lean_export" / "lakefile.toml").unlink()
    assert find_vectors().name == "_vectors"


def test_vectors_that_are_nowhere_are_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("conform.folders._PACKAGE", tmp_path / "conform")
    with pytest.raises(VectorError, match="are missing"):
        find_vectors()


def test_commands_say_which_vectors_they_use(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["list", "cases"]) == 0
    assert f"using the vectors of this checkout, {checkout / 'vectors'}" in capsys.readouterr().err
    run_cli(["lint"])
    assert str(checkout / "vectors") in capsys.readouterr().out
    assert run_cli(["list", "cases", "--vectors", str(checkout / "vectors")]) == 0
    assert "using" not in capsys.readouterr().err
