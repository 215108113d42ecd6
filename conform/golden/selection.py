"""Which cases to use: by operation, number format, flag, and a text in the id."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conform.errors import UsageError
from conform.formats import FLOAT_NAMES, INTEGER_NAMES
from conform.golden.expression import Predicate, compile_expression
from conform.golden.globs import match_glob
from conform.suite import CaseInfo, Manifest


@dataclass(frozen=True)
class Selection:
    """The cases that meet every criterion; within one, any of several alternatives will do.

    `dtypes`, `flags` and `ids` are None where they do not matter. `description` is how the user asked for it.
    """

    operations: frozenset[str]
    dtypes: frozenset[str] | None = None
    flags: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    text: Predicate | None = field(default=None, compare=False)
    description: str = "every case"

    def selects(self, dtype: str, case: CaseInfo) -> bool:
        """Whether a case is selected, given that its operation is."""
        return (
            (self.dtypes is None or dtype in self.dtypes)
            and (self.flags is None or not self.flags.isdisjoint(case.flags))
            and (self.ids is None or case.id in self.ids)
            and (self.text is None or self.text(" ".join((case.id, *case.flags))))
        )

    def __str__(self) -> str:
        return self.description


def make_selection(
    manifest: Manifest,
    *,
    operations: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    flags: Sequence[str] = (),
    text: str | None = None,
    ids: Sequence[str] = (),
) -> Selection:
    """The selection of cases that have one of the operations, one of the dtypes and one of the flags, where given.

    These three are globs; `text` is an expression (`conform.golden.expression`) over the id and the flags of a case;
    `ids` are whole ids. Raises UsageError for a glob that matches nothing there is.
    """
    known = [operation.name for operation in manifest.operations]
    chosen = _resolve(operations, known, "operation") if operations else frozenset(known)
    if ids:
        named = frozenset(name.split("/")[0] for name in ids)
        for name in sorted(named - set(known)):
            raise _make_unknown_error(name, known, "operation")
        chosen &= named
    asked = {"--operation": operations, "--dtype": dtypes, "--flag": flags, "-k": (text,) if text else (), "case": ids}
    return Selection(
        chosen,
        _resolve(dtypes, FLOAT_NAMES + INTEGER_NAMES, "dtype") if dtypes else None,
        _resolve(flags, [flag.name for flag in manifest.flags], "flag") if flags else None,
        frozenset(ids) if ids else None,
        compile_expression(text) if text is not None else None,
        " ".join(f"{option} {value}" for option, values in asked.items() for value in values) or "every case",
    )


def _resolve(globs: Iterable[str], known: Sequence[str], kind: str) -> frozenset[str]:
    chosen: set[str] = set()
    for glob in globs:
        matching = [name for name in known if match_glob(glob, name)]
        if not matching:
            raise _make_unknown_error(glob, known, kind)
        chosen.update(matching)
    return frozenset(chosen)


def _make_unknown_error(name: str, known: Sequence[str], kind: str) -> UsageError:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    suggestion = f"; did you mean {close[0]!r}?" if close else ""
    return UsageError(f"unknown {kind} {name!r}{suggestion}", hint=f"There are: {', '.join(known)}.")
