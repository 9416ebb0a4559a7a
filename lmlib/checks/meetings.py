"""Whether weights meet data in an operation, as the factors of a product do and terms of a sum not.

That is asked of an operation in three rounds: with some numbers, with other data, and with other
weights. Where they meet, the two changes made at once do more to the result than the sum of what
each does alone; and they do so whatever the arguments were mixed with before.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

from lmlib.checks.rounds import tensors_in

ROUNDING = 1000 * torch.finfo(torch.float64).eps  # more than it does to a result
GROWTH = 1e8  # more than honest work grows by other weights; it could hide all else by rounding
UNLIKE = "the rounds differ in their shapes"


def at_once(rounds: list[Any]) -> Any:
    """An operation's arguments with both changes; None where weights cannot meet data."""
    leaves, forms = zip(*map(tree_flatten, rounds), strict=True)
    triples = list(zip(*leaves, strict=True))
    tensors = [triple for triple in triples if isinstance(triple[0], Tensor)]
    if not all(any(_differ(triple[0], triple[k]) for triple in tensors) for k in (1, 2)):
        return None
    if any(old.shape != data.shape or old.shape != weights.shape for old, data, weights in tensors):
        return UNLIKE
    return tree_unflatten([_both(*triple) for triple in triples], forms[0])


def meet(operation: Any, both: Any, rounds: list[list[Tensor]]) -> bool:
    """Whether weights met data, by all that the operation made or may have changed in the rounds.

    Its schema may not say what it changes, as the statistics of `native_batch_norm`.
    """
    try:
        made = tensors_in(operation(*both[0], **both[1])) + tensors_in(both)
    except (IndexError, RuntimeError, ValueError):  # what was possible thrice no longer is
        return True
    return any(_exceeds(*four) for four in zip(made, *rounds, strict=True))


def gives_views(operation: Any, arguments: Any, made: list[Tensor]) -> bool:
    """Whether what it made are the numbers of its arguments, in the same memory."""
    kept = {(part.dtype, part.untyped_storage()._cdata) for part in tensors_in(arguments)}
    views = {(part.dtype, part.untyped_storage()._cdata) for part in made} <= kept
    return views and not operation._schema.is_mutable


def _both(old: Any, data: Any, weights: Any) -> Any:
    """A leaf of the arguments with both changes."""
    if not isinstance(old, Tensor):
        return old
    if not _differ(old, data) or not _differ(old, weights):  # one alone, to the last digit
        return (weights if _differ(old, weights) else data).clone()
    return data ^ weights ^ old if old.dtype == torch.bool else data + (weights - old)


def _exceeds(both: Tensor, old: Tensor, data: Tensor, weights: Tensor) -> bool:
    if len({part.shape for part in (both, old, data, weights)}) > 1:
        return True
    if both.dtype == torch.bool:
        return bool((both ^ data ^ weights ^ old).any())
    excess = (both - data) - (weights - old)
    few, many = old.abs() + data.abs(), both.abs() + weights.abs()
    fine = (excess.abs() <= ROUNDING * (few + many)) & (many <= GROWTH * few)
    return not bool(fine.all())  # what is no number is not fine


def _differ(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors do, if only in the sign of a zero."""
    signed = a.is_floating_point() and b.is_floating_point()
    return not torch.equal(a, b) or (signed and not torch.equal(a.signbit(), b.signbit()))
