"""Where weights meet data among operations that are done in rounds."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from lmlib.checks.rounds import Round, has_fractions, operation_of, tensors_in

# These only move numbers, and these only add them. All else may multiply data by weights.
MOVING = {"neg", "cat", "stack", "clone", "copy_", "_to_copy", "repeat", "flip", "roll"}
MOVING |= {"constant_pad_nd", "slice_scatter"}
ADDING = {"add", "add_", "sub", "sub_", "rsub", "sum", "mean", "cumsum", "_foreach_add_"}
ADDING |= {"_fft_r2c", "_fft_c2c", "_fft_c2r"}


class Meeting(NamedTuple):
    """How one step lets weights meet data.

    `numbers` is on how many numbers it does so, 0 if not at all, and `times` as how many operations
    it counts. It `adds` if it does nothing else, and `writes` if its arguments change.
    """

    numbers: int
    times: int
    adds: bool
    writes: bool


def meeting_of(step: list[Any], rounds: list[Round]) -> Meeting:
    """Do a step in three rounds, of which the second has other data, the third other weights."""
    name, overload, args, kwargs, numbers = step
    operation = operation_of(name, overload)
    calls = [each.arguments(args, kwargs) for each in rounds]
    before = [[part.clone() for part in tensors_in(call)] for call in calls]
    made = [each.do(operation, call, numbers) for each, call in zip(rounds, calls, strict=True)]
    after = [tensors_in(call) for call in calls]
    writes = any(any(map(_differ, *pair)) for pair in zip(before, after, strict=True))
    args, kwargs = calls[0]
    parts = [tensors_in(part) for part in (*args, *kwargs.values(), *made[0])]
    times = max(map(len, parts), default=0)  # an operation on lists is as many operations
    count = _numbers if _depend(before) else _numbers_around  # which it must have read, then
    met = max((sum(map(count, part)) for part in parts), default=0)
    depends = _depend(made)
    steady = not depends or _alike([[*t, *m] for t, m in zip(after, made, strict=True)])
    meets = depends and not (steady and _only_moves(operation, calls[0], made[0]))
    adds = steady and _only_adds(operation, calls[0], made[0])
    return Meeting(met * meets, times, adds, writes or operation._schema.is_mutable)


def _numbers(tensor: Tensor) -> int:
    return tensor.numel() * (1 + tensor.is_complex())


def _numbers_around(tensor: Tensor) -> int:
    """How many numbers lie in the memory that a tensor is a part of."""
    return tensor.untyped_storage().nbytes() // tensor.element_size() * (1 + tensor.is_complex())


def _depend(rounds: list[list[Tensor]]) -> bool:
    """Whether tensors are others with other data, and others with other weights."""
    old, *changed = rounds
    return all(any(map(_differ, old, new)) for new in changed)


def _alike(rounds: list[list[Tensor]]) -> bool:
    """Whether tensors have the same shapes and lie at the same places: else these tell of data."""
    forms = [[(part.shape, part.storage_offset()) for part in parts] for parts in rounds]
    return all(form == forms[0] for form in forms)


def _differ(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors do, if only in the sign of a zero."""
    if not torch.equal(a, b):
        return True
    signs = [torch.view_as_real(t.resolve_conj()) if t.is_complex() else t for t in (a, b)]
    return not torch.equal(signs[0].signbit(), signs[1].signbit())


def _only_adds(operation: Any, arguments: Any, made: list[Tensor]) -> bool:
    """Whether an operation only adds or scales numbers."""
    name = operation._schema.name.partition("::")[2]
    alone = len(tensors_in(arguments)) == 1 and not arguments[1]  # nor a rounding mode
    scales = alone and name in ("mul", "mul_", "div", "div_")
    return all(map(has_fractions, made)) and (name in ADDING or scales)


def _only_moves(operation: Any, arguments: Any, made: list[Tensor]) -> bool:
    """Whether an operation gives the numbers of its arguments, or views of them, elsewhere."""
    if operation._schema.name.partition("::")[2] in MOVING and all(map(has_fractions, made)):
        return True
    kept, views = (
        {(part.dtype, part.untyped_storage()._cdata) for part in parts}
        for parts in (tensors_in(arguments), made)
    )
    return views <= kept and not operation._schema.is_mutable
