"""Defects that come together, or in more ways than one plants: what a diagnosis tries beside the catalogue."""

from __future__ import annotations

from conform.bits import view_bits
from conform.formats import get_format
from conform.mutants.catalogue.integers import is_integer
from conform.mutants.catalogue.precision import ACCUMULATORS, both, in_formats, join_splits_in
from conform.mutants.catalogue.range_limits import flush, flush_products
from conform.mutants.catalogue.special_values import change_inputs, change_results
from conform.mutants.mutant import Mutant, Site, has_axis, is_float, multiplies_floats
from conform.mutants.task import Array, Change, Task, fold_left, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms

_SPLITS = (2, 4, 8, 16, 32)
_FLUSHED = change_inputs(flush).then(change_results(flush))


def multiply_in(name: str) -> Change:
    """Integer factors multiplied and added up in a floating-point format; addends are integers, added afterwards."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        values = pool.astype(get_format(name).dtype)
        products, addends = terms.keep(~terms.is_addend), terms.keep(terms.is_addend)
        sums = products.sum_with(multiply(products, values), fold_left).astype(task.format.dtype)
        return narrow(sums + addends.sum_with(multiply(addends, pool), fold_left), task.format)

    return Change(arithmetic=arithmetic)


def take_bits(is_signed: bool, gives_bits: bool) -> Change:
    """The bits of every input read as an integer; the bits of the sum are the result, or the sum is converted to it."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        width = 8 * pool.dtype.itemsize
        bits = view_bits(pool).astype(f"u{width // 8}").astype(f"{'i' if is_signed else 'u'}{width // 8}")
        read = bits.astype("i8")
        read[task.constants :] = widen(pool[task.constants :]).astype("i8")
        sums = sum_in_order(multiply(terms, read), terms)
        if gives_bits:
            return sums.astype(f"u{width // 8}").view(pool.dtype)
        return narrow(sums.astype("f8"), task.format)

    return Change(arithmetic=arithmetic)


def adds_to_products(site: Site) -> bool:
    """Sites of integer products with an addend."""
    return is_integer(site) and site.multiplies and bool(site.total.addends)


def is_bfloat16(site: Site) -> bool:
    return site.dtype == "bfloat16"


COMBINATIONS = (
    Mutant(
        "subnormals-flushed",
        "subnormal inputs and results flushed to zero",
        "Left flush-to-zero and denormals-are-zero on.",
        _FLUSHED,
        is_float,
    ),
    Mutant(
        "subnormals-flushed-throughout",
        "subnormal inputs, products and results flushed to zero",
        "Left flush-to-zero and denormals-are-zero on in kernels that round every product.",
        Change(arithmetic=flush_products).then(_FLUSHED),
        multiplies_floats,
    ),
    *(
        Mutant(
            f"integer-products-in-{name}",
            f"integer products computed in {name}, and the addend added as an integer",
            f"Called a product of matrices that exists for {name} only.",
            multiply_in(name),
            adds_to_products,
        )
        for name in ("float32", "float64")
    ),
    *(
        Mutant(
            f"bits-as-integers-{'signed' if is_signed else 'unsigned'}{'-and-back' if gives_bits else ''}",
            "bits of bfloat16 taken as integers",
            "Passed the numbers on as 16-bit integers, for lack of a type.",
            take_bits(is_signed, gives_bits),
            is_bfloat16,
        )
        for is_signed, gives_bits in ((False, False), (True, False), (False, True))
    ),
    *(
        Mutant(
            f"{split}-splits-joined-in-{name}{'-by-lanes' if by_lanes else ''}",
            f"parts of split sums joined in {name}",
            f"Split the sum over {split} workers, and added up their results in {name}.",
            join_splits_in(name, split, by_lanes, addends_apart=True),
            both(has_axis, in_formats(ACCUMULATORS, name)),
        )
        for name in ("float32", "float16", "bfloat16")
        for by_lanes in (False, True)
        for split in _SPLITS
    ),
)
