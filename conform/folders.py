"""Where the vectors are: named, in the installed package, or in a checkout."""

from __future__ import annotations

from pathlib import Path

from conform.errors import UsageError, VectorError

_PACKAGE = Path(__file__).resolve().parent


def find_vectors(named: Path | None = None) -> Path:
    """The folder of the vectors: the one named, else those in the package, else those of the checkout around it.

    Raises UsageError where the named folder has no manifest, VectorError where none can be found.
    """
    if named is not None:
        if not (named / "manifest.json").is_file():
            hint = "Name a folder that `conform generate` or `lake exe export` wrote."
            raise UsageError("no vectors here: there is no manifest.json", where=str(named), hint=hint)
        return named
    for folder in (_PACKAGE / "_vectors", _PACKAGE.parent / "vectors"):
        if (folder / "manifest.json").is_file():
            return folder
    raise VectorError(
        "the vectors that should ship with conform are missing", hint="Reinstall it, or use --vectors DIR."
    )


def find_lean_export(named: Path | None = None) -> Path:
    """The Lake package of the exporter: the one named, else that of the checkout around this package.

    Raises UsageError where there is none, as in an installed package.
    """
    folder = named or _PACKAGE.parent / "lean_export"
    if not (folder / "lakefile.toml").is_file():
        hint = "Generating vectors needs a checkout of conform; name its lean_export folder with --lean DIR."
        raise UsageError("no Lake package here: there is no lakefile.toml", where=str(folder), hint=hint)
    return folder
