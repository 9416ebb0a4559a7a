"""Logits so large that their exponentials are not numbers any more."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.leniency import call_in_float32_too
from lmlib.checks.sequence_examples import DTYPES, example, one_number, unit_of

LARGE = 1000.0


def expect_extremes(sequence_loss: Any, case: Case) -> None:
    """Demand finite losses and slopes of the right size, in every dtype."""
    for dtype in DTYPES:
        _expect_one_large(sequence_loss, dtype, case)
        _expect_large_offsets(sequence_loss, dtype, case)


def _expect_one_large(sequence_loss: Any, dtype: torch.dtype, case: Case) -> None:
    """A single word stands out at every position; all others have logits of 0.

    Losses are measured in what equal logits cost, ln V: another property judges the divisor.
    """
    vocab = case.sizes(1, 4, 9)[0]
    target = case.integers(1, vocab - 1, 1, 1).expand(3, 2)  # no padding at either end
    right = F.one_hot(target, vocab).to(dtype)
    wrong = F.one_hot((target + 1) % vocab, vocab).to(dtype)
    equal, slope = _loss_and_slope(sequence_loss, 0 * right, target)
    unit = unit_of(equal, vocab)
    usual = slope is not None and torch.allclose(slope, unit * (1 / vocab - right) / 6, atol=1e-4)
    others = "and 0 for the others"
    for logits, wanted, what in (
        (LARGE * right, 0.0, f"{LARGE:.0f} for the right word {others}"),
        (-LARGE * right, LARGE, f"{-LARGE:.0f} for the right word {others}"),
        (LARGE * wrong, LARGE, f"{LARGE:.0f} for a wrong word {others}"),
        (LARGE * (wrong - right), 2 * LARGE, f"{-LARGE:.0f} for the right word, its negative for"),
    ):
        what = f"with a {dtype} logit of {what}"
        slope = unit * (logits.softmax(2) - right) / 6 if usual else None
        _expect(sequence_loss, logits, target, wanted * unit, 3 * abs(unit), slope, what)


def _expect_large_offsets(sequence_loss: Any, dtype: torch.dtype, case: Case) -> None:
    """Adding ±1000 to all the logits of a word changes nothing but their size in memory."""
    logits, targets = example(case)
    offsets = LARGE * (2.0 * case.integers(0, 2, *targets.shape, 1) - 1)
    offsets[0, 0], offsets[-1, -1] = LARGE, -LARGE
    usual, slope = _loss_and_slope(sequence_loss, logits, targets)
    for moved in (logits + LARGE, logits - LARGE, logits + offsets):
        what = f"with ±1000 added to all logits of a word, in {dtype},"
        _expect(sequence_loss, moved.to(dtype), targets, usual, 1e-2, slope, what)


def _loss_and_slope(
    sequence_loss: Any, logits: Tensor, targets: Tensor
) -> tuple[float, Tensor | None]:
    """The loss, and its gradient with respect to the logits if there is any."""
    leaf = logits.clone().requires_grad_()
    with torch.enable_grad():
        loss = one_number(call_in_float32_too(sequence_loss, leaf * 1, targets.clone()))
    if not loss.requires_grad:
        return loss.item(), None
    (slope,) = torch.autograd.grad(loss, leaf, allow_unused=True)
    return loss.item(), slope


def _expect(
    sequence_loss: Any,
    logits: Tensor,
    targets: Tensor,
    wanted: float,
    off: float,
    slope: Tensor | None,
    what: str,
) -> None:
    """Demand this loss, and if a slope is given, that one."""
    loss, found = _loss_and_slope(sequence_loss, logits, targets)
    text = f"{what} the loss is {loss:.3f}; {wanted:.3f} was expected"
    expect(math.isfinite(loss), "not-finite", text)
    expect(abs(loss - wanted) < off, "clipped", text)
    finite = found is None or found.isfinite().all()
    expect(finite, "not-finite", f"{what} the gradient is not finite")
    if slope is not None:
        text = f"{what} the gradient is another one than the loss has"
        found = torch.zeros_like(logits) if found is None else found
        same = torch.allclose(found, slope.to(logits.dtype), atol=1e-3)  # many are 0, or nearly so
        expect(same, "wrong-gradient", text)
