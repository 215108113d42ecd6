"""Writes today's failures down as known failures, in the fewest globs that cover them and nothing else."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from conform.gate.known import FAILING, KnownEntry
from conform.golden.globs import match_glob
from conform.results import BackendResult, CaseResult

_SEARCH_WORK = 2_000_000
"""How many pairs of a glob and a case the search for the fewest globs looks at before it settles for what it has."""

_SEARCH_DEPTH = 40
"""Covers of more globs than this are left as the greedy choice made them: a search could not finish."""


@dataclass(frozen=True)
class _Candidate:
    """A glob that matches no passing case, and the set of failing ones it matches, as the bits of an integer."""

    glob: str
    covered: int

    @property
    def rank(self) -> tuple[int, bool, bool, int, str]:
        """Sorts the glob that covers most first; of two that cover the same, one that names the operation, then the
        shorter. One case is named in full.
        """
        count = self.covered.bit_count()
        return -count, count == 1 and "*" in self.glob, self.glob.startswith("*"), len(self.glob), self.glob


def make_baseline(backend: BackendResult) -> tuple[KnownEntry, ...]:
    """The entries that make a run of this backend pass with known failures: one for each glob of the cover."""
    failing = {case.id: case for case in backend.cases if case.verdict in FAILING}
    others = [case.id for case in backend.cases if case.id not in failing]
    entries = []
    for glob in cover_exactly(list(failing), others):
        reason = _summarise([case for name, case in failing.items() if match_glob(glob, name)])
        entries.append(KnownEntry((glob,), reason, backend.backend))
    return tuple(entries)


def cover_exactly(failing: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Globs, sorted, that together match every id of `failing` and none of `others`; the same for any order of ids.

    A glob has `*` in place of any components of an id: operation, family, format, each size, number. No smaller set of
    such globs exists, unless there are so many that the search for it is given up; then few remain, but perhaps not
    the fewest. Raises ValueError where an id is in both lists.
    """
    both = set(failing) & set(others)
    if both:
        raise ValueError(f"both failing and not: {min(both)}")
    names = sorted(set(failing))
    spoiled = {glob for name in set(others) for glob in _generalise(name)}
    while True:
        candidates = _drop_dominated(_list_candidates(names, spoiled))
        globs = sorted(candidate.glob for candidate in _choose(candidates, (1 << len(names)) - 1))
        # A star also crosses separators, so a glob may match an id of another form than those it was made from.
        wrong = {glob for glob in globs if any(match_glob(glob, name) for name in others)}
        if not wrong:
            return tuple(globs)
        spoiled |= wrong


def _list_candidates(failing: Sequence[str], spoiled: Collection[str]) -> Iterator[_Candidate]:
    covered: dict[str, int] = defaultdict(int)
    for i, name in enumerate(failing):
        for glob in _generalise(name):
            if glob not in spoiled:
                covered[glob] |= 1 << i
    return (_Candidate(glob, bits) for glob, bits in covered.items())


def _generalise(name: str) -> Iterator[str]:
    """The globs that an id gives: each component itself or a star, the sizes together or each for itself."""
    head, _, number = name.rpartition("#")
    *components, sizes = head.split("/") if head else ["", name]
    numbers = ("#*", f"#{number}") if head else ("",)
    tails = {""} if not sizes else {"*", *("".join(parts) for parts in _generalise_sizes(sizes))}
    for kept in itertools.product((True, False), repeat=len(components)):
        start = "/".join(part if keep else "*" for part, keep in zip(components, kept, strict=True))
        for tail, end in itertools.product(sorted(tails), numbers):
            glob = f"{start}/{tail}{end}" if start else f"{tail}{end}"
            yield re.sub(r"\*(?:[/#]\*)+", "*", glob)
    yield name


def _generalise_sizes(sizes: str) -> Iterator[tuple[str, ...]]:
    choices = []
    for i, size in enumerate(sizes.split(",")):
        symbol, equals, _ = size.partition("=")
        comma = "," if i else ""
        choices.append((f"{comma}{size}", f"{comma}{symbol}=*") if equals else (f"{comma}{size}",))
    yield from itertools.product(*choices)


def _drop_dominated(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The candidates that no other covers more than, in the order of their rank."""
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: candidate.rank):
        if not any(candidate.covered & ~other.covered == 0 for other in kept):
            kept.append(candidate)
    return kept


def _choose(candidates: Sequence[_Candidate], everything: int) -> list[_Candidate]:
    best = _cover_greedily(candidates, everything)
    work = 0

    def search(chosen: list[_Candidate], missing: int) -> None:
        nonlocal best, work
        if not missing:
            best = list(chosen)
            return
        useful = [c for c in candidates if c.covered & missing]
        most = max((c.covered & missing).bit_count() for c in useful)
        work += len(useful) * missing.bit_count()
        if work > _SEARCH_WORK or len(chosen) - (-missing.bit_count() // most) >= len(best):
            return
        # Some candidate must cover the case that the fewest of them cover, so branching on it is enough.
        rarest = min(_list_bits(missing), key=lambda bit: sum(1 for c in useful if c.covered & bit))
        for candidate in useful:
            if candidate.covered & rarest:
                search([*chosen, candidate], missing & ~candidate.covered)

    if len(best) <= _SEARCH_DEPTH:
        search([], everything)
    return best


def _cover_greedily(candidates: Sequence[_Candidate], everything: int) -> list[_Candidate]:
    chosen, missing = [], everything
    while missing:
        best = max(candidates, key=lambda c: (c.covered & missing).bit_count())
        chosen.append(best)
        missing &= ~best.covered
    # A later choice can make an earlier one unnecessary.
    for candidate in list(chosen):
        rest = [c for c in chosen if c is not candidate]
        if _unite(rest) == everything:
            chosen = rest
    return chosen


def _unite(candidates: Iterable[_Candidate]) -> int:
    union = 0
    for candidate in candidates:
        union |= candidate.covered
    return union


def _list_bits(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest
        bits ^= lowest


def _summarise(cases: Sequence[CaseResult]) -> str:
    rules = Counter(case.problems[0].rule.value if case.problems else case.verdict.value for case in cases)
    parts = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items(), key=lambda item: (-item[1], item[0])))
    return f"fails today, cause not yet stated: {len(cases)} {'case' if len(cases) == 1 else 'cases'} ({parts})"
