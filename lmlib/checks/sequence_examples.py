"""Logits, targets, and what they cost by a double loop in plain Python."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.gradients import expect_gradient

DTYPES = (torch.float32, torch.float64)
VIEWS: dict[str, Callable[[Tensor], Tensor]] = {
    "transposed": lambda x: x.transpose(0, 1).clone().contiguous().transpose(0, 1),
    "sliced in time": lambda x: x.clone()[:, 1:-1],
    "every other step": lambda x: x.clone()[:, ::2],
}


def example(case: Case, *sizes: int) -> tuple[Tensor, Tensor]:
    """Random logits [B, T, V] in float64 and targets [B, T] that hold the first and last word."""
    batch, seq, vocab = sizes or case.sizes(3, 3, 9)
    targets = case.integers(0, vocab, batch, seq)
    targets[0, 0], targets[-1, -1] = 0, vocab - 1
    return case.normal(batch, seq, vocab, dtype=torch.float64), targets


def by_hand(logits: Tensor, targets: Tensor) -> float:
    """One position after another: log Σ exp(logits) minus the logit of the target."""
    costs = [
        math.log(sum(math.exp(z) for z in row)) - row[target]
        for rows, chosen in zip(logits.tolist(), targets.tolist(), strict=True)
        for row, target in zip(rows, chosen, strict=True)
    ]
    return sum(costs) / len(costs)


def loss_of(sequence_loss: Any, logits: Tensor, targets: Tensor) -> float:
    """Call with copies, and demand one number in the dtype of the logits."""
    loss = sequence_loss(logits.clone(), targets.clone())
    return expect_tensor(loss, (), logits.dtype, "the loss").item()


def confident(targets: Tensor, vocab: int) -> Tensor:
    """Logits that are as good as certain of the targets."""
    return 30.0 * torch.nn.functional.one_hot(targets, vocab).double()


def slopes_of(sequence_loss: Any, logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of the loss with respect to the logits."""
    leaf = logits.clone().requires_grad_()
    loss = sequence_loss(leaf * 1, targets.clone())
    text = f"no gradient can flow back through a loss of {logits.dtype} logits"
    expect(loss.requires_grad, "no-gradient", text)
    (gradient,) = torch.autograd.grad(loss, leaf, allow_unused=True)
    expect(gradient is not None, "no-gradient", "no gradient arrives at the logits")
    return gradient


def expect_gradients(sequence_loss: Any, logits: Tensor, targets: Tensor, case: Case) -> None:
    """Demand the slope of the function's own values, and the same one in float32."""
    expect_gradient(lambda z: sequence_loss(z, targets.clone()), logits, case)
    slopes = [slopes_of(sequence_loss, logits.to(dtype), targets) for dtype in DTYPES]
    text = f"for shape {list(logits.shape)} the gradient in float32 is another one than in float64"
    expect_close(slopes[0].double(), slopes[1], "wrong-gradient", text, atol=1e-5)
