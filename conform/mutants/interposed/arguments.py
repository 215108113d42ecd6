"""Why some defects of array operations are legal: what a run could not hold against a correct implementation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conform.mutants.interposed.planting import Interposition


@dataclass(frozen=True)
class Argument:
    """Patterns of an operation, a step and a defect, and why it is legal there."""

    operation: str
    step: str
    defect: str
    reason: str

    def fits(self, interposition: Interposition) -> bool:
        pairs = (
            (interposition.operation, self.operation),
            (str(interposition.step), self.step),
            (interposition.defect, self.defect),
        )
        return all(fnmatchcase(text, pattern) for text, pattern in pairs)


ARGUMENTS: tuple[Argument, ...] = (
    *(
        Argument(
            "*softmax", "max", defect, "Any number near the greatest entry serves as the shift: it divides out again."
        )
        for defect in ("rounded-to-*", "half-precise", "off")
    ),
    Argument("softmax", "exp", "off", "A factor that all terms have divides out again."),
)


def find_arguments(interposition: Interposition) -> Iterator[Argument]:
    """The arguments that fit a defect."""
    return (argument for argument in ARGUMENTS if argument.fits(interposition))
