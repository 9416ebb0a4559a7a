"""What becomes of an AWD language model's raw activations: dropped ones, then logits."""

from itertools import cycle
from math import sqrt
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import fresh, model_of, read_anew, rows_of, tied_matrix
from lmlib.checks.awd_read import read
from lmlib.checks.calls import MODES, Mode, situations
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.masks import expect_scaled, share_of
from lmlib.checks.modules import fill, gradients_of, of_size
from lmlib.checks.resemblance import expect_no_copies


def expect_nothing_dropped(Model: Any, case: Case) -> None:
    """Demand that dropped is raw in evaluation, and that a text read again gives the same."""
    for mode, rows, words in situations(case):
        if mode.training:
            continue
        model, vocab_size, _ = model_of(Model, case, 2)
        x = case.integers(0, vocab_size, rows, words)
        with mode.on(model):
            first, again = (read(fresh(model), x) for _ in range(2))
        text = f"{mode}, with x of shape {[rows, words]}, dropped and raw are different"
        expect_close(first.dropped, first.raw, "drops-in-eval", text)
        text = f"{mode}, a new model with the same parameters gives another raw for the same text"
        expect_close(again.raw, first.raw, "not-repeatable", text, atol=1e-5)


def expect_clean(Model: Any, case: Case, p: float) -> None:
    """Demand that raw is the same in calls of every kind, and free of dropout."""
    for mode, rows, words in situations(case):
        model, vocab_size, _ = model_of(Model, case, 3, p)
        x = case.integers(0, vocab_size, rows, words)
        wanted = read(fresh(model.eval()), x).raw
        with mode.on(model):
            raw = read(fresh(model), x).raw
        zeros = share_of(raw == 0)
        expect(zeros < 0.05, "raw-dropped", f"{mode}, a share of {zeros:.2f} of raw is zero")
        text = f"{mode}, raw differs from raw in evaluation, as if something were dropped before it"
        expect_close(raw, wanted, "dropped-too-early", text, rtol=1e-4, atol=1e-5)


def expect_decoder(Model: Any, case: Case) -> None:
    """Demand logits = dropped · Eᵀ + b in calls of every kind, also of many rows or words."""
    many = case.sizes(1, 130, 160)[0]
    shapes = ((4, 4), (2, many), (many, 3))
    calls = [*situations(case), *((mode, *shape) for mode in MODES for shape in shapes)]
    for (mode, rows, words), num_layers in zip(calls, cycle((1, 2, 3)), strict=False):
        model, vocab_size, hidden_size = model_of(Model, case, num_layers)
        table, bias = _decoder(model, vocab_size, hidden_size)
        scale = 50 if rows == words else 1  # for logits and words of any size
        fill([table], table * scale)
        before = table.detach().clone()
        with mode.on(model):
            found = read_anew(model, case.integers(0, vocab_size, rows, words))
        text = f"{mode}, a call changes the matrix of the words"
        expect(torch.equal(table, before), "parameter-changed", text)
        wanted = found.dropped @ rows_of(table, hidden_size).t() + bias.flatten()
        text = f"{mode}, with x of shape {[rows, words]}, the logits are not dropped · Eᵀ + b"
        expect_close(found.logits, wanted, "wrong-logits", text, rtol=1e-4, atol=1e-4 * scale)


def expect_tied(model: nn.Module, x: Tensor, vocab_size: int, hidden_size: int) -> None:
    """Demand that E learns as output layer, in all rows, and stays tied after a step of Adam."""
    table, bias = _decoder(model, vocab_size, hidden_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    steps = ("", " after a step of Adam", " after double() and float()", " after another step")
    for when in steps:
        if when.endswith("float()"):
            model.double().float()
        found = read_anew(model, x)
        words = rows_of(table, hidden_size).t()
        same = torch.allclose(found.raw, found.dropped)
        from_raw = torch.allclose(found.logits, found.raw @ words + bias.flatten(), atol=1e-4)
        text = "in training, the logits are computed from raw"
        expect(same or not from_raw, "logits-from-raw", text)
        text = f"the logits{when} are not dropped · Eᵀ + b"
        wanted = found.dropped @ words + bias.flatten()
        expect_close(found.logits, wanted, "wrong-logits", text, rtol=1e-4, atol=1e-4)
        loss = found.logits.square().sum()
        (gradient,) = gradients_of(loss, [table], retain_graph=True)
        learns = gradient is not None and rows_of(gradient, hidden_size).any(1).all()
        expect(learns, "rows-without-gradient", "some rows of E get no gradient from the logits")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _decoder(model: nn.Module, vocab_size: int, hidden_size: int) -> tuple[Tensor, Tensor]:
    """E and b."""
    table, biases = tied_matrix(model, vocab_size, hidden_size), of_size(model, vocab_size)
    text = f"{len(biases)} parameters have the size {vocab_size}, not one"
    expect(len(biases) == 1, "no-output-bias", text)
    return table, biases[0]


def expect_dropped(model: nn.Module, x: Tensor, p: float, mode: Mode) -> None:
    """Demand dropout of single elements with probability p, anew at every call."""
    with mode.on(model):
        found, again = read_anew(model, x), read(model, x)
    zeros, shape = found.dropped == 0, list(found.raw.shape)
    share, where = share_of(zeros), f"{mode}, with p = {p} and raw of shape {shape}"
    expect(p == 0 or share, "never-drops", f"{where}, no element of dropped is zero")
    if p > 0:  # first, because elements that share a mask change the rate, too
        expect_no_copies(zeros.squeeze().double())
    text = f"{where}, a share of {share:.3f} of dropped is zero"
    # Right work strays this far once in 10^9 calls.
    errors = 6.2 * sqrt(p * (1 - p) / zeros.numel())
    expect(abs(share - p) <= max(errors, 0.02), "wrong-rate", text)
    expect_scaled(found.dropped, found.raw, p)
    text = f"{where}, two calls drop the same elements"
    expect(p == 0 or not torch.equal(zeros, again.dropped == 0), "same-mask", text)


def expect_free_number(model: nn.Module, x: Tensor) -> None:
    """Demand that each element is dropped on its own: their number must not always be the same."""
    masks = torch.stack([read_anew(model.train(), x).dropped == 0 for _ in range(12)])
    text = "twelve calls after reset() drop the same elements"
    expect((masks != masks[0]).any(), "same-mask", text)
    numbers = set(masks.flatten(1).sum(1).tolist())
    text = f"twelve calls drop {min(numbers)} elements each, never one more or less"
    expect(len(numbers) > 1, "fixed-count", text)


def expect_seeded(model: nn.Module, x: Tensor, case: Case) -> None:
    """Demand that torch.manual_seed repeats the mask."""
    seed, masks = case.seed(), []
    for _ in range(2):
        torch.manual_seed(seed)
        masks.append(read_anew(model.train(), x).dropped == 0)
    text = "after the same torch.manual_seed two calls drop different elements"
    expect(torch.equal(*masks), "not-seeded", text)
