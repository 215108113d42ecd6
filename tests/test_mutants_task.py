"""The reference implementation: terms where they belong, right answers, and changes that compose."""

from __future__ import annotations

import numpy as np
import pytest
from vector_samples import get_task, list_results

from conform.bits import view_bits
from conform.declaration import Declaration
from conform.judge.arrays import judge_elements
from conform.judge.status import Status
from conform.mutants.reference import FORMULAS, compute
from conform.mutants.registry import MUTANTS
from conform.mutants.task import Change

FORMATS = ("float64", "float32", "float16", "bfloat16", "int32", "int64")


RESULTS = list_results()


def test_what_has_a_formula_has_sums() -> None:
    assert FORMULAS.keys() <= RESULTS.keys()


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("operation", RESULTS)
def test_reference_conforms_even_in_the_signs_of_zeros(operation: str, dtype: str) -> None:
    task = get_task(operation, dtype)
    rules = Declaration().rules_for(operation, task.format, signed_zero=True)
    for name, answer in task.reference.items():
        judgement = judge_elements(task.block.expected[name], answer, rules)
        wrong = np.flatnonzero(judgement.status == Status.FAILED)
        assert [task.block.cases[i].id for i in task.terms[name].grid.case[wrong]] == []


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64"])
@pytest.mark.parametrize("operation", FORMULAS)
def test_reference_by_calls_conforms_like_the_reference_by_blocks(operation: str, dtype: str) -> None:
    # By the rules and not by their bits: a BLAS may sum in another order where a matrix has another shape.
    task = get_task(operation, dtype)
    rules = Declaration().rules_for(operation, task.format)
    # What the probes come to depends on the order, which is another one in a call.
    ordered = [case for case, info in enumerate(task.block.cases) if "probe" not in info.flags]
    for case in ordered[::3]:
        with np.errstate(all="ignore"):
            results = compute(operation, task.block.get_inputs(case))
        for result, name in zip(results, task.terms, strict=True):
            expected = task.block.expected[name]
            start, stop = expected.offsets[case : case + 2].tolist()
            part = expected.take(np.arange(start, stop), np.array([0, stop - start]))
            judgement = judge_elements(part, result.reshape(-1), rules)
            assert not (judgement.status == Status.FAILED).any(), (task.block.cases[case].id, name)


def test_terms_of_a_layer_run_along_the_inputs_and_end_with_the_bias() -> None:
    task = get_task("linear", "float32")
    case = next(i for i, info in enumerate(task.block.cases) if dict(info.sizes) == {"inDim": 3, "outDim": 5})
    terms = task.terms["output"]
    mine = np.flatnonzero(terms.grid.case[terms.element] == case)
    inputs = task.block.get_inputs(case)
    left = task.pool[terms.left[mine]].reshape(5, 4)
    right = task.pool[terms.right[mine]].reshape(5, 4)
    np.testing.assert_array_equal(left, np.column_stack([inputs["weights"], inputs["bias"]]))
    np.testing.assert_array_equal(right, np.tile(np.append(inputs["input"], 1), (5, 1)))
    assert terms.is_addend[mine].tolist() == [False, False, False, True] * 5


def test_grid_knows_the_coordinates_of_a_batch() -> None:
    grid = get_task("batch_linear_deriv", "int32").terms["dx"].grid
    assert grid.symbols == ("batch", "inDim")
    rebuilt = grid.start + grid.coordinates["batch"] * grid.extents["inDim"] + grid.coordinates["inDim"]
    np.testing.assert_array_equal(rebuilt, np.arange(len(grid)))
    np.testing.assert_array_equal(grid.locate(), rebuilt)


def test_a_change_after_another_applies_to_what_the_first_left() -> None:
    by_name = {mutant.name: mutant.defect for mutant in MUTANTS}
    halved, negated = by_name["gradient-halved"], by_name["gradient-negated"]
    assert isinstance(halved, Change)
    assert isinstance(negated, Change)
    task = get_task("linear_input_deriv", "float32")
    both = halved.then(negated).compute(task)["dx"]
    np.testing.assert_array_equal(view_bits(both), view_bits(-halved.compute(task)["dx"]))


def test_a_change_of_nothing_is_the_reference() -> None:
    task = get_task("batch_linear_deriv", "bfloat16")
    for name, answer in Change().compute(task).items():
        np.testing.assert_array_equal(view_bits(answer), view_bits(task.reference[name]))
