"""The committed vectors beyond sums of products against a second oracle: Arb, an independent library."""

from __future__ import annotations

import copy
import functools
import json
import operator
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from vector_samples import FOLDER, expand_runs, get_manifest

flint = pytest.importorskip("flint", reason="python-flint is not installed")

from arb_reading import (  # noqa: E402
    INFINITY,
    PRECISION,
    ZERO,
    Arithmetic,
    Number,
    OverflowOnTheWayError,
    count,
    greatest,
    read_constant,
    read_input,
)

from conform.exact import Dyadic, parse_number  # noqa: E402

Row = list[Any]
MOST_ELEMENTS = 40
TABLE = {name: (row.roundings, row.underflows) for name, row in get_manifest().function_table.functions.items()}


class Plain:
    """A number alone, with the operations of the formulas: Arb's ball, infinity or nan."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def _combine(self, other: Plain, operate: Callable[[Any, Any], Any]) -> Plain:
        if self.value.is_finite() and other.value.is_finite():
            return Plain(operate(self.value, other.value))
        # Beside a special value, only the sign of a finite number matters.
        return Plain(flint.arb(operate(get_sign(self.value), get_sign(other.value))))

    def __add__(self, other: Plain) -> Plain:
        return self._combine(other, operator.add)

    def __sub__(self, other: Plain) -> Plain:
        return self._combine(other, operator.sub)

    def __neg__(self) -> Plain:
        return Plain(-self.value)

    def __mul__(self, other: Plain) -> Plain:
        return self._combine(other, operator.mul)

    def __truediv__(self, other: Plain) -> Plain:
        return self._combine(other, operator.truediv)

    def apply(self, name: str) -> Plain:
        x = self.value
        if x.is_nan() or -FAR < x < FAR:
            return Plain(getattr(x, name)())
        if not x.is_finite() or name in LIMITS:
            low, high = LIMITS.get(name, (flint.arb("nan"), INFINITY))
            return Plain(high if x > 0 else low)
        return Plain(getattr(x, name)())

    def is_positive(self) -> bool:
        return bool(self.value > 0)


FAR = flint.arb(1 << 40)
"""Past it, exponentials are none that any format tells from their limits."""
LIMITS = {
    "exp": (ZERO, INFINITY),
    "tanh": (flint.arb(-1), flint.arb(1)),
    "sinh": (-INFINITY, INFINITY),
    "cosh": (INFINITY, INFINITY),
}


def get_sign(value: Any) -> float:
    """The special value; of a finite number one with its sign, or zero."""
    if value.is_finite():
        return float(value > 0) - float(value < 0)
    return float(value)


class Formulas:
    """The formulas of the activations (Hendrycks and Gimpel 2016 for `gelu`), over any kind of number.

    `natural` gives a natural number, `pi` the circle constant.
    """

    def __init__(self, natural: Callable[[int], Any], pi: Any) -> None:
        self.zero, self.one = natural(0), natural(1)
        self.two = self.one + self.one
        self.coefficient = natural(44715) / natural(1000000)
        self.slope = (self.two / pi).apply("sqrt")

    def sigmoid(self, x: Any) -> Any:
        return self.one / (self.one + (-x).apply("exp"))

    def sigmoid_deriv(self, x: Any) -> Any:
        s = self.sigmoid(x)
        return s * (self.one - s)

    def tanh(self, x: Any) -> Any:
        return x.apply("tanh")

    def tanh_deriv(self, x: Any) -> Any:
        t = x.apply("tanh")
        return self.one - t * t

    def sinh(self, x: Any) -> Any:
        return x.apply("sinh")

    def cosh(self, x: Any) -> Any:
        return x.apply("cosh")

    sinh_deriv, cosh_deriv = cosh, sinh

    def logistic(self, x: Any) -> Any:
        power = x.apply("exp")
        return power / (power + self.one)

    def logistic_deriv(self, x: Any) -> Any:
        s = self.logistic(x)
        return s * (self.one - s)

    def _gelu_tanh(self, x: Any) -> Any:
        return (self.slope * (x + self.coefficient * x * x * x)).apply("tanh")

    def gelu(self, x: Any) -> Any:
        return x * (self.one + self._gelu_tanh(x)) / self.two

    def gelu_deriv(self, x: Any) -> Any:
        t = self._gelu_tanh(x)
        inner = self.slope * (self.one + (self.two + self.one) * self.coefficient * x * x)
        return (self.one + t + x * (self.one - t * t) * inner) / self.two

    def swish(self, x: Any) -> Any:
        return x * self.sigmoid(x)

    def swish_deriv(self, x: Any) -> Any:
        s = self.sigmoid(x)
        return s + x * s * (self.one - s)

    def softplus(self, x: Any) -> Any:
        if x.is_positive():
            return x + (self.one + (-x).apply("exp")).apply("log")
        return (self.one + x.apply("exp")).apply("log")

    softplus_deriv = sigmoid

    def safe_log(self, x: Any, epsilon: Any) -> Any:
        return (self.softplus(x) + epsilon).apply("log")

    def safe_log_deriv(self, x: Any, epsilon: Any) -> Any:
        return self.sigmoid(x) / (self.softplus(x) + epsilon)

    def smooth_abs(self, x: Any, epsilon: Any) -> Any:
        return (x * x + epsilon).apply("sqrt")

    def smooth_abs_deriv(self, x: Any, epsilon: Any) -> Any:
        return x / (x * x + epsilon).apply("sqrt")

    def elu(self, x: Any, alpha: Any) -> Any:
        return x if x.is_positive() else alpha * (x.apply("exp") - self.one)

    def elu_deriv(self, x: Any, alpha: Any) -> Any:
        return self.one if x.is_positive() else alpha * x.apply("exp")

    def _total(self, terms: Row) -> Any:
        return functools.reduce(lambda total, term: total + term, terms, self.zero)

    def _shift(self, row: Row) -> Row:
        """The row less its greatest entry, which is nan where an entry is."""
        values = [x.value for x in row]
        greatest = functools.reduce(lambda a, b: a if a.value.is_nan() or a.value > b.value else b, row)
        if any(value.is_nan() for value in values):
            greatest = next(x for x in row if x.value.is_nan())
        return [x - greatest for x in row]

    def softmax_row(self, row: Row) -> Row:
        powers = [x.apply("exp") for x in self._shift(row)] if row else []
        total = self._total(powers)
        return [power / total for power in powers]

    def softmax_backward_row(self, row: Row, gradient: Row) -> Row:
        weights = self.softmax_row(row)
        inner = self._total([g * y for g, y in zip(gradient, weights, strict=True)])
        return [y * (g - inner) for g, y in zip(gradient, weights, strict=True)]

    def log_softmax_row(self, row: Row) -> Row:
        shifted = self._shift(row) if row else []
        norm = self._total([x.apply("exp") for x in shifted])
        return [x - norm.apply("log") for x in shifted]

    def log_softmax_backward_row(self, output: Row, gradient: Row) -> Row:
        total = self._total(gradient)
        return [g - y.apply("exp") * total for y, g in zip(output, gradient, strict=True)]

    def log_softmax_jvp_row(self, output: Row, tangent: Row) -> Row:
        inner = self._total([y.apply("exp") * t for y, t in zip(output, tangent, strict=True)])
        return [t - inner for t in tangent]

    def split(self, operation: str, inputs: list[Row], columns: int) -> Iterator[Callable[[], Row]]:
        """The result of an operation in its parts, an element or a row each, of inputs in row-major order."""
        by_row = getattr(self, f"{operation}_row", None)
        first, *others = inputs
        if by_row is None:
            function, given = getattr(self, operation), [single for (single,) in others]
            for x in first:
                yield lambda x=x: [function(x, *given)]
            return
        for start in range(0, len(first), columns) if columns else ():
            yield functools.partial(by_row, *(each[start : start + columns] for each in inputs))


def is_known(name: str) -> bool:
    return hasattr(Formulas, name) or hasattr(Formulas, f"{name}_row")


@functools.cache
def read_cases(operation: str) -> list[dict[str, Any]]:
    with (FOLDER / f"{operation}.jsonl").open(encoding="utf-8") as lines:
        return list(map(json.loads, lines))


def is_beyond(operation: str) -> bool:
    with (FOLDER / f"{operation}.jsonl").open(encoding="utf-8") as lines:
        return '"radius":' in next(lines)


OPERATIONS = [each.name for each in get_manifest().operations if is_beyond(each.name) and is_known(each.name)]


def spread(component: Any, length: int) -> list[Any]:
    return expand_runs(component) if isinstance(component, list) else [component] * length


@functools.lru_cache(maxsize=1 << 16)
def read(text: str) -> Any:
    number = parse_number(text)
    return flint.arb((number.mantissa, number.exponent)) if isinstance(number, Dyadic) else flint.arb(number)


@pytest.fixture(autouse=True)
def precision() -> Iterator[None]:
    before, flint.ctx.prec = flint.ctx.prec, PRECISION
    yield
    flint.ctx.prec = before


def compute_values(operation: str, case: dict[str, Any]) -> list[Any]:
    inputs = [[Plain(read(text)) for text in expand_runs(each)] for each in case["inputs"].values()]
    parts = plain_formulas().split(operation, inputs, case["sizes"]["columns"])
    return [plain.value for part in parts for plain in part()]


@functools.cache
def plain_formulas() -> Formulas:
    return Formulas(lambda n: Plain(flint.arb(n)), Plain(flint.arb.pi()))


def check_values(operation: str, case: dict[str, Any]) -> int:
    """Every value of a case that anything is known of is within its radius; how many there are."""
    ((name, result),) = case["results"].items()
    found = compute_values(operation, case)
    values, radii, magnitudes = (spread(result[each], len(found)) for each in ("value", "radius", "magnitude"))
    assert len(values) == len(found)
    inherited = [spread(model["inherited"], len(found)) for model in result["models"].values()]
    known = 0
    for i, value in enumerate(found):
        if all(each[i] == "inf" for each in inherited):
            continue
        known += 1
        where = (case["id"], name, i)
        if values[i] == "nan":
            assert value.is_nan(), where
        elif values[i].endswith("inf"):
            # Numbers that no format has are written so too.
            assert value > PAST if values[i] == "inf" else value < -PAST, where
        else:
            radius, magnitude = read(radii[i]), read(magnitudes[i])
            # Balls of 400 bits are points beside these numbers, but where what is equal is compared.
            assert not abs(value - read(values[i])) > radius, where
            assert not abs(value) > magnitude, where
            # What cancels is enclosed less narrowly, but far more narrowly than any arithmetic computes it.
            errors = [read(each[i]) for each in inherited]
            assert not radius > greatest(WIDTH * magnitude, *(CANCELLED * error for error in errors), LEAST), where
    return known


PAST = flint.arb((1, 1024))
WIDTH = flint.arb((1, -112))
CANCELLED = flint.arb((1, -50))
LEAST = flint.arb((1, -1290))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_value_is_enclosed(operation: str) -> None:
    cases = read_cases(operation)
    known = sum(check_values(operation, case) for case in cases)
    elements = sum(case["sizes"]["rows"] * case["sizes"]["columns"] for case in cases)
    assert known > 0.8 * elements


def sample_cases(operation: str) -> list[dict[str, Any]]:
    """The first case of moderate size of each family in each format."""
    chosen: dict[tuple[str, str], dict[str, Any]] = {}
    for case in read_cases(operation):
        elements = case["sizes"]["rows"] * case["sizes"]["columns"]
        if 0 < elements <= MOST_ELEMENTS:
            chosen.setdefault((case["id"].split("/")[1], case["dtype"]), case)
    return list(chosen.values())


def compute_numbers(operation: str, case: dict[str, Any], model: Arithmetic) -> list[Number | None]:
    """The elements of a case in a model; None where a partial result may overflow, or an input is not finite."""
    formulas = Formulas(lambda n: count(model, n), read_constant(model, flint.arb.pi(), exact=False))
    inputs = [[read_input(model, read(text)) for text in expand_runs(each)] for each in case["inputs"].values()]
    columns = case["sizes"]["columns"]
    numbers: list[Number | None] = []
    for part in formulas.split(operation, inputs, columns):
        try:
            row = part()
            numbers += [number if abs(number.value) < PAST else None for number in row]
        except OverflowOnTheWayError:
            numbers += [None] * (columns if hasattr(Formulas, f"{operation}_row") else 1)
    return numbers


def expect_bound(written: str, number: Any, bits: int, radius: Any, where: tuple[Any, ...]) -> None:
    """A bound that is written is at least the number.

    It is above it by rounding up to `bits` bits, and by what the number is enclosed in, at most.
    """
    assert written not in ("inf", "nan"), where
    bound = read(written)
    assert not bound < number, where
    assert not bound > number * (1 + flint.arb((1, 1 - bits)) + flint.arb((1, -24))) + 2 * radius + LEAST, where


def check_components(operation: str, case: dict[str, Any]) -> int:
    """Every component of a case, in every model, of the elements that are recomputed; how many these are."""
    ((_, result),) = case["results"].items()
    checked = 0
    for name, written in result["models"].items():
        model = Arithmetic.named(name, TABLE)
        numbers = compute_numbers(operation, case, model)
        depths, lost, inherited, peaks = (
            spread(written[each], len(numbers)) for each in ("depth", "underflow", "inherited", "peak")
        )
        magnitudes, radii = (spread(result[each], len(numbers)) for each in ("magnitude", "radius"))
        known = [(i, number) for i, number in enumerate(numbers) if number is not None]
        highest = greatest(ZERO, *(number.peak() for _, number in known))
        for i, number in known:
            where, radius = (case["id"], name, i), read(radii[i])
            assert depths[i] == number.depth, (*where, "depth")
            expect_bound(magnitudes[i], number.magnitude, 16, radius, (*where, "magnitude"))
            expect_bound(lost[i], number.underflow, 4, ZERO, (*where, "underflow"))
            expect_bound(inherited[i], number.inherited, 16, radius, (*where, "inherited"))
            # Where none can overflow, all have the greatest of their peaks.
            if len(known) == len(numbers) and highest <= model.largest:
                expect_bound(peaks[i], highest, 16, radius, (*where, "peak"))
        checked += len(known)
    return checked


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_component_is_recomputed(operation: str) -> None:
    cases = sample_cases(operation)
    assert {case["dtype"] for case in cases} == {"float64", "float32", "float16", "bfloat16"}
    checked = sum(check_components(operation, case) for case in cases)
    elements = sum(len(model["models"]) * len(model["value"]) for case in cases for model in case["results"].values())
    assert checked > elements / 2


def test_every_activation_is_among_them() -> None:
    activations = [each.name for each in get_manifest().operations if each.layer == "activation"]
    assert [name for name in activations if is_beyond(name) and name not in OPERATIONS] == []


CHANGES = {
    "value": lambda x: x * (1 + flint.arb((1, -100))),
    "radius": lambda x: x * 0,
    "magnitude": lambda x: x * (1 + flint.arb((1, -10))),
    "underflow": lambda x: x - 1,
    "inherited": lambda x: x * (1 - flint.arb((1, -10))),
    "peak": lambda x: x * 2,
}


def write(number: Any) -> str:
    mantissa, exponent = number.mid().man_exp()
    return f"{'-' * (mantissa < 0)}0x{abs(int(mantissa)):x}p{int(exponent)}"


@pytest.mark.parametrize("component", ["depth", *CHANGES])
def test_a_wrong_component_is_noticed(component: str) -> None:
    case = next(each for each in read_cases("softmax") if each["id"].startswith("softmax/typical-rows/float32"))
    assert check_values("softmax", case)
    assert check_components("softmax", case)
    changed = copy.deepcopy(case)
    (result,) = changed["results"].values()
    holder = result if component in result else result["models"]["float64"]
    first, *rest = spread(holder[component], len(expand_runs(result["value"])))
    wrong = first + 1 if component == "depth" else write(CHANGES[component](read(first)))
    assert wrong != first
    holder[component] = [wrong, *rest]
    check = check_values if component in ("value", "radius") else check_components
    with pytest.raises(AssertionError):
        check("softmax", changed)
