"""Whether the gradient of a stateful model is the true one, back to the first word of a call."""

from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.calls import Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, share
from lmlib.checks.modules import gradients_of
from lmlib.checks.stateful_form import by_word, fill_positive, word_matrices, works_in_double
from lmlib.checks.stateful_models import PASTS, fresh, go_through


def expect_words_learn(Model: Any, case: Case) -> None:
    """The last logits send gradient to the embedding of each word of the call."""
    vocab, hidden = 121, case.sizes(1, 8, 12)[0]
    models = fresh(Model, vocab, hidden, case)
    # Its own row of a tied matrix gets gradient as output: both modes together say every word.
    for training, unsaid in zip((True, False), case.pick(range(vocab), 2), strict=True):
        others = [word for word in range(vocab) if word != unsaid]
        for past, words in product(PASTS, (1, *case.sizes(1, 2, 9), vocab - 1)):
            model = next(models).train(training)
            go_through(model, past, torch.tensor([[unsaid] * 3]))
            fill_positive(model, vocab, hidden, case)
            said = case.pick(others, words)
            last = model(torch.tensor([said]))[0, -1, unsaid]
            text = f"{Mode(training)}, no gradient can flow back through the logits of {past}"
            expect(last.requires_grad, "no-gradient", text)
            gradients = gradients_of(last, word_matrices(model, vocab))
            rows = [by_word(g, vocab)[said].any(1) for g in gradients if g is not None]
            reached = max((int(row.sum()) for row in rows), default=0)
            text = f"{Mode(training)}, {past} reads {words} word(s), and its last logits send "
            text += f"gradient to the embeddings of {reached} of them"
            expect(reached == words, "words-not-reached", text)


def expect_true_slope(Model: Any, past: str, case: Case) -> None:
    """The gradient of the last logits says what small moves of the parameters do to them."""
    for _ in range(6):  # a kink of relu can spoil a slope: any of six directions may prove it
        slope, found, tolerance, size = slopes(Model, past, case)
        if abs(slope - found) <= tolerance * (share(size) + abs(slope)):
            return
    text = f"in {past}, the last logits change by {slope:.5f} along a direction, their gradient "
    expect(False, "wrong-gradient", f"{text}says {found:.5f}")


def slopes(Model: Any, past: str, case: Case) -> tuple[float, float, float, float]:
    """The slope of a call's last logits: measured, by autograd, the tolerance, and their size."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    models = fresh(Model, vocab, hidden, case)
    double = works_in_double(models)
    dtype, step, tolerance = (torch.float64, 1e-6, 1e-5) if double else (torch.float32, 1e-4, 1e-2)
    x = torch.tensor([case.pick(range(vocab), vocab) for _ in range(2)])[[0, 1, 1]]
    weights = case.nonzero(3, vocab, dtype=dtype)
    model = next(models).to(dtype)
    parameters = list(model.parameters())
    directions = [case.normal(*p.shape, dtype=dtype) * p.requires_grad for p in parameters]

    def last(model: nn.Module, scale: float) -> Tensor:
        go_through(model, past, x[:, :3].clone())
        with torch.no_grad():
            for p, direction in zip(model.parameters(), directions, strict=True):
                p.add_(direction, alpha=scale)
        return model(x)[:, -1] * weights

    weighted = last(model, 0.0)
    loss = weighted.sum()
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the logits")
    gradients = gradients_of(loss, parameters)
    pairs = zip(gradients, directions, strict=True)
    found = sum((g * d).sum().item() for g, d in pairs if g is not None)
    ahead, behind = (last(next(models).to(dtype), side * step).sum().item() for side in (1, -1))
    return (ahead - behind) / (2 * step), found, tolerance, weighted.abs().max().item()
