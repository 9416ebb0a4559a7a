"""The step of a recurrent model, found from outside, for any split in layers.

There are more words than units here, so an output layer that starts with the identity shows the
state itself. Then φ⁻¹(h) must be a linear function of the state before and of the word: one that
a regression over many steps finds without any rest.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.stateful_form import (
    by_word,
    expect_axes,
    fill_positive,
    shrink,
    word_matrices,
    works_in_double,
)
from lmlib.checks.stateful_models import fresh
from lmlib.checks.stateful_phi import expect_relu, expect_tanh, tells
from lmlib.checks.stateful_weights import expect_straight_words, expect_weighted_past


def expect_step(Model: Any, case: Case) -> None:
    """Demand h = φ(linear in the h before and the word), φ relu or tanh, and logits U h + c."""
    vocab, hidden = case.pick((13, 15, 17), 1)[0], case.sizes(1, 5, 6)[0]
    models = fresh(Model, vocab, hidden, case)
    double = works_in_double(models)
    dtype, tolerance = (torch.float64, 1e-7) if double else (torch.float32, 1e-3)
    read = partial(read_states, models, vocab, hidden, dtype, tolerance, case)
    inputs, h = read_telling(read, tolerance)
    if (h < 0).any():
        past = expect_tanh(inputs, h, tolerance)[:hidden].t()
    else:
        lines = [expect_relu(inputs, unit, tolerance * h.max().item()) for unit in h.unbind(1)]
        past = torch.stack([line[:hidden] for line in lines])
        expect_relu_of_large(read, tolerance)
    others = past - past.diag().diag()
    text = "each unit of the state sees only its own past, not that of the other units"
    mixed = others.abs().max() > 1e-3 * past.abs().max()
    expect(mixed or not past.any(), "own-past-only", text)
    expect_straight_words(models, vocab, hidden, case)
    expect_weighted_past(next(models), vocab, hidden, case)


def read_telling(read: Callable[..., tuple[Tensor, Tensor]], tolerance: float) -> Any:
    """States that are no linear function of what they come from, and units that are on and off.

    By chance the units of a relu may be hardly ever on, or never off: then it is read again.
    """
    bent = None
    for _ in range(40):
        inputs, h = read()
        rest = h - inputs @ torch.linalg.pinv(inputs) @ h
        if rest.abs().max() > tolerance * h.abs().max():
            bent = inputs, h
            if not (h > 0).all() and any(tells(inputs, unit > 0) for unit in h.unbind(1)):
                break
    text = "the states are a linear function of the states before and the words: no nonlinearity"
    expect(bent is not None, "linear-step", text)
    return bent


def expect_relu_of_large(read: Callable[..., tuple[Tensor, Tensor]], tolerance: float) -> None:
    """Demand the same of large states, which a relu6 would cut."""
    for inputs, h in (read(size=50) for _ in range(3)):
        for unit in h.unbind(1):
            expect_relu(inputs, unit, tolerance * h.abs().max().item())


def read_states(
    models: Iterator[Any],
    vocab: int,
    hidden: int,
    dtype: torch.dtype,
    tolerance: float,
    case: Case,
    size: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Per step: the state before beside the word, one-hot, [N, H + words]; the state, [N, H]."""
    output = find_output(next(models).to(dtype), vocab, hidden, case)
    model = next(models).to(dtype)
    fill_at_random(model, vocab, output, case, size)
    words = torch.tensor(case.pick(range(vocab - 1), 6))  # the last word is never said
    said = case.integers(0, 6, 4, 44)
    said[:, :6] = torch.arange(6)
    logits = model(words[said]).detach().double()  # in one call: `chunks` judges the state between
    expect_axes(logits, said)
    layer = by_word(list(model.parameters())[output].detach(), vocab).double()
    bias = sum(p.detach().flatten().double() for p in model.parameters() if p.numel() == vocab)
    shown = logits - bias
    h = shown[..., :hidden]
    text = "the logits are not U h + c for any state h: something else comes after the state"
    right = torch.allclose(shown, h @ layer.t(), rtol=tolerance, atol=tolerance)
    expect(right, "other-output", text)
    before = torch.cat([torch.zeros_like(h[:, :1]), h[:, :-1]], 1)
    one_hot = torch.nn.functional.one_hot(said, 6).double()
    return torch.cat([before, one_hot], 2).flatten(0, 1), h.flatten(0, 1)


def find_output(model: nn.Module, vocab: int, hidden: int, case: Case) -> int:
    """Which parameter is the output layer's matrix: it learns from words that are not read."""
    fill_positive(model, vocab, hidden, case)
    matrices = word_matrices(model, vocab)
    loss = model(torch.tensor([[0, 1]])).square().sum()
    gradients = torch.autograd.grad(loss, matrices, allow_unused=True)
    pairs = zip(matrices, gradients, strict=True)
    found = [m for m, g in pairs if g is not None and by_word(g.to_dense(), vocab).any(1).all()]
    text = f"only one matrix has {vocab} rows or columns, and it makes the logits: none reads words"
    expect(found or len(matrices) > 1, "no-embedding", text)
    text = f"{len(found)} matrices of shape [{vocab}, {hidden}] turn the state into logits, not one"
    expect(len(found) == 1 and hidden in found[0].shape, "output-layer", text)
    return next(i for i, p in enumerate(model.parameters()) if p is found[0])


def fill_at_random(
    model: nn.Module, vocab: int, output: int, case: Case, size: float = 1.0
) -> None:
    """Random values; the output layer begins with the identity and ends in a row of large ones."""
    with torch.no_grad():
        for i, parameter in enumerate(model.parameters()):
            parameter.copy_(case.nonzero(*parameter.shape) * 0.5)
            if i == output:
                rows = by_word(parameter, vocab)
                rows[: rows.shape[1]] = torch.eye(rows.shape[1])
                rows[-1] *= 100
        for rows in (by_word(matrix, vocab) for matrix in word_matrices(model, vocab)):
            rows[rows.shape[1] : -1] *= size
    shrink(model, vocab, 0.9)
