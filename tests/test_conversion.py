"""Converting exact numbers to formats: exactly, or known not to be."""

from __future__ import annotations

import numpy as np
import pytest

from conform.columns import collect_exact, find_greater
from conform.exact import Dyadic, parse_number
from conform.formats import FLOAT_NAMES, get_format
from conform.golden.conversion import convert_exact, find_integers

FLOATS = [name for name in FLOAT_NAMES if get_format(name).has_infinity]


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_every_value_of_a_small_format_is_kept(name: str) -> None:
    target = get_format(name)
    bits = target.dtype.itemsize * 8
    every = np.arange(1 << bits, dtype=np.uint64).astype(f"u{target.dtype.itemsize}").view(target.dtype)
    with np.errstate(invalid="ignore"):
        wide = every.astype(np.float64)
    numbers = collect_exact([Dyadic.from_float(x) if np.isfinite(x) and x else float(x) for x in wide.tolist()])
    values, exact = convert_exact(numbers, target)
    assert exact.all()
    np.testing.assert_array_equal(values.astype(np.float64), wide)
    zero = wide == 0
    np.testing.assert_array_equal(np.signbit(values[zero]), np.signbit(every[zero]))


@pytest.mark.parametrize("name", FLOATS)
def test_what_a_format_lacks_is_known(name: str) -> None:
    target = get_format(name)
    largest, p = target.largest, target.precision
    ulp = Dyadic(1, largest.normalized().exponent)
    smallest = Dyadic(1, target.subnormal_exponent)
    there = [largest, -largest, smallest, Dyadic(3, target.subnormal_exponent), Dyadic(1), -0.0, float("inf")]
    absent = [
        largest + ulp,
        largest + Dyadic(1, -2000),
        target.overflow_threshold,
        smallest.scaled(-1),
        smallest + smallest.scaled(-1),
        Dyadic((1 << p) + 1),
        Dyadic(1) + Dyadic(1, -150),
        Dyadic(1, 70_000),
        Dyadic(1, -70_000),
        Dyadic((1 << 200) + 1),
    ]
    _, exact = convert_exact(collect_exact([*there, *absent]), target)
    assert exact.tolist() == [True] * len(there) + [False] * len(absent)


def test_infinity_is_not_in_every_format() -> None:
    _, exact = convert_exact(collect_exact([float("inf"), float("nan")]), get_format("float8_e4m3fn"))
    assert exact.tolist() == [False, True]


@pytest.mark.parametrize("name", ["int32", "int64"])
def test_integers_are_kept_to_the_end_of_the_range(name: str) -> None:
    target = get_format(name)
    info = np.iinfo(target.dtype)
    there = [0, 1, -1, 12345, *(int(info.max) - k for k in range(3)), *(int(info.min) + k for k in range(3)), 1 << 30]
    absent = ["0x1p-1", "0x3p-1", "-0x0p0", "inf", "nan", "0x1p-5000", "0x1p5000", "0x1p64"]
    absent += [hex(int(info.max) + 1) + "p0", "-" + hex(1 - int(info.min)) + "p0", f"0x{(1 << 110) + 1:x}p-109"]
    numbers = collect_exact([*map(Dyadic, there), *map(parse_number, absent)])
    values, exact = convert_exact(numbers, target)
    assert exact.tolist() == [True] * len(there) + [False] * len(absent)
    assert values[: len(there)].tolist() == there


def test_integers_of_any_length_are_found() -> None:
    texts = ["0x1p0", "-0x0p0", f"0x{(1 << 120) + 1:x}p0", f"0x{(1 << 120) + 1:x}p-1", "0x1p-1", "0x1p9999", "nan"]
    assert find_integers(collect_exact([*map(parse_number, texts)])).tolist() == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_comparison_is_exact() -> None:
    near = Dyadic((1 << 300) + 1)
    pairs = [
        (Dyadic(2), Dyadic(1), True),
        (Dyadic(-2), Dyadic(1), True),
        (Dyadic(1), Dyadic(-2), False),
        (Dyadic(1), Dyadic(1), False),
        (Dyadic(0), Dyadic(1, -9), False),
        (Dyadic(1, -9), Dyadic(0), True),
        (Dyadic(1, 5000), Dyadic(1, 4999), True),
        (Dyadic((1 << 80) + 1), Dyadic(1 << 80), True),
        (Dyadic(-(1 << 80) + 1), Dyadic(1 << 80), False),
        (-near, Dyadic(1 << 300), True),
        (Dyadic(1 << 300), near, False),
        (near, -near, False),
        (near + Dyadic(1), near, True),
        (float("inf"), Dyadic(1), False),
        (float("nan"), Dyadic(1), False),
        (Dyadic(1), float("inf"), False),
    ]
    a, b = collect_exact([x for x, _, _ in pairs]), collect_exact([y for _, y, _ in pairs])
    assert find_greater(a, b).tolist() == [greater for _, _, greater in pairs]
