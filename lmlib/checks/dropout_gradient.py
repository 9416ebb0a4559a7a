"""What flows back through dropout, and that nothing flows into x."""

import itertools
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.masks import fit_for, tolerance, zero_if_taken
from lmlib.checks.remote import each

DTYPES = (torch.float32, torch.float64)


def expect_untouched(Dropout: Any, case: Case) -> None:
    """Demand that x keeps its values, whether or not a gradient is asked for."""
    layer, both = Dropout(case.uniform(0.4, 0.6)), (True, False)
    for mode, grad in itertools.product(both, both):
        drawn = [
            case.nonzero(*case.sizes(3), dtype=dtype).requires_grad_(needs_grad)
            for dtype, needs_grad in itertools.product(DTYPES, (False, True))
        ]
        xs = [x * 1 for x in drawn]
        with torch.set_grad_enabled(grad):
            each(layer.train(mode), xs)
        text = "the tensor that was passed in holds other values after the call"
        expect(all(map(torch.equal, xs, drawn)), "input-changed", text)
        text = "the tensor that was passed in needed no gradient before the call, and needs one now"
        expect(not any(x.requires_grad for x in xs[::2]), "input-changed", text)


def expect_factors_as_gradient(Dropout: Any, case: Case) -> None:
    """Demand d out / d x = out / x in both modes, though another call came in between."""
    matrix = case.nonzero(*case.sizes(2, 8, 14))
    shape = fit_for(Dropout, matrix).shape
    ways = [(case.uniform(0.2, 0.7), mode, dtype) for mode in (True, False) for dtype in DTYPES]
    ways += [(zero, True, torch.float32) for zero in zero_if_taken(Dropout)]
    passes = []
    for p, mode, dtype in ways:  # all forward passes before a backward pass
        layer = Dropout(p).train(mode)
        xs = [case.nonzero(*shape, dtype=dtype).requires_grad_() for _ in range(2)]
        passes.append((xs, each(layer, [x * 1 for x in xs])))
    for (p, mode, dtype), (xs, outs) in zip(ways, passes, strict=True):
        how = f"with p = {p:.3g} in {'training' if mode else 'evaluation'}"
        for x, out in zip(xs, outs, strict=True):
            weight = case.nonzero(*shape, dtype=dtype)
            grad = _gradient(out, x, weight, how)
            text = f"{how} the gradient and the output disagree"
            expect_close(grad, (out / x).detach() * weight, "wrong-gradient", text)


def expect_gradient_at_zero(Dropout: Any, case: Case) -> None:
    """An output of 0 may come from x = 0: the gradient knows the mask all the same."""
    p = case.uniform(0.4, 0.6)
    layer = Dropout(p).train()
    x = fit_for(Dropout, torch.zeros(50, 100)).requires_grad_()
    outs = each(layer, [torch.ones_like(x) for _ in range(6)])
    means = torch.stack([out.mean().detach() for out in outs])
    usual = means.mean().item()  # 1, or a slip of its own
    grad = _gradient(layer(x * 1), x, torch.ones_like(x), "where x is 0")
    text = f"where x is 0 the gradient is {grad.mean():.2f} on average; where x is 1, the output is"
    off = 2 * tolerance(p, x.numel()) / (1 - p) + 7 * means.std().item()  # of masks for rows, too
    expect(abs(grad.mean().item() - usual) < off, "gradient-at-zero", f"{text} {usual:.2f}")


def _gradient(out: Any, x: Tensor, weight: Tensor, how: str) -> Tensor:
    out = expect_tensor(out, x.shape, x.dtype, f"the result {how}")
    expect(out.requires_grad, "no-gradient", f"{how} the result is cut off from x: no gradient")
    (grad,) = torch.autograd.grad((out * weight).sum(), x, allow_unused=True)
    arrives = grad is not None and (grad.any() or not out.any())  # all may be dropped
    expect(arrives, "no-gradient", f"{how} no gradient arrives at x")
    return grad
