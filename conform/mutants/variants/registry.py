"""All correct variants, and how many cases flag each of them: none may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from conform.backends.check import LoadedBackend, check_backend
from conform.judge.arrays import judge_elements
from conform.judge.status import Status
from conform.mutants.jobs import map_operations
from conform.mutants.task import Change, Task, prepare_task
from conform.mutants.terms import has_sums
from conform.mutants.variants import compensated, libraries, orders, precisions
from conform.mutants.variants.variant import Variant
from conform.running.inputs import find_subnormal_cases
from conform.running.observe import Checks, observe_block
from conform.running.verdicts import hold_to_claims, judge_block
from conform.suite import Block, Operation

VARIANTS: tuple[Variant, ...] = tuple(
    replace(variant, topic=topic)
    for topic, module in (
        ("orders", orders),
        ("compensated", compensated),
        ("precisions", precisions),
        ("libraries", libraries),
    )
    for variant in module.VARIANTS
)


@dataclass(frozen=True)
class Trial:
    """How a variant fared: on how many cases it was judged, and the ids of those that flag it."""

    variant: Variant
    cases: int
    flagged: tuple[str, ...]


def try_variants(
    variants: Sequence[Variant], blocks: Sequence[Block], operations: Sequence[Operation], jobs: int = 1
) -> list[Trial]:
    """Judge every variant, by what it declares, on every case of the operations whose results are sums.

    `jobs` operations are tried at a time.
    """

    def work(group: list[Block]) -> list[tuple[int, tuple[str, ...]]]:
        return [(trial.cases, trial.flagged) for trial in _try_group(variants, group, operations)]

    parts = map_operations(work, blocks, jobs)
    return [
        Trial(variant, sum(part[i][0] for part in parts), tuple(each for part in parts for each in part[i][1]))
        for i, variant in enumerate(variants)
    ]


def _try_group(variants: Sequence[Variant], blocks: Iterable[Block], operations: Sequence[Operation]) -> list[Trial]:
    known = [operation for operation in operations if has_sums(operation)]
    loaded = {
        variant.name: check_backend(variant.implementation, known)
        for variant in variants
        if not isinstance(variant.implementation, Change)
    }
    trials = {variant.name: Trial(variant, 0, ()) for variant in variants}
    for block in blocks:
        if not has_sums(block.operation):
            continue
        task = prepare_task(block)
        for variant in variants:
            if variant.exists_in(block.format.name):
                before = trials[variant.name]
                backend = loaded.get(variant.name)
                judged, flagged = _judge_change(variant, task) if backend is None else _judge_backend(backend, block)
                trials[variant.name] = Trial(variant, before.cases + judged, before.flagged + tuple(flagged))
    return list(trials.values())


def _judge_change(variant: Variant, task: Task) -> tuple[int, list[str]]:
    block = task.block
    if not isinstance(variant.implementation, Change):
        return 0, []
    answers = variant.implementation.compute(task)
    rules = variant.declaration.rules_for(task.operation, task.format)
    excluded = np.zeros(len(block.cases), np.bool_)
    if variant.flushes:
        excluded = find_subnormal_cases(block)
    wrong = np.zeros(len(block.cases), np.bool_)
    for name, answer in answers.items():
        judgement = judge_elements(block.expected[name], answer, rules)
        wrong[task.terms[name].grid.case[judgement.status == Status.FAILED]] = True
    flagged = [block.cases[i].id for i in np.flatnonzero(wrong & ~excluded).tolist()]
    return int((~excluded).sum()), flagged


def _judge_backend(backend: LoadedBackend, block: Block) -> tuple[int, list[str]]:
    with np.errstate(all="ignore"):
        seen = observe_block(backend, block, Checks(whole=True), lambda cases: None)
    rules, block = hold_to_claims(backend.declaration, block)
    cases = judge_block(block, seen, rules, False, 0, keep_passed=False).cases
    return len(block.cases), [case.id for case in cases if case.problems or case.failed]
