"""Gradients against finite differences of the student's own function: one cause, one message."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor


def expect_gradient(
    function: Callable[[Tensor], Tensor], x: Tensor, case: Case, where: str = ""
) -> None:
    """Demand that autograd's slope of a scalar function at `x` (float64) is the true one.

    Along a random direction d: (f(x + εd) − f(x − εd)) / 2ε, exact but for terms of order ε².
    It is taken of twice the result and after another call: a backward pass of one's own may forget
    what comes in, or which call it belongs to.
    """
    leaf = x.clone().requires_grad_()
    value = expect_tensor(function(leaf * 1), (), None)
    expect(value.requires_grad, "no-gradient", "no gradient can flow back through the result")
    direction = case.normal(*x.shape, dtype=torch.float64)
    function((x + direction).requires_grad_() * 1)
    (gradient,) = torch.autograd.grad(2 * value, leaf, allow_unused=True)
    expect(gradient is not None, "no-gradient", "no gradient arrives at the input")
    step = 1e-5 * min(1.0, x.abs().max().item() or 1.0)
    with torch.no_grad():
        ahead, behind = function(x + step * direction), function(x - step * direction)
    slope, found = ((ahead - behind) / step).item(), (gradient * direction).sum().item()
    text = f"{where}the result is {value.item()}; its gradient has elements that are not finite"
    expect(math.isfinite(slope) and math.isfinite(found), "not-finite", text)
    right = abs(slope - found) <= 1e-5 * (1 + abs(slope))
    values = torch.stack([ahead, behind])
    text = f"{where}the result for float64 numbers has no more digits than float32"
    rounded = values.any() and torch.equal(values, values.float().double())
    expect(right or not rounded, "rounded", text)
    text = f"{where}along a direction twice the result changes by {slope:.5f}, but its gradient, "
    text += f"taken after another call, says {found:.5f}"
    expect(right, "wrong-gradient", text)
