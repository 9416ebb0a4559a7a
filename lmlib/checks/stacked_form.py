"""Oracles for a stack of recurrent layers whose weights are all one number."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect


def in_best_dtype(model: nn.Module, size: int) -> tuple[nn.Module, torch.dtype]:
    """The model in float64 if it works there; zeros in float32 are honest work, too."""
    try:
        out, _ = model.double()(torch.zeros(2, 2, size, dtype=torch.float64))
        if out.dtype == torch.float64:
            return model, torch.float64
    except Exception:
        pass
    return model.float(), torch.float32


def fill(model: nn.Module, weight: float, bias: float) -> None:
    """Overwrite all matrices with one number, and all vectors with another."""
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(weight if p.dim() > 1 else bias)


def closed_form(x: Tensor, h0: Tensor, w: float) -> tuple[Tensor, Tensor]:
    """The outputs and last states if all weights are w: only sums of inputs and states count."""
    hidden = h0.shape[2]
    sums, last = x.double().sum(2), []
    for start in h0.double():
        before, states = start.sum(1), []
        for s in sums.unbind(1):
            state = torch.tanh(w * (s + before))  # the same number in every unit
            before = hidden * state
            states.append(state)
        sums = hidden * torch.stack(states, 1)
        last.append(states[-1])
    out = sums / hidden
    return (
        out[:, :, None].expand(-1, -1, hidden).float(),
        torch.stack(last)[:, :, None].expand(-1, -1, hidden).float(),
    )


def worst_layer(found: Tensor, wanted: Tensor) -> tuple[int | None, str]:
    """The first layer whose last states differ, in words; None if all agree."""
    for layer, (mine, right) in enumerate(zip(found, wanted, strict=True)):
        if not torch.allclose(mine, right, rtol=1e-4, atol=1e-5):
            return layer, f"a unit of h_n[{layer}] is {mine[0, 0]:.4f}, not {right[0, 0]:.4f}"
    return None, ""


def expect_parameter_slope(
    model: nn.Module, value: Callable[[], Tensor], case: Case, dtype: torch.dtype
) -> None:
    """Compare autograd with finite differences along a direction in all parameters."""
    step, tolerance = (1e-6, 1e-5) if dtype == torch.float64 else (1e-3, 1e-2)
    parameters = list(model.parameters())
    directions = [case.normal(*p.shape, dtype=dtype) for p in parameters]
    gradients = torch.autograd.grad(value(), parameters, allow_unused=True)
    pairs = zip(gradients, directions, strict=True)
    found = sum((g * d).sum().item() for g, d in pairs if g is not None)
    values = []
    for move in (step, -2 * step):
        with torch.no_grad():
            for p, direction in zip(parameters, directions, strict=True):
                p.add_(direction, alpha=move)
            values.append(value().item())
    slope = (values[0] - values[1]) / (2 * step)
    text = f"along a direction the result changes by {slope:.5f}, but its gradient says {found:.5f}"
    expect(abs(slope - found) <= tolerance * (1 + abs(slope)), "wrong-gradient", text)
