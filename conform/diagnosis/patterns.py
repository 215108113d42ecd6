"""What cases that raised, or returned the wrong shape or format, have in common that no other case has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conform.results import CaseResult, Rule, Verdict

_RULES = (Rule.RAISED, Rule.RESULTS, Rule.SHAPE, Rule.DTYPE, Rule.MUTATION, Rule.ALIASING)
"""Checks of a call: values have defects of their own to be explained by."""

_UNCALLED = (Verdict.UNSUPPORTED, Verdict.DECLARED)


def list_patterns(cases: Sequence[CaseResult]) -> tuple[str, ...]:
    """For each check that cases failed, the flag, the size or the formats that exactly these cases have, if any.

    Cases are compared with the others of their operations alone. Nothing is said where all of them fail.
    """
    called = [case for case in cases if case.verdict not in _UNCALLED]
    found = (_describe(rule, called) for rule in _RULES)
    return tuple(text for text in found if text)


def _describe(rule: Rule, called: Sequence[CaseResult]) -> str | None:
    failing = {case.id for case in called if any(problem.rule is rule for problem in case.problems)}
    operations = {case.operation for case in called if case.id in failing}
    near = [case for case in called if case.operation in operations]
    if not failing or len(failing) == len(near):
        return None
    count = f"{rule.value}: all {len(failing)} such cases" if len(failing) > 1 else f"{rule.value}: the one such case"
    for flag in dict.fromkeys(flag for case in near if case.id in failing for flag in case.flags):
        if {case.id for case in near if flag in case.flags} == failing:
            return f"a defect for cases flagged {flag} alone ({count}, and no other)"
    for size in dict.fromkeys(size for case in near if case.id in failing for size in _list_sizes(case)):
        if {case.id for case in near if size in _list_sizes(case)} == failing:
            return f"a defect where {size.replace('=', ' = ')} alone ({count}, and no other)"
    dtypes = dict.fromkeys(case.dtype for case in near if case.id in failing)
    if {case.id for case in near if case.dtype in dtypes} == failing:
        return f"a defect for {_join(dtypes)} alone ({count}, and no other)"
    return None


def _list_sizes(case: CaseResult) -> list[str]:
    """The sizes of a case as its id has them, such as "inDim=0"."""
    return case.id.rpartition("/")[2].rpartition("#")[0].split(",")


def _join(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
