"""Planting a defect at each array operation of a numpy method, and finding the cases that catch it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from conform.backends.check import LoadedBackend
from conform.mutants.baseline import Baseline, differ
from conform.mutants.interposed.arrays import Array, Call, Perform, Step, run_interposed
from conform.mutants.interposed.defects import Defect, list_defects
from conform.running.verdicts import hold_to_claims
from conform.suite import Block

_PROBES = 12
_PROBED_ELEMENTS = 600
_AT_ONCE = 6
ENOUGH = 3
"""So many cases that catch a defect are looked for."""


@dataclass(frozen=True)
class Interposition:
    """A defect at one operation of the method of an operation."""

    operation: str
    step: Step
    defect: str
    summary: str

    @property
    def name(self) -> str:
        return f"{self.operation}/{self.step}/{self.defect}"


@dataclass(frozen=True)
class Outcome:
    """The cases of a block, by their places in it, that get another answer with a defect, and those of them that no
    run would pass.
    """

    changed: Sequence[int]
    caught: Sequence[int]


class Stand:
    """A numpy method on the cases of a block: as it is, and with defects."""

    def __init__(self, backend: LoadedBackend, block: Block) -> None:
        self._method = backend.methods[block.operation.name]
        self._block = block
        self._defects: dict[Interposition, Defect] = {}
        self._fitting: dict[Interposition, list[int]] = {}
        self._catches: Counter[int] = Counter()
        answers = self._make_answers()
        for case in range(len(block.cases)):
            self._fill(answers, case, self._trace(case))
        rules, held = hold_to_claims(backend.declaration, block)
        self.baseline = Baseline(held, answers, rules)

    @property
    def interpositions(self) -> tuple[Interposition, ...]:
        """Every defect at every operation that some case has."""
        return tuple(self._fitting)

    def find_cases(self, interposition: Interposition) -> Sequence[int]:
        """The cases that have the operation of a defect."""
        return self._fitting[interposition]

    def plant(self, interposition: Interposition) -> Outcome:
        """Run the method with a defect on cases that have its operation, until enough of them catch it.

        Those come first that caught the most before.
        """
        perform = self._spoil(interposition)
        answers = {name: answer.copy() for name, answer in self.baseline.answers.items()}
        left = sorted(self._fitting[interposition], key=lambda case: -self._catches[case])
        raised: set[int] = set()
        caught: set[int] = set()
        while left and len(caught) < ENOUGH:
            tried, left = left[:_AT_ONCE], left[_AT_ONCE:]
            for case in tried:
                try:
                    self._fill(answers, case, self._run(case, perform))
                except Exception:
                    # Whatever a broken method raises, a run sees it.
                    raised.add(case)
            caught = raised.union(*(self.baseline.find_failing(*each).tolist() for each in answers.items()))
        self._catches.update(caught)
        owners = self.baseline.owners
        changed = (owners[name][self.baseline.find_changed(name, answer)].tolist() for name, answer in answers.items())
        return Outcome(sorted(raised.union(*changed)), sorted(caught))

    def matters(self, interposition: Interposition) -> bool:
        """Whether a defect changes an answer to any of some arguments of random bits and special values."""
        perform = self._spoil(interposition)
        for inputs, attributes, before in self._probes:
            try:
                after = self._call(inputs, attributes, perform)
            except Exception:
                return True
            if any(_is_other(old, new) for old, new in zip(before, after, strict=True)):
                return True
        return False

    def _spoil(self, interposition: Interposition) -> Perform:
        defect, target = self._defects[interposition], self._block.format

        def perform(step: Step, call: Call) -> Any:
            return defect.apply(call, target) if step == interposition.step else call.run()

        return perform

    def _trace(self, case: int) -> tuple[Array, ...]:
        operation, target = self._block.operation.name, self._block.format

        def perform(step: Step, call: Call) -> Any:
            for defect in list_defects(call, target):
                summary = f"{operation}: {defect.summary.format(step=_name(step, call))}"
                found = Interposition(operation, step, defect.name, summary)
                self._defects.setdefault(found, defect)
                self._fitting.setdefault(found, []).append(case)
            return call.run()

        return self._run(case, perform)

    def _run(self, case: int, perform: Perform) -> tuple[Array, ...]:
        return self._call(self._block.get_inputs(case), self._block.cases[case].attributes, perform)

    def _call(self, inputs: Mapping[str, Array], attributes: Mapping[str, int], perform: Perform) -> tuple[Array, ...]:
        results = [result.name for result in self._block.operation.results]
        copies = {name: array.copy() for name, array in inputs.items()}
        return run_interposed(self._method, copies, attributes, results, perform)

    def _make_answers(self) -> dict[str, Array]:
        block = self._block
        return {name: np.zeros(each.offsets[-1], block.format.dtype) for name, each in block.expected.items()}

    def _fill(self, answers: Mapping[str, Array], case: int, results: tuple[Array, ...]) -> None:
        for (name, answer), result in zip(answers.items(), results, strict=True):
            start, stop = self._block.expected[name].offsets[case : case + 2]
            place = answer[start:stop]
            if result.dtype != place.dtype or result.size != place.size:
                raise ValueError(f"{name} has another shape or format")
            place[...] = result.reshape(-1)

    @cached_property
    def _probes(self) -> Sequence[tuple[dict[str, Array], Mapping[str, int], tuple[Array, ...]]]:
        """Arguments in the shapes of some cases, with what the method answers."""
        block, random = self._block, np.random.default_rng(0)
        costs = block.count_elements()
        usable = np.flatnonzero((costs > 2) & (costs <= _PROBED_ELEMENTS)).tolist()
        probes = []
        chosen = usable[:: max(1, len(usable) // _PROBES)]
        for case in chosen:
            # Where few cases are usable, each is drawn for more often.
            for draw in (_draw_bits, _draw_special) * max(1, _PROBES // len(chosen)):
                inputs = {name: draw(random, array) for name, array in block.get_inputs(case).items()}
                attributes = block.cases[case].attributes
                probes.append((inputs, attributes, self._call(inputs, attributes, lambda step, call: call.run())))
        return probes


def _draw_bits(random: np.random.Generator, like: Array) -> Array:
    raw = random.integers(0, 256, like.nbytes, np.uint8)
    return raw.view(like.dtype).reshape(like.shape)


def _draw_special(random: np.random.Generator, like: Array) -> Array:
    if like.dtype.kind in "iu":
        return random.integers(-3, 4, like.shape).astype(like.dtype)
    values = np.array([0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -3.0, np.inf, -np.inf, np.nan]).astype(like.dtype)
    return random.choice(values, like.shape)


def _is_other(before: Array, after: Array) -> bool:
    if (before.shape, before.dtype) != (after.shape, after.dtype):
        return True
    return bool(differ(before.reshape(-1), after.reshape(-1)).any())


def _name(step: Step, call: Call) -> str:
    if call.kind != "step":
        return f"the {call.kind} {step.name.removeprefix('result-')}"
    return f"its {step.name}" if not step.before else f"its {step.name} number {step.before + 1}"
