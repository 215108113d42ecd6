"""Defects in which gradient is computed, of what, and with which factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from conform.columns import Integers
from conform.mutants.mutant import Mutant, in_operations, is_gradient, longer_than
from conform.mutants.task import Answers, Array, Change, Task, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms


def rescale(factor: Callable[[Task, Terms], Array]) -> Change:
    """Multiplies every sum by a number before it is rounded."""

    def arithmetic(task: Task, terms: Terms, pool: Array) -> Array:
        sums = sum_in_order(multiply(terms, widen(pool)), terms)
        scaled = sums * factor(task, terms)
        return narrow(np.trunc(scaled).astype(np.int64) if task.format.is_integer else scaled, task.format)

    return Change(arithmetic=arithmetic)


def finish_each(alter: Callable[[Array], Array]) -> Change:
    """Alters every result, element by element."""
    return Change(finish=lambda task, answers: {name: alter(answer) for name, answer in answers.items()})


def take_input_for_bias(task: Task, name: str, terms: Terms) -> Terms:
    """The bias gradient reads `input` where it should read grad_output, if both have the same length."""
    if name != "db":
        return terms
    case = terms.grid.case[terms.element]
    inputs = np.array([each.sizes["inDim"] for each in task.block.cases])[case]
    upstream = task.get_slice("grad_output")
    # Another defect may have put something else in its place.
    reads = (terms.left >= upstream.start) & (terms.left < upstream.stop)
    same = reads & (inputs == terms.grid.extents["outDim"][terms.element])
    place = terms.left - task.starts["grad_output"] - task.block.input_offsets["grad_output"][case]
    other = task.starts["input"] + task.block.input_offsets["input"][case] + place
    return replace(terms, left=np.where(same, other, terms.left))


def ignore_upstream(task: Task, name: str, terms: Terms) -> Terms:
    return replace(terms, left=_replace_upstream(task, terms.left), right=_replace_upstream(task, terms.right))


def _replace_upstream(task: Task, index: Integers) -> Integers:
    place = task.get_slice("grad_output")
    return np.where((index >= place.start) & (index < place.stop), task.constants, index)


def swap_equal_vectors(task: Task, answers: Answers) -> Answers:
    """dx for db and db for dx, where both have the same shape."""
    bias, inputs = task.terms["db"].grid, task.terms["dx"].grid
    swapped = dict(answers)
    for mine, theirs, here, there in (("db", "dx", bias, inputs), ("dx", "db", inputs, bias)):
        same = (np.diff(here.offsets) == np.diff(there.offsets))[here.case]
        index = np.where(same, there.offsets[here.case] + here.place, 0)
        other = answers[theirs] if len(answers[theirs]) else np.zeros(1, answers[mine].dtype)
        swapped[mine] = np.where(same, other[index], answers[mine])
    return swapped


def sum_grad_weights(task: Task, answers: Answers) -> Answers:
    """The bias gradient as the row sums of grad_weights, the parameter it does not depend on."""
    grid, weights = task.terms["db"].grid, task.grids["grad_weights"]
    total = np.zeros(len(grid), np.int64 if task.format.is_integer else np.float64)
    element = grid.offsets[weights.case] + weights.coordinates["outDim"]
    np.add.at(total, element, widen(task.block.inputs["grad_weights"]))
    return answers | {"db": narrow(total, task.format)}


def multiply_by_input(task: Task, answers: Answers) -> Answers:
    """The bias gradient times input, where the shapes allow it."""
    grid = task.terms["db"].grid
    inputs = np.array([case.sizes["inDim"] for case in task.block.cases])
    same = (inputs == np.diff(grid.offsets))[grid.case]
    index = np.where(same, task.block.input_offsets["input"][grid.case] + grid.place, 0)
    values = task.block.inputs["input"]
    factor = widen(values if len(values) else np.ones(1, values.dtype))[index]
    wide = widen(answers["db"])
    return answers | {"db": narrow(np.where(same, wide * factor, wide), task.format)}


def clip_to_one(values: Array) -> Array:
    one = np.ones(1, values.dtype)
    return np.where(values > one, one, np.where(values < -one, -one, values))


def cut_negative(values: Array) -> Array:
    return np.where(values < np.zeros(1, values.dtype), np.zeros_like(values), values)


def list_outputs(task: Task, terms: Terms) -> Array:
    """The number of outputs, for each element."""
    return np.array([max(case.sizes["outDim"], 1) for case in task.block.cases])[terms.grid.case]


MUTANTS = (
    Mutant(
        "gradient-negated",
        "gradient negated",
        "Returned the step of a descent instead of the gradient.",
        finish_each(np.negative),
        is_gradient,
    ),
    Mutant(
        "gradient-doubled",
        "gradient doubled",
        "Left in the factor 2 of a squared loss.",
        rescale(lambda task, terms: np.array(2)),
        is_gradient,
    ),
    Mutant(
        "gradient-halved",
        "gradient halved",
        "Applied the factor 1/2 of a squared loss.",
        rescale(lambda task, terms: np.array(0.5)),
        is_gradient,
    ),
    Mutant(
        "gradient-zero",
        "gradient zero",
        "Detached the parameter, so that nothing flows back.",
        finish_each(np.zeros_like),
        is_gradient,
    ),
    Mutant(
        "gradient-mean-over-outputs",
        "gradient divided by the number of outputs",
        "Took a mean loss over the outputs for granted.",
        rescale(lambda task, terms: 1 / list_outputs(task, terms)),
        is_gradient,
        longer_than("outDim", 1),
    ),
    Mutant(
        "gradient-clipped",
        "gradient clipped to one",
        "Left gradient clipping switched on.",
        finish_each(clip_to_one),
        is_gradient,
    ),
    Mutant(
        "gradient-rectified",
        "negative results cut to zero",
        "Fused the next layer's ReLU into this one.",
        finish_each(cut_negative),
        lambda site: True,
    ),
    Mutant(
        "upstream-ignored",
        "grad_output taken as ones",
        "Differentiated the sum of the outputs instead of going on from grad_output.",
        Change(rewiring=ignore_upstream),
        lambda site: site.reads("grad_output"),
    ),
    Mutant(
        "bias-gradient-from-input",
        "bias gradient taken from input",
        "Mixed up the two vectors that the backward pass keeps.",
        Change(rewiring=take_input_for_bias),
        lambda site: site.result == "db",
        lambda sizes: sizes["inDim"] == sizes["outDim"],
    ),
    Mutant(
        "bias-gradient-from-weights",
        "bias gradient summed from grad_weights",
        "Summed the rows of the weights' gradient, which comes first among the parameters.",
        Change(finish=sum_grad_weights),
        in_operations("linear_bias_deriv"),
    ),
    Mutant(
        "bias-gradient-times-input",
        "bias gradient multiplied by input",
        "Treated the bias as a weight of the input.",
        Change(finish=multiply_by_input),
        lambda site: site.operation in ("linear_bias_deriv", "linear_backward") and site.result == "db",
        lambda sizes: sizes["inDim"] == sizes["outDim"],
    ),
    Mutant(
        "gradients-swapped",
        "bias and input gradients swapped",
        "Returned the gradients in another order; the shapes of a square layer hide it.",
        Change(finish=swap_equal_vectors),
        lambda site: site.operation == "linear_backward" and site.result in ("db", "dx"),
        lambda sizes: sizes["inDim"] == sizes["outDim"],
    ),
)
