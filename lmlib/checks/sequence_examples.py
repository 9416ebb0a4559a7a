"""Logits, targets, and what they cost by a double loop in plain Python."""

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near
from lmlib.checks.gradients import expect_gradient
from lmlib.checks.leniency import call_in_float32_too

DTYPES = (torch.float32, torch.float64)
VIEWS: dict[str, Callable[[Tensor], Tensor]] = {
    "transposed": lambda x: x.transpose(0, 1).clone().contiguous().transpose(0, 1),
    "sliced in time": lambda x: x.clone()[:, 1:-1],
    "every other step": lambda x: x.clone()[:, ::2],
    "with the last axis first": lambda x: x.movedim(-1, 0).clone().contiguous().movedim(0, -1),
}


def example(case: Case, *sizes: int) -> tuple[Tensor, Tensor]:
    """Random logits [B, T, V] in float64 and targets [B, T] that hold the first and last word."""
    batch, seq, vocab = sizes or case.sizes(3, 3, 9)
    targets = case.integers(0, vocab, batch, seq)
    targets[0, 0], targets[-1, -1] = 0, vocab - 1
    return case.normal(batch, seq, vocab, dtype=torch.float64), targets


def large_sizes(case: Case) -> list[tuple[int, int, int]]:
    """[B, T, V] with many sequences, many steps or many words."""
    n = case.sizes(1, 3, 9)[0]
    return [(95 + n, 5, 6), (4, 145 + n, 5), (3, 2, 395 + n)]


def all_sizes(case: Case) -> list[Sequence[int]]:
    """[B, T, V] of all kinds, a usual one first and a single word last."""
    small = [(1, 7, 3), (7, 1, 3), (3, 4, 2)]
    return [case.sizes(3, 3, 9), *small, *large_sizes(case), (1, 1, 3)]


def by_hand(logits: Tensor, targets: Tensor) -> float:
    """One position after another: log Σ exp(logits) minus the logit of the target."""
    costs = [
        math.log(sum(math.exp(z) for z in row)) - row[target]
        for rows, chosen in zip(logits.tolist(), targets.tolist(), strict=True)
        for row, target in zip(rows, chosen, strict=True)
    ]
    return sum(costs) / len(costs)


def one_number(loss: Any) -> Tensor:
    """A loss in whatever form, which another property judges; of many numbers it is the mean."""
    many = isinstance(loss, Tensor) and loss.is_floating_point() and loss.numel() > 1
    return single(loss.mean() if many else loss)


def single(loss: Any) -> Tensor:
    """The same where many numbers will not do; something beside it, as an accuracy, may."""
    if isinstance(loss, tuple | list) and loss:
        loss = loss[0]
    if isinstance(loss, Real):
        loss = torch.tensor(float(loss), dtype=torch.float64)
    elif isinstance(loss, Tensor) and loss.dim() > 0 and loss.numel() == 1:
        loss = loss.reshape(())
    return expect_tensor(loss, (), None, "the loss")


def loss_of(sequence_loss: Any, logits: Tensor, targets: Tensor) -> float:
    """The loss that a call with copies gives."""
    loss = call_in_float32_too(sequence_loss, logits.clone(), targets.clone())
    return one_number(loss).item()


def expect_value(sequence_loss: Any, logits: Tensor, targets: Tensor, where: str) -> None:
    """Demand what a double loop gives, in units of ln V, or of what equal logits cost."""
    found = loss_of(sequence_loss, logits, targets)
    unit = unit_of(loss_of(sequence_loss, 0 * logits, targets), logits.shape[2])
    wanted = by_hand(logits, targets) * unit
    text = f"{where} the loss is {found:.4f}; {wanted:.4f} was expected{of_unit(unit)}"
    expect(near(found, wanted), "value", text)


def expect_varied(sequence_loss: Any, case: Case) -> None:
    """Demand other losses of other logits and of other targets: one for all is no average."""
    batch, steps, words = case.sizes(3, 3, 9)
    logits, targets = example(case, batch, steps, words)
    others = [(logits, (targets + k) % words) for k in range(3)]
    ours = [example(case, batch, steps, words) for _ in range(3)]
    for what, pairs in (("logits and targets", ours), ("the targets", others)):
        losses = [loss_of(sequence_loss, *pair) for pair in pairs]
        text = f"whatever {what} are, the loss is {losses[0]:.4f}"
        fixed = max(losses) - min(losses) < 1e-4  # NaN, another fault, is not
        expect(not fixed, "always-the-same", text)


def unit_of(loss: float, vocab: int) -> float:
    """By what a loss of equal logits is too large, which another property judges."""
    unit = loss / math.log(vocab)
    return unit if math.isfinite(unit) and unit > 0 else 1.0


def of_unit(unit: float) -> str:
    """What to add to an expectation that follows what a loss says of equal logits."""
    return "" if near(unit, 1) else f", as your loss of equal logits is {unit:.3g} times ln V"


def confident(targets: Tensor, vocab: int) -> Tensor:
    """Logits that are as good as certain of the targets."""
    return 30.0 * torch.nn.functional.one_hot(targets, vocab).double()


def slopes_of(sequence_loss: Any, logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of the loss with respect to the logits."""
    leaf = logits.clone().requires_grad_()
    loss = single(sequence_loss(leaf * 1, targets.clone()))
    text = f"no gradient can flow back through a loss of {logits.dtype} logits"
    expect(loss.requires_grad, "no-gradient", text)
    (gradient,) = torch.autograd.grad(loss, leaf, allow_unused=True)
    expect(gradient is not None, "no-gradient", "no gradient arrives at the logits")
    return gradient


def expect_gradients(sequence_loss: Any, logits: Tensor, targets: Tensor, case: Case) -> None:
    """Demand the slope of the function's own values, and the same one in float32."""
    expect_gradient(lambda z: single(sequence_loss(z, targets.clone())), logits, case)
    slopes = [slopes_of(sequence_loss, logits.to(dtype), targets) for dtype in DTYPES]
    text = f"for shape {list(logits.shape)} the gradient in float32 is another one than in float64"
    atol = 1e-5 * (1 + slopes[1].abs().max().item())  # a small one may have few digits in float32
    same = torch.allclose(slopes[0].double(), slopes[1], atol=atol)
    expect(same, "wrong-gradient", text)
