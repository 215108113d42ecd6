"""Where a verdict comes from: the vectors, their generator, and this harness."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path

from conform import __version__
from conform.suite import Manifest


def describe_vectors(folder: Path, manifest: Manifest) -> dict[str, str]:
    """What identifies the expected values: profile, seed, toolchain, and the SHA-256 of the list of checksums."""
    sums = folder / "SHA256SUMS"
    digest = hashlib.sha256(sums.read_bytes()).hexdigest() if sums.is_file() else "no SHA256SUMS"
    return {
        "format": str(manifest.format_version),
        "profile": manifest.profile,
        "seed": str(manifest.seed),
        "toolchain": manifest.lean_toolchain,
        "SHA256SUMS": digest[:16],
        "conform": __version__,
        "python": platform.python_version(),
    }
