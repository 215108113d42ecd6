"""What a backend's wrong answers are consistent with: the answers that known defects give on the same inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from conform.diagnosis.combinations import COMBINATIONS
from conform.diagnosis.evidence import Evidence
from conform.formats import get_format
from conform.judge.arrays import judge_elements
from conform.judge.status import Status
from conform.mutants.explanation import Clues, Place, gather_clues, match_answer, measure_progress
from conform.mutants.mutant import Mutant, make_site
from conform.mutants.registry import MUTANTS
from conform.mutants.task import Change, widen

MAX_DIAGNOSES = 4
MAX_ALTERNATIVES = 2
SCREENED_CASES = 10
"""How many failing cases, and as many passing ones, of an operation and format every mutant is tried on."""
SCREENED_GROUPS = 12

_ROUNDS = 2
_FEW = 5
_LEAST_SHARE = 0.2
_SETTLED = 0.8
_LEADING = 8
_PAIRED = 12
_PAIRED_WITH_LEADING = 40
_CLOSE_PAIRS = 60
_RUNNERS_UP = 6
_LOOSE_FORMATS = ("float32", "float16", "bfloat16")
_LEAST_RATIO = 0.02
_AND = " + "
_SIGN = "the sign of zeros alone"
_NAN = "every element of the answer nan"
_STALE = "the answer to an earlier case of the same shape"

Unit = tuple[int, str, int]
"""A wrong result: the number of its evidence, the name of the result, the case."""


@dataclass(frozen=True)
class Diagnosis:
    """A defect that would give the answers seen.

    `names` are the mutants, several where the failing cases cannot tell them apart; `explained` counts the failing
    cases with a result that it explains, of `total`. `places` are the results concerned, as operation.result, and
    `groups` their operations and formats. `objection` says what was observed that speaks against it.
    """

    names: tuple[str, ...]
    summaries: tuple[str, ...]
    explained: int
    total: int
    places: tuple[str, ...]
    groups: tuple[tuple[str, str], ...] = ()
    objection: str = ""

    def __str__(self) -> str:
        noun = "case" if self.total == 1 else "cases"
        count = f"all {self.total}" if self.explained == self.total > 1 else f"{self.explained} of {self.total}"
        # What explains a minority may be a coincidence, and is not to be read as the cause. Doubts come first, for the
        # end may be cut off.
        others = self.total - self.explained
        doubts = [self.objection] if self.objection else []
        doubts += [f"which leaves {others} to another cause"] if self.explained * 2 < self.total else []
        where = [f"in {', '.join(self.places)}"] if len(self.places) <= MAX_DIAGNOSES else []
        counted = f"{count} failing {noun}"
        told = ", ".join([counted, *doubts, *where]) if doubts else " ".join([counted, *where])
        return f"{', or '.join(dict.fromkeys(self.summaries))} ({told})"


@dataclass(frozen=True)
class _Claim:
    """What one defect explains, and how many right results speak against it at the places where it explains any.

    `pointwise` is false for a claim about the size of the errors alone.
    """

    summary: str
    units: frozenset[Unit]
    contradicted: int = 0
    pointwise: bool = True


def diagnose(
    evidence: Sequence[Evidence], mutants: Sequence[Mutant] = (*MUTANTS, *COMBINATIONS)
) -> tuple[Diagnosis, ...]:
    """The defects of the catalogue that explain wrong answers, the one that explains the most first.

    A defect explains a wrong result if the defective reference implementation gives the same one, up to rounding
    that is small beside the error; it is ruled out at a site where it would fail as many cases that passed. What one
    defect explains is not counted again for another. Nothing is said where nothing fits.
    """
    clues = [found for found in map(gather_clues, evidence) if found is not None]
    units = frozenset((n, name, case) for n, each in enumerate(clues) for name, case in each.wrong)
    total = len({(n, case) for n, _, case in units})
    claims = _claim_staleness(clues)
    for _ in range(_ROUNDS):
        left = units.difference(*(claim.units for claim in claims.values()))
        open_groups = [clues[n] for n in sorted({n for n, _, _ in left})]
        for mutant in _screen(open_groups, [each for each in mutants if each.name not in claims]):
            claims[mutant.name] = _claim(clues, mutant)
    claims = _add_precision(claims, _claim_precision(clues, claims)) | _claim_whole(clues)
    chosen = _choose(claims, units)
    left = units.difference(*(claims[names[0]].units for names in chosen))
    if left:
        pairs = _claim_pairs(clues, left, [mutant for mutant in mutants if mutant not in COMBINATIONS])
        claims |= pairs
        chosen += _choose(pairs, left)
    found = [_describe(clues, claims, names, total) for names in chosen[:MAX_DIAGNOSES]]
    return tuple(sorted(found, key=lambda each: -each.explained))


def _screen(clues: Sequence[Clues], mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants that explain the most of a few cases of a few groups, and those that do about as well."""
    step = max(1, len(clues) // SCREENED_GROUPS)
    sample = [small for each in clues[::step] if (small := each.shorten(SCREENED_CASES)) is not None]
    claims = {mutant.name: _claim(sample, mutant) for mutant in mutants if isinstance(mutant.defect, Change)}
    left = frozenset().union(*(claim.units for claim in claims.values()))
    promising: dict[str, None] = {}
    while left:
        ranked = sorted(claims, key=lambda name: (-len(claims[name].units & left), claims[name].contradicted))
        best = claims[ranked[0]]
        for name in ranked[:_RUNNERS_UP]:
            if 2 * len(claims[name].units & left) > len(best.units & left):
                promising[name] = None
        left -= best.units
    return [mutant for mutant in mutants if mutant.name in promising]


def _claim(clues: Sequence[Clues], mutant: Mutant) -> _Claim:
    explained: set[Unit] = set()
    contradicted = 0
    for number, each in enumerate(clues):
        places = [
            place
            for name, place in each.places.items()
            if len(place.wrong) and mutant.applies(make_site(each.task.block.operation, name, each.task.format.name))
        ]
        if not places or not isinstance(mutant.defect, Change):
            continue
        answers = mutant.defect.compute(each.task)
        for place in places:
            match = match_answer(each.task, place, answers[place.name], each.rules)
            if len(match.explained) > len(match.contradicted):
                explained |= {(number, place.name, case) for case in match.explained.tolist()}
                contradicted += len(match.contradicted)
    return _Claim(mutant.summary, frozenset(explained), contradicted)


def _claim_staleness(clues: Sequence[Clues]) -> dict[str, _Claim]:
    """Answers that repeat an earlier one, in groups where most of those do that have one before them."""
    stale = frozenset((n, name, case) for n, each in enumerate(clues) if each.is_stale for name, case in each.stale)
    return {_STALE: _Claim(_STALE, stale)} if stale else {}


def _claim_whole(clues: Sequence[Clues]) -> dict[str, _Claim]:
    """What is said of a result as a whole: that it differs in the signs of zeros alone, or that all of it is nan."""
    signs: set[Unit] = set()
    nans: set[Unit] = set()
    for number, each in enumerate(clues):
        for place in each.places.values():
            got = widen(place.got)
            same = (got == 0) & (widen(each.task.reference[place.name]) == 0)
            other = place.grid.case[place.is_wrong & ~same]
            known = place.grid.case[~np.isnan(got)]
            signs |= {(number, place.name, case) for case in np.setdiff1d(place.wrong, other).tolist()}
            nans |= {(number, place.name, case) for case in np.setdiff1d(place.wrong, known).tolist()}
    found = {_SIGN: signs, _NAN: nans}
    return {name: _Claim(name, frozenset(units), pointwise=False) for name, units in found.items() if units}


def _claim_pairs(clues: Sequence[Clues], left: frozenset[Unit], mutants: Sequence[Mutant]) -> dict[str, _Claim]:
    """Two defects at once, among those that each bring some wrong answers closer: the pair that explains the most."""
    counts = Counter(number for number, _, _ in left)
    number = max(counts, key=lambda each: counts[each])
    cases = frozenset(case for n, _, case in left if n == number)
    sample = clues[number].shorten(SCREENED_CASES, cases)
    if sample is None:
        return {}
    ranked = sorted(((-_rate(sample, mutant), mutant.name, mutant) for mutant in mutants), key=lambda each: each[:2])
    promising = [mutant for rate, _, mutant in ranked[:_PAIRED_WITH_LEADING] if rate < 0]
    # Of two defects the greater stands out alone; what the lesser brings closer may be little.
    ranks = [
        (first, second)
        for first, second in permutations(range(len(promising)), 2)
        if min(first, second) < _LEADING or max(first, second) < _PAIRED
    ]
    pairs = [_combine(promising[first], promising[second]) for first, second in ranks]
    # Small cases leave many pairs level; all cases of the group tell more of them apart.
    close = sorted(pairs, key=lambda pair: -len(_claim([sample], pair).units))[:_CLOSE_PAIRS]
    tried = sorted(close, key=lambda pair: -len(_claim([clues[number]], pair).units))[:_RUNNERS_UP]
    found = {pair.name: _claim(clues, pair) for pair in tried}
    return {name: claim for name, claim in found.items() if claim.units}


def _rate(clues: Clues, mutant: Mutant) -> float:
    """How much closer than the right answers a mutant's are, at the place where it does best."""
    places = [
        place
        for name, place in clues.places.items()
        if mutant.applies(make_site(clues.task.block.operation, name, clues.task.format.name))
    ]
    if not places or not isinstance(mutant.defect, Change):
        return 0.0
    answers = mutant.defect.compute(clues.task)
    return max(measure_progress(clues.task, place, answers[place.name]) for place in places)


def _combine(first: Mutant, second: Mutant) -> Mutant:
    if not isinstance(first.defect, Change) or not isinstance(second.defect, Change):
        raise TypeError("only defects of the computation combine")
    return Mutant(
        f"{first.name}{_AND}{second.name}",
        f"{first.summary} together with {second.summary}",
        "",
        first.defect.then(second.defect),
        lambda site: first.applies(site) and second.applies(site),
    )


def _claim_precision(clues: Sequence[Clues], claims: Mapping[str, _Claim]) -> dict[str, set[Unit]]:
    """By format, the results whose errors are those of sums kept in it: the widest format that allows them all.

    The order of the sums is not known, so no single answer is expected; the bound for that accumulator must hold, and
    the errors must not be small beside it. Where a mutant gives most of the answers themselves, nothing is claimed.
    """
    explained: dict[str, set[Unit]] = {}
    for number, each in enumerate(clues):
        for place in each.places.values():
            units = {(number, place.name, case) for case in place.wrong.tolist()}
            settled = any(len(units & claim.units) > _SETTLED * len(units) for claim in claims.values())
            found = None if each.task.format.is_integer or not units or settled else _find_precision(each, place)
            if found is not None:
                explained.setdefault(found, set()).update(units)
    return explained


def _add_precision(claims: Mapping[str, _Claim], precision: Mapping[str, set[Unit]]) -> dict[str, _Claim]:
    """The claims, with those about precision last; they take up the mutants that sum in the same format, in one order.

    A mutant that explains as much, answer by answer, says more than the size of the errors does, and stays.
    """
    added = dict(claims)
    for name, units in precision.items():
        same = claims.get(f"sums-in-{name}")
        if same is None or not units <= same.units:
            known = frozenset() if same is None else same.units
            added.pop(f"sums-in-{name}", None)
            added[f"sums-in-{name}"] = _Claim(f"sums kept in {name}", known | units, pointwise=False)
    return added


def _find_precision(clues: Clues, place: Place) -> str | None:
    site = make_site(clues.task.block.operation, place.name, clues.task.format.name)
    if not (site.adds or site.has_bias):
        return None
    chosen = np.flatnonzero(np.isin(place.grid.case, place.wrong))
    expected = place.expected.take(chosen, place.expected.offsets)
    for name in _LOOSE_FORMATS:
        loose = get_format(name)
        if loose.precision >= clues.rules.accumulator.precision:
            continue
        judgement = judge_elements(expected, place.got[chosen], replace(clues.rules, accumulator=loose))
        if not (judgement.status == Status.FAILED).any():
            ratio: NDArray[np.float64] = judgement.ratio[np.isfinite(judgement.ratio)]
            return name if len(ratio) and ratio.max() >= _LEAST_RATIO else None
    return None


def _choose(claims: Mapping[str, _Claim], units: frozenset[Unit]) -> list[tuple[str, ...]]:
    """Greedily, the claim to the most units that are left, with those that explain exactly the same no worse."""
    left = units
    chosen: list[tuple[str, ...]] = []
    while left and claims and len(chosen) < MAX_DIAGNOSES:
        best = min(claims, key=lambda name: (-len(claims[name].units & left), claims[name].contradicted))
        claim = claims[best]
        # One result may fit by chance; an explanation covers more of those left.
        if len(claim.units & left) < max(1 if len(units) <= _FEW else 2, _LEAST_SHARE * len(left)):
            break
        parts = sorted(best.split(_AND))
        same = [
            name
            for name, other in claims.items()
            if sorted(name.split(_AND)) != parts
            and other.units == claim.units
            and (other.contradicted, claim.pointwise) <= (claim.contradicted, other.pointwise)
        ]
        chosen.append((best, *same[:MAX_ALTERNATIVES]))
        left -= claim.units
    return chosen


def _describe(clues: Sequence[Clues], claims: Mapping[str, _Claim], names: tuple[str, ...], total: int) -> Diagnosis:
    units = claims[names[0]].units
    places = dict.fromkeys(f"{clues[n].task.operation}.{name}" for n, name, _ in sorted(units))
    cases = len({(n, case) for n, _, case in units})
    groups = dict.fromkeys((clues[n].task.operation, clues[n].task.format.name) for n, _, _ in sorted(units))
    summaries = tuple(claims[name].summary for name in names)
    return Diagnosis(names, summaries, cases, total, tuple(places), tuple(groups))
