"""Activations of all kinds, and what penalties on them are."""

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.leniency import call_in_float32_too

OF_AN_LSTM = "for activations that lie in memory as those of nn.LSTM do"


def activations(case: Case) -> Tensor:
    """Random activations [batch, seq, hidden] in float64, of medium sizes."""
    return case.normal(*case.sizes(3, 3, 9), dtype=torch.float64)


def situations(case: Case) -> Iterator[tuple[Tensor, str]]:
    """Activations of all kinds, in float64, and what is special about them."""
    batch, steps, hidden = case.sizes(3, 3, 9)
    many = 60 + case.sizes(1, 1, 40)[0]
    shapes = [
        *[(batch, steps, hidden), (1, steps, hidden), (batch, 2, hidden), (batch, steps, 1)],
        *[(steps, steps, hidden), (batch, steps, steps), (steps, steps, steps)],
        *[(1, 2, 1), (2, many, 3), (many, 3, 2), (2, 3, many)],
    ]
    for shape in shapes:
        yield case.normal(*shape, dtype=torch.float64), f"for shape {list(shape)}"
    yield case.normal(steps, batch, hidden, dtype=torch.float64).transpose(0, 1), OF_AN_LSTM
    for size in (0.001, 100):
        a = case.normal(batch, steps, hidden, dtype=torch.float64)
        yield a * size, f"for activations of about {size}"
    a = case.normal(batch, steps, hidden, dtype=torch.float64) + 1
    a[:, steps // 2 :, : hidden // 2 + 1] = 0  # as dropout leaves them
    yield a, "with some activations at 0"
    a = case.normal(batch, steps, hidden, dtype=torch.float64) + 1
    a[0, steps // 2 :] = 0  # as padding would leave them
    yield a, "with the last steps of a sequence at 0"
    yield torch.zeros_like(a), "with all activations at 0"


def penalty(function: Any, a: Tensor, strength: float = 1.0) -> float:
    """What a penalty function returns, as a number; its own copy of `a` is at its mercy.

    Of many numbers it is the mean: form, average and gradient ask for a single one.
    """
    result = call_in_float32_too(function, a.clone(), strength)
    many = isinstance(result, Tensor) and result.is_floating_point() and result.numel() > 1
    return number(result.mean() if many else result).item()


def number(result: Any) -> Tensor:
    """A result that is one number in any form, without axes; `expect_form` judges the form."""
    result = torch.as_tensor(result) if isinstance(result, int | float) else result
    one = isinstance(result, Tensor) and result.numel() == 1
    return expect_tensor(result.reshape(()) if one else result, (), None, "the penalty")


def some_penalty(function: Any, a: Tensor) -> float:
    """The same, where 0 would be wrong, and one number for all activations, too."""
    found = penalty(function, a)
    text = f"activations that are neither small nor still cost {found:.3g}"
    expect(not abs(found) < 1e-12, "always-zero", text)  # NaN is another fault
    text = f"whatever the activations are, the penalty is {found:.3g}"
    expect(penalty(function, a.square()) != found, "always-the-same", text)
    return found


def mean_square(a: Tensor) -> float:
    """The mean square of all elements, added up one by one."""
    values: list[float] = a.flatten().tolist()
    return sum(value * value for value in values) / len(values)


def mean_square_change(a: Tensor) -> float:
    """The mean square of what changes from step to step, added up one by one."""
    changes = [
        later - earlier
        for sequence in a.transpose(1, 2).flatten(0, 1).tolist()  # one unit's values over time
        for earlier, later in itertools.pairwise(sequence)
    ]
    return sum(change * change for change in changes) / len(changes)
