"""Two axes of one size: only what the call does with them tells which is which."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, near
from lmlib.checks.sequence_examples import example, expect_varied, loss_of

Change = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def expect_axes_told_apart(sequence_loss: Any, case: Case) -> None:
    """Demand that changes which are harmless at unequal sizes are so at equal ones.

    The first and the last word keep their places, since a loss may take them for padding.
    """
    expect_varied(sequence_loss, case)
    few, other, many = sorted(case.sizes(3, 4, 8))
    shapes = {"seq = vocab": (few, many, many), "batch = seq = vocab": (many, many, many)}
    shapes |= {"batch = seq": (many, many, few), "batch = vocab": (many, few, many)}
    unequal = example(case, few, other, many)
    usual = loss_of(sequence_loss, *unequal)
    harmless = [
        (id, how, change)
        for id, how, change in CHANGES
        if change is _words_renamed or near(loss_of(sequence_loss, *change(*unequal)), usual)
    ]
    for what, sizes in shapes.items():
        given = example(case, *sizes)
        found = loss_of(sequence_loss, *given)
        for id, how, change in harmless:
            after = loss_of(sequence_loss, *change(*given))
            text = f"with {what} = {many}, {found:.4f} becomes {after:.4f} {how}"
            expect(near(found, after), id, text)


def _words_renamed(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The first of the words in the middle becomes the last of them."""
    vocab = logits.shape[2]
    order = torch.tensor([0, *range(2, vocab - 1), 1, vocab - 1])
    return logits[..., order], order.argsort()[targets]


def _more_words(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Two impossible words after the first one."""
    impossible = torch.full_like(logits[..., :2], -1e4)
    more = torch.cat([logits[..., :1], impossible, logits[..., 1:]], dim=2)
    return more, torch.where(targets > 0, targets + 2, 0)


def _twice(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    return logits.repeat(2, 1, 1), targets.repeat(2, 1)


def _rolled(axis: int) -> Change:
    return lambda logits, targets: (logits.roll(1, axis), targets.roll(1, axis))


CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("class-axis", "if the words are numbered otherwise", _words_renamed),
    ("class-axis", "with two more words that never occur", _more_words),
    ("equal-sizes", "if the sequences stand in another order", _rolled(0)),
    ("equal-sizes", "if the steps stand in another order", _rolled(1)),
    ("equal-sizes", "with the batch twice", _twice),
)
