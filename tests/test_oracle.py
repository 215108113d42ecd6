"""The committed vectors against a second oracle: Python fractions, from the formulas of the layer, term by term."""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from vector_samples import expand_runs

from conform.folders import find_vectors

MAX_TERMS = 600
PER_FAMILY = 2
Vector = list["Traced"]
Matrix = list[Vector]


@dataclass(frozen=True)
class Signed:
    """An extended rational with the sign of its zero: `special` is inf, -inf or nan where it is not finite."""

    number: Fraction
    negative_zero: bool = False
    special: float | None = None

    def __add__(self, other: Signed) -> Signed:
        if self.special is not None or other.special is not None:
            return Signed(Fraction(0), special=self.as_float() + other.as_float())
        total = self.number + other.number
        return Signed(total, negative_zero=self.negative_zero and other.negative_zero)

    def __mul__(self, other: Signed) -> Signed:
        if self.special is not None or other.special is not None:
            return Signed(Fraction(0), special=self.as_float() * other.as_float())
        product = self.number * other.number
        return Signed(product, negative_zero=product == 0 and self.is_negative() != other.is_negative())

    def __abs__(self) -> Signed:
        return Signed(abs(self.number), special=None if self.special is None else abs(self.special))

    def is_negative(self) -> bool:
        return self.number < 0 or self.negative_zero

    def as_float(self) -> float:
        """The special value; of a finite number only its sign, which is all that matters beside one."""
        if self.special is not None:
            return self.special
        return 0.0 if self.number == 0 else math.copysign(1.0, self.number)

    def __repr__(self) -> str:
        if self.special is not None:
            return str(self.special)
        return "-0" if self.negative_zero else str(self.number)


@dataclass(frozen=True)
class Traced:
    """What an evaluation of a formula finds out; `finite` and `grain` are magnitude and quantum of the finite terms."""

    value: Signed
    magnitude: Signed
    depth: int
    underflow: Fraction
    finite: Fraction
    grain: int | None
    floor: int | None
    peak: Fraction

    def __add__(self, other: Traced) -> Traced:
        finite, grain = self.finite + other.finite, find_least(self.grain, other.grain)
        return Traced(
            self.value + other.value,
            self.magnitude + other.magnitude,
            max(self.depth, other.depth) + 1,
            self.underflow + other.underflow + 1,
            finite,
            grain,
            find_least(self.floor, other.floor, grain),
            max(self.peak, other.peak, finite),
        )

    def __mul__(self, other: Traced) -> Traced:
        finite = self.finite * other.finite
        grain = None if self.grain is None or other.grain is None else self.grain + other.grain
        return Traced(
            self.value * other.value,
            self.magnitude * other.magnitude,
            self.depth + other.depth + 1,
            self.underflow * other.finite + other.underflow * self.finite + self.underflow * other.underflow + 1,
            finite,
            grain,
            find_least(self.floor, other.floor, grain),
            max(self.peak, other.peak, finite),
        )

    def __neg__(self) -> Traced:
        """The number of opposite sign, which is rounded as this one is."""
        special = None if self.value.special is None else -self.value.special
        value = Signed(-self.value.number, self.value.number == 0 and not self.value.negative_zero, special)
        return replace(self, value=value)

    @property
    def is_positive(self) -> bool:
        return self.value.as_float() > 0

    @property
    def quantum(self) -> int | None:
        return self.grain if self.magnitude.special is None else None


ZERO = Traced(Signed(Fraction(0)), Signed(Fraction(0)), 0, Fraction(0), Fraction(0), None, None, Fraction(0))


def find_least(*exponents: int | None) -> int | None:
    return min((exponent for exponent in exponents if exponent is not None), default=None)


def read_number(text: str) -> Signed:
    if text in ("inf", "-inf", "nan"):
        return Signed(Fraction(0), special=float(text))
    mantissa, power = text.split("p")
    number = int(mantissa, 16) * Fraction(2) ** int(power)
    return Signed(number, negative_zero=number == 0 and text.startswith("-"))


def trace_input(text: str) -> Traced:
    """An input: nothing was computed yet, so it has neither depth nor floor nor peak."""
    value = read_number(text)
    grain = None
    if value.number:
        numerator, denominator = abs(value.number.numerator), value.number.denominator
        grain = (numerator & -numerator).bit_length() - denominator.bit_length()
    return Traced(value, abs(value), 0, Fraction(0), abs(value.number), grain, None, Fraction(0))


ONE = trace_input("0x1p0")
FORMULAS: dict[str, Callable[..., Traced]] = {
    "relu": lambda x: x if x.is_positive or math.isnan(x.value.as_float()) else ZERO,
    "relu_deriv": lambda x: ONE if x.is_positive else ZERO,
    "leaky_relu": lambda x, slope: x if x.is_positive else slope * x,
    "leaky_relu_deriv": lambda x, slope: ONE if x.is_positive else slope,
    "sigmoid_output_deriv": lambda o: o * (ONE + -o),
}
"""Element by element, of numbers that are compared, moved, added and multiplied."""


def add_up(terms: Iterable[Traced]) -> Traced:
    """The sum from zero, from left to right."""
    return functools.reduce(lambda total, term: total + term, terms, ZERO)


def dot(a: Vector, b: Vector) -> Traced:
    return add_up(x * y for x, y in zip(a, b, strict=True))


def transpose(matrix: Matrix, columns: int) -> Matrix:
    return [[row[j] for row in matrix] for j in range(columns)]


def apply_layer(weights: Matrix, bias: Vector, input: Vector) -> Vector:
    return [dot(row, input) + b for row, b in zip(weights, bias, strict=True)]


def compute(operation: str, sizes: dict[str, int], given: dict[str, Any]) -> dict[str, Any]:
    """The results of an operation, as nested lists: by the formulas of the layer, or by what the manifest says."""
    rows, columns = sizes.get("outDim", 0), sizes.get("inDim", 0)
    match operation:
        case "linear":
            return {"output": apply_layer(given["weights"], given["bias"], given["input"])}
        case "linear_batched":
            return {"output": [apply_layer(given["weights"], given["bias"], x) for x in given["input"]]}
        case "linear_weights_deriv":
            return {"dW": [[g * x for x in given["input"]] for g in given["grad_output"]]}
        case "linear_bias_deriv":
            return {"db": given["grad_output"]}
        case "linear_input_deriv":
            return {"dx": [dot(column, given["grad_output"]) for column in transpose(given["weights"], columns)]}
        case "linear_backward":
            parts = ("linear_weights_deriv", "linear_bias_deriv", "linear_input_deriv")
            return {name: part for each in parts for name, part in compute(each, sizes, given).items()}
        case "batch_linear_deriv":
            inputs, gradients = transpose(given["input"], columns), transpose(given["grad_output"], rows)
            weights = transpose(given["weights"], columns)
            return {
                "dW": [[dot(g, x) for x in inputs] for g in gradients],
                "db": [add_up(g) for g in gradients],
                "dx": [[dot(g, column) for column in weights] for g in given["grad_output"]],
            }
        case "linear_gradient_accumulate":
            pairs = zip(given["grad1"], given["grad2"], strict=True)
            return {"grad": [[x + y for x, y in zip(a, b, strict=True)] for a, b in pairs]}
        case "linear_gradient_scale":
            return {"grad": [[x * given["scale_factor"] for x in row] for row in given["grad"]]}
        case _ if operation in FORMULAS:
            first, *others = given.values()
            return {"output": [[FORMULAS[operation](x, *others) for x in row] for row in first]}
    described = describe(operation)
    return {result["name"]: sum_up(described, result, sizes, given) for result in described["results"]}


def sum_up(described: dict[str, Any], result: dict[str, Any], sizes: dict[str, int], given: dict[str, Any]) -> Any:
    """A result by what it sums, element by element."""
    (total,) = (each for each in described["sums"] if each["result"] == result["name"])
    shapes = {each["name"]: each["shape"] for each in described["parameters"]}

    def read(name: str, places: dict[str, int]) -> Any:
        value = given[name]
        for dimension in shapes[name]:
            value = value[places[dimension]]
        return value

    def evaluate(places: dict[str, int]) -> Traced:
        ranges = [range(measure(axis, sizes)) for axis in total["axes"]]
        terms = []
        for place in itertools.product(*ranges):
            inside = places | dict(zip(total["axes"], place, strict=True))
            factors = [read(name, inside) for name in total["factors"]]
            terms += [functools.reduce(lambda a, b: a * b, factors)] if factors else []
        start = [add_up(terms)] if total["axes"] else terms
        return functools.reduce(lambda a, b: a + b, [*start, *(read(name, places) for name in total["addends"])])

    def fill(left: list[str], places: dict[str, int]) -> Any:
        if not left:
            return evaluate(places)
        return [fill(left[1:], places | {left[0]: i}) for i in range(measure(left[0], sizes))]

    return fill(result["shape"], {})


def measure(dimension: str, sizes: dict[str, int]) -> int:
    symbol, _, offset = dimension.partition("+")
    return sizes[symbol] + int(offset or 0)


def nest(flat: list[Any], shape: list[int]) -> Any:
    if not shape:
        (item,) = flat
        return item
    step = math.prod(shape[1:])
    return [nest(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def flatten(nested: Any) -> list[Traced]:
    return [nested] if isinstance(nested, Traced) else [item for part in nested for item in flatten(part)]


@functools.cache
def read_manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((find_vectors() / "manifest.json").read_text())
    return manifest


def describe(operation: str) -> dict[str, Any]:
    (described,) = (each for each in read_manifest()["operations"] if each["name"] == operation)
    return dict(described)


def is_sum(described: dict[str, Any]) -> bool:
    """Whether every result is a sum without windows, which is all that is recomputed here."""
    plain = {total["result"] for total in described["sums"] if "windows" not in total}
    return all(result["name"] in plain for result in described["results"])


SUMS = [described["name"] for described in read_manifest()["operations"] if is_sum(described)]
OPERATIONS = [*SUMS, *(name for name in FORMULAS if name in {each["name"] for each in read_manifest()["operations"]})]


def read_lines(operation: str) -> list[str]:
    return (find_vectors() / f"{operation}.jsonl").read_text(encoding="utf-8").splitlines()


@functools.cache
def sample_cases(operation: str) -> list[dict[str, Any]]:
    """The first cases of moderate size of each family in each format."""
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    chosen = []
    for line in read_lines(operation):
        case = json.loads(line)
        key = case["id"].split("/")[1], case["dtype"]
        terms = math.prod(size + 1 for size in case["sizes"].values())
        if terms <= MAX_TERMS and taken[key] < PER_FAMILY:
            taken[key] += 1
            chosen.append(case)
    return chosen


def trace_case(operation: str, case: dict[str, Any]) -> dict[str, list[Traced]]:
    given = {}
    for parameter in describe(operation)["parameters"]:
        shape = [measure(dimension, case["sizes"]) for dimension in parameter["shape"]]
        texts = expand_runs(case["inputs"][parameter["name"]])
        given[parameter["name"]] = nest([trace_input(text) for text in texts], shape)
    return {name: flatten(nested) for name, nested in compute(operation, case["sizes"], given).items()}


def spread(component: Any, count: int) -> list[Any]:
    return expand_runs(component) if isinstance(component, list) else [component] * count


def expect_numbers(case: dict[str, Any], result: str, component: str, numbers: list[Signed]) -> None:
    """Compare by text, in which nan equals itself and zeros have signs."""
    written = spread(case["results"][result][component], len(numbers))
    found = [repr(read_number(text)) for text in written]
    assert found == [repr(number) for number in numbers], (case["id"], result, component)


def check_case(operation: str, case: dict[str, Any]) -> None:
    integer = case["dtype"].startswith("int")
    computed = trace_case(operation, case)
    assert list(computed) == list(case["results"]), case["id"]
    for name, elements in computed.items():
        written = case["results"][name]
        count = len(elements)

        assert len(spread(written["value"], count)) == count
        if integer:
            # Integers have one zero.
            found = [read_number(text).number for text in spread(written["value"], count)]
            assert found == [element.value.number for element in elements], (case["id"], name, "value")
        else:
            expect_numbers(case, name, "value", [element.value for element in elements])
        expect_numbers(case, name, "magnitude", [element.magnitude for element in elements])
        expect_numbers(case, name, "underflow", [Signed(element.underflow) for element in elements])
        assert spread(written["depth"], count) == [element.depth for element in elements], (case["id"], name, "depth")
        quanta = [element.quantum for element in elements]
        assert spread(written["quantum"], count) == quanta, (case["id"], name, "quantum")
        floors = [find_least(element.floor, element.quantum) for element in elements]
        peaks = [Signed(max(element.peak, element.finite)) for element in elements]
        differ = floors != quanta
        differ |= [repr(peak) for peak in peaks] != [repr(element.magnitude) for element in elements]
        # The two are written together, where either says something that is not said yet.
        assert ("floor" in written, "peak" in written) == (differ, differ), (case["id"], name)
        if differ:
            assert spread(written["floor"], count) == floors, (case["id"], name, "floor")
            expect_numbers(case, name, "peak", peaks)


@pytest.mark.parametrize("operation", SUMS)
def test_the_sums_of_the_manifest_are_the_formulas(operation: str) -> None:
    described = describe(operation)
    case = next(each for each in sample_cases(operation) if min(each["sizes"].values()) > 1)
    given = {}
    for parameter in described["parameters"]:
        shape = [measure(dimension, case["sizes"]) for dimension in parameter["shape"]]
        given[parameter["name"]] = nest(
            [trace_input(text) for text in expand_runs(case["inputs"][parameter["name"]])], shape
        )
    for result in described["results"]:
        summed = flatten(sum_up(described, result, case["sizes"], given))
        computed = flatten(compute(operation, case["sizes"], given)[result["name"]])
        assert [repr(element.value) for element in summed] == [repr(element.value) for element in computed]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_component_is_recomputed(operation: str) -> None:
    cases = sample_cases(operation)
    dtypes = {each.partition('"dtype":"')[2].partition('"')[0] for each in read_lines(operation)}
    assert {case["dtype"] for case in cases} == dtypes >= {"float64", "float32", "float16", "bfloat16"}
    for case in cases:
        check_case(operation, case)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_family_is_in_the_sample(operation: str) -> None:
    families = {json.loads(line)["id"].split("/")[1] for line in read_lines(operation)}
    sampled = {case["id"].split("/")[1] for case in sample_cases(operation)}
    of_many_terms = {"many-elements", "long-sums", "tiles", "large", "aligned-sums", "far-term", "halves"}
    assert families - sampled <= of_many_terms


def test_a_wrong_component_is_noticed() -> None:
    """The check itself: any component changed in one place is found."""
    case = next(each for each in sample_cases("linear") if each["id"].startswith("linear/nan-inf/float32"))
    changes = {
        "value": "0x777p0",
        "magnitude": "0x777p0",
        "underflow": "0x777p0",
        "depth": 777,
        "quantum": -777,
        "floor": -777,
        "peak": "0x777p0",
    }
    components = case["results"]["output"]
    assert components.keys() == changes.keys()
    for component, wrong in changes.items():
        data = spread(components[component], len(components["value"]))
        changed = {**components, component: [*data[:-1], wrong]}
        with pytest.raises(AssertionError, match=f"'{component}'"):
            check_case("linear", {**case, "results": {"output": changed}})
