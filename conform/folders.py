"""Where the vectors and the Lean sources are: named, in the checkout around this folder, or with the package."""

from __future__ import annotations

from pathlib import Path

from conform.errors import UsageError, VectorError

_PACKAGE = Path(__file__).resolve().parent


def find_vectors(named: Path | None = None) -> Path:
    """The folder of the vectors: the one named, else that of the checkout around the working directory, else those
    in the package, else those of the checkout around it.

    Raises UsageError where the named folder has no manifest, VectorError where none can be found.
    """
    if named is not None:
        if not (named / "manifest.json").is_file():
            hint = "Name a folder that `conform generate` or `lake exe export` wrote."
            raise UsageError("no vectors here: there is no manifest.json", where=str(named), hint=hint)
        return named
    checkout = find_checkout()
    for folder in (checkout / "vectors" if checkout else None, _PACKAGE / "_vectors", _PACKAGE.parent / "vectors"):
        if folder is not None and (folder / "manifest.json").is_file():
            return folder
    raise VectorError(
        "the vectors that should ship with conform are missing", hint="Reinstall it, or use --vectors DIR."
    )


def find_lean_export(named: Path | None = None) -> Path:
    """The Lake package of the exporter: the one named, else that of the checkout around the working directory, else
    that of the checkout around this package.

    Raises UsageError where there is none, as for an installed package that is used outside of a checkout.
    """
    folder = named or (find_checkout() or _PACKAGE.parent) / "lean_export"
    if not (folder / "lakefile.toml").is_file():
        hint = "Generating vectors needs a checkout of conform; name its lean_export folder with --lean DIR."
        raise UsageError("no Lake package here: there is no lakefile.toml", where=str(folder), hint=hint)
    return folder


def find_checkout() -> Path | None:
    """The checkout that the working directory is in: the nearest folder upward with the vectors and their sources.

    An installed package would else ignore what is edited there.
    """
    try:
        here = Path.cwd()
    except OSError:
        return None
    for folder in (here, *here.parents):
        if (folder / "lean_export" / "lakefile.toml").is_file() and (folder / "vectors" / "manifest.json").is_file():
            return folder
    return None


def describe_choice(folder: Path) -> str | None:
    """Which vectors a command uses, where an installed package has others: None where there is no choice to tell of."""
    checkout = find_checkout()
    shipped = _PACKAGE / "_vectors" / "manifest.json"
    if checkout is None or folder != checkout / "vectors" or checkout == _PACKAGE.parent or not shipped.is_file():
        return None
    return f"the vectors of this checkout, {folder}, not those that were installed"
