"""Defects in how a batch is gone through, and in what is summed over it."""

from __future__ import annotations

import numpy as np

from conform.columns import Integers
from conform.mutants.catalogue.indexing import repeat_first, reread, reverse, rewrite, shift
from conform.mutants.grid import Grid
from conform.mutants.mutant import Mutant, Site, gives_input_gradients, longer_than
from conform.mutants.task import Answers, Array, Change, Task, multiply, narrow, sum_in_order, widen
from conform.mutants.terms import Terms


def divide_by_batch(task: Task, terms: Terms, pool: Array) -> Array:
    """The sums, divided by the number of examples before they are rounded."""
    sums = sum_in_order(multiply(terms, widen(pool)), terms)
    examples = np.array([case.sizes["batch"] + 1 for case in task.block.cases])[terms.grid.case]
    return narrow(sums // examples if task.format.is_integer else sums / examples, task.format)


def keep_first(task: Task, name: str, terms: Terms) -> Terms:
    return terms.keep(terms.position == 0) if _sums_examples(task, name) else terms


def keep_last(task: Task, name: str, terms: Terms) -> Terms:
    return terms.keep(terms.position + 1 == terms.products) if _sums_examples(task, name) else terms


def _sums_examples(task: Task, name: str) -> bool:
    return [axis.symbol for axis in task.block.operation.sums[name].axes] == ["batch"]


def swap_batch(feature: str) -> Change:
    """Reads a matrix [batch, feature] as [feature, batch] where there are as many of both."""
    parameter = {"inDim": "input", "outDim": "grad_output"}[feature]

    def locate(grid: Grid) -> Integers:
        if "batch" not in grid.extents:
            return np.arange(len(grid))
        swapped = grid.locate(batch=grid.coordinates[feature], **{feature: grid.coordinates["batch"]})
        return np.where(grid.extents["batch"] == grid.extents[feature], swapped, np.arange(len(grid)))

    return reread(parameter, locate)


def add_up_examples(task: Task, answers: Answers) -> Answers:
    """Every example gets the sum of the input gradients of all of them."""
    grid = task.terms["dx"].grid
    first = grid.locate(batch=np.zeros(len(grid), np.int64))
    wide = widen(answers["dx"])
    total = np.zeros_like(wide)
    np.add.at(total, first, wide)
    return answers | {"dx": narrow(total[first], task.format)}


def repeat_by_features(task: Task, name: str, terms: Terms) -> Terms:
    """Every term once for every input feature."""
    if name != "db":
        return terms
    features = np.array([case.sizes["inDim"] for case in task.block.cases])[terms.grid.case[terms.element]]
    return terms.repeat(np.ones(len(terms.left), np.bool_), features)


def repeat_first_sum(task: Task, answers: Answers) -> Answers:
    """Every bias gradient is the first."""
    grid = task.terms["db"].grid
    return answers | {"db": answers["db"][grid.locate(outDim=np.zeros(len(grid), np.int64))]}


def runs_over_batch(site: Site) -> bool:
    return site.axis == "batch"


def has_examples(site: Site) -> bool:
    return site.operation == "linear_batched" or gives_input_gradients(site)


_SEVERAL = longer_than("batch", 0)
"""More than one example: a batch has one more than its size says."""


MUTANTS = (
    Mutant(
        "batch-mean",
        "mean over the batch instead of the sum",
        "Divided by the number of examples, as a mean loss would.",
        Change(arithmetic=divide_by_batch),
        runs_over_batch,
        _SEVERAL,
    ),
    Mutant(
        "batch-mean-of-input-gradient",
        "input gradient divided by the number of examples",
        "Divided every gradient by the size of the batch.",
        Change(arithmetic=divide_by_batch),
        gives_input_gradients,
        _SEVERAL,
    ),
    Mutant(
        "batch-first-only",
        "only the first example counted",
        "Took the gradient of example zero for that of the batch.",
        Change(rewiring=keep_first),
        runs_over_batch,
        _SEVERAL,
    ),
    Mutant(
        "batch-last-only",
        "only the last example counted",
        "Assigned the gradient in the loop over the batch instead of adding to it.",
        Change(rewiring=keep_last),
        runs_over_batch,
        _SEVERAL,
    ),
    Mutant(
        "batch-first-everywhere",
        "every example gets the result of the first",
        "Broadcast one example's result over the batch.",
        rewrite(repeat_first("batch")),
        has_examples,
    ),
    Mutant(
        "batch-reversed",
        "examples in reverse order",
        "Pushed the results on a stack, and took them off it.",
        rewrite(reverse("batch")),
        has_examples,
    ),
    Mutant(
        "batch-shifted",
        "every example gets the result of the next",
        "Advanced the pointer to the examples before the first.",
        rewrite(shift("batch")),
        has_examples,
    ),
    Mutant(
        "batch-swapped-with-inputs",
        "batch and input features swapped",
        "Expected [inDim, batch]; a batch as long as the input has features hides it.",
        swap_batch("inDim"),
        lambda site: site.operation in ("linear_batched", "batch_linear_deriv") and site.reads("input"),
        longer_than("inDim", 1),
    ),
    Mutant(
        "batch-swapped-with-outputs",
        "batch and output features swapped",
        "Expected [outDim, batch]; a batch as long as the output has features hides it.",
        swap_batch("outDim"),
        lambda site: site.operation == "batch_linear_deriv",
        longer_than("outDim", 1),
    ),
    Mutant(
        "batch-sum-everywhere",
        "every example gets the input gradients of all, added up",
        "Summed the input gradient over the batch as well, and broadcasting hid it.",
        Change(finish=add_up_examples),
        gives_input_gradients,
        _SEVERAL,
    ),
    Mutant(
        "bias-gradient-per-feature",
        "bias gradient counted once for every input feature",
        "Summed a gradient that had been broadcast to the shape of the weights.",
        Change(rewiring=repeat_by_features),
        lambda site: site.result == "db",
        lambda sizes: sizes["inDim"] != 1,
    ),
    Mutant(
        "bias-gradient-first-only",
        "every bias gradient is the first",
        "Reduced to a scalar, and broadcast it.",
        Change(finish=repeat_first_sum),
        lambda site: site.result == "db",
        longer_than("outDim", 1),
    ),
)
