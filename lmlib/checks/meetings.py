"""Whether weights meet data in an operation, as the factors of a product do and terms of a sum not.

That is asked of an operation in three rounds: with some numbers, with other data, and with other
weights. Where they meet, the two changes made at once do more to the result than the sum of what
each does alone; and they do so whatever the arguments were mixed with before.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_leaves, tree_unflatten

NO_NUMBERS = ("as_strided", "empty", "new_empty", "resize_")  # they only place or take memory
LOCAL = ("glu", "log_sigmoid_forward", "_log_softmax", "_softmax")  # in effect number by number
ROUNDING = 1000  # times a dtype's precision is the most that rounding does


def in_three_rounds(given: list[Tensor], others: dict[Tensor, Tensor]) -> list[list[Tensor]]:
    """The given tensors with the `others` for data; with other data again; with other weights.

    Whoever has seen only the given ones can tell none of these data from the others.
    """
    numbers = torch.Generator().manual_seed(sum(int(1e6 * t.abs().sum()) for t in others.values()))
    known = [next((new for old, new in others.items() if _same(old, t)), None) for t in given]
    rounds: list[list[Tensor]] = [[], [], []]
    for tensor, new in zip(given, known, strict=True):
        drawn = _drawn_like(tensor, numbers)
        kept = tensor if new is None else new
        changed = 2 if new is None else 1
        for number, row in enumerate(rounds):
            row.append((drawn if number == changed else kept).clone())
    return rounds


def at_once(operation: Any, rounds: list[Any]) -> Any:
    """An operation's arguments with both changes; None where weights cannot meet data."""
    if _name(operation).startswith(NO_NUMBERS):
        return None
    leaves, forms = zip(*map(tree_flatten, rounds), strict=True)
    triples = list(zip(*leaves, strict=True))
    tensors = [triple for triple in triples if isinstance(triple[0], Tensor)]
    if not all(any(_differ(triple[0], triple[k]) for triple in tensors) for k in (1, 2)):
        return None
    return tree_unflatten([_both(*triple) for triple in triples], forms[0])


def meet(both: list[Tensor], rounds: list[list[Tensor]], arguments: list[Tensor]) -> bool:
    """Whether the results of an operation tell that weights met data in it."""
    types = {tensor.dtype for tensor in (*both, *arguments) if has_fractions(tensor)}
    close = ROUNDING * max((torch.finfo(dtype).eps for dtype in types), default=0.0)
    return any(_exceeds(close, *four) for four in zip(both, *rounds, strict=True))


def number_by_number(operation: Any) -> bool:
    """Whether it makes each number of one number in each argument, as gates do."""
    return torch.Tag.pointwise in operation.tags or _name(operation) in LOCAL


def tensors_in(tree: Any) -> list[Tensor]:
    """The tensors among arguments or results."""
    return [part for part in tree_leaves(tree) if isinstance(part, Tensor)]


def has_fractions(tensor: Tensor) -> bool:
    """Whether it may hold weights, and not only indices or truth values."""
    return tensor.is_floating_point() or tensor.is_complex()


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def _drawn_like(tensor: Tensor, numbers: torch.Generator) -> Tensor:
    """Numbers that tell nothing of the old ones; positive, as for a logarithm they have to be."""
    if not has_fractions(tensor):
        return tensor
    drawn = torch.rand(tensor.shape, generator=numbers, dtype=torch.float64)
    return tensor.clone().copy_(0.05 + drawn / 10)


def _both(old: Any, data: Any, weights: Any) -> Any:
    """A leaf of the arguments with both changes."""
    if not isinstance(old, Tensor):
        return old
    if not _differ(old, data) or not _differ(old, weights):  # one alone, to the last digit
        return (weights if _differ(old, weights) else data).clone()
    return data ^ weights ^ old if old.dtype == torch.bool else data + (weights - old)


def _exceeds(close: float, both: Tensor, old: Tensor, data: Tensor, weights: Tensor) -> bool:
    if both.dtype == torch.bool:
        return bool((both ^ data ^ weights ^ old).any())
    excess = (both - data) - (weights - old)
    size = both.abs() + data.abs() + weights.abs() + old.abs()
    return not bool((excess.abs() <= close * size).all())  # what is no number counts, too


def _differ(a: Tensor, b: Tensor) -> bool:
    return not torch.equal(a, b)


def _name(operation: Any) -> str:
    return str(operation._schema.name).partition("::")[2]
