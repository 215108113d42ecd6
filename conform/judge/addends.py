"""What is added to a sum of products that a backend rounds before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from conform.bits import decode
from conform.judge.rules import Rules
from conform.suite import Block, Parameter


def attach_addends(block: Block, rules: Rules) -> Block:
    """The block with the addend of every element of a result that is a sum of products and one addend more.

    Where the rules do not ask for it, or no result is such a sum, it is the block itself. Each case costs a copy of its
    addends in the shape of the result.
    """
    if not (rules.separate and rules.converts):
        return block
    operation = block.operation
    parameters = {parameter.name: parameter for parameter in operation.parameters}
    expected = dict(block.expected)
    for result in operation.results:
        total = operation.sums.get(result.name)
        if total is not None and total.factors and len(total.addends) == 1:
            addends = _spread(block, parameters[total.addends[0]], result)
            expected[result.name] = replace(expected[result.name], addend=decode(addends))
    return replace(block, expected=expected)


def _spread(block: Block, addend: Parameter, result: Parameter) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    """The addend of every element of a result, over all cases; its dimensions are among those of the result."""
    symbols = [str(dimension) for dimension in addend.shape]
    kept = [str(dimension) for dimension in result.shape]
    order = [symbols.index(symbol) for symbol in kept if symbol in symbols]
    pieces = []
    for number, case in enumerate(block.cases):
        shape = result.resolve_shape(case.scope)
        values = block.get_inputs(number)[addend.name].transpose(order)
        matched = [length if symbol in symbols else 1 for symbol, length in zip(kept, shape, strict=True)]
        pieces.append(np.broadcast_to(values.reshape(matched), shape).reshape(-1))
    return np.concatenate([np.zeros(0, block.format.dtype), *pieces])
