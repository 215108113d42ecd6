"""What cases that raised, or returned the wrong shape or format, have in common that no other case has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from conform.results import CaseResult, Rule, Verdict
from conform.suite import CaseInfo

_RULES = (Rule.RAISED, Rule.RESULTS, Rule.SHAPE, Rule.DTYPE, Rule.MUTATION, Rule.ALIASING)
"""Checks of a call: values have defects of their own to be explained by."""

_UNCALLED = (Verdict.UNSUPPORTED, Verdict.DECLARED)


Trait = tuple[str, str, str]
"""An operation, a kind of trait (flag, size or dtype), and what a case of the operation has of that kind."""


def count_traits(operation: str, dtype: str, cases: Sequence[CaseInfo], kept: Collection[str] = ()) -> Counter[Trait]:
    """The traits of the cases of a block whose ids are not among those kept: all that patterns need of those that pass.

    It is as small for many cases as for few.
    """
    counted = [case for case in cases if case.id not in kept] if kept else cases
    counts: Counter[Trait] = Counter({(operation, "dtype", dtype): len(counted)})
    for flags, count in Counter(case.flags for case in counted).items():
        for flag in flags:
            counts[operation, "flag", flag] += count
    # Cases share the objects of their sizes, which are told apart sooner than their items are compared.
    sizes = {id(case.sizes): case.sizes for case in counted}
    for place, count in Counter(id(case.sizes) for case in counted).items():
        for symbol, size in sizes[place].items():
            counts[operation, "size", f"{symbol}={size}"] += count
    return counts


def list_patterns(cases: Sequence[CaseResult], passed: Mapping[Trait, int] | None = None) -> tuple[str, ...]:
    """For each check that cases failed, the flag, the size or the formats that exactly these cases have, if any.

    `passed` are the traits of cases that passed and are not among `cases`. Cases are compared with the others of their
    operations alone. Nothing is said where all of them fail.
    """
    called = [case for case in cases if case.verdict not in _UNCALLED]
    found = (_describe(rule, called, passed or {}) for rule in _RULES)
    return tuple(text for text in found if text)


def _describe(rule: Rule, called: Sequence[CaseResult], passed: Mapping[Trait, int]) -> str | None:
    failing = [case for case in called if any(problem.rule is rule for problem in case.problems)]
    if not failing:
        return None
    operations = {case.operation for case in failing}
    near = Counter({trait: count for trait, count in passed.items() if trait[0] in operations})
    near.update(trait for case in called if case.operation in operations for trait in _list_traits(case))
    total = sum(count for (_, kind, _), count in near.items() if kind == "dtype")
    if len(failing) == total:
        return None

    def count_near(kind: str, text: str) -> int:
        return sum(near[operation, kind, text] for operation in operations)

    count = f"{rule.value}: all {len(failing)} such cases" if len(failing) > 1 else f"{rule.value}: the one such case"
    for flag in failing[0].flags:
        if all(flag in case.flags for case in failing) and count_near("flag", flag) == len(failing):
            return f"a defect for cases flagged {flag} alone ({count}, and no other)"
    for size in _list_sizes(failing[0]):
        if all(size in _list_sizes(case) for case in failing) and count_near("size", size) == len(failing):
            return f"a defect where {size.replace('=', ' = ')} alone ({count}, and no other)"
    dtypes = dict.fromkeys(case.dtype for case in failing)
    if sum(count_near("dtype", dtype) for dtype in dtypes) == len(failing):
        return f"a defect for {_join(dtypes)} alone ({count}, and no other)"
    return None


def _list_traits(case: CaseResult) -> Iterator[Trait]:
    yield case.operation, "dtype", case.dtype
    yield from ((case.operation, "flag", flag) for flag in case.flags)
    yield from ((case.operation, "size", size) for size in _list_sizes(case))


def _list_sizes(case: CaseResult) -> list[str]:
    """The sizes of a case as its id has them, such as "inDim=0"."""
    return case.id.rpartition("/")[2].rpartition("#")[0].split(",")


def _join(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
