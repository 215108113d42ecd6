"""Every enclosure that Lean computes holds the one of an independent library, Arb, and is as narrow as it says."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

flint = pytest.importorskip("flint", reason="python-flint is not installed")
if shutil.which("lake") is None:
    pytest.skip("there is no lake on PATH", allow_module_level=True)

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "lean_export"
FUNCTIONS = ("sqrt", "exp", "log", "sinh", "cosh", "tanh", "sin", "cos")
ODD = ("sinh", "tanh", "sin")
# Exponents of numbers that have magnitudes of their own: normal, subnormal and past float64, and near no overflow.
EXPONENTS = (-16400, -1074, -1022, -330, -149, -126, -125, -124, -123, -110, -64, -53, -24, -8, -3, -2, -1, 0, 1, 2, 4)
LARGE = (6, 7, 8, 9, 10, 15, 18)
PAST = (19, 20, 21, 70, 127, 1023)


@dataclass(frozen=True)
class Dyadic:
    """The number `mantissa * 2**exponent`."""

    mantissa: int
    exponent: int

    def __str__(self) -> str:
        """Write the number as the vectors do."""
        return f"{'-' * (self.mantissa < 0)}0x{abs(self.mantissa):x}p{self.exponent}"

    def __neg__(self) -> Dyadic:
        return Dyadic(-self.mantissa, self.exponent)

    def to_arb(self) -> Any:
        """Return the number as an exact ball."""
        return flint.arb((self.mantissa, self.exponent))


def parse(text: str) -> Dyadic:
    """Read a number that is written as in the vectors."""
    significand, _, exponent = text.partition("p")
    return Dyadic(int(significand, 16), int(exponent))


def parse_end(text: str) -> Any:
    """Read an end of an interval, which may be infinite."""
    return flint.arb(text) if text.endswith("inf") else parse(text).to_arb()


@cache
def build() -> None:
    """Compile the modules that the program of questions imports."""
    command = ["lake", "build", "Conform.Enclosure", "Conform.Text"]
    done = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(questions: list[str]) -> list[str]:
    """Return Lean's answers, one to each question."""
    build()
    command = ["lake", "env", "lean", "--run", str(ROOT / "tests" / "enclosures.lean")]
    text = "".join(question + "\n" for question in questions)
    done = subprocess.run(command, cwd=PACKAGE, input=text, capture_output=True, text=True, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == len(questions), done.stdout + done.stderr
    return answers


def list_ladder(exponents: tuple[int, ...], seed: int) -> Iterator[Dyadic]:
    """Yield numbers of both signs with one, 24, 53 and 200 bits at each exponent."""
    source = random.Random(seed)
    for exponent in exponents:
        for bits in (1, 24, 53, 200):
            mantissa = (1 << (bits - 1)) | source.getrandbits(bits) | 1
            for sign in (1, -1):
                yield Dyadic(sign * mantissa, exponent - bits + 1)


def list_near_multiples(unit: Any, counts: tuple[int, ...], bits: tuple[int, ...]) -> Iterator[Dyadic]:
    """Yield the numbers of a few lengths on both sides of multiples of a constant."""
    for count in counts:
        multiple = unit * count
        for length in bits:
            exponent = count.bit_length() - length
            nearest = int((multiple * flint.arb(2) ** -exponent).floor().unique_fmpz())
            for mantissa in (nearest, nearest + 1):
                yield Dyadic(mantissa, exponent)
                yield Dyadic(-mantissa, exponent)


def list_near_one() -> Iterator[Dyadic]:
    """Yield numbers next to one, as the logarithm of `1 + exp x` meets them."""
    for bits in (8, 11, 24, 53, 100, 123, 124, 125, 126, 160, 400, 1500):
        for factor in (1, 3, 5):
            yield Dyadic((1 << bits) + factor, -bits)
            yield Dyadic((1 << bits) - factor, -bits)


def list_arguments(name: str) -> list[Dyadic]:
    """Return the arguments of a function, in its domain and not zero."""
    with flint.ctx.workprec(2000):
        arguments = [*list_ladder(EXPONENTS, 1), *list_ladder(LARGE, 2)]
        if name in ("exp", "sinh", "cosh", "tanh"):
            arguments += list_near_multiples(
                flint.arb.const_log2(), (1, 2, 3, 127, 128, 1023, 1024, 1075), (24, 53, 300)
            )
        if name in ("sin", "cos", "tanh", "sqrt", "log"):
            arguments += list_ladder(PAST, 3)
        if name in ("sin", "cos"):
            quarter = flint.arb.pi() / 2
            arguments += list_near_multiples(quarter, (1, 2, 3, 4, 5, 1001, 10**9, 10**30), (24, 53, 160, 400, 900))
            # The float64 that is nearest to a multiple of π/2 (J.-M. Muller, Elementary Functions, §11.1).
            arguments.append(Dyadic(6381956970095103, 797))
        if name == "log":
            arguments += list_near_one()
    if name in ("sqrt", "log"):
        arguments = [x for x in arguments if x.mantissa > 0]
    return arguments


def apply(name: str, x: Any) -> Any:
    """Return Arb's ball of a function, from enough bits for all these arguments."""
    with flint.ctx.workprec(4000):
        return getattr(x, name)()


def check_ball(question: str, answer: str, expected: Any) -> None:
    """Check that a ball holds another one, and that its radius is at most 2**-120 of its midpoint."""
    middle, radius = (parse(text) for text in answer.split())
    with flint.ctx.workprec(4000):
        distance = abs(expected - middle.to_arb())
        # An exact answer is compared with a ball that Arb rounds: it lies in there.
        assert distance <= radius.to_arb() or (radius.mantissa == 0 and distance.contains(0)), question
        assert radius.to_arb() <= abs(middle.to_arb()) * flint.arb(2) ** -120, question


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_holds_the_value(name: str) -> None:
    arguments = list_arguments(name)
    assert len(arguments) > 100
    questions = [f"{name} {x}" for x in arguments]
    for question, answer, x in zip(questions, ask(questions), arguments, strict=True):
        check_ball(question, answer, apply(name, x.to_arb()))


@pytest.mark.parametrize("name", ["exp", "sinh", "cosh"])
def test_what_is_past_all_formats_is_said_to_be_so(name: str) -> None:
    arguments = [x for x in list_ladder(PAST, 4) if abs(x.to_arb()) >= 2**20]
    least = flint.arb(2) ** (2**20)
    for x, answer in zip(arguments, ask([f"{name} {x}" for x in arguments]), strict=True):
        word, *ends = answer.split()
        low, high = (parse_end(end) for end in ends)
        value = apply(name, x.to_arb())
        assert word == "past", x
        assert low <= value <= high, x
        assert low > least or high < -least or -1 / least < low <= high < 1 / least, x


def test_quotient_holds_the_value() -> None:
    numbers = [*list_ladder((-1074, -126, 0, 1, 1023), 5)]
    source = random.Random(6)
    pairs = [(source.choice(numbers), source.choice(numbers)) for _ in range(400)]
    answers = ask([f"div {n} {d}" for n, d in pairs])
    for (n, d), answer in zip(pairs, answers, strict=True):
        middle, radius = (parse(text) for text in answer.split())
        # Over integers: |n - middle * d| <= radius * |d|, all times a power of two.
        with flint.ctx.workprec(8000):
            error = abs(n.to_arb() - middle.to_arb() * d.to_arb())
            assert error <= radius.to_arb() * abs(d.to_arb()), (n, d)
            assert radius.to_arb() <= abs(middle.to_arb()) * flint.arb(2) ** -120, (n, d)
        assert (radius.mantissa == 0) == (n.mantissa % d.mantissa == 0), (n, d)


def test_exact_roots_have_no_radius() -> None:
    roots = [x for x in list_ladder((-537, -63, 0, 1, 511), 7) if x.mantissa > 0]
    answers = ask([f"sqrt {Dyadic(x.mantissa**2, 2 * x.exponent)}" for x in roots])
    assert [parse(answer.split()[0]) for answer in answers] == roots
    assert {answer.split()[1] for answer in answers} == {"0x0p0"}


def test_pi_holds_the_value() -> None:
    with flint.ctx.workprec(4000):
        check_ball("pi", ask(["pi"])[0], flint.arb.pi())


def draw_intervals(name: str) -> list[tuple[Dyadic, Dyadic, list[Dyadic]]]:
    """Return intervals with both ends in units of one power of two, and numbers within."""
    source = random.Random(8)
    intervals = []
    for exponent in (-130, -60, -20, -10, -8):
        for bits in (2, 8, 16, 30):
            for _ in range(4):
                lower = source.getrandbits(bits) + 1 - (0 if name in ("sqrt", "log") else 1 << (bits - 1))
                width = source.getrandbits(source.randrange(1, bits + 1))
                inside = [lower, lower + width, *(lower + source.randint(0, width) for _ in range(3))]
                numbers = [Dyadic(mantissa, exponent) for mantissa in inside]
                intervals.append((numbers[0], numbers[1], numbers))
    return intervals


@pytest.mark.parametrize("name", FUNCTIONS)
def test_image_of_an_interval_holds_every_value(name: str) -> None:
    intervals = [i for i in draw_intervals(name) if abs(i[0].to_arb()) < 2**19 and abs(i[1].to_arb()) < 2**19]
    assert len(intervals) > 40
    answers = ask([f"{name} {lower} {upper}" for lower, upper, _ in intervals])
    for (lower, upper, numbers), answer in zip(intervals, answers, strict=True):
        low, high = (parse_end(text) for text in answer.split())
        with flint.ctx.workprec(4000):
            for x in numbers:
                value = apply(name, x.to_arb())
                # Where a value is dyadic, such as at zero, it can be the end itself, which Arb's ball straddles.
                assert not value < low, (name, lower, upper, x)
                assert not value > high, (name, lower, upper, x)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"cosh", "sin", "cos"}))
def test_image_of_a_point_is_narrow(name: str) -> None:
    """The ends are those of the value, rounded outward, so that they add nothing to an inherited error."""
    points = [x for x in list_ladder((-100, -20, -3, 0, 3), 9) if x.mantissa > 0]
    for x, answer in zip(points, ask([f"{name} {x} {x}" for x in points]), strict=True):
        low, high = (parse_end(text) for text in answer.split())
        with flint.ctx.workprec(4000):
            assert high - low <= abs(low) * flint.arb(2) ** -118, x


def test_quotients_of_intervals_hold_every_quotient() -> None:
    source = random.Random(10)
    questions, samples = [], []
    for _ in range(200):
        ends = [source.randint(-40, 40) for _ in range(4)]
        a, b, c, d = *sorted(ends[:2]), *sorted(ends[2:])
        questions.append("div " + " ".join(str(Dyadic(end, -3)) for end in (a, b, c, d)))
        samples.append((a, b, c, d))
    for (a, b, c, d), answer in zip(samples, ask(questions), strict=True):
        if c <= 0 <= d:
            assert answer == "-inf inf"
            continue
        low, high = (parse_end(text) for text in answer.split())
        quotients = [flint.fmpq(n, k) for n in range(a, b + 1) for k in range(c, d + 1)]
        with flint.ctx.workprec(400):
            assert not any(flint.arb(q) < low or flint.arb(q) > high for q in quotients)
            nearest = [min(quotients), max(quotients)]
            assert all(
                abs(flint.arb(q) - end) < flint.arb(2) ** -110 for q, end in zip(nearest, (low, high), strict=True)
            )


INFINITE_ENDS = {
    "exp -inf 0x0p0": "0x0p0 0x1p0",
    "exp -inf inf": "0x0p0 inf",
    "log 0x0p0 0x1p0": "-inf 0x0p0",
    "log -0x1p0 inf": "-inf inf",
    "sqrt -0x1p0 0x1p2": "0x0p0 0x1p1",
    "sqrt 0x1p2 inf": "0x1p1 inf",
    "sinh -inf 0x0p0": "-inf 0x0p0",
    "cosh -inf 0x0p0": "0x1p0 inf",
    "cosh -inf inf": "0x1p0 inf",
    "tanh -inf inf": "-0x1p0 0x1p0",
    "sin 0x0p0 inf": "-0x1p0 0x1p0",
    "cos -inf inf": "-0x1p0 0x1p0",
    "div 0x1p0 inf 0x1p0 inf": "0x0p0 inf",
    "div -inf inf 0x1p0 0x1p1": "-inf inf",
    "div 0x1p0 0x1p1 -inf -0x1p0": "-0x1p1 0x0p0",
    "exp 0x1p70 0x1p71": "0x1p1310720 inf",
    "exp -0x1p71 -0x1p70": "0x0p0 0x1p-1310720",
}


def test_infinite_ends() -> None:
    assert dict(zip(INFINITE_ENDS, ask([*INFINITE_ENDS]), strict=True)) == INFINITE_ENDS


@pytest.mark.parametrize("name", ODD)
def test_odd_functions_are_odd(name: str) -> None:
    arguments = [x for x in list_ladder((-130, -50, 0, 3), 11) if x.mantissa > 0]
    plus, minus = ask([f"{name} {x}" for x in arguments]), ask([f"{name} {-x}" for x in arguments])
    negated = [f"{-parse(middle)} {radius}" for middle, radius in (answer.split() for answer in plus)]
    assert negated == minus
