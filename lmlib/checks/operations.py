"""Operations that were noted are done once more with other numbers, and their products counted.

Whoever noted them may not tell the truth. So what they make of numbers that nobody knew before has
to be what the code itself makes of them: then these operations are a way to do it. And as they may
ask for anything, a grader does them where they can do no harm.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from torch import Tensor
from torch.utils._pytree import tree_leaves

from lmlib.checks.meetings import Meeting, meeting_of
from lmlib.checks.rounds import (
    Round,
    has_fractions,
    in_float64,
    with_other_data,
    with_other_weights,
)

MOST = 30_000  # operations
Data = Sequence[Tensor]


class Repeated(NamedTuple):
    """What operations made of other data, the products, and what could stand in for products.

    `made` holds the tensors of the size asked for, in one list for each of the other data.
    `in_pieces` is on how many numbers operations worked that let weights meet data but are too
    small for a product; `added`, on how many those did that only add: rounding can hide a product
    in many of them. `beside` is in how many places what was noted could tell of weights: steps,
    their arguments, and the elements of given tensors that hold whole numbers. A step that nothing
    wanted is made of counts only as a product.
    """

    made: list[list[Tensor]]
    products: int
    in_pieces: int
    added: int
    beside: int


def repeat(noted: Any, data: Data, others: Sequence[Data], size: int) -> Repeated:
    """Do all that was noted with two `others` for those given tensors that are `data`.

    The rest of the given tensors are weights. Data and weights meet in an operation whose results
    change with either, however slightly, and which does more than add. On more than 16 times `size`
    numbers that is a product; gates work on fewer. `size` is that of tensors wanted.
    """
    remote = getattr(noted, "__lmgrade_repeat__", None)
    if remote is not None:
        return Repeated(*remote(data, others, size))
    given, steps = noted["given"], noted["steps"]
    if len(steps) > MOST:
        raise ValueError(f"it takes {len(steps)} operations")
    by_data = [with_other_data(given, data, other) for other in others]
    rounds = [Round(part) for part in (*by_data, with_other_weights(by_data[0], others[0]))]
    with in_float64():
        meetings = [meeting_of(step, rounds) for step in steps]
    made = [done.of_size(size) for done in rounds[:2]]
    used = _used(steps, meetings, set().union(*made))
    small = [meeting for meeting in used.values() if meeting.numbers <= 16 * size]
    whole = [part for part in given if not has_fractions(part)]
    return Repeated(
        [list(each.values()) for each in made],
        sum(m.times for m in meetings if m.numbers > 16 * size and not m.adds),
        sum(m.numbers for m in small if not m.adds),
        sum(m.numbers for m in used.values() if m.adds),
        sum(part.numel() * max(1, part.element_size() // 4) for part in whole)
        + _places([steps[place] for place in used]),
    )


def _used(steps: list[Any], meetings: list[Meeting], wanted: set[int]) -> dict[int, Meeting]:
    """The places and meetings of the steps that something wanted is made of."""
    found, numbers = {}, set(wanted)
    for place in reversed(range(len(steps))):
        _, _, args, kwargs, made = steps[place]
        if meetings[place].writes or numbers.intersection(made):
            found[place] = meetings[place]
            numbers |= _numbers_in([args, *kwargs.values()])
    return found


def _numbers_in(plain: Any) -> set[int]:
    """The numbers of the tensors among noted arguments."""
    match plain:
        case list():
            return set().union(*map(_numbers_in, plain))
        case {"tensor": number} | {"given": [number, _]}:
            return {number}
    return set()


def _places(steps: list[Any]) -> int:
    """How many steps there are, and numbers, tensors and letters among their arguments."""
    leaves = tree_leaves([step[2:4] for step in steps])
    letters = sum(len(leaf) - 1 for leaf in leaves if isinstance(leaf, str))
    return len(steps) + len(leaves) + letters + sum(isinstance(leaf, complex) for leaf in leaves)
