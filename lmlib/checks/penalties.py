"""What both penalties on activations have in common."""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near


def activations(case: Case, low: int = 2) -> Tensor:
    """Random activations [batch, seq, hidden] in float64, of sizes from `low` on."""
    return case.normal(*case.sizes(3, low, low + 6), dtype=torch.float64)


def penalty(function: Any, a: Tensor, strength: float = 1.0) -> float:
    """What a penalty function returns, as a number; its own copy of `a` is at its mercy."""
    return expect_tensor(function(a.clone(), strength), (), None, "the penalty").item()


def some_penalty(function: Any, a: Tensor) -> float:
    """The same, where 0 would be wrong."""
    found = penalty(function, a)
    expect(found != 0, "always-zero", "activations that are neither small nor still cost 0")
    return found


def expect_form(function: Any, case: Case) -> None:
    """One number, as a tensor of the activations' dtype, for any strength."""
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
    for strength in (2.0, 0.3, 3, case.uniform(1.5, 9)):
        ratio = penalty(function, a, strength) / once
        text = f"{name} = {strength} multiplies the penalty by {ratio:.3f}"
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
