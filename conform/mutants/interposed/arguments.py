"""Why some defects of array operations are legal: what a run could not hold against a correct implementation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conform.mutants.interposed.planting import Interposition


@dataclass(frozen=True)
class Argument:
    """Patterns of an operation, a step and a defect, the formats that it holds in (all if empty), and the reason."""

    operation: str
    step: str
    defect: str
    reason: str
    dtypes: tuple[str, ...] = ()

    def fits(self, interposition: Interposition) -> bool:
        pairs = (
            (interposition.operation, self.operation),
            (str(interposition.step), self.step),
            (interposition.defect, self.defect),
        )
        return all(fnmatchcase(text, pattern) for text, pattern in pairs)


ARGUMENTS: tuple[Argument, ...] = (
    Argument(
        "*softmax",
        "max",
        "rounded-to-*",
        "Any number near the greatest entry serves as the shift: it divides out again.",
    ),
    Argument("*softmax", "max", "half-precise", "Any number near the greatest entry serves as the shift."),
    Argument("*softmax", "max", "off", "Any number near the greatest entry serves as the shift."),
    Argument("softmax", "exp", "off", "A factor that all terms have divides out again."),
)


def find_arguments(interposition: Interposition) -> Iterator[Argument]:
    """The arguments that fit a defect."""
    return (argument for argument in ARGUMENTS if argument.fits(interposition))
