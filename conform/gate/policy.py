"""A policy file, `conform.yaml`: claims about a backend that one cannot edit, and when a reason must be given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conform.backends.origin import list_spellings, match_backend
from conform.declaration import CLAIMS, ClaimError, Declaration, parse_declaration
from conform.errors import UsageError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES, Format, get_format
from conform.gate.yaml_file import YamlFile, read_yaml

_ENTRY_KEYS = (*CLAIMS, "overrides", "reason")


@dataclass(frozen=True)
class BackendPolicy:
    """What a policy says of one backend; `where` is the line that says it."""

    declaration: Declaration
    reason: str | None
    where: str


@dataclass(frozen=True)
class Policy:
    """The claims of a policy file, by the name of the backend or a path of its file, from here or from `folder`."""

    backends: Mapping[str, BackendPolicy]
    folder: Path

    def find(self, backend: str, spec: str, operations: Collection[str]) -> str | None:
        """The name by which the file speaks of a backend; None where it does not."""
        spellings = list_spellings(spec, backend, tuple(operations))
        return next((name for name in self.backends if match_backend(name, spellings, self.folder)), None)

    def apply(
        self, backend: str, declared: Declaration, operations: Collection[str], spec: str = ""
    ) -> tuple[Declaration, tuple[str, ...]]:
        """The claims that hold for a backend, and the notes that every report must repeat.

        Raises UsageError where a rule becomes looser than declared and no reason is given.
        """
        name = self.find(backend, spec, operations)
        if name is None:
            return declared, ()
        entry = self.backends[name]
        merged = declared.layer(entry.declaration)
        looser = list_looser_rules(declared, merged, operations)
        if looser and entry.reason is None:
            raise UsageError(
                f"loosens the rules for {backend} without a reason: {looser[0]}",
                where=entry.where,
                hint="State why under `reason`; every report will repeat it.",
            )
        if looser:
            return merged, (f"policy loosens the rules: {'; '.join(looser)}. Reason: {entry.reason}",)
        return merged, (f"policy tightens or restates the rules ({entry.where})",)


def read_policy(path: Path, operations: Collection[str]) -> Policy:
    """Read a policy file.

    Raises UsageError with the line for whatever is unknown, of the wrong type, or cannot be claimed.
    """
    file = read_yaml(path)
    if not isinstance(file.value, dict) or set(file.value) != {"backends"}:
        raise UsageError("a policy has one key, `backends`", where=file.locate())
    backends = file.value["backends"]
    if not isinstance(backends, dict) or not backends:
        raise UsageError("`backends` maps the name of a backend to its claims", where=file.locate("backends"))
    entries = {str(name): _read_entry(file, name, entry, operations) for name, entry in backends.items()}
    return Policy(entries, path.parent)


def list_looser_rules(before: Declaration, after: Declaration, operations: Collection[str]) -> list[str]:
    """Where the second declaration allows what the first does not, a line a format with its operations."""
    changes: dict[str, list[str]] = {}
    for operation in operations:
        if before.takes_empty(operation) and not after.takes_empty(operation):
            changes.setdefault("arrays without elements no longer judged", []).append(operation)
        for name in FLOAT_NAMES + INTEGER_NAMES:
            for change in _compare(before, after, operation, get_format(name)):
                changes.setdefault(change, []).append(operation)
    return [
        change if len(found) == len(operations) else f"{change} ({', '.join(found)})"
        for change, found in changes.items()
    ]


def _compare(before: Declaration, after: Declaration, operation: str, output: Format) -> list[str]:
    if before.supports(operation, output.name) and not after.supports(operation, output.name):
        return [f"{output.name} no longer judged"]
    if output.is_integer:
        return []
    changes = []
    old, new = before.rules_for(operation, output), after.rules_for(operation, output)
    if not _holds(new.accumulator, old.accumulator):
        changes.append(f"{output.name} sums in {new.accumulator.name} instead of {old.accumulator.name}")
    if new.flush and not old.flush:
        changes.append(f"{output.name} subnormals flushed")
    if new.separate and not old.separate:
        changes.append(f"{output.name} sums rounded before an addend")
    held, claimed = before.for_operation(operation).functions, after.for_operation(operation).functions
    for name, claim in claimed.items():
        if name not in held or claim.ulps > held[name].ulps:
            changes.append(f"{name} within {claim.ulps:g} ulps")
    return changes


def _holds(wider: Format, narrower: Format) -> bool:
    """Whether every number of one format is one of the other."""
    return (
        wider.precision >= narrower.precision
        and wider.subnormal_exponent <= narrower.subnormal_exponent
        and wider.largest >= narrower.largest
    )


def _read_entry(file: YamlFile, name: object, entry: Any, operations: Collection[str]) -> BackendPolicy:
    where = file.locate("backends", name)
    if not isinstance(entry, dict):
        raise UsageError(f"the claims of {name} must be a mapping", where=where)
    file.check_keys(entry, _ENTRY_KEYS, "backends", name)
    reason = entry.get("reason")
    if reason is not None and (not isinstance(reason, str) or not reason.strip()):
        raise UsageError("a reason is a text", where=file.locate("backends", name, "reason"))
    claims = {key: value for key, value in entry.items() if key != "reason"}
    try:
        declaration = parse_declaration(**claims, operations=operations)
    except ClaimError as error:
        raise UsageError(error.message, where=file.locate("backends", name, *error.path)) from None
    return BackendPolicy(declaration, reason.strip() if reason else None, where)
