"""What a call leaves behind: in its arguments, in their gradients, for the next call."""

import contextlib
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.expect import expect, near
from lmlib.checks.remote import calls_of
from lmlib.checks.sequence_examples import loss_of, one_number


def expect_nothing_kept(sequence_loss: Any, logits: Tensor, targets: Tensor) -> None:
    """Demand another loss once other numbers stand in the same tensor."""
    sequence_loss(logits, targets)
    with torch.no_grad():
        logits.neg_()
    found = one_number(sequence_loss(logits, targets)).item()
    wanted = loss_of(sequence_loss, logits, targets)
    text = (
        f"with other numbers in the same tensor the loss is {found:.4f}; a copy costs {wanted:.4f}"
    )
    expect(near(found, wanted), "remembers", text)


def expect_untouched(sequence_loss: Any, logits: Tensor, targets: Tensor) -> None:
    """Demand that a call changes neither input, nor what belongs to it."""
    for with_gradient in (False, True):
        logits = logits.requires_grad_() * 1 if with_gradient else logits
        given = {"logits": logits, "targets": targets}
        before = {what: tensor.clone() for what, tensor in given.items()}
        with contextlib.suppress(Exception):  # other properties say what is refused
            sequence_loss(logits, targets)
        for what, tensor in given.items():
            text = f"the {what} are not as they were before the call"
            expect(torch.equal(tensor, before[what]), "input-changed", text)
        text = "logits that needed no gradient before the call need one after it"
        expect(logits.requires_grad == with_gradient, "input-changed", text)


def expect_no_backward(sequence_loss: Any, logits: Tensor, targets: Tensor) -> None:
    """Demand that gradients flow when the caller asks for them, and once only."""
    leaf = logits.clone().requires_grad_()
    _, names = calls_of(sequence_loss, leaf * 1, targets.clone())
    early = leaf.grad is not None or "backward" in names
    expect(
        not early, "early-gradient", "the call itself makes gradients, before backward is called"
    )
