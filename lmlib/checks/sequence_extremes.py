"""Logits so large that their exponentials are not numbers any more."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near
from lmlib.checks.sequence_examples import example, loss_of

LARGE = 1000.0


def expect_one_large(sequence_loss: Any, case: Case) -> None:
    """A single word stands out at every position; all others have logits of 0.

    Losses are measured in what equal logits cost, ln V: another property judges the divisor.
    """
    vocab = case.sizes(1, 3, 9)[0]
    target = case.integers(0, vocab, 1, 1).expand(3, 2)
    equal = sequence_loss(torch.zeros(3, 2, vocab), target.clone())
    unit = expect_tensor(equal, (), None, "the loss").item() / math.log(vocab)
    unit = unit if math.isfinite(unit) and unit else 1.0
    another = (target + 1) % vocab
    for word, logit, wanted in (
        (target, LARGE, 0.0),
        (target, -LARGE, LARGE),
        (another, LARGE, LARGE),
    ):
        logits = logit * F.one_hot(word, vocab).float()
        which = "the right word" if word is target else "a wrong word"
        what = f"with a logit of {logit:.0f} for {which} and 0 for the others"
        _expect(sequence_loss, logits, target, wanted * unit, 3 * abs(unit), what)
    both = LARGE * (F.one_hot(another, vocab) - F.one_hot(target, vocab)).float()
    what = f"with a logit of {-LARGE:.0f} for the right word and {LARGE:.0f} for a wrong word"
    _expect(sequence_loss, both, target, 2 * LARGE * unit, 3 * abs(unit), what)


def expect_large_offsets(sequence_loss: Any, case: Case) -> None:
    """Adding ±1000 to all the logits of a word changes nothing but their size in memory."""
    logits, targets = example(case)
    offsets = LARGE * (2.0 * case.integers(0, 2, *targets.shape, 1) - 1)
    offsets[0, 0], offsets[-1, -1] = LARGE, -LARGE
    usual = loss_of(sequence_loss, logits, targets)
    for moved in (logits + LARGE, logits - LARGE, logits + offsets):
        what = "with ±1000 added to all logits of a word"
        _expect(sequence_loss, moved.float(), targets, usual, 1e-2, what)


def _expect(
    sequence_loss: Any, logits: Tensor, targets: Tensor, wanted: float, off: float, what: str
) -> None:
    leaf = logits.clone().requires_grad_()
    loss = expect_tensor(sequence_loss(leaf * 1, targets.clone()), (), None, "the loss")
    text = f"{what} the loss is {loss:.3f}; {wanted:.3f} was expected"
    expect(loss.isfinite(), "not-finite", text)
    expect(abs(loss.item() - wanted) < off, "clipped", text)
    if loss.requires_grad:
        (gradient,) = torch.autograd.grad(loss, leaf, allow_unused=True)
        finite = gradient is None or gradient.isfinite().all()
        expect(finite, "not-finite", f"{what} the gradient is not finite")


def expect_axes_told_apart(sequence_loss: Any, case: Case) -> None:
    """Two axes of one size: only what the call does with them tells which is which."""
    few, many = case.sizes(2, 3, 8)
    shapes = {"seq = vocab": (few, many, many), "batch = seq = vocab": (many, many, many)}
    shapes |= {"batch = seq": (many, many, few), "batch = vocab": (many, few, many)}
    for what, sizes in shapes.items():
        logits, targets = example(case, *sizes)
        found = loss_of(sequence_loss, logits, targets)
        impossible = torch.full_like(logits[..., :2], -1e4)
        same = loss_of(sequence_loss, torch.cat([logits, impossible], dim=2), targets)
        change = f"turn {found:.4f} into {same:.4f}"
        text = f"with {what} = {many}, two more words that never occur {change}"
        expect(near(found, same), "class-axis", text)
        twice = loss_of(sequence_loss, logits.repeat(2, 1, 1), targets.repeat(2, 1))
        text = f"with {what} = {many} the loss is {found:.4f}, with the batch twice {twice:.4f}"
        expect(near(found, twice), "equal-sizes", text)
