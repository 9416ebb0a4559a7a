"""What both penalties on activations have in common."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near
from lmlib.checks.gradients import expect_gradient

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
    yield torch.zeros_like(a), "with all activations at 0"


def penalty(function: Any, a: Tensor, strength: float = 1.0) -> float:
    """What a penalty function returns, as a number; its own copy of `a` is at its mercy."""
    return number(function(a.clone(), strength)).item()


def number(result: Any) -> Tensor:
    """A result that is one number in any form, without axes; `expect_form` judges the form."""
    result = torch.as_tensor(result) if isinstance(result, int | float) else result
    one = isinstance(result, Tensor) and result.numel() == 1
    return expect_tensor(result.reshape(()) if one else result, (), None, "the penalty")


def some_penalty(function: Any, a: Tensor) -> float:
    """The same, where 0 would be wrong."""
    found = penalty(function, a)
    expect(found != 0, "always-zero", "activations that are neither small nor still cost 0")
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


def expect_form(function: Any, case: Case) -> None:
    """One number, as a tensor of the activations' dtype, for any strength; the same every time."""
    a = activations(case)
    once, _, again = (penalty(function, each) for each in (a, a + 1, a))
    text = f"the same call gives {once:.4f}, and {again:.4f} after another call"
    expect(near(again, once), "not-repeatable", text)
    for dtype in (torch.float32, torch.float64):
        for strength in (0.5, 2):
            a = activations(case).to(dtype)
            expect_tensor(function(a, strength), (), dtype, "the penalty")
    result = expect_tensor(function(activations(case).float(), 0), (), torch.float32, "with 0, it")
    expect(result.item() == 0, "strength", f"with strength 0 the penalty is {result.item():.3f}")


def expect_strength(function: Any, case: Case, name: str) -> None:
    """The penalty is proportional to its strength."""
    a = activations(case)
    once = some_penalty(function, a)
    for strength in (2.0, 0.3, 0.0042, 3, case.uniform(1.5, 9)):
        ratio = penalty(function, a, strength) / once
        text = f"{name} = {strength} multiplies the penalty by {ratio:.6g}"
        expect(near(ratio, strength), "strength", text)


def expect_mean(function: Any, case: Case) -> None:
    """More of the same must not cost more; only whole sequences and units may be repeated."""
    a = activations(case)
    once = penalty(function, a)
    for axis, what in ((0, "batch size"), (2, "number of units")):
        twice = penalty(function, a.repeat_interleave(2, axis))
        text = f"with twice the {what} and the same values, {once:.3f} becomes {twice:.3f}"
        expect(near(twice, once), "grows", text)


def expect_square(function: Any, case: Case) -> None:
    """Twice the activations, four times the penalty."""
    a = activations(case)
    ratio = penalty(function, 2 * a) / some_penalty(function, a)
    text = f"doubling all activations multiplies the penalty by {ratio:.2f}"
    expect(near(ratio, 4), "not-square", text)


def expect_values(
    function: Any, mean_square: Callable[[Tensor], float], id: str, case: Case
) -> None:
    """Demand strength · mean square in all situations, whoever asks for gradients."""
    for a, what in situations(case):
        strength = case.uniform(0.5, 3)
        wanted = strength * mean_square(a)
        found = penalty(function, a, strength)
        with torch.no_grad():
            silent = penalty(function, a, strength)
        tracked = penalty(function, a.requires_grad_(), strength)
        for value, how in ((found, ""), (silent, " under no_grad"), (tracked, " with gradients")):
            text = f"{what}{how} the penalty is {value:.5g}; {wanted:.5g} was expected"
            expect(abs(value - wanted) <= 1e-5 * wanted, id, text)


def expect_slopes(function: Any, case: Case) -> None:
    """Demand in all situations the gradient that belongs to the function's own values."""
    for a, what in situations(case):
        strength = case.pick((0.5, 2.0, 4.0), 1)[0]  # it leaves a number's digits as they are

        def scaled(a: Tensor, strength: float = strength) -> Tensor:
            return number(function(a, strength))

        expect_gradient(scaled, a, case, f"{what}, ")
