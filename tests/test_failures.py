"""Numbers as failures show them."""

from __future__ import annotations

import math
import random
from decimal import Context, Decimal

import ml_dtypes
import numpy as np
import pytest

from conform.bits import decode_one
from conform.exact import Dyadic, ExactNumber
from conform.formats import get_format
from conform.judge.limits import grow
from conform.judge.wording import describe_number, shorten_inputs


@pytest.mark.parametrize(
    ("number", "decimal", "text"),
    [
        (Dyadic(3, -2), "0.75", "0x3p-2"),
        (Dyadic(-43, -9), "-0.083984375", "-0x2bp-9"),
        (Dyadic(0), "0", "0x0p0"),
        (-0.0, "-0.0", "-0x0p0"),
        (Dyadic(2**53 + 1), "9007199254740993", "0x20000000000001p0"),
        (Dyadic(1, -1074), "4.9406564584124654e-324", "0x1p-1074"),
        (Dyadic(1, 1023), "8.9884656743115795e+307", "0x1p1023"),
        (Dyadic(1, 4000), "1.3182040934309431e+1204", "0x1p4000"),
        (Dyadic(1, -60), "8.6736173798840355e-19", "0x1p-60"),
        (math.inf, "inf", "inf"),
        (math.nan, "nan", "nan"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_number_is_shown_in_decimal_and_exactly(number: ExactNumber, decimal: str, text: str) -> None:
    shown = describe_number(number)
    assert (shown.decimal, shown.text) == (decimal, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float16(0.1), "0x333p-13"),
        (np.array(0.1, ml_dtypes.bfloat16)[()], "0xcdp-11"),
        (np.float64(5e-324), "0x1p-1074"),
        (np.int64(-(2**63)), "-0x1p63"),
        (np.int64(2**63 - 1), "0x7fffffffffffffffp0"),
        (np.int32(0), "0x0p0"),
        (np.float32(-0.0), "-0x0p0"),
        (np.float32(-np.inf), "-inf"),
    ],
    ids=str,
)
def test_array_element_is_read_exactly(value: object, text: str) -> None:
    assert describe_number(decode_one(value)).text == text


@pytest.mark.parametrize(
    ("number", "decimal", "text"),
    [
        (Dyadic(3, 10**6), "2.9701968687887695e+301030", "0x3p1000000"),
        (Dyadic(-1, -(10**6)), "-1.0100340591980302e-301030", "-0x1p-1000000"),
        (Dyadic((1 << 10**6) - 1, -(10**6)), "1", f"0x{'f' * 32}…p-128"),
        (Dyadic((1 << 10**6) + 1), "9.9006562292958983e+301029", "0x8" + "0" * 31 + "…p999873"),
        (Dyadic(-(3**10_000)), "-1.6313501853426259e+4771", "-0x"),
    ],
    ids=["great", "small", "ones", "spread", "power"],
)
def test_of_a_long_number_the_leading_digits_are_shown(
    number: Dyadic, decimal: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever is as long as the number is not as fast as it should be.
    monkeypatch.setattr(Dyadic, "to_fraction", lambda self: pytest.fail("the whole number is computed with"))
    shown = describe_number(number)
    assert shown.decimal == decimal
    assert shown.text.startswith(text)
    assert len(shown.text) < 60


def test_decimals_are_rounded_once() -> None:
    rng = random.Random(1)
    digits = Context(prec=17)
    for _ in range(2000):
        number = Dyadic(rng.getrandbits(rng.choice((1, 5, 24, 53, 106, 250))) or 1, rng.randint(-300, 300))
        fraction = number.to_fraction()
        rounded = digits.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))
        assert digits.create_decimal(describe_number(number).decimal) == rounded or number.exponent >= 0
        assert number.to_float() == float(fraction)


@pytest.mark.parametrize(
    ("number", "nearest"),
    [
        (Dyadic(0, 5000), 0.0),
        (Dyadic(1, 5000), math.inf),
        (Dyadic(-1, 5000), -math.inf),
        (Dyadic(-1, -5000), -0.0),
        (Dyadic(1, -1075), 0.0),
        (Dyadic((1 << 200) + 1, -1275), 5e-324),
        (Dyadic((1 << 54) - 1, 970), math.inf),
        (Dyadic((1 << 53) - 1, 971), 1.7976931348623157e308),
        (Dyadic(((1 << 54) - 1 << 5000) - 1, 970 - 5000), 1.7976931348623157e308),
    ],
    ids=["zero", "over", "under", "tiny", "half", "past-half", "rounds-over", "largest", "just-below"],
)
def test_the_nearest_float_of_any_number(number: Dyadic, nearest: float) -> None:
    assert number.to_float() == nearest
    assert math.copysign(1, number.to_float()) == math.copysign(1, nearest)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float8_e4m3fn"])
def test_growth_of_long_sums_is_a_bound_and_short(dtype: str) -> None:
    precision = get_format(dtype).precision
    exact = Dyadic(((1 << precision) + 1) ** 100_000, -precision * 100_000)
    grown = grow(precision, 100_000)
    assert grown.mantissa.bit_length() <= 513
    assert exact <= grown <= exact * Dyadic((1 << 480) + 1, -480)
    assert grow(precision, 1000) == Dyadic(((1 << precision) + 1) ** 1000, -precision * 1000)


def test_long_inputs_are_shortened() -> None:
    text = shorten_inputs({"weights": np.zeros((100, 100), np.float32), "bias": np.arange(3)})
    assert text.startswith("weights = [[0., 0., 0., ...")
    assert text.endswith("bias = [0, 1, 2]")
    assert len(text) < 600
