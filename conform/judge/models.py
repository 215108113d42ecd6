"""Which model of arithmetic bounds an element beyond sums of products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conform.formats import Format, get_format
from conform.judge.rules import Rules
from conform.suite import FLUSHED


@dataclass(frozen=True)
class Model:
    """A model that the vectors have: its name there, and the format whose roundings it counts."""

    name: str
    format: Format


def choose_model(names: Iterable[str], rules: Rules) -> Model | None:
    """The model that holds for sums kept in `rules.accumulator`; None where no bound can be told.

    None holds where a function may be less accurate than every model takes it to be: the vectors do not say which
    functions were on the way to an element, nor how far the errors of one carry through the next.

    That of the accumulator itself or, where the vectors do not have it, of the most precise format whose numbers are
    all in the accumulator: to keep more digits and a greater range makes no error greater. A model of a format that
    the accumulator does not hold says nothing about it.
    """
    known = tuple(names)
    formats = [get_format(name) for name in known if not name.endswith(FLUSHED)]
    held = [format for format in formats if _holds(rules.accumulator, format)]
    if rules.loose or not held:
        return None
    best = max(held, key=lambda format: format.precision)
    flushed = best.name + FLUSHED
    return Model(flushed if rules.flush and flushed in known else best.name, best)


def _holds(wide: Format, narrow: Format) -> bool:
    """Whether every number of `narrow`, subnormal numbers as such, is one of `wide`."""
    return (
        not wide.is_integer
        and wide.precision >= narrow.precision
        and wide.subnormal_exponent <= narrow.subnormal_exponent
        and wide.normal_exponent <= narrow.normal_exponent
        and wide.largest >= narrow.largest
    )
