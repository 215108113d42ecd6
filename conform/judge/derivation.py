"""The derivation, step by step and with the numbers put in, of what is accepted for one element of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from conform.exact import ONE, ZERO, Dyadic, ExactNumber
from conform.formats import Format
from conform.judge.derivation_beyond import explain_beyond, explain_table
from conform.judge.limits import Derivation
from conform.judge.rules import Rules
from conform.judge.scalar import ExpectedElement, derive_limits, rounds_before_addend, take_element
from conform.judge.wording import (
    describe_number,
    explain_rounding,
    explain_separate,
    explain_uninformative,
    shorten_inputs,
    show_short,
)
from conform.suite import Block, Flag, FunctionTable, Operation

_BOUND_SOURCE = "N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1, with an underflow term"


def explain_case(
    block: Block,
    flags: Sequence[Flag],
    rules: Rules,
    result: str,
    index: tuple[int, ...],
    table: FunctionTable | None = None,
) -> str:
    """The whole text for element `index` of a result, for the one case of `block`.

    `table` is that of the vectors, which says how accurate functions are.
    """
    case = block.cases[0]
    operation = block.operation
    lines = [
        case.id,
        f"  operation   {operation.name}: {operation.summary}",
        f"  definition  {operation.definition}",
        f"  sizes       {', '.join(f'{symbol} = {size}' for symbol, size in case.scope.items())}",
        "  flags",
    ]
    by_name = {flag.name: flag for flag in flags}
    for name in case.flags:
        lines.append(f"    {name}: {by_name[name].description} Catches: {'; '.join(by_name[name].catches)}.")
    lines.append("  inputs")
    lines += [f"    {line}" for line in shorten_inputs(block.get_inputs(0)).splitlines()]
    shape = next(each for each in operation.results if each.name == result).resolve_shape(case.scope)
    position = int(np.ravel_multi_index(index, shape)) if shape else 0
    element = take_element(block.expected[result], position)
    lines.append(f"\n{result}{list(index) if index else ''}, one of {int(np.prod(shape))} elements")
    lines += [f"  {line}".rstrip() for line in explain_element(element, rules, operation, result)]
    chosen = element.choose_model(rules) if element.radius is not None else None
    if table is not None and chosen is not None:
        lines += ["", *(f"  {line}" for line in explain_table(table, chosen[1].depth))]
    return "\n".join(lines)


def cite_theorem(operation: Operation, result: str, rule: str) -> str:
    """The Lean theorems behind a rule for a result, as the manifest names them, or that there are none."""
    if not operation.theorems:
        return "no theorem about this operation yet"
    names = operation.theorems.get((result, rule), ())
    return f"theorem: {', '.join(names)}" if names else f"no theorem about this rule for {result} yet"


def explain_element(element: ExpectedElement, rules: Rules, operation: Operation, result: str) -> Iterator[str]:
    """The components of an element, the tier that it falls in, and what follows for an answer."""
    if element.radius is not None:
        yield from explain_beyond(element, rules)
        limits = derive_limits(element, rules)
        if not limits.unbounded:
            special = isinstance(element.value, float) and element.value != 0
            rule = "special" if special else "exact" if limits.exact else "bound"
            yield f"  {cite_theorem(operation, result, rule)}"
            if rule == "bound" and rules.converts:
                yield f"  for the rounding to {rules.output.name}: {cite_theorem(operation, result, 'rounding')}"
        return
    finite = isinstance(element.magnitude, Dyadic)
    none = f"none, {'every term is zero' if finite else 'for not every term is finite'}"
    yield f"value v      {_show(element.value)}"
    yield f"magnitude m  {_show(element.magnitude)}   (the definition on absolute values)"
    yield f"depth k      {element.depth}   (roundings on the longest path)"
    yield f"underflow E  {_show(element.underflow)}   (what one underflow in each operation can grow to)"
    yield f"quantum q    {_show_power(element.quantum, none)}   (every term is a multiple of it)"
    yield f"floor        {_show_power(element.floor, none)}   (least quantum of anything computed)"
    yield f"peak         {_show(element.peak)}   (greatest finite magnitude of anything computed)"
    yield ""
    if rules.output.is_integer:
        yield f"{rules.output.name} has no rounding, and every magnitude is in range: the result must equal v."
        return
    yield from _explain_formats(rules)
    if isinstance(element.value, float) and element.value != 0:
        yield from _explain_special(element, rules, operation, result)
        return
    limits = derive_limits(element, rules)
    yield from _explain_exactness(element, rules, limits)
    if limits.exact:
        yield "So every partial sum is representable, in any order: the result must equal v exactly."
        yield f"  {cite_theorem(operation, result, 'exact')}"
        return
    yield from _explain_bound(element, rules, limits)
    if rounds_before_addend(element, rules):
        yield f"  {cite_theorem(operation, result, 'separate')}"
    else:
        yield f"  {cite_theorem(operation, result, 'bound')}"
    if rules.converts and not rounds_before_addend(element, rules):
        yield f"  for the rounding to {rules.output.name}: {cite_theorem(operation, result, 'rounding')}"
    yield from explain_uninformative(element.depth, limits)
    yield from _explain_overflow(element, rules, limits, operation, result)


def _explain_formats(rules: Rules) -> Iterator[str]:
    for role, kept in (("results", rules.output), ("sums", rules.accumulator)):
        unit = kept.underflow_unit(rules.flush).exponent
        what = "smallest normal, since subnormals are flushed" if rules.flush else "smallest subnormal"
        yield (
            f"{role} in {kept.name}: p = {kept.precision}, u = 2^-{kept.precision}, "
            f"2^{unit} ({what}), max = {_show(kept.largest)}"
        )


def _explain_special(element: ExpectedElement, rules: Rules, operation: Operation, result: str) -> Iterator[str]:
    yield cite_theorem(operation, result, "special")
    if isinstance(element.value, float) and np.isnan(element.value):
        yield "A nan among the terms, 0·inf, or infinities of both signs: every order gives nan, and nan is required."
        return
    yield "An infinity among the terms and none of the other sign: every order gives this infinity."
    if derive_limits(element, rules).nan:
        yield "The finite terms can overflow the other way in some order and meet it, so nan is accepted too."


def _explain_exactness(element: ExpectedElement, rules: Rules, limits: Derivation) -> Iterator[str]:
    names: list[tuple[Format, bool]] = [(rules.output, limits.exact_output)]
    if rules.converts:
        names.append((rules.accumulator, limits.exact_accumulator))
    for kept, holds in names:
        unit = kept.underflow_unit(rules.flush).exponent
        room = "any, for every term is zero" if element.quantum is None else f"2^{kept.precision + element.quantum}"
        word = "holds" if holds else "does not hold"
        yield (f"exact in {kept.name}: m ≤ 2^(p+q) = {room}, floor ≥ 2^{unit}, peak ≤ max: {word}")


def _explain_bound(element: ExpectedElement, rules: Rules, limits: Derivation) -> Iterator[str]:
    p, k, unit = rules.accumulator.precision, element.depth, limits.underflow_unit.exponent
    if limits.exact_accumulator:
        yield f"B1 = 0: every partial sum is representable in {rules.accumulator.name}."
    else:
        yield f"B1 = ((1 + 2^-{p})^{k} − 1)·m + (1 + 2^-{p})^{k}·E·2^{unit} = {show_short(limits.sum_bound)}"
    if rounds_before_addend(element, rules):
        yield f"addend b     {_show(element.addend or ZERO)}   (added once the sum v − b is in {rules.output.name})"
        yield from explain_separate(rules, limits)
    else:
        yield from explain_rounding(rules, limits)
    yield f"B  = {show_short(limits.bound)}: the result must be within B of v, whatever the order of summation."
    yield f"  source: {_BOUND_SOURCE}"
    yield from _explain_wider(element.depth, rules)


def _explain_wider(depth: int, rules: Rules) -> Iterator[str]:
    """What B says of sums kept in a wider format than is declared, each result of which is rounded once more."""
    kept = rules.accumulator
    if depth > 1:
        grown = f"(1 + u/4)^{depth}·(1 + u) ≤ (1 + u)^{depth}"
        yield f"sums kept in a format of two more bits or wider are within B too: {grown}."
    elif depth == 1:
        yield (
            "k = 1: an operation in a wider format, rounded twice, is within B where that has "
            f"{2 * kept.precision + 2} bits (S. A. Figueroa, When is double rounding innocuous?, 1995)."
        )


def _explain_overflow(
    element: ExpectedElement, rules: Rules, limits: Derivation, operation: Operation, result: str
) -> Iterator[str]:
    threshold = rules.accumulator.overflow_threshold
    overflows = limits.reach >= threshold
    yield (
        f"overflow: partial results reach at most (1 + u)^k·(peak + E·2^emin) = {show_short(limits.reach)}, "
        f"{'past' if overflows else 'below'} {show_short(threshold)}, where {rules.accumulator.name} overflows."
    )
    value = element.value if isinstance(element.value, Dyadic) else ZERO
    magnitude = element.magnitude if isinstance(element.magnitude, Dyadic) else element.peak
    if overflows and element.peak == magnitude:
        amplified = limits.growth * element.underflow * limits.underflow_unit
        error = (limits.growth - ONE) * magnitude + amplified
        up, down = ((magnitude + v).scaled(-1) + error for v in (value, -value))
        yield f"  upward, the positive terms alone and their error: (m + v)/2 + B = {show_short(up)}"
        yield f"  downward, the negative terms alone and their error: (m − v)/2 + B = {show_short(down)}"
    if rules.converts:
        yield (
            f"  the rounding to {rules.output.name}: |v| + B1 = {show_short(abs(value) + limits.sum_bound)}; "
            f"it gives inf from {show_short(rules.output.overflow_threshold)}"
        )
    legal = [
        name
        for name, holds in (("inf", limits.plus_infinity), ("-inf", limits.minus_infinity), ("nan", limits.nan))
        if holds
    ]
    if legal:
        yield f"  Accepted beside finite results: {', '.join(legal)}."
        return
    yield "  So the result must be finite."
    if not overflows:
        yield f"  {cite_theorem(operation, result, 'overflow')}"


def _show(number: ExactNumber) -> str:
    described = describe_number(number)
    return f"{described.decimal} = {described.text}"


def _show_power(exponent: int | None, none: str) -> str:
    return none if exponent is None else f"2^{exponent}"
