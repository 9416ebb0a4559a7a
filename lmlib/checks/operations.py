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

from lmlib.checks.rounds import (
    Round,
    has_fractions,
    in_float64,
    operation_of,
    tensors_in,
    with_other_data,
    with_other_weights,
)

# These only add, scale or move numbers. All else that takes data and weights may multiply them.
ADDING = {"add", "add_", "sub", "sub_", "rsub", "neg", "sum", "mean", "cumsum", "_foreach_add_"}
ADDING |= {"cat", "stack", "clone", "copy_", "_to_copy", "repeat", "flip", "roll"}
ADDING |= {"constant_pad_nd", "slice_scatter", "_fft_r2c", "_fft_c2c", "_fft_c2r"}
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

    The rest of the given tensors are weights. Data and weights meet in an operation whose arguments
    and results change with either, however slightly, and which does more than add. On more than 16
    times `size` numbers that is a product; gates work on fewer. `size` is that of tensors wanted.
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
        products, in_pieces = _meetings(steps, rounds, 16 * size)
    made = [[part for part in done.tensors.values() if part.numel() == size] for done in rounds]
    whole = [part for part in given if not has_fractions(part)]
    beside = sum(part.numel() * max(1, part.element_size() // 4) for part in whole) + _places(steps)
    return Repeated(made[:2], products, in_pieces, beside)


def _meetings(steps: list[Any], rounds: list[Round], most: int) -> tuple[int, int]:
    """How often weights meet data on more numbers than `most`, and on how many in all else."""
    products = in_pieces = 0
    for name, overload, args, kwargs, numbers in steps:
        operation = operation_of(name, overload)
        calls = [each.arguments(args, kwargs) for each in rounds]
        before = [[part.clone() for part in tensors_in(call)] for call in calls]
        made = [each.do(operation, call, numbers) for each, call in zip(rounds, calls, strict=True)]
        if not (_depend(before) and _depend(made)) or _only_adds(operation, calls[0], made[0]):
            continue
        args, kwargs = calls[0]
        parts = [tensors_in(part) for part in (*args, *kwargs.values(), *made[0])]
        met = max(sum(t.numel() * (1 + t.is_complex()) for t in part) for part in parts)
        times = max(map(len, parts))  # an operation on lists is as many operations
        products += times * (met > most)
        in_pieces += met * (met <= most)
    return products, in_pieces


def _depend(rounds: list[list[Tensor]]) -> bool:
    """Whether tensors are others with other data, and others with other weights."""
    old, *changed = rounds
    return all(any(map(_differ, old, new)) for new in changed)


def _differ(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors do, if only in the sign of a zero."""
    if not torch.equal(a, b):
        return True
    signs = [torch.view_as_real(t.resolve_conj()) if t.is_complex() else t for t in (a, b)]
    return not torch.equal(signs[0].signbit(), signs[1].signbit())


def _only_adds(operation: Any, arguments: Any, made: list[Tensor]) -> bool:
    """Whether an operation only adds, scales or moves numbers, or gives views of its arguments."""
    name = operation._schema.name.partition("::")[2]
    fractions = all(map(has_fractions, made))
    alone = len(tensors_in(arguments)) == 1 and not arguments[1]  # nor a rounding mode
    scales = alone and name in ("mul", "mul_", "div", "div_")
    if fractions and (name in ADDING or scales):
        return True
    kept = {(part.dtype, part.untyped_storage()._cdata) for part in tensors_in(arguments)}
    views = {(part.dtype, part.untyped_storage()._cdata) for part in made} <= kept
    return views and not operation._schema.is_mutable


def _places(steps: list[Any]) -> int:
    """How many steps there are, and numbers, tensors and letters among their arguments."""
    leaves = tree_leaves([step[2:4] for step in steps])
    return len(steps) + sum(len(leaf) if isinstance(leaf, str) else 1 for leaf in leaves)
