"""Whether the gradient of a stateful model is the true one, back to the first word of a call."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.calls import Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.stateful_form import by_word, fill_positive, fresh, word_matrices, works_in_double


def expect_words_learn(Model: Any, case: Case) -> None:
    """The last logits send gradient to the embedding of each word of the call."""
    vocab, hidden = 121, case.sizes(1, 8, 12)[0]
    models = fresh(Model, vocab, hidden, case)
    # Its own row of a tied matrix gets gradient as output: both modes together say every word.
    for training, unsaid in zip((True, False), case.pick(range(vocab), 2), strict=True):
        for words in (1, *case.sizes(1, 2, 9), vocab - 1):
            model = next(models).train(training)
            fill_positive(model, vocab, hidden, case)
            said = case.pick([word for word in range(vocab) if word != unsaid], words)
            last = model(torch.tensor([said]))[0, -1, unsaid]
            text = "no gradient can flow back through the logits"
            expect(last.requires_grad, "no-gradient", f"{Mode(training)}, {text}")
            gradients = torch.autograd.grad(last, word_matrices(model, vocab), allow_unused=True)
            rows = [by_word(g, vocab)[said].any(1) for g in gradients if g is not None]
            reached = max((int(row.sum()) for row in rows), default=0)
            text = f"{Mode(training)}, a call reads {words} word(s), and its last logits send "
            text += f"gradient to the embeddings of {reached} of them"
            expect(reached == words, "words-not-reached", text)


def expect_true_slope(Model: Any, case: Case) -> None:
    for _ in range(6):  # a kink of relu can spoil a slope: any of six directions may prove it
        slope, found, tolerance = slopes(Model, case)
        if abs(slope - found) <= tolerance * (1 + abs(slope)):
            return
    text = f"the last logits change by {slope:.5f} along a direction, their gradient says"
    expect(False, "wrong-gradient", f"{text} {found:.5f}")


def slopes(Model: Any, case: Case) -> tuple[float, float, float]:
    """The slope of a first call's last logits: measured, by autograd, and the tolerance."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    models = fresh(Model, vocab, hidden, case)
    double = works_in_double(models)
    dtype, step, tolerance = (torch.float64, 1e-6, 1e-5) if double else (torch.float32, 1e-4, 1e-2)
    x = torch.tensor([case.pick(range(vocab), vocab) for _ in range(2)])[[0, 1, 1]]
    weights = case.nonzero(3, vocab, dtype=dtype)
    model = next(models).to(dtype)
    directions = [case.normal(*p.shape, dtype=dtype) for p in model.parameters()]

    def value(model: nn.Module, scale: float) -> Tensor:
        with torch.no_grad():
            for p, direction in zip(model.parameters(), directions, strict=True):
                p.add_(direction, alpha=scale)
        return (model(x)[:, -1] * weights).sum()

    loss = value(model, 0.0)
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the logits")
    gradients = torch.autograd.grad(loss, list(model.parameters()), allow_unused=True)
    pairs = zip(gradients, directions, strict=True)
    found = sum((g * d).sum().item() for g, d in pairs if g is not None)
    ahead, behind = (value(next(models).to(dtype), side * step).item() for side in (1, -1))
    return (ahead - behind) / (2 * step), found, tolerance
