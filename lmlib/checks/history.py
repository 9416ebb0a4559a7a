"""Whether the gradient of a call goes back through the calls before it."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import gradients_of

STEP = 3e-3  # of float32 parameters
DIRECTIONS = 4


def expect_cut(
    another: Callable[[], Any],
    read: Callable[[Any, Tensor], Tensor],
    calls: tuple[Tensor, Tensor],
    case: Case,
) -> None:
    """Demand that the gradient of a second call's logits is that of this call alone.

    `another` makes models with the same parameters, `read` gives the logits of a call. Along a
    direction in the parameters, the logits change less or more by what these do to the first call's
    state as well. Where the two differ, the gradient may not say the latter; nor may it depend on
    whether anybody asked for a gradient in the first call.
    """
    to_both, to_unasked = [], []
    for _ in range(20):
        alone, both, found, unasked = slopes(another, read, calls, case)
        if abs(both - alone) > 0.05 * (abs(both) + abs(alone)):
            to_both.append(abs(found - both) / abs(both - alone))
            to_unasked.append(abs(found - unasked) / abs(both - alone))
        if len(to_both) == DIRECTIONS:
            break
    text = "the gradient of a call's logits goes back through the call before it"
    cut = not to_both or (max(to_both) > 0.2 and min(to_unasked) < 0.05)
    expect(cut, "history-in-gradient", text)


def slopes(
    another: Callable[[], Any],
    read: Callable[[Any, Tensor], Tensor],
    calls: tuple[Tensor, Tensor],
    case: Case,
) -> tuple[float, float, float, float]:
    """Slopes of the second call's logits: its own, that of both calls, and twice by autograd.

    The last is what autograd says if nobody asked for a gradient in the first call.
    """
    parameters = list(another().parameters())
    directions = [case.normal(*p.shape, dtype=p.dtype) * p.requires_grad for p in parameters]
    weights: list[Tensor] = []

    def value(model: nn.Module, first: float, second: float, asked: bool = True) -> Tensor:
        _move(model, directions, first)
        with torch.set_grad_enabled(asked and torch.is_grad_enabled()):
            read(model, calls[0].clone())
        _move(model, directions, second - first)
        logits = read(model, calls[1].clone())
        if not weights:
            weights.append(case.nonzero(*logits.shape, dtype=logits.dtype))
        return (logits * weights[0]).sum()

    def by_autograd(asked: bool) -> float:
        model = another()
        gradients = gradients_of(value(model, 0, 0, asked), list(model.parameters()))
        pairs = zip(gradients, directions, strict=True)
        return sum((g * d).sum().item() for g, d in pairs if g is not None)

    found, unasked = by_autograd(True), by_autograd(False)
    with torch.no_grad():
        alone, both = (
            (value(another(), before * STEP, STEP) - value(another(), -before * STEP, -STEP)).item()
            for before in (0, 1)
        )
    return alone / (2 * STEP), both / (2 * STEP), found, unasked


def _move(model: nn.Module, directions: list[Tensor], scale: float) -> None:
    if scale:
        with torch.no_grad():
            for parameter, direction in zip(model.parameters(), directions, strict=True):
                parameter.add_(direction, alpha=scale)
