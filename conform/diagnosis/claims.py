"""The claims that a backend would have to make for what probes saw of its sums."""

from __future__ import annotations

from collections.abc import Sequence

from conform.declaration import Declaration
from conform.diagnosis.probes import ObservedArithmetic, list_powers
from conform.formats import FLOAT_NAMES, get_format


def claim_observed(observed: Sequence[ObservedArithmetic], declared: Declaration) -> Declaration:
    """What to claim in place of what is declared, operation by operation, and only where that is another rule.

    Sums are claimed to be kept in the widest format of which no bit was lost. Nothing is claimed of operations that
    cannot be probed.
    """
    overrides: dict[str, Declaration] = {}
    for each in observed:
        output = get_format(each.dtype)
        rules = declared.rules_for(each.operation, output)
        kept = _find_format(each)
        accumulates = {} if kept is None or kept == rules.accumulator.name else {each.dtype: kept}
        words = {True: "separate", False: "summed", None: None}
        word = words[each.separate]
        addends = {} if word is None or (word == "separate") == rules.separate else {each.dtype: word}
        if accumulates or addends:
            claim = Declaration(accumulates=accumulates, addends=addends)
            overrides[each.operation] = overrides.get(each.operation, Declaration()).layer(claim)
    return Declaration(overrides=overrides)


def write_claims(claims: Declaration) -> str:
    """Claims of single operations as a policy has them, in one line of YAML."""
    return f"overrides: {{{', '.join(f'{name}: {_write(claim)}' for name, claim in claims.overrides.items())}}}"


def _write(claim: Declaration) -> str:
    parts = {"accumulates": claim.accumulates, "addends": claim.addends}
    written = (
        f"{key}: {{{', '.join(f'{name}: {word}' for name, word in words.items())}}}"
        for key, words in parts.items()
        if words
    )
    return f"{{{', '.join(written)}}}"


def _find_format(observed: ObservedArithmetic) -> str | None:
    bits = observed.precision or int(list_powers(observed.dtype)[0][-1])
    narrower = [name for name in FLOAT_NAMES[:4] if get_format(name).precision <= bits]
    return max(narrower, key=lambda name: get_format(name).precision, default=None)
