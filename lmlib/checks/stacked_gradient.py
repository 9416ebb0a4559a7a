"""Gradients of a stack, against finite differences of the stack itself."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.gradients import expect_gradient
from lmlib.checks.stacked_form import fill, in_best_dtype, stack, usual


def expect_true_gradients(StackedRNN: Any, case: Case) -> None:
    """Demand true slopes for stacks and inputs of several sizes, and through many steps."""
    size, hidden, batch, seq = case.sizes(4, 4, 8)
    for layers, rows, steps in ((2, batch, seq), (1, 1, 1), (1, batch, seq), (3, 1, seq)):
        model, dtype = in_best_dtype(usual(StackedRNN, size, hidden, layers, case), size)
        x = case.normal(rows, steps, size, dtype=dtype)
        h0 = case.normal(layers, rows, hidden, dtype=dtype)
        expect_reaches(model, x, h0)
        expect_slopes(model, x, h0, case)
        expect_slopes(model.eval(), x, None, case)
    _expect_long_memory(
        *in_best_dtype(stack(StackedRNN, size, hidden, 2), size), size, hidden, case
    )


def _expect_long_memory(model: Any, dtype: torch.dtype, size: int, hidden: int, case: Case) -> None:
    """A state that hardly fades: a gradient that is cut on the way is missing at the start."""
    fill(model, 1 / hidden, 0.0)
    x = 0.05 * case.normal(2, *case.sizes(1, 60, 80), size, dtype=dtype)
    h0 = 0.05 * case.normal(2, 2, hidden, dtype=dtype)
    expect_reaches(model, x, h0)


def expect_slopes(model: nn.Module, x: Tensor, h0: Tensor | None, case: Case) -> None:
    """Demand the true slope of all outputs and last states at x, at h0 and at the parameters."""
    with torch.no_grad():
        shapes = [result.shape for result in model(x, h0)]
    weights = [case.nonzero(*shape, dtype=torch.float64) for shape in shapes]
    mode = "training" if model.training else "evaluation"
    where = f"in {mode}, with {len(x)} row(s) of {x.shape[1]} step(s), "

    def value(x: Tensor, h0: Tensor | None) -> Tensor:
        pairs = zip(model(x, h0), weights, strict=True)
        return sum(((result * weight).sum() for result, weight in pairs), torch.zeros(()))

    expect_parameter_slope(model, lambda: value(x, h0), case, x.dtype, where)
    if x.dtype == torch.float64:
        expect_gradient(lambda x: value(x, h0), x, case, where)
        if h0 is not None:
            expect_gradient(lambda h0: value(x, h0), h0, case, f"{where}from h0, ")


def expect_reaches(model: nn.Module, x: Tensor, h0: Tensor) -> None:
    """Demand that the last output depends on every step and on every layer's start."""
    leaves = [x.clone().requires_grad_(), h0.clone().requires_grad_()]
    out, h_n = model(*(leaf * 1 for leaf in leaves))
    loss = out[:, -1].square().sum() + h_n.square().sum()
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the result")
    to_x, to_h0 = torch.autograd.grad(loss, leaves, allow_unused=True)
    reached = _arrives(to_x, x, 1)
    cut = [t for t, arrives in enumerate(reached) if not arrives and _counts(model, x, h0, t, 0)]
    text = f"the gradient of the last output reaches only {sum(reached)} of {len(reached)} steps"
    expect(not cut, "gradient-cut", text)
    for layer, arrives in enumerate(_arrives(to_h0, h0, 0)):
        fine = arrives or not _counts(model, x, h0, layer, 1)
        expect(fine, "h0-gradient", f"no gradient reaches h0[{layer}]")


def _arrives(gradient: Tensor | None, leaf: Tensor, axis: int) -> list[bool]:
    """At which places of an axis a gradient is not zero."""
    slices = (torch.zeros_like(leaf) if gradient is None else gradient).unbind(axis)
    return [bool(part.any()) for part in slices]


def _counts(model: nn.Module, x: Tensor, h0: Tensor, at: int, of: int) -> bool:
    """Whether a step of x (of = 0) or a layer of h0 (1) moves the results: a relu may be off."""
    given = [x.clone(), h0.clone()]
    given[of].select(1 - of, at).mul_(1 + 1e-5)
    with torch.no_grad():
        (out, h_n), (moved, last) = model(x.clone(), h0.clone()), model(*given)
    return not (torch.equal(out[:, -1], moved[:, -1]) and torch.equal(h_n, last))


def expect_parameter_slope(
    model: nn.Module, value: Callable[[], Tensor], case: Case, dtype: torch.dtype, where: str
) -> None:
    """Compare autograd with finite differences along a direction in all parameters that learn."""
    step, tolerance = (1e-6, 1e-5) if dtype == torch.float64 else (1e-3, 1e-2)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not parameters:
        return  # `counts` or `all_learn` says so
    directions = [case.normal(*p.shape, dtype=dtype) for p in parameters]
    before = value()
    text = f"{where}no gradient can flow back through the result"
    expect(before.requires_grad, "no-gradient", text)
    gradients = torch.autograd.grad(before, parameters, allow_unused=True)
    pairs = zip(gradients, directions, strict=True)
    found = sum((g * d).sum().item() for g, d in pairs if g is not None)
    values = []
    for move in (step, -2 * step):
        with torch.no_grad():
            for p, direction in zip(parameters, directions, strict=True):
                p.add_(direction, alpha=move)
            values.append(value().item())
    slope = (values[0] - values[1]) / (2 * step)
    text = f"{where}along a direction the result changes by {slope:.5f}, but its gradient says "
    text += f"{found:.5f}"
    expect(abs(slope - found) <= tolerance * (1 + abs(slope)), "wrong-gradient", text)
