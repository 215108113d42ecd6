"""What failing cases have in common that no other case has: flags, sizes, a format, or the call that went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod

from conform.results import CaseResult, Rule, Verdict
from conform.running.rounds import FIRST, OTHER_FORMAT, PAYLOADS, REFILLED, REPEAT, STRIDED
from conform.suite import CaseInfo

_RULES = (Rule.RAISED, Rule.RESULTS, Rule.SHAPE, Rule.DTYPE, Rule.MUTATION, Rule.ALIASING)
"""Checks of a call: values have defects of their own to be explained by."""

_UNTIMED = (Rule.REPEAT, Rule.MUTATION, Rule.ALIASING)
"""Checks of more than one call, or of what a call left behind it."""

_LATER = {
    STRIDED: "for inputs in another layout",
    REFILLED: "where memory that had other inputs is used again",
    OTHER_FORMAT: "after a call in another format",
    PAYLOADS: "for nan with other bits than the usual ones",
}
"""What is wrong where nothing but a call of this kind is."""

_MOST_FLAGS = 2
_LEAST_LARGE = 3

_UNCALLED = (Verdict.UNSUPPORTED, Verdict.DECLARED)


Trait = tuple[str, str, str]
"""An operation, a kind of trait (flag, size, product or dtype), and what a case of the operation has of that kind."""


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
    scopes = {(id(case.sizes), *case.attributes.items()): case for case in counted}
    for key, count in Counter((id(case.sizes), *case.attributes.items()) for case in counted).items():
        scope = scopes[key].scope
        for symbol, size in scope.items():
            counts[operation, "size", f"{symbol}={size}"] += count
        counts[operation, "product", f"={prod(scope.values())}"] += count
    return counts


def list_patterns(cases: Sequence[CaseResult], passed: Mapping[Trait, int] | None = None) -> tuple[str, ...]:
    """For each check that cases failed, the flags, the sizes or the formats that exactly these cases have, if any.

    `passed` are the traits of cases that passed and are not among `cases`. Cases are compared with the others of their
    operations alone, and nothing of the kind is said where all of them fail. Wrong answers that were right in the
    first call are told apart from those that never were.
    """
    called = [case for case in cases if case.verdict not in _UNCALLED]
    found = (_describe(rule, called, passed or {}) for rule in _RULES)
    return (*(text for text in found if text), *_describe_calls(called))


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
    flags = _find_flags(failing, count_near)
    if flags:
        return f"a defect for cases flagged {_join(flags, 'or')} alone ({count}, and no other)"
    for size in _list_sizes(failing[0]):
        if all(size in _list_sizes(case) for case in failing) and count_near("size", size) == len(failing):
            return f"a defect where {size.replace('=', ' = ')} alone ({count}, and no other)"
    large = _find_large(failing, near)
    if large:
        return f"a defect where {large} alone ({count}, and no other)"
    dtypes = dict.fromkeys(case.dtype for case in failing)
    if sum(count_near("dtype", dtype) for dtype in dtypes) == len(failing):
        return f"a defect for {_join(dtypes)} alone ({count}, and no other)"
    return None


def _find_flags(failing: Sequence[CaseResult], count_near: Callable[[str, str], int]) -> tuple[str, ...]:
    """The fewest flags of which every failing case has one, and no other case has any."""
    counts = Counter(flag for case in failing for flag in case.flags)
    alone = [flag for flag, count in counts.items() if count_near("flag", flag) == count]
    for several in range(1, _MOST_FLAGS + 1):
        # As many flags as cases would tell nothing.
        if several > 1 and 2 * several > len(failing):
            break
        for flags in combinations(alone, several):
            if all(not set(flags).isdisjoint(case.flags) for case in failing):
                return flags
    return ()


def _find_large(failing: Sequence[CaseResult], near: Mapping[Trait, int]) -> str | None:
    """A dimension, or the product of all, and the least of those that fail, where all from that length on do."""
    if len(failing) < _LEAST_LARGE:
        return None

    def count_from(kind: str, symbol: str, least: int) -> int:
        lengths = ((_split_size(text), count) for (_, each, text), count in near.items() if each == kind)
        return sum(count for (each, length), count in lengths if each == symbol and length >= least)

    sizes = [dict(_split_size(size) for size in _list_sizes(case)) for case in failing]
    for symbol in sizes[0]:
        if all(symbol in each for each in sizes):
            least = min(each[symbol] for each in sizes)
            if count_from("size", symbol, least) == len(failing):
                return f"{symbol} is at least {least}"
    least = min(prod(each.values()) for each in sizes)
    if len({tuple(each) for each in sizes}) == 1 and count_from("product", "", least) == len(failing):
        return f"{' · '.join(sizes[0])} is at least {least}"
    return None


def _describe_calls(called: Sequence[CaseResult]) -> Iterator[str]:
    """Which calls went wrong, where some were right the first time: what is wrong is told where it first shows."""
    checked = [[problem for problem in case.problems if problem.rule not in _UNTIMED] for case in called]
    calls = [{problem.call for problem in problems} for problems in checked if problems]
    later = [each for each in calls if FIRST not in each]
    for label, what in _LATER.items():
        count = later.count({label})
        if count:
            yield f"a defect {what}{' alone' if count == len(calls) else ''} ({_count_later(count, len(calls))})"
    others = [each for each in later if each not in [{label} for label in _LATER]]
    if others:
        what = "of repeated calls alone" if len(others) == len(calls) and all(REPEAT in each for each in calls) else ""
        yield f"a defect {what or 'that depends on the calls before'} ({_count_later(len(others), len(calls))})"


def _count_later(count: int, total: int) -> str:
    return f"{count} of {total} failing cases were right in the first call"


def _list_traits(case: CaseResult) -> Iterator[Trait]:
    yield case.operation, "dtype", case.dtype
    yield from ((case.operation, "flag", flag) for flag in case.flags)
    sizes = _list_sizes(case)
    yield from ((case.operation, "size", size) for size in sizes)
    yield case.operation, "product", f"={prod(length for _, length in map(_split_size, sizes))}"


def _list_sizes(case: CaseResult) -> list[str]:
    """The sizes of a case as its id has them, such as "inDim=0"."""
    return [size for size in case.id.rpartition("/")[2].rpartition("#")[0].split(",") if size]


def _split_size(size: str) -> tuple[str, int]:
    symbol, _, length = size.partition("=")
    return symbol, int(length)


def _join(names: Iterable[str], word: str = "and") -> str:
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last
