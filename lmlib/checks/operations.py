"""Operations that were noted are done once more with other numbers, and their products counted.

Whoever noted them may not tell the truth. So what they make of numbers that nobody knew before has
to be what the code itself makes of them: then these operations are a way to do it. And as they may
ask for anything, a grader does them where they can do no harm.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves

from lmlib.checks.meetings import UNLIKE, at_once, gives_views, meet
from lmlib.checks.rounds import (
    Round,
    has_fractions,
    in_precision,
    operation_of,
    tensors_in,
    with_other_data,
    with_other_weights,
)

MOST = 30_000  # operations
Data = Sequence[Tensor]


class Repeated(NamedTuple):
    """What operations made of other data, the products, and what could stand in for products.

    `made` holds the tensors of the size asked for, in one list for each of the other data.
    `in_pieces` is on how many numbers operations worked that let weights meet data but are too
    small for a product. `beside` is in how many places what was noted could tell of weights: steps,
    their arguments, and the elements of given tensors that hold whole numbers.
    """

    made: list[list[Tensor]]
    products: int
    in_pieces: int
    beside: int


def repeat(noted: Any, data: Data, others: Sequence[Data], size: int) -> Repeated:
    """Do all that was noted with two `others` for those given tensors that are `data`.

    The rest of the given tensors are weights. A product is an operation in which these meet data,
    on more than 16 times `size` numbers; gates work on fewer. `size` is that of tensors wanted.

    What is made is made in float32, and the products are counted in float64: what can hide from
    these by rounding is not right in those.
    """
    remote = getattr(noted, "__lmgrade_repeat__", None)
    if remote is not None:
        return Repeated(*remote(data, others, size))
    given, steps = noted["given"], noted["steps"]
    if len(steps) > MOST:
        raise ValueError(f"it takes {len(steps)} operations")
    rounds = [with_other_data(given, data, other) for other in others]
    with in_precision(torch.float32):
        made = [_made(steps, numbers, size) for numbers in rounds]
    rounds.append(with_other_weights(rounds[0], others[0]))
    with in_precision(torch.float64):
        products, singly = _meetings(steps, rounds, 16 * size)
    beside = sum(part.numel() for part in given if not has_fractions(part)) + _places(steps)
    return Repeated(made, products, singly, beside)


def _made(steps: list[Any], given: list[Tensor], size: int) -> list[Tensor]:
    """The tensors of a size that the steps make."""
    alone = Round(given, torch.float32)
    for name, overload, args, kwargs, numbers in steps:
        alone.do(operation_of(name, overload), alone.arguments(args, kwargs), numbers)
    made = alone.tensors.values()
    return [part.clone() for part in made if part.numel() == size and part.is_floating_point()]


def _meetings(steps: list[Any], given: list[list[Tensor]], most: int) -> tuple[int, int]:
    """How often weights meet data on more numbers than `most`, and on how many in all else."""
    rounds = [Round(numbers, torch.float64) for numbers in given]
    products = in_pieces = 0
    for name, overload, args, kwargs, numbers in steps:
        operation = operation_of(name, overload)
        calls = [each.arguments(args, kwargs) for each in rounds]
        both = at_once(calls)
        made = [each.do(operation, call, numbers) for each, call in zip(rounds, calls, strict=True)]
        if both is None or gives_views(operation, calls[0], made[0]):
            continue
        if both is not UNLIKE and not meet(operation, both, made):
            continue
        met = max(part.numel() * (1 + part.is_complex()) for part in tensors_in([calls, made]))
        products += met > most
        in_pieces += met * (met <= most)
    return products, in_pieces


def _places(steps: list[Any]) -> int:
    """How many steps there are, and numbers, tensors and letters among their arguments."""
    leaves = tree_leaves([step[2:4] for step in steps])
    return len(steps) + sum(len(leaf) if isinstance(leaf, str) else 1 for leaf in leaves)
