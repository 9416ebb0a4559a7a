"""Gradients of an LSTM cell against finite differences of the cell itself."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.lstm_gates import expect_digits
from lmlib.checks.lstm_order import call_cell
from lmlib.checks.lstm_results import parts_of


def expect_input_gradients(cell: nn.Module, inputs: int, hidden: int, case: Case) -> None:
    """Demand the true slope at x, h and c, after one step and after five."""
    sizes = (inputs, hidden, hidden)
    start = [case.nonzero(7, size, dtype=torch.float64) for size in sizes]
    later = [case.normal(7, inputs, dtype=torch.float64) for _ in range(4)]
    weights = case.normal(3, 7, hidden, dtype=torch.float64)

    def one_step(x: Tensor, h: Tensor, c: Tensor) -> Tensor:
        return _loss_after(cell, [x], h, c, weights)

    def five_steps(x: Tensor, h: Tensor, c: Tensor) -> Tensor:
        return _loss_after(cell, [x, *later], h, c, weights)

    expect_digits(cell, start[0], start[1])
    _expect_open(cell, *start)
    _expect_slopes(one_step, start, "", case)
    _expect_slopes(five_steps, start, ", five steps back,", case)
    _expect_slopes(one_step, [*start[:2], torch.zeros_like(start[2])], " where c is 0", case)
    cell.eval()
    _expect_open(cell, *(tensor[:1] for tensor in start))
    _expect_slopes(one_step, start, " in evaluation", case)
    weights = weights[:, :3]
    _expect_slopes(one_step, [tensor[:3] for tensor in start], " of three rows", case)
    weights = weights[:, :1]
    _expect_slopes(one_step, [tensor[:1] for tensor in start], " of a single row", case)
    _expect_slopes(one_step, [tensor[:1] * 3 for tensor in start], " of a large row", case)


def _expect_open(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> None:
    """Demand that each of the three results leads back to somewhere."""
    output, (new_h, new_c) = parts_of(
        call_cell(cell, x.clone().requires_grad_(), h.clone(), c.clone())
    )
    for result, what in ((output, "the output"), (new_h, "the new h"), (new_c, "the new c")):
        text = f"no gradient can flow back through {what}"
        expect(result.requires_grad, "no-gradient", text)


def _expect_slopes(loss: Callable[..., Tensor], start: list[Tensor], when: str, case: Case) -> None:
    leaves = [tensor.clone().requires_grad_() for tensor in start]
    value = loss(*(leaf * 1 for leaf in leaves))
    expect(value.requires_grad, "no-gradient", "no gradient can flow back through the result")
    gradients = torch.autograd.grad(value, leaves, allow_unused=True)
    for at, (name, gradient) in enumerate(zip("xhc", gradients, strict=True)):
        direction = case.normal(*start[at].shape, dtype=torch.float64)

        def along(scale: float, at: int = at, direction: Tensor = direction) -> Tensor:
            moved = [tensor.clone() for tensor in start]
            moved[at] += scale * direction
            return loss(*moved)

        counts = not torch.equal(along(0.1), along(0.0))
        why = "although it changes the result" if counts else "which does not change the result"
        text = f"no gradient reaches {name}{when}, {why}"
        expect(gradient is not None and gradient.any(), "no-gradient", text)
        found = (gradient * direction).sum().item()
        _expect_slope(along, found, "wrong-gradient", f"moving {name}{when}")


def expect_parameter_gradients(cell: nn.Module, inputs: int, hidden: int, case: Case) -> None:
    """Demand the true slope along a random direction of every parameter."""
    x = case.normal(7, inputs, dtype=torch.float64)
    h, c = (case.normal(7, hidden, dtype=torch.float64) for _ in range(2))
    weights = case.normal(3, 7, hidden, dtype=torch.float64)
    expect_digits(cell, x, h)
    parameters = list(cell.parameters())
    frozen = sum(not p.requires_grad for p in parameters)
    expect(not frozen, "dead-parameter", f"{frozen} parameter(s) ask for no gradient")
    value = _loss_after(cell, [x], h, c, weights)
    expect(value.requires_grad, "dead-parameter", "no parameter gets any gradient")
    gradients = torch.autograd.grad(value, parameters, allow_unused=True)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        shape = list(parameter.shape)
        text = f"a parameter of shape {shape} gets no gradient, or only a part of it does"
        expect(gradient is not None and gradient.all(), "dead-parameter", text)
        direction, start = case.normal(*shape, dtype=torch.float64), parameter.detach().clone()

        def along(
            scale: float, p: Tensor = parameter, start: Tensor = start, d: Tensor = direction
        ) -> Tensor:
            p.copy_(start + scale * d)
            value = _loss_after(cell, [x], h, c, weights)
            p.copy_(start)
            return value

        found = (gradient * direction).sum().item()
        _expect_slope(along, found, "wrong-weight-gradient", f"moving a parameter of shape {shape}")


def _loss_after(cell: nn.Module, xs: list[Tensor], h: Tensor, c: Tensor, weights: Tensor) -> Tensor:
    """A weighted sum of the last output, h and c, so that each of them counts on its own."""
    for x in xs:
        output, (h, c) = parts_of(call_cell(cell, x.clone(), h.clone(), c.clone()))
    return (weights * torch.stack([output, h, c])).sum()


def _expect_slope(along: Callable[[float], Tensor], found: float, id: str, how: str) -> None:
    with torch.no_grad():
        ahead, behind = along(1e-5).item(), along(-1e-5).item()
    slope, size = (ahead - behind) / 2e-5, min(1.0, 30 * abs(ahead))
    text = f"{how} changes the result at a rate of {slope:.5f}, but its gradient says {found:.5f}"
    expect(abs(slope - found) <= 1e-5 * (size + abs(slope)), id, text)
