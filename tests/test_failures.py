"""Numbers as failures show them."""

from __future__ import annotations

import math

import ml_dtypes
import numpy as np
import pytest

from conform.exact import Dyadic, ExactNumber
from conform.running.failures import describe_number, read_number, shorten_inputs


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
    assert describe_number(read_number(value)).text == text


def test_long_inputs_are_shortened() -> None:
    text = shorten_inputs({"weights": np.zeros((100, 100), np.float32), "bias": np.arange(3)})
    assert text.startswith("weights = [[0., 0., 0., ...")
    assert text.endswith("bias = [0, 1, 2]")
    assert len(text) < 600
