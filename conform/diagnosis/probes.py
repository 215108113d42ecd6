"""Declared against observed: a few sums that tell in which format a backend keeps sums, and whether it fuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend
from conform.declaration import Declaration
from conform.diagnosis.placements import Array, Placement, list_matrix_placements, list_placements
from conform.formats import FLOAT_NAMES, Format, get_format
from conform.running.layouts import spread

if TYPE_CHECKING:
    from conform.diagnosis.diagnose import Diagnosis

MAX_PRECISION = 72
"""The greatest precision that is looked for; hardware keeps no sum in more bits, but for exact ones."""
LENGTHS = (3, 65)
"""Numbers of terms: few, and one past full blocks. Two are enough, for some backends compile a program for each."""
MATRIX = (64, 32, 32)
"""Rows, terms and columns of a product of matrices, for which a backend may have kernels of its own."""
_LEAST_PRECISION = 4
_ORDERS = 6

PRECISIONS: Mapping[int, str] = {8: "bfloat16", 11: "float16", 24: "float32", 53: "float64"}
"""The format by its precision; TF32 has that of float16."""


_SUMS_KEPT = re.compile(r"sums kept in (\w+)")


@dataclass(frozen=True)
class ObservedArithmetic:
    """What probes tell of one operation and format.

    `precision` is the number of bits that the narrowest partial sum kept, in any order of the terms, and `widest` that
    the widest one kept of those that lost any; None where no sum ever lost anything, so that it is exact or wider than
    every format. `input_bits` is how many bits of an input arrive. `keeps_products` says whether a product was added
    without having been rounded to the format of the inputs; None where the operation has none. `separate` says whether
    an addend is added to a sum that was rounded to the format before; None where that cannot be told, as there is no
    addend, or sums are kept in that format.
    """

    operation: str
    dtype: str
    precision: int | None
    widest: int | None
    input_bits: int
    keeps_products: bool | None
    separate: bool | None = None

    @property
    def accumulator(self) -> str:
        """The format that sums are kept in, as far as its precision tells."""
        if self.precision is None:
            return "exact"
        return PRECISIONS.get(self.precision, f"{self.precision} bits")

    @property
    def is_fused(self) -> bool:
        """Whether products are added without a rounding of their own; wider sums keep them whole without that."""
        # One from -2^P is lost a bit later than one and 2^P.
        narrow = self.widest is not None and self.widest <= get_format(self.dtype).precision + 1
        return self.keeps_products is True and narrow


def observe_arithmetic(backend: LoadedBackend, operation: str, dtype: str) -> ObservedArithmetic | None:
    """Probe one operation in one floating-point format; None where nothing is to be learnt of its precision.

    A sum 2^P + 1 - 2^P is one if every partial sum keeps more than P bits, and zero if 2^P meets one in P bits or
    fewer. It is tried for every P, in every order of the three terms, at the ends and in the middle of longer sums.
    """
    if operation not in backend.methods or dtype not in FLOAT_NAMES:
        return None
    placements = list_placements(backend.operations[operation])
    if not placements:
        return None
    if not backend.declaration.supports(operation, dtype):
        return None
    target = get_format(dtype)
    found: list[int] = []
    met: list[int] = []
    kept: list[bool] = []
    bits: list[int] = []
    try:
        with np.errstate(all="ignore"):
            for placement in placements:
                call = _bind(backend, operation, placement)
                losses = [each for length in LENGTHS for each in _find_losses(call, length, target)]
                strided = _bind(backend, operation, placement, spread)
                # Where reading strides goes wrong, nothing is left that a sum could tell.
                losses += [each for each in _find_losses(strided, LENGTHS[-1], target) if each[0] >= _LEAST_PRECISION]
                for loss, is_last in losses:
                    (met if is_last and placement.addend is not None else found).append(loss)
                arriving, keeps = _follow_factors(call, target)
                bits.append(arriving)
                if placement.has_products:
                    kept.append(keeps)
            for placement in list_matrix_placements(backend.operations[operation]):
                bits.append(_count_matrix_bits(_bind(backend, operation, placement), target))
    except KeyboardInterrupt:
        raise
    except BaseException:
        # Whatever a backend raises is judged where its cases are; here it only means that nothing was observed.
        return None
    has_addend = any(placement.addend is not None for placement in placements)
    separate = _is_separate(found, met, target) if has_addend else None
    if not separate:
        found += met
    if min((*found, *bits)) < _LEAST_PRECISION:
        # Not even a sum that every format holds comes out: there is a defect, which is not one of precision.
        return None
    keeps_products = any(kept) if kept else None
    return ObservedArithmetic(
        operation, dtype, min(found, default=None), max(found, default=None), min(bits), keeps_products, separate
    )


def observe_backend(
    backend: LoadedBackend, groups: Iterable[tuple[str, str]] | None = None
) -> tuple[ObservedArithmetic, ...]:
    """Probe pairs of an operation with sums and a format; without `groups`, all there are."""
    pairs = product(backend.operations, FLOAT_NAMES[:4]) if groups is None else groups
    observed = (observe_arithmetic(backend, operation, dtype) for operation, dtype in pairs)
    return tuple(each for each in observed if each is not None)


def describe_observed(observed: Sequence[ObservedArithmetic]) -> dict[str, str]:
    """What was observed, as the provenance of a report shows it."""
    sums = []
    fused = []
    for dtype in dict.fromkeys(each.dtype for each in observed):
        same = [each for each in observed if each.dtype == dtype]
        usual = Counter(each.accumulator for each in same).most_common(1)[0][0]
        others: dict[str, list[str]] = {}
        for each in same:
            if each.accumulator != usual:
                others.setdefault(each.accumulator, []).append(each.operation)
        exceptions = "; ".join(f"{kept} in {', '.join(operations)}" for kept, operations in others.items())
        sums.append(f"{dtype} in {usual}" + (f" ({exceptions})" if exceptions else ""))
        if any(each.is_fused for each in same):
            fused.append(dtype)
    if not sums:
        return {}
    separate = [f"{each.operation} {each.dtype}" for each in observed if each.separate]
    return {
        "sums observed": ", ".join(sums),
        **({"addends observed": f"added to rounded sums in {', '.join(separate)}"} if separate else {}),
        "fused multiply-add observed": ", ".join(fused) or "no",
    }


def qualify_diagnosis(diagnosis: Diagnosis, observed: Sequence[ObservedArithmetic]) -> Diagnosis:
    """The diagnosis, with what was observed behind it where that speaks against it.

    A format that sums are said to be kept in is contradicted where sums of the same operations and formats were
    observed, and none of them is kept in it.
    """
    claimed = _SUMS_KEPT.match(diagnosis.summaries[0])
    kept = dict.fromkeys(each.accumulator for each in observed if (each.operation, each.dtype) in diagnosis.groups)
    if claimed is None or not kept or claimed[1] in kept:
        return diagnosis
    return replace(diagnosis, objection=f"but sums are observed in {', '.join(kept)}, so look for another cause")


def list_mismatches(observed: Sequence[ObservedArithmetic], declaration: Declaration) -> tuple[str, ...]:
    """Where what a backend declares, or what holds by default, is not what was observed, one text for each.

    Sums in a wider format than declared are a mismatch too: they are judged by a bound that is wider than need be.
    """
    return tuple(text for each in observed for text in _compare(each, declaration))


def _compare(observed: ObservedArithmetic, declaration: Declaration) -> Iterator[str]:
    place = f"{observed.operation} {observed.dtype}"
    accumulator = declaration.rules_for(observed.operation, get_format(observed.dtype)).accumulator
    claim = "declared" if observed.dtype in declaration.for_operation(observed.operation).accumulates else "due"
    if observed.precision is not None and observed.precision < accumulator.precision:
        yield f"{place}: sums are kept in {observed.accumulator}; {accumulator.name} is {claim}"
    elif claim == "declared" and (observed.precision is None or observed.precision > accumulator.precision):
        yield f"{place}: sums are kept in {observed.accumulator}; {accumulator.name} is declared, which is narrower"
    declared = declaration.rules_for(observed.operation, get_format(observed.dtype)).separate
    if observed.separate and not declared:
        yield f"{place}: sums are rounded before an addend is added to them, which is not declared"
    elif observed.separate is False and declared:
        yield f"{place}: addends are terms of the sums; the looser rule of separate ones is declared"
    wanted = get_format(observed.dtype).precision
    # What a narrow sum loses of an input says nothing more.
    if observed.input_bits < min(wanted, observed.precision or wanted):
        yield f"{place}: {observed.input_bits} bits of an input arrive; it has {wanted}"


def _bind(
    backend: LoadedBackend,
    operation: str,
    placement: Placement,
    lay_out: Callable[[Array], Array] = np.ascontiguousarray,
) -> Callable[[Array, Array], Array]:
    method = backend.methods[operation]

    def call(left: Array, right: Array) -> Array:
        inputs: Mapping[str, Any] = {name: lay_out(array) for name, array in placement.make(left, right).items()}
        if backend.to_native is not None:
            inputs = {name: backend.to_native(array) for name, array in inputs.items()}
        returned = method(**inputs, **placement.attributes)
        results = returned if isinstance(returned, tuple | list) else (returned,)
        if backend.to_numpy is not None:
            results = [backend.to_numpy(result) for result in results]
        return np.asarray(placement.read(results)).astype(np.float64)

    return call


def _is_separate(found: Sequence[int], met: Sequence[int], target: Format) -> bool | None:
    """Whether sums lose what the format of the results does just where the last of the three terms is the addend."""
    if min(found, default=MAX_PRECISION) <= target.precision:
        return None
    return min(met, default=MAX_PRECISION) == target.precision


def _find_losses(call: Callable[[Array, Array], Array], length: int, target: Format) -> Iterator[tuple[int, bool]]:
    """For each order of the three terms, the least P at which the one in 2^P + 1 - 2^P was lost, and whether one of the
    three was the last term of all.
    """
    rows, sizes = _make_sums(length, target.name)
    results = call(rows, np.ones(length, target.dtype)).reshape(-1, len(sizes))
    for number, each in enumerate(results != sizes):
        if each.any():
            yield int(each.argmax()) + 1, number < _ORDERS


@cache
def list_powers(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every P that is tried in a format, and the power of two that stands for one there."""
    target = get_format(name)
    powers = np.arange(1, MAX_PRECISION + 1)
    # The small term moves down where two of the large ones would leave the range.
    small = np.minimum(0, int(np.frexp(target.largest.to_float())[1]) - 2 - powers)
    kept = small >= max(target.subnormal_exponent, -130)
    return powers[kept], small[kept]


@cache
def _make_sums(length: int, name: str) -> tuple[Array, Array]:
    """For every order of the terms, and every P from one on, a row of terms; and what the sums are, by P."""
    target = get_format(name)
    powers, small = list_powers(name)
    one, large = np.ldexp(1.0, small), np.ldexp(1.0, powers + small)
    # An addend is the last term, and may meet a sum that was rounded before: so there are sums without it too.
    places = [(0, length // 2, length - 1)] + [(0, length // 2, length - 2)] * (length > 3)
    rows = np.zeros((_ORDERS * len(places), len(powers), length))
    for row, (place, order) in zip(rows, product(places, permutations((large, -large, one))), strict=True):
        row[:, place] = np.stack(order, axis=1)
    return rows.reshape(-1, length).astype(target.dtype), one


def _follow_factors(call: Callable[[Array, Array], Array], target: Format) -> tuple[int, bool]:
    """How many leading bits of a factor arrive in a sum, and whether a product is added with all its bits.

    For that, (1 + 2^-h)² less its rounded value is what rounding took off, and not zero, wherever the two stand: the
    rounded value comes first, so that a fused operation has something to add the product to, and the product at every
    distance, for one of them falls into the same lane; then the whole the other way round.
    """
    h = (target.precision + 2) // 2
    near, rounded = 1 + 2.0**-h, 1 + 2.0 ** (1 - h)
    factors = _list_factors(target)
    count = LENGTHS[-1] - 1
    # Of the shape that the sums have, for which there is a program already.
    left = np.zeros((len(_make_sums(LENGTHS[-1], target.name)[0]), count + 1))
    left[:count, 0] = -rounded
    left[np.arange(count), np.arange(count) + 1] = near
    left[count : count + len(factors), 0] = factors
    right = np.full(count + 1, near)
    right[0] = 1.0
    wanted = 2.0 ** (-2 * h)
    forward = call(left.astype(target.dtype), right.astype(target.dtype))
    backward = call(left[:, ::-1].astype(target.dtype), right[::-1].astype(target.dtype))
    keeps = bool((forward[:count] == wanted).any() or (backward[:count] == wanted).any())
    return _count_bits(forward[count : count + len(factors)] == factors, target), keeps


def _count_matrix_bits(call: Callable[[Array, Array], Array], target: Format) -> int:
    rows, terms, columns = MATRIX
    factors = _list_factors(target)
    left = np.zeros((rows, terms))
    left[: len(factors), 0] = factors
    results = call(left.astype(target.dtype), np.ones((columns, terms), target.dtype))
    return _count_bits((results[: len(factors)] == factors[:, np.newaxis]).all(axis=1), target)


def _list_factors(target: Format) -> NDArray[np.float64]:
    """One and a single bit, further and further down."""
    factors: NDArray[np.float64] = 1 + 2.0 ** -np.arange(1.0, target.precision)
    return factors


def _count_bits(arrived: NDArray[np.bool_], target: Format) -> int:
    return target.precision if arrived.all() else int(arrived.argmin()) + 1
