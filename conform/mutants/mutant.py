"""What a mutant is: a defect, where it can be planted, and where it is no defect under the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conform.formats import Format, get_format
from conform.mutants.interposed.planting import Interposition
from conform.mutants.reference import ReferenceBackend
from conform.mutants.task import Change
from conform.suite import Operation, Sum


@dataclass(frozen=True)
class Site:
    """Where a mutant is planted: one result of an operation in one format, or with `result` empty the whole call.

    `total` is what the result sums; of a whole call it is a sum along an axis, if any result has one.
    """

    operation: str
    result: str
    dtype: str
    total: Sum = field(default=Sum(), compare=False)

    def __str__(self) -> str:
        return f"{self.operation}{f'.{self.result}' if self.result else ''} {self.dtype}"

    @property
    def format(self) -> Format:
        return get_format(self.dtype)

    @property
    def is_float(self) -> bool:
        return not self.format.is_integer

    @property
    def has_axis(self) -> bool:
        return bool(self.total.axes)

    @property
    def axis(self) -> str | None:
        """The symbol of the axis, where there is only one."""
        return self.total.axes[0].symbol if len(self.total.axes) == 1 else None

    @property
    def has_bias(self) -> bool:
        return "bias" in self.total.addends

    @property
    def is_gradient(self) -> bool:
        return self.result in ("dW", "db", "dx")

    @property
    def adds(self) -> bool:
        """Whether two terms or more may come together."""
        return self.has_axis or len(self.total.addends) > 1

    @property
    def multiplies(self) -> bool:
        return len(self.total.factors) > 1

    @property
    def computes(self) -> bool:
        """Whether the result is more than a copy."""
        return self.adds or self.multiplies

    def reads(self, parameter: str) -> bool:
        return parameter in self.total.factors + self.total.addends


def make_site(operation: Operation, result: str, dtype: str) -> Site:
    """The site of a result of an operation, or with `result` empty that of the whole call."""
    running = (total for total in operation.sums.values() if total.axes)
    return Site(operation.name, result, dtype, operation.sums.get(result, Sum()) if result else next(running, Sum()))


Where = Callable[[Site], bool]
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Equivalence:
    """Sites at which a mutant is legal under the rules, with the argument why."""

    where: Where
    argument: str


@dataclass(frozen=True)
class Mutant:
    """A defect of the reference implementation.

    `summary` completes "consistent with: …"; `mistake` says what a developer would have done. `defect` is a change of
    the computation, planted in one result at a time, or a backend with a defect in how it is called, or one at an array
    operation of numpy's method; the last two are planted in the whole call. `sizes` says at
    which sizes of a case it can show at all. `needs` names the option of a run that looks for it: "signed_zero",
    "non_contiguous" or "deterministic". One that is `large` shows in cases of very many elements alone, on which no
    other is tried.
    """

    name: str
    summary: str
    mistake: str
    defect: Change | type[ReferenceBackend] | Interposition
    where: Where
    sizes: Callable[[Sizes], bool] | None = None
    needs: str = ""
    equivalences: tuple[Equivalence, ...] = ()
    topic: str = ""
    large: bool = False

    def applies(self, site: Site, sizes: Sizes | None = None) -> bool:
        """Whether the mutant can be planted at a site, and show at the given sizes."""
        if bool(site.result) != isinstance(self.defect, Change) or not self.where(site):
            return False
        return sizes is None or self.sizes is None or self.sizes(sizes)

    def find_argument(self, site: Site) -> str | None:
        """Why the mutant is legal at a site, None where it is not."""
        for equivalence in self.equivalences:
            if equivalence.where(site):
                return equivalence.argument
        return None


def everywhere(site: Site) -> bool:
    return True


def has_axis(site: Site) -> bool:
    return site.has_axis


def has_bias(site: Site) -> bool:
    return site.has_bias


def is_gradient(site: Site) -> bool:
    return site.is_gradient


def in_operations(*operations: str) -> Where:
    return lambda site: site.operation in operations


def reads(parameter: str) -> Where:
    """Sites whose result reads a parameter."""
    return lambda site: site.reads(parameter)


def gives_input_gradients(site: Site) -> bool:
    """Sites whose result has an input gradient for every example."""
    return (site.operation, site.result) == ("batch_linear_deriv", "dx")


def longer_than(dimension: str, length: int) -> Callable[[Sizes], bool]:
    """Sizes at which a dimension is greater than `length`."""
    return lambda sizes: sizes[dimension] > length


def computes_floats(site: Site) -> bool:
    return site.computes and site.is_float


def is_float(site: Site) -> bool:
    return site.is_float


def multiplies_floats(site: Site) -> bool:
    return site.multiplies and site.is_float
