"""What a backend claims of its own arithmetic, and the rules of judgement that follow from it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conform.formats import FLOAT_NAMES, INTEGER_NAMES, Format, get_format
from conform.judge.rules import NARROW_FORMATS, Rules
from conform.suite import FunctionTable
from conform.texts import show_value

SUBNORMALS = ("keep", "flush")
ADDENDS = ("summed", "separate")
EMPTY = ("supported", "unsupported")
CLAIMS = ("accumulates", "addends", "subnormals", "functions", "dtypes", "empty")


class ClaimError(ValueError):
    """A claim that cannot be; `path` leads to it, as in ("overrides", "linear", "accumulates", "float16")."""

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


@dataclass(frozen=True)
class FunctionClaim:
    """By how many units in the last place a function may be off, and why, where that is more than usual."""

    ulps: float
    reason: str | None = None


@dataclass(frozen=True)
class Declaration:
    """Claims, any of which may be left out.

    `accumulates` maps a floating-point format to the format in which sums of it are kept, `subnormals` maps one to
    "keep" or "flush", `dtypes` lists the formats that are supported (None: all of them). `addends` maps a format to
    "summed" or "separate": whether an addend, such as a bias, is a term of the sum, or is added in the format itself to
    the sum of products, rounded to it before. `empty` is "unsupported" where arrays without elements are refused.
    `functions` maps a function, such as exp or div, to its accuracy; those left out are as the vectors' table has it.
    `overrides` holds the claims that differ for single operations; whatever one of them leaves out is as declared here.
    """

    accumulates: Mapping[str, str] = field(default_factory=dict)
    subnormals: Mapping[str, str] = field(default_factory=dict)
    dtypes: tuple[str, ...] | None = None
    overrides: Mapping[str, Declaration] = field(default_factory=dict)
    addends: Mapping[str, str] = field(default_factory=dict)
    empty: str | None = None
    functions: Mapping[str, FunctionClaim] = field(default_factory=dict)

    def for_operation(self, operation: str) -> Declaration:
        """The claims that hold for one operation, without overrides."""
        general = replace(self, overrides={})
        override = self.overrides.get(operation)
        return general if override is None else general.layer(override)

    def layer(self, above: Declaration) -> Declaration:
        """These claims, with those of `above` in place of them wherever it makes one.

        A claim that `above` makes for all operations also replaces what is declared here for a single one.
        """
        general = replace(above, overrides={})
        nothing = Declaration()
        overrides = {name: override.layer(general) for name, override in self.overrides.items()}
        for name, override in above.overrides.items():
            overrides[name] = overrides.get(name, nothing).layer(override)
        return Declaration(
            {**self.accumulates, **above.accumulates},
            {**self.subnormals, **above.subnormals},
            self.dtypes if above.dtypes is None else above.dtypes,
            overrides,
            {**self.addends, **above.addends},
            self.empty if above.empty is None else above.empty,
            {**self.functions, **above.functions},
        )

    def supports(self, operation: str, dtype: str) -> bool:
        """Whether the format is among those declared for the operation."""
        dtypes = self.for_operation(operation).dtypes
        return dtypes is None or dtype in dtypes

    def takes_empty(self, operation: str) -> bool:
        """Whether the operation is declared to take arrays without elements, as it is by default."""
        return self.for_operation(operation).empty != "unsupported"

    def flushes(self, operation: str, dtype: str) -> bool:
        """Whether subnormal numbers of the format are declared to be flushed to zero."""
        return self.for_operation(operation).subnormals.get(dtype, "keep") == "flush"

    def rules_for(
        self, operation: str, output: Format, signed_zero: bool = False, table: FunctionTable | None = None
    ) -> Rules:
        """The rules for results in `output`: sums in the declared format, else in float32 for formats narrower than
        that, else in `output` itself. Functions are compared with those of `table`, by which the vectors were made.
        """
        default = "float32" if output.name in NARROW_FORMATS else output.name
        claims = self.for_operation(operation)
        accumulator = get_format(claims.accumulates.get(output.name, default))
        separate = claims.addends.get(output.name, "summed") == "separate"
        flush = self.flushes(operation, output.name)
        return Rules(output, accumulator, flush, signed_zero, separate, claims.find_loose(table))

    def find_loose(self, table: FunctionTable | None) -> tuple[str, ...]:
        """The functions that may be off by more than a table allows, in these claims alone."""
        allowed = {} if table is None else table.functions
        return tuple(
            name for name, claim in self.functions.items() if name in allowed and claim.ulps > float(allowed[name].ulps)
        )

    def describe(self) -> dict[str, str]:
        """The claims as reports show them, those of an operation under "claim (operation)"."""
        lines = {}
        if self.accumulates:
            lines["accumulates"] = ", ".join(f"{name} in {kept}" for name, kept in self.accumulates.items())
        separate = [name for name, claim in self.addends.items() if claim == "separate"]
        if separate:
            lines["addends"] = "added to a sum that was rounded before, in " + ", ".join(separate)
        elif self.addends:
            lines["addends"] = "terms of the sum"
        flushed = [name for name, claim in self.subnormals.items() if claim == "flush"]
        if flushed:
            lines["subnormals"] = "flushed to zero in " + ", ".join(flushed)
        elif self.subnormals:
            lines["subnormals"] = "kept"
        if self.functions:
            lines["functions"] = ", ".join(
                f"{name} within {claim.ulps:g} ulps" + (f" ({claim.reason})" if claim.reason else "")
                for name, claim in self.functions.items()
            )
        if self.dtypes is not None:
            lines["dtypes"] = ", ".join(self.dtypes)
        if self.empty is not None:
            lines["empty"] = f"arrays without elements are {self.empty}"
        for operation, override in self.overrides.items():
            for claim, text in override.describe().items():
                lines[f"{claim} ({operation})"] = text
        return lines


def parse_declaration(
    accumulates: object = None,
    subnormals: object = None,
    dtypes: object = None,
    overrides: object = None,
    addends: object = None,
    empty: object = None,
    functions: object = None,
    *,
    operations: Collection[str],
) -> Declaration:
    """Check claims as a backend or a policy writes them; None stands for a claim that is not made.

    `subnormals` and `addends` may be one word for all formats or a mapping from format to word, and an entry of
    `functions` a number of ulps, or a mapping with `ulps` and a `reason`. Raises ClaimError for
    anything that is unknown or cannot be.
    """
    return Declaration(
        _parse_accumulates(accumulates),
        _parse_words(subnormals, "subnormals", SUBNORMALS),
        _parse_dtypes(dtypes),
        _parse_overrides(overrides, operations),
        _parse_words(addends, "addends", ADDENDS),
        None if empty is None else _check_word(empty, "empty", EMPTY, ("empty",)),
        _parse_functions(functions),
    )


def check_functions(declaration: Declaration, table: FunctionTable | None, *, reasoned: bool = False) -> None:
    """Raise ClaimError for a function that the table of the vectors has not, and, unless the whole is `reasoned`, for
    one that may be off by more than the table allows without a reason."""
    if table is None:
        return
    overrides = [(("overrides", name), own) for name, own in declaration.overrides.items()]
    everywhere: list[tuple[tuple[str, ...], Declaration]] = [((), declaration), *overrides]
    for path, claims in everywhere:
        for name in claims.functions:
            if name not in table.functions:
                what = f"unknown function {show_value(name)}; known: {', '.join(table.functions)}"
                raise ClaimError(what, (*path, "functions", name))
        for name in claims.find_loose(table):
            if not reasoned and claims.functions[name].reason is None:
                what = f"{name} is claimed less accurate than the table of the vectors has it, without a reason; write "
                what += f'{{"{name}": {{"ulps": {claims.functions[name].ulps:g}, "reason": …}}}}'
                raise ClaimError(what, (*path, "functions", name))


def _parse_functions(claim: object) -> dict[str, FunctionClaim]:
    parsed = {}
    for name, given in _check_mapping(claim, "functions", "from a function to the ulps that it may be off by"):
        path = ("functions", name)
        fields = dict(given) if isinstance(given, Mapping) else {"ulps": given}
        ulps, reason = fields.get("ulps"), fields.get("reason")
        if set(fields) - {"ulps", "reason"} or isinstance(ulps, bool) or not isinstance(ulps, int | float):
            raise ClaimError("a function has a number of ulps, or a mapping with `ulps` and a `reason`", path)
        if not 0 <= ulps < math.inf:
            raise ClaimError(f"{show_value(ulps)} is no number of ulps", path)
        if reason is not None and not (isinstance(reason, str) and reason.strip()):
            raise ClaimError("a reason is a text", path)
        parsed[name] = FunctionClaim(float(ulps), reason and reason.strip())
    return parsed


def _parse_accumulates(claim: object) -> dict[str, str]:
    parsed = {}
    for name, kept in _check_mapping(claim, "accumulates", "from a format to the format its sums are kept in"):
        path = ("accumulates", name)
        _check_float(name, path)
        parsed[name] = _check_float(kept, path)
    return parsed


def _parse_words(claim: object, name: str, words: Sequence[str]) -> dict[str, str]:
    """A claim of one word for all formats, or of a word by format."""
    if isinstance(claim, str):
        return dict.fromkeys(FLOAT_NAMES, _check_word(claim, name, words, (name,)))
    parsed = {}
    meaning = f"from a format to {' or '.join(words)}, or one of these words"
    for dtype, word in _check_mapping(claim, name, meaning):
        path = (name, dtype)
        parsed[_check_float(dtype, path)] = _check_word(word, name, words, path)
    return parsed


def _parse_dtypes(claim: object) -> tuple[str, ...] | None:
    if claim is None:
        return None
    if isinstance(claim, str | bytes | Mapping) or not isinstance(claim, Collection):
        raise ClaimError(f"dtypes must be a list of formats, not {show_value(claim)}", ("dtypes",))
    for name in claim:
        if name not in FLOAT_NAMES + INTEGER_NAMES:
            raise ClaimError(
                f"unknown format {show_value(name)}; known: {', '.join(FLOAT_NAMES + INTEGER_NAMES)}", ("dtypes",)
            )
    return tuple(claim)


def _parse_overrides(claim: object, operations: Collection[str]) -> dict[str, Declaration]:
    parsed = {}
    for operation, claims in _check_mapping(claim, "overrides", "from an operation to its claims"):
        if operation not in operations:
            message = f"unknown operation {show_value(operation)}; known: {', '.join(operations)}"
            raise ClaimError(message, ("overrides", operation))
        try:
            given = dict(_check_mapping(claims, operation, f"from {', '.join(CLAIMS)} to what is claimed"))
            for key in given:
                if key not in CLAIMS:
                    raise ClaimError(f"unknown claim {show_value(key)}; known: {', '.join(CLAIMS)}", (key,))
            parsed[operation] = parse_declaration(**given, operations=operations)
        except ClaimError as error:
            raise ClaimError(error.message, ("overrides", operation, *error.path)) from None
    return parsed


def _check_mapping(claim: object, name: str, meaning: str) -> list[tuple[str, Any]]:
    if claim is None:
        return []
    if not isinstance(claim, Mapping) or not all(isinstance(key, str) for key in claim):
        raise ClaimError(f"{name} must be a mapping {meaning}, not {show_value(claim)}", (name,))
    return list(claim.items())


def _check_float(name: object, path: tuple[str, ...]) -> str:
    if isinstance(name, str) and name in FLOAT_NAMES:
        return name
    if name in INTEGER_NAMES:
        raise ClaimError(f"{name} is an integer format: integers are not rounded, so nothing can be claimed", path)
    raise ClaimError(f"unknown floating-point format {show_value(name)}; known: {', '.join(FLOAT_NAMES)}", path)


def _check_word(word: object, name: str, words: Sequence[str], path: tuple[str, ...]) -> str:
    if word not in words:
        wanted = " or ".join(map(repr, words))
        raise ClaimError(f"{name} must be {wanted}, not {show_value(word)}", path)
    return str(word)
