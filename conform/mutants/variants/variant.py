"""What a correct variant is, with what it declares of its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conform.backends.base import BackendBase
from conform.declaration import Declaration, parse_declaration
from conform.mutants.task import Arithmetic, Array, Change, Task, narrow
from conform.mutants.terms import Terms

OWN: Mapping[str, str] = {"float16": "float16", "bfloat16": "bfloat16"}
"""The claim of whoever sums in the format itself."""

NARROW = ("float16", "bfloat16")
FLOATS = ("float64", "float32", *NARROW)
INTEGERS = ("int32", "int64")


@dataclass(frozen=True)
class Variant:
    """A correct implementation; `dtypes` are the formats it exists in, all of them if empty.

    `accumulates` and `flushes` are what it declares; a backend among the variants declares for itself.
    """

    name: str
    summary: str
    implementation: Change | type[BackendBase]
    accumulates: Mapping[str, str] = field(default_factory=dict)
    flushes: bool = False
    dtypes: tuple[str, ...] = ()
    topic: str = ""

    @property
    def declaration(self) -> Declaration:
        subnormals = "flush" if self.flushes else "keep"
        return parse_declaration(dict(self.accumulates), subnormals, None, None, operations=())

    def exists_in(self, dtype: str) -> bool:
        return not self.dtypes or dtype in self.dtypes


def sum_with(fold: Callable[[Array], Array], convert: Callable[[Task, Array], Array]) -> Change:
    """Terms multiplied in the format that `convert` takes the inputs to, and added up by `fold`."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        values = convert(task, pool)
        sums = terms.sum_with(values[terms.left] * values[terms.right], fold)
        return narrow(sums + sums.dtype.type(0) if terms.from_zero else sums, task.format)

    return Change(arithmetic=arithmetic)


def keep_format(task: Task, pool: Array) -> Array:
    return pool


def use(arithmetic: Arithmetic) -> Change:
    return Change(arithmetic=arithmetic)
