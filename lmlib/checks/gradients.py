"""Gradients against finite differences of the student's own function: one cause, one message."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, share


def expect_gradient(
    function: Callable[[Tensor], Tensor], x: Tensor, case: Case, where: str = ""
) -> None:
    """Demand that autograd's slope of a scalar function at `x` (float64) is the true one.

    Along a random direction d: (f(x + εd) − f(x − εd)) / 2ε, exact but for terms of order ε².
    It is taken of twice the result and after another call: a backward pass of one's own may forget
    what comes in, or which call it belongs to.
    """
    direction = case.normal(*x.shape, dtype=torch.float64)
    found = _slope(function, x, direction, times=2, between=x + direction)
    step = 1e-5 * min(1.0, x.abs().max().item() or 1.0)
    with torch.no_grad():
        ahead, behind = function(x + step * direction), function(x - step * direction)
    slope = ((ahead - behind) / step).item()
    text = f"{where}the result is {(ahead + behind).item() / 2:.4f}; its gradient has elements "
    text += "that are not finite"
    expect(math.isfinite(slope) and math.isfinite(found), "not-finite", text)
    size = abs((ahead + behind).item())
    rounding = 1e-15 * max(1.0, x.abs().max().item()) / step
    if not _agree(found, slope, size, rounding):
        _expect_digits(torch.stack([ahead, behind]), where)
        plain = _slope(function, x, direction)
        text = f"{where}along a random direction the result changes by {slope / 2:.5f}, but its "
        text += f"gradient says {plain:.5f}"
        expect(_agree(plain, slope / 2, size, rounding), "wrong-gradient", text)
    text = f"{where}the gradient of the result is right, but that of twice the result, taken after "
    text += f"another call, is {found:.5f} along a random direction, not {slope:.5f}"
    expect(_agree(found, slope, size, rounding), "wrong-gradient", text)


def _expect_digits(values: Tensor, where: str) -> None:
    """Demand more digits than float32 has: rounded values have no slope to compare with."""
    rounded = values.any() and torch.equal(values, values.float().double())
    text = f"{where}the result for float64 numbers has no more digits than float32"
    expect(not rounded, "rounded", text)


def _slope(
    function: Callable[[Tensor], Tensor],
    x: Tensor,
    direction: Tensor,
    times: int = 1,
    between: Tensor | None = None,
) -> float:
    """What autograd says of the result, multiplied, perhaps after a call with other numbers."""
    leaf = x.clone().requires_grad_()
    value = expect_tensor(function(leaf * 1), (), None)
    expect(value.requires_grad, "no-gradient", "no gradient can flow back through the result")
    if between is not None:
        function(between.clone().requires_grad_() * 1)
    (gradient,) = torch.autograd.grad(times * value, leaf, allow_unused=True)
    expect(gradient is not None, "no-gradient", "no gradient arrives at the input")
    return float((gradient * direction).sum())


def _agree(found: float, wanted: float, size: float, rounding: float) -> bool:
    """Whether two slopes do, of a function whose values have this size."""
    return abs(found - wanted) <= 1e-5 * (share(size) + abs(wanted)) + rounding
