"""What a run says of every defect of the call: the check that fails, and what the failing cases have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from vector_samples import FOLDER, find_site, get_blocks, get_manifest

from conform.backends.base import Array
from conform.backends.check import check_backend
from conform.diagnosis.diagnose import diagnose
from conform.diagnosis.evidence import Evidence
from conform.diagnosis.patterns import Trait, list_patterns
from conform.golden.loading import load_blocks
from conform.golden.selection import make_selection
from conform.mutants.mutant import Mutant
from conform.mutants.reference import ReferenceBackend
from conform.mutants.registry import MUTANTS
from conform.mutants.task import Change
from conform.results import BackendResult, CaseResult, Rule
from conform.running.runner import RunOptions, run_backend
from conform.suite import Block

CALLING = {mutant.name: mutant for mutant in MUTANTS if not isinstance(mutant.defect, Change)}
SCALE, LINEAR, BATCH = "linear_gradient_scale", "linear", "batch_linear_deriv"


@dataclass(frozen=True)
class Word:
    """What the run is to say: the rule of the problems, a part of their message, and one of what is found beside."""

    rule: Rule
    message: str
    found: str = ""
    operation: str = SCALE
    dtype: str = "float32"


WORDS = {
    "squeezes": Word(Rule.SHAPE, "grad has the shape (", "for cases flagged size-one alone (shape: all"),
    "flattens": Word(Rule.SHAPE, "grad has the shape ("),
    "keeps-column": Word(Rule.SHAPE, ", 1), not (", operation=LINEAR),
    "adds-batch": Word(Rule.SHAPE, "grad has the shape (1, "),
    "swaps-shape": Word(Rule.SHAPE, "grad has the shape (", "result transposed (all"),
    "unwraps-single": Word(Rule.RESULTS, "grad is a numpy.float32, not a numpy array"),
    "widens": Word(Rule.DTYPE, "grad is float64, not float32"),
    "narrows": Word(Rule.DTYPE, "grad is float32, not bfloat16", dtype="bfloat16"),
    "swaps-halves": Word(Rule.DTYPE, "grad is float16, not bfloat16", dtype="bfloat16"),
    "returns-lists": Word(Rule.RESULTS, "grad is a builtins.list, not a numpy array"),
    "returns-none": Word(Rule.RESULTS, "grad is a builtins.NoneType, not a numpy array"),
    "forgets-result": Word(Rule.RESULTS, "returned 2 results; 3 are due: dW, db, dx", operation=BATCH),
    "reorders-results": Word(Rule.SHAPE, "dW has the shape (", operation=BATCH),
    "raises-on-empty": Word(Rule.RAISED, "ValueError: zero-size", "for cases flagged empty alone (raised: all"),
    "raises-on-size-one": Word(
        Rule.RAISED, "ValueError: expected two", "for cases flagged size-one alone (raised: all"
    ),
    "raises-on-non-square": Word(Rule.RAISED, "ValueError: dimensions do not match"),
    "raises-on-odd": Word(Rule.RAISED, "ValueError: dimensions must be even"),
    "raises-past-1024": Word(
        Rule.RAISED, "ValueError: buffer too small", "where inDim · outDim is at least 1031 alone (raised: all"
    ),
    "raises-on-special": Word(
        Rule.RAISED, "must not contain infs or NaNs", "for cases flagged nan or inf alone (raised:"
    ),
    "raises-on-subnormal": Word(Rule.RAISED, "underflow encountered", "for cases flagged subnormal alone (raised:"),
    "raises-on-overflow": Word(Rule.RAISED, "overflow encountered", "for cases flagged overflow alone (raised:"),
    "overwrites-input": Word(Rule.MUTATION, "the call changed its input grad"),
    "normalises-zeros": Word(
        Rule.MUTATION,
        "changed its input grad",
        "for cases flagged signed-zeros alone (mutation:",
        operation="linear_gradient_accumulate",
    ),
    "updates-in-place": Word(Rule.MUTATION, "the call changed its input grad"),
    "returns-input": Word(Rule.ALIASING, "db shares memory with an input", operation="linear_bias_deriv"),
    "reuses-buffer": Word(Rule.ALIASING, "grad shares memory with the result of an earlier call"),
    "caches-by-shape": Word(Rule.EXACT, "is 28, not", "the answer to an earlier case of the same shape (all"),
    "caches-parameters": Word(Rule.EXACT, "every order of summation gives this number exactly"),
    "adds-to-last-call": Word(Rule.EXACT, "not 28", "a defect that depends on the calls before ("),
    "wrong-every-second": Word(Rule.EXACT, "is 0, not", "a defect that depends on the calls before ("),
    "wrong-at-first": Word(Rule.EXACT, "is 0, not"),
    "wrong-when-repeated": Word(Rule.EXACT, "is 0, not", "a defect of repeated calls alone ("),
    "varies": Word(Rule.REPEAT, "the same call gave other bits the second time", operation=LINEAR),
    "ignores-strides": Word(Rule.EXACT, "every order", "a defect for inputs in another layout alone ("),
    "ignores-transposition": Word(Rule.EXACT, "every order", "a defect for inputs in another layout alone ("),
    "raises-on-zero-stride": Word(Rule.RAISED, "ivi", "a defect for inputs in another layout alone ("),
    "ignores-offset": Word(Rule.EXACT, "every order", "a defect for inputs in another layout alone ("),
    "ignores-negative-strides": Word(Rule.EXACT, "every order", "a defect for inputs in another layout alone ("),
    "loses-nan-payloads": Word(Rule.NAN, "nan", "a defect for nan with other bits than the usual ones alone ("),
    "knows-one-nan": Word(Rule.NAN, "nan", "a defect for nan with other bits than the usual ones alone ("),
    "caches-by-address": Word(
        Rule.EXACT, "every order", "a defect where memory that had other inputs is used again", operation=LINEAR
    ),
    "keeps-last-format": Word(Rule.EXACT, "every order", "a defect after a call in another format"),
    "returns-unwritten": Word(Rule.EXACT, "every order", operation=LINEAR),
    "raises-on-strides": Word(Rule.RAISED, "not contiguous", "a defect for inputs in another layout alone ("),
}


def list_blocks(word: Word, whole: bool) -> tuple[Block, ...]:
    if not whole:
        return get_blocks(word.operation, word.dtype)
    selection = make_selection(get_manifest(), operations=(word.operation,), dtypes=(word.dtype,))
    return tuple(load_blocks(FOLDER, get_manifest(), selection))


def run(backend: object, blocks: tuple[Block, ...], needs: str) -> tuple[BackendResult, list[str]]:
    """The result of a run, and all that it would say beside its verdicts."""
    evidence: list[Evidence] = []
    traits: Counter[Trait] = Counter()
    options = RunOptions(**{needs: True}) if needs else RunOptions()
    result = run_backend(check_backend(backend, get_manifest().operations), blocks, options, None, evidence, traits)
    return result, [*map(str, diagnose(evidence)), *list_patterns(result.cases, traits)]


def list_failing(result: BackendResult) -> list[CaseResult]:
    return [case for case in result.cases if case.problems]


def test_every_defect_of_the_call_is_listed() -> None:
    assert set(WORDS) == set(CALLING)


@pytest.mark.parametrize("name", WORDS)
def test_a_defect_of_the_call_is_described(name: str) -> None:
    mutant: Mutant = CALLING[name]
    word = WORDS[name]
    assert mutant.applies(find_site(word.operation, "", word.dtype))
    result, found = run(mutant.defect, list_blocks(word, name == "raises-past-1024"), mutant.needs)
    failing = list_failing(result)
    messages = [problem.message for case in failing for problem in case.problems if problem.rule is word.rule]
    assert [message for message in messages if word.message in message]
    assert not word.found or [text for text in found if word.found in text]
    # A flag that was not planted would be a coincidence.
    assert word.found or not [text for text in found if "flagged" in text]


class LosesSignOfZero(ReferenceBackend):
    """Adds a zero at the end, as a kernel does that starts from a zero in a register."""

    def respond(self, operation: str, inputs: dict[str, Array]) -> tuple[Array, ...]:
        return tuple(np.asarray(result + np.zeros((), result.dtype)) for result in super().respond(operation, inputs))


def test_a_lost_sign_of_zero_is_described_where_it_is_looked_for() -> None:
    blocks = get_blocks(SCALE, "float32")
    assert run(LosesSignOfZero(), blocks, "")[0].conforms
    result, _ = run(LosesSignOfZero(), blocks, "signed_zero")
    assert {problem.rule for case in list_failing(result) for problem in case.problems} == {Rule.SIGNED_ZERO}
