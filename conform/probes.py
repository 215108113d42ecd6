"""Declared against observed: a few sums that tell in which format a backend keeps sums, and whether it fuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conform.backends.check import LoadedBackend
from conform.declaration import Declaration
from conform.formats import FLOAT_NAMES, Format, get_format

Array = NDArray[Any]
Inputs = dict[str, Array]

MAX_PRECISION = 120
"""The greatest precision that is looked for; no sum in any format in use is kept in more bits."""
LENGTHS = (3, 17, 64)
"""Numbers of terms: few, past an unroll, and full blocks."""

PRECISIONS: Mapping[int, str] = {8: "bfloat16", 11: "float16", 24: "float32", 53: "float64"}
"""The format by its precision; TF32 has that of float16."""


@dataclass(frozen=True)
class Placement:
    """How a sum of an operation is given its terms.

    `make` turns left factors [rows, terms] and right ones [terms] into inputs, so that every row is a result;
    `read` finds these results among those returned. Where the operation has an addend, it is the last term.
    """

    make: Callable[[Array, Array], Inputs]
    read: Callable[[tuple[Array, ...]], Array]
    has_products: bool = True


@dataclass(frozen=True)
class ObservedArithmetic:
    """What probes tell of one operation and format.

    `precision` is the number of bits that the narrowest partial sum kept, in any order of the terms; None where no
    sum ever lost anything, so that it is exact or wider than every format. `input_bits` is how many bits of an input
    arrive. `keeps_products` says whether a product was added without having been rounded to that precision, by a
    fused multiply-add or in wider sums; None where it cannot be told.
    """

    operation: str
    dtype: str
    precision: int | None
    input_bits: int
    keeps_products: bool | None

    @property
    def accumulator(self) -> str:
        """The format that sums are kept in, as far as its precision tells."""
        if self.precision is None:
            return "exact"
        return PRECISIONS.get(self.precision, f"{self.precision} bits")


PLACEMENTS: Mapping[str, tuple[Placement, ...]] = {
    "linear": (
        Placement(
            lambda left, right: {"weights": left[:, :-1], "bias": left[:, -1] * right[-1], "input": right[:-1]},
            lambda results: results[0],
        ),
    ),
    "linear_batched": (
        Placement(
            lambda left, right: {"weights": right[np.newaxis, :], "bias": np.zeros(1, left.dtype), "input": left},
            lambda results: results[0][:, 0],
        ),
        Placement(
            lambda left, right: {
                "weights": left[:, :-1],
                "bias": left[:, -1] * right[-1],
                "input": right[np.newaxis, :-1],
            },
            lambda results: results[0][0],
        ),
    ),
    "linear_input_deriv": (
        Placement(
            lambda left, right: {"weights": left.T, "grad_output": right},
            lambda results: results[0],
        ),
    ),
    "linear_backward": (
        Placement(
            lambda left, right: {
                "weights": left.T,
                "bias": np.zeros_like(right),
                "input": np.zeros(len(left), left.dtype),
                "grad_output": right,
            },
            lambda results: results[2],
        ),
    ),
    "batch_linear_deriv": (
        Placement(
            lambda left, right: {
                "weights": np.zeros((1, len(left)), left.dtype),
                "input": left.T,
                "grad_output": right[:, np.newaxis],
            },
            lambda results: results[0][0],
        ),
        Placement(
            lambda left, right: {
                "weights": np.zeros((len(left), 1), left.dtype),
                "input": np.zeros((left.shape[1], 1), left.dtype),
                "grad_output": left.T,
            },
            lambda results: results[1],
            has_products=False,
        ),
        Placement(
            lambda left, right: {
                "weights": left.T,
                "input": np.zeros((1, len(left)), left.dtype),
                "grad_output": right[np.newaxis, :],
            },
            lambda results: results[2][0],
        ),
    ),
}
"""The operations that have sums, each with its kinds of sums."""


def observe_arithmetic(backend: LoadedBackend, operation: str, dtype: str) -> ObservedArithmetic | None:
    """Probe one operation in one floating-point format; None if the backend or the format does not allow it.

    A sum 2^P + 1 - 2^P is one if every partial sum keeps more than P bits, and zero if 2^P meets one in P bits or
    fewer. It is tried for every P, in every order of the three terms, at the ends and in the middle of longer sums.
    """
    if operation not in PLACEMENTS or operation not in backend.methods or dtype not in FLOAT_NAMES:
        return None
    if not backend.declaration.supports(operation, dtype):
        return None
    target = get_format(dtype)
    found: list[int] = []
    kept: list[bool] = []
    bits: list[int] = []
    try:
        with np.errstate(all="ignore"):
            for placement in PLACEMENTS[operation]:
                call = _bind(backend, operation, placement)
                found += [each for length in LENGTHS for each in _find_losses(call, length, target)]
                bits.append(_count_input_bits(call, target))
                if placement.has_products:
                    kept.append(_keeps_products(call, target))
    except Exception:
        # Whatever a backend raises is judged where its cases are; here it only means that nothing was observed.
        return None
    return ObservedArithmetic(operation, dtype, min(found, default=None), min(bits), any(kept) if kept else None)


def observe_backend(
    backend: LoadedBackend, dtypes: tuple[str, ...] = FLOAT_NAMES[:4]
) -> tuple[ObservedArithmetic, ...]:
    """Probe every operation with sums in every format."""
    observed = (observe_arithmetic(backend, operation, dtype) for operation in PLACEMENTS for dtype in dtypes)
    return tuple(each for each in observed if each is not None)


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
    wanted = get_format(observed.dtype).precision
    if observed.input_bits < wanted:
        yield f"{place}: {observed.input_bits} bits of an input arrive; it has {wanted}"


def _bind(backend: LoadedBackend, operation: str, placement: Placement) -> Callable[[Array, Array], Array]:
    method = backend.methods[operation]

    def call(left: Array, right: Array) -> Array:
        inputs: Mapping[str, Any] = {
            name: np.ascontiguousarray(array) for name, array in placement.make(left, right).items()
        }
        if backend.to_native is not None:
            inputs = {name: backend.to_native(array) for name, array in inputs.items()}
        returned = method(**inputs)
        results = returned if isinstance(returned, tuple | list) else (returned,)
        if backend.to_numpy is not None:
            results = [backend.to_numpy(result) for result in results]
        return np.asarray(placement.read(tuple(results))).astype(np.float64)

    return call


def _find_losses(call: Callable[[Array, Array], Array], length: int, target: Format) -> Iterator[int]:
    """For each order of the three terms, the least P at which the one in 2^P + 1 - 2^P was lost."""
    top = target.largest.to_float()
    low = max(target.subnormal_exponent, -130)
    for order in permutations(range(3)):
        places = [(0, length // 2, length - 1)[each] for each in order]
        left = np.zeros((MAX_PRECISION, length))
        sizes = []
        for power in range(1, MAX_PRECISION + 1):
            # The small term moves down where two of the large ones would leave the range.
            small = min(0, int(np.frexp(top)[1]) - 2 - power)
            if small < low:
                break
            left[power - 1, places] = np.ldexp([1.0, -1.0, 1.0], [power + small, power + small, small])
            sizes.append(np.ldexp(1.0, small))
        rows = left[: len(sizes)].astype(target.dtype)
        results = call(rows, np.ones(length, target.dtype))
        lost = np.flatnonzero(results != np.array(sizes))
        if len(lost):
            yield int(lost[0]) + 1


def _count_input_bits(call: Callable[[Array, Array], Array], target: Format) -> int:
    """How many leading bits of a factor arrive in a sum that it is the only term of."""
    bits = np.arange(1, target.precision)
    left = np.zeros((len(bits), 3))
    left[:, 0] = 1 + 2.0**-bits
    results = call(left.astype(target.dtype), np.ones(3, target.dtype))
    lost = np.flatnonzero(results != left[:, 0])
    return int(bits[lost[0]]) if len(lost) else target.precision


def _keeps_products(call: Callable[[Array, Array], Array], target: Format) -> bool:
    """Whether (1 + 2^-h)² less its rounded value is what rounding took off, and not zero, wherever the two stand.

    The rounded value comes first, so that a fused operation has something to add the product to, and the product at
    every distance, for one of them falls into the same lane; then the whole the other way round.
    """
    h = (target.precision + 2) // 2
    near, rounded = 1 + 2.0**-h, 1 + 2.0 ** (1 - h)
    count = LENGTHS[-1]
    left = np.zeros((count, count + 1))
    left[:, 0] = -rounded
    left[np.arange(count), np.arange(count) + 1] = near
    right = np.full(count + 1, near)
    right[0] = 1.0
    wanted = 2.0 ** (-2 * h)
    forward = call(left.astype(target.dtype), right.astype(target.dtype))
    backward = call(left[:, ::-1].astype(target.dtype), right[::-1].astype(target.dtype))
    return bool((forward == wanted).any() or (backward == wanted).any())
