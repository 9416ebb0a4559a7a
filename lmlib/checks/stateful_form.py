"""A stateful model seen from outside: twins, a reader without memory, and probes of its form."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import copy_parameters


def twins(Model: Any, vocab: int, hidden: int, count: int) -> list[nn.Module]:
    """Several models with the same parameters, none of which has read a word."""
    first, *others = models = [Model(vocab, hidden) for _ in range(count)]
    for other in others:
        copy_parameters(first, other)
    return models


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two results agree as well as float32 work can."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-5)


def in_double(Model: Any, vocab: int, hidden: int) -> bool:
    """Whether the model also works in float64; a state of float32 zeros is honest work, too."""
    try:
        model = Model(vocab, hidden).double()
        return all(model(torch.zeros(2, 2).long()).dtype == torch.float64 for _ in range(2))
    except Exception:
        return False


def hidden_matrices(model: nn.Module, vocab: int) -> list[nn.Parameter]:
    """The matrices that belong neither to the words nor to the logits."""
    return [p for p in model.parameters() if p.squeeze().dim() == 2 and vocab not in p.shape]


def shrink(model: nn.Module, vocab: int, norm: float) -> None:
    """Give every hidden matrix this spectral norm."""
    with torch.no_grad():
        for matrix in hidden_matrices(model, vocab):
            matrix.mul_(norm / torch.linalg.matrix_norm(matrix.squeeze(), 2).item())


def expect_same_step(Model: Any, vocab: int, hidden: int, case: Case) -> None:
    """With contracting weights a word said over and over leads to one state."""
    model = Model(vocab, hidden)
    shrink(model, vocab, 0.5)
    x = case.integers(0, vocab, 3, 1).expand(3, 24).clone()
    late = model(x)[:, -6:].detach()
    moved = (late - late[:, :1]).abs().max()
    text = "one word 24 times with small hidden weights: its logits keep changing from step to step"
    expect(moved < 1e-4, "steps-differ", text)


def expect_one_layer(Model: Any, vocab: int, hidden: int, case: Case) -> None:
    """The last word passes at most one hidden matrix: its effect shrinks like their size."""
    a, b = case.pick(range(vocab), 2)
    first, second = twins(Model, vocab, hidden, 2)
    shrink(first, vocab, 1e-1)
    shrink(second, vocab, 1e-2)
    moves = []
    for model in (first, second):
        logits = model(torch.tensor([[b, a], [b, b]])).detach()[:, -1]
        moves.append((logits[0] - logits[1]).abs().max().item())
    ratio = moves[0] / max(moves[1], 1e-30)
    text = f"hidden weights ten times smaller make the last word count {ratio:.0f} times less"
    expect(ratio < 30, "two-layers", text)


def expect_causal(moved: Tensor) -> None:
    """Row t of `moved` says at which places another input at place t changes the results."""
    seq = len(moved)
    demands = (
        ("sees-the-future", ~moved.tril(-1).any(1)),
        ("input-ignored", moved.diagonal()),
        ("past-ignored", (moved | ~torch.ones_like(moved).triu()).all(1)),
    )
    for id, fine in demands:
        t = int((~fine).int().argmax())
        text = f"another input at place {t} changes the results at the places"
        expect(fine.all(), id, f"{text} {moved[t].nonzero().flatten().tolist()} of 0 … {seq - 1}")


def slopes(Model: Any, case: Case) -> tuple[float, float, float]:
    """The slope of a first call's last logits: measured, by autograd, and the tolerance."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    double = in_double(Model, vocab, hidden)
    dtype, step, tolerance = (torch.float64, 1e-6, 1e-5) if double else (torch.float32, 1e-4, 1e-2)
    models = [model.to(dtype) for model in twins(Model, vocab, hidden, 3)]
    x = case.integers(0, vocab, 2, 10)
    weights = case.nonzero(2, vocab, dtype=dtype)
    directions = [case.normal(*p.shape, dtype=dtype) for p in models[0].parameters()]

    def value(model: nn.Module, scale: float) -> Tensor:
        with torch.no_grad():
            for p, direction in zip(model.parameters(), directions, strict=True):
                p.add_(direction, alpha=scale)
        return (model(x)[:, -1] * weights).sum()

    loss = value(models[0], 0.0)
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the logits")
    parameters = list(models[0].parameters())
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    pairs = zip(gradients, directions, strict=True)
    found = sum((g * d).sum().item() for g, d in pairs if g is not None)
    ahead, behind = value(models[1], step).item(), value(models[2], -step).item()
    return (ahead - behind) / (2 * step), found, tolerance
