"""The derivation of what is accepted for one element beyond sums of products, with the numbers put in."""

from __future__ import annotations

import math
from collections.abc import Iterator

from conform.exact import ZERO, Dyadic, ExactNumber
from conform.judge.limits import Derivation
from conform.judge.models import Model
from conform.judge.rules import Rules
from conform.judge.scalar import ElementModel, ExpectedElement, derive_limits
from conform.judge.wording import describe_number, explain_rounding, explain_uninformative, show_short
from conform.suite import FunctionTable


def explain_table(table: FunctionTable, depth: int) -> Iterator[str]:
    """The functions that may have given the roundings of an element of this depth, and where the table is from."""
    rows = [row for row in table.functions.values() if 0 < row.roundings <= depth]
    if not rows:
        return
    yield f"table of functions: {table.name}, {table.source}"
    yield f"the roundings k = {depth} may hold those of one of these, as ulps = roundings:"
    yield "  " + ", ".join(f"{row.name} {row.ulps} = {row.roundings}" for row in rows)


def explain_beyond(element: ExpectedElement, rules: Rules) -> Iterator[str]:
    """The model, its components, and the bound with what it lets pass; without theorems."""
    limits = derive_limits(element, rules)
    yield f"value v      {_show(element.value)}"
    yield f"radius       {_show(element.radius or ZERO)}   (the exact result is so close to v)"
    yield f"magnitude m  {_show(element.magnitude)}   (what roundings since the last function scale with)"
    chosen = element.choose_model(rules)
    if chosen is None and rules.loose:
        yield f"model        none: {', '.join(rules.loose)} may be off by more than the vectors' table allows,"
        yield "and they do not tell how far that carries. Every answer is accepted, and the element is uninformative."
        yield "`conform generate --functions FILE --out DIR` makes vectors by another table."
        return
    if chosen is None:
        names = ", ".join(name for name, _ in element.models)
        yield f"model        none: the vectors have {names}, and none holds for sums in {rules.accumulator.name}"
        yield "No bound is known, so every answer is accepted, and the element is uninformative."
        return
    kind, model = chosen
    yield f"model        {kind.name}   ({_explain_choice(kind, rules)})"
    yield f"depth k      {model.depth}   (roundings since the last function, its own among them)"
    yield f"underflow E  {_show(model.underflow)}   (what one underflow in each of these can grow to)"
    yield f"inherited e  {_show(model.inherited)}   (how far off the result is because arguments of functions were)"
    yield f"peak         {_show(model.peak)}   (greatest magnitude of any partial result, errors included)"
    yield ""
    if limits.unbounded:
        yield "No bound: the argument of a function may leave where that is bounded, or another rounding may decide a"
        yield "comparison the other way. Every answer is accepted, and the element is uninformative."
        return
    yield from _explain_limits(element, rules, kind, model, limits)


def _explain_choice(kind: Model, rules: Rules) -> str:
    kept, accumulator = kind.format.name, rules.accumulator.name
    words = f"sums are kept in {accumulator}"
    if kept != accumulator:
        words += f", of which there is no model; it has every number of {kept}, so that no error is greater"
    return f"{words}, subnormals are flushed" if rules.flush else words


def _explain_limits(
    element: ExpectedElement, rules: Rules, kind: Model, model: ElementModel, limits: Derivation
) -> Iterator[str]:
    if isinstance(element.value, float) and math.isnan(element.value):
        yield "Nan by IEEE 754 and annex F of the C standard, in the order of the definition: nan is required."
        return
    if isinstance(element.value, float) and math.isinf(element.value):
        yield "This infinity by IEEE 754 and annex F of the C standard, in the order of the definition, is required."
        if limits.nan:
            yield "Partial results can overflow the other way and meet it, so nan is accepted too."
        return
    p, k, unit = kind.format.precision, model.depth, limits.underflow_unit.exponent
    if limits.exact:
        yield f"No step rounds, and {rules.output.name} has v: the result must equal v exactly."
        return
    growth = f"(1 + 2^-{p})^{k}"
    yield f"B1 = {growth}·(m + e) − m + {growth}·E·2^{unit} + radius = {show_short(limits.sum_bound)}"
    yield from explain_rounding(rules, limits)
    yield f"B  = {show_short(limits.bound)}: the result must be within B of v."
    yield from explain_uninformative(k, limits)
    yield from _explain_overflow(element, rules, kind, model, limits)


def _explain_overflow(
    element: ExpectedElement, rules: Rules, kind: Model, model: ElementModel, limits: Derivation
) -> Iterator[str]:
    largest = kind.format.largest
    past = not isinstance(model.peak, Dyadic) or model.peak > largest
    value = element.value if isinstance(element.value, Dyadic) else ZERO
    yield (
        f"overflow: the peak is {'past' if past else 'at most'} {show_short(largest)}, the largest number of "
        f"{kind.format.name}; |v| + B1 = {show_short(abs(value) + limits.sum_bound)}, and {rules.output.name} "
        f"overflows from {show_short(rules.output.overflow_threshold)}."
    )
    if past and isinstance(model.peak, Dyadic) and isinstance(element.magnitude, Dyadic):
        size = element.magnitude + (element.radius or ZERO)
        up, down = ((size + v).scaled(-1) + limits.sum_bound for v in (value, -value))
        yield f"  upward, the positive terms and their error: (m + radius + v)/2 + B1 = {show_short(up)}"
        yield f"  downward, the negative terms and their error: (m + radius − v)/2 + B1 = {show_short(down)}"
    sides = (("inf", limits.plus_infinity), ("-inf", limits.minus_infinity), ("nan", limits.nan))
    legal = [name for name, holds in sides if holds]
    yield f"  Accepted beside finite results: {', '.join(legal)}." if legal else "  So the result must be finite."


def _show(number: ExactNumber) -> str:
    described = describe_number(number)
    return f"{described.decimal} = {described.text}" if isinstance(number, Dyadic) else described.text
