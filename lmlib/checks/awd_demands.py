"""What becomes of an AWD language model's raw activations: dropped ones, then logits."""

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import read_anew, rows_of, tied_matrix
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.masks import expect_no_copies, expect_scaled, share_of
from lmlib.checks.modules import of_size


def expect_tied(model: nn.Module, x: Tensor, vocab_size: int, hidden_size: int) -> None:
    """Demand logits = dropped · Eᵀ + b, also after a step of Adam, with gradient for all of E."""
    table, biases = tied_matrix(model, vocab_size, hidden_size), of_size(model, vocab_size)
    text = f"{len(biases)} parameters have the size {vocab_size}, not one"
    expect(len(biases) == 1, "no-output-bias", text)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for when in ("", " after a step of Adam"):
        found = read_anew(model, x)
        words, bias = rows_of(table, hidden_size).t(), biases[0].flatten()
        same = torch.allclose(found.raw, found.dropped)
        from_raw = torch.allclose(found.logits, found.raw @ words + bias, atol=1e-4)
        text = "in training, the logits are computed from raw"
        expect(same or not from_raw, "logits-from-raw", text)
        text, wanted = f"the logits{when} are not dropped · Eᵀ + b", found.dropped @ words + bias
        expect_close(found.logits, wanted, "wrong-logits", text, rtol=1e-4, atol=1e-4)
        loss = found.logits.square().sum()
        (gradient,) = torch.autograd.grad(loss, [table], allow_unused=True, retain_graph=True)
        learns = gradient is not None and rows_of(gradient, hidden_size).any(1).all()
        expect(learns, "rows-without-gradient", "some rows of E get no gradient from the logits")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def expect_dropped(model: nn.Module, x: Tensor, p: float) -> None:
    """Demand dropout of single elements with probability p, anew at every call."""
    found = read_anew(model, x)
    zeros = found.dropped == 0
    share = share_of(zeros)
    expect(p == 0 or share, "never-drops", f"with p = {p}, no element of dropped is zero")
    if p > 0:
        expect_no_copies(zeros.double())
    text = f"with p = {p}, a share of {share:.2f} of dropped is zero"
    expect(abs(share - p) < 0.02, "wrong-rate", text)
    expect_scaled(found.dropped, found.raw, p)
    again = read_anew(model, x).dropped == 0
    text = "two calls drop the same elements"
    expect(p == 0 or not torch.equal(zeros, again), "same-mask", text)
