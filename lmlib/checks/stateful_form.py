"""A stateful model seen from outside: its matrices, and what its results do."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect
from lmlib.checks.leniency import kept


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two results agree as well as float32 work can."""
    size = a.detach().abs().max().item()
    return math.isfinite(size) and close(a, b, rtol=1e-4, atol=1e-5 * (1 + size))


def seeded(model: Any, x: Tensor, seed: int) -> Tensor:
    """Logits with the same chances in every call, which would pass for memory otherwise."""
    torch.manual_seed(seed)
    return kept(model(x))


def expect_axes(logits: Tensor, x: Tensor) -> None:
    """Demand logits for every word of x."""
    text = f"for x of shape {list(x.shape)} the logits have shape {list(logits.shape)}"
    expect(logits.shape[:2] == x.shape, "wrong-shape", text)


def weighted_sum(logits: Tensor, case: Case) -> Tensor:
    """A loss in which every logit counts, each with a weight of its own."""
    return (logits * case.nonzero(*logits.shape, dtype=logits.dtype)).sum()


def works_in_double(models: Iterator[Any]) -> bool:
    """Whether a model also works in float64; a state of float32 zeros is honest work, too."""
    model = next(models)
    try:
        model.double()
        return all(model(torch.zeros(2, 2).long()).dtype == torch.float64 for _ in range(2))
    except Exception:
        return False


def hidden_matrices(model: nn.Module, vocab: int) -> list[nn.Parameter]:
    """The matrices that belong neither to the words nor to the logits."""
    return [p for p in model.parameters() if p.squeeze().dim() > 1 and vocab not in p.shape]


def word_matrices(model: nn.Module, vocab: int) -> list[nn.Parameter]:
    """The matrices that belong to the words, to the logits or to both."""
    return [p for p in model.parameters() if p.squeeze().dim() == 2 and vocab in p.shape]


def by_word(matrix: Tensor, vocab: int) -> Tensor:
    """A view of a matrix of words with one row for each word; a convolution's has a third axis."""
    matrix = matrix.squeeze() if matrix.dim() > 2 else matrix
    return matrix if matrix.shape[0] == vocab else matrix.t()


def shrink(model: nn.Module, vocab: int, norm: float) -> None:
    """Give every hidden matrix this spectral norm."""
    with torch.no_grad():
        for matrix in hidden_matrices(model, vocab):
            matrix.mul_(norm / torch.linalg.matrix_norm(matrix.squeeze(), 2).max())


def fill_positive(model: nn.Module, vocab: int, hidden: int, case: Case) -> None:
    """Make all weights positive and biases 0: states are small and positive, and fade slowly."""
    matrices = hidden_matrices(model, vocab)
    with torch.no_grad():
        for parameter in model.parameters():
            scale = 0.9 / hidden if any(parameter is m for m in matrices) else 0.01
            values = case.normal(*parameter.shape, dtype=torch.float64).abs().clamp(0.5, 1.5)
            parameter.copy_(values * scale * (parameter.squeeze().dim() > 1))


def expect_few_parameters(model: nn.Module, vocab: int, hidden: int) -> None:
    """Demand no more than two word matrices, two hidden ones, and a bias for each layer.

    An embedding may be wider than the state; then so is the hidden matrix that reads it.
    """
    count = sum(p.numel() for p in model.parameters())
    wide = max([hidden, *(p.numel() // vocab for p in word_matrices(model, vocab))])
    most = vocab * (wide + hidden) + vocab + (wide + hidden) * hidden + 2 * hidden
    text = f"for V = {vocab}, H = {hidden} there are {count:,} parameters; {most:,} are enough"
    expect(count <= most, "too-many-parameters", text)


def expect_same_step(models: Iterator[Any], vocab: int, case: Case) -> None:
    """With contracting weights a word said over and over leads to one state."""
    model = next(models)
    text = f"every matrix has {vocab} rows or columns, one a word: none leads from state to state"
    expect(hidden_matrices(model, vocab), "no-hidden-matrix", text)
    shrink(model, vocab, 0.5)
    x = case.integers(0, vocab, 3, 1).expand(3, 24).clone()
    late = model(x)[:, -6:].detach()
    steady = close(late, late[:, :1].expand_as(late), rtol=0, atol=1e-4)
    text = "one word 24 times with small hidden weights: its logits keep changing from step to step"
    expect(steady, "steps-differ", text)


def expect_one_layer(models: Iterator[Any], vocab: int, case: Case) -> None:
    """The last word passes at most one hidden matrix: its effect shrinks like their size."""
    pairs = torch.tensor([case.pick(range(vocab), 2) for _ in range(6)])
    moves = []
    for norm in (1e-1, 1e-2):
        model = next(models)
        shrink(model, vocab, norm)
        logits = model(torch.cat([pairs, pairs[:, :1].expand(6, 2)])).detach()[:, -1]
        moves.append((logits[:6] - logits[6:]).abs().mean().item())
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
