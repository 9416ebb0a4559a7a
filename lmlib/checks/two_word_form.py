"""The form h ← φ(W(h + e) + b), recognised from outside for any nonlinearity φ.

With W scaled by ε and b = 0, a word that passes W once moves the logits in proportion to ε, and one
that passes it twice in proportion to ε². With W = I, or W = 0, the logits show where φ stands.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import fill, gradients_of, of_size


def expect_layers(model: nn.Module, vocab: int, hidden: int) -> None:
    """Tell the parameters by their sizes; a bias may be missing, the vocabulary's matrix tied."""
    counts = {
        "hidden × hidden": (len(of_size(model, hidden, hidden)), 1, 1, "hidden-matrices"),
        "vocab × hidden": (len(of_size(model, vocab, hidden)), 1, 2, "vocab-matrices"),
        "hidden": (len(of_size(model, hidden)), 0, 1, "hidden-biases"),
        "vocab": (len(of_size(model, vocab)), 0, 1, "vocab-biases"),
    }
    for size, (count, least, most, id) in counts.items():
        allowed = f"{least}" if least == most else f"{least} or {most}"
        text = f"{count} parameters have the size {size}; {allowed} would be expected"
        expect(least <= count <= most, id, text)
    known = sum(count for count, *_ in counts.values())
    shapes = [list(p.shape) for p in model.parameters()]
    text = f"there are parameters of other sizes: {shapes} for V = {vocab}, H = {hidden}"
    expect(len(shapes) == known, "other-parameters", text)


def expect_two_passes(model: nn.Module, vocab: int, hidden: int, words: list[int]) -> None:
    """Compare by how much each word moves the logits at ε = 0.1 and at ε = 0.01."""
    a, b, c = words
    matrices = of_size(model, hidden, hidden)
    start = [matrix.detach().clone() for matrix in matrices]
    fill([*of_size(model, hidden), *of_size(model, vocab)], torch.zeros(()))
    moves = []
    for scale in (0.1, 0.01):
        for matrix, values in zip(matrices, start, strict=True):
            fill([matrix], values * scale)
        ab, cb, ac = rows_for(model, [(a, b), (c, b), (a, c)])
        moves.append(((cb - ab).abs().max().item(), (ac - ab).abs().max().item()))
    text = "the {} word does not change the logits when the hidden weights are small"
    for small, what in zip(moves[1], ("first", "second"), strict=True):
        expect(small > 1e-6 * max(moves[1]), f"{what}-passes", text.format(what))
    first, second = (large / small for large, small in zip(*moves, strict=True))
    text = "hidden weights ten times smaller make "
    text += f"the first word count {first:.0f} times less, and the second {second:.0f} times"
    expect(not (first < 30 < second), "words-reversed", text)
    degree = 1 if second < 30 else 2  # of φ near 0; an x² counts every pass twice
    expect(0.3 < first / 100**degree < 3, "first-passes", text)
    expect(0.3 < second / 10**degree < 3, "second-passes", text)


def rows_for(model: nn.Module, pairs: list[tuple[int, int]]) -> Tensor:
    """The logits of some pairs of words, one row each."""
    logits: Tensor = model(torch.tensor(pairs))
    text = f"for {len(pairs)} pairs of words the result has shape {list(logits.shape)}"
    expect(logits.dim() == 2 and len(logits) == len(pairs), "wrong-shape", text)
    return logits


def expect_nonlinear_between(model: nn.Module, hidden: int, words: list[int], case: Case) -> None:
    """With W = I and opposite embeddings, only φ after the first word prevents cancelling."""
    a, b, z = words
    text = "no parameter has the size hidden × hidden, so there is no step with its nonlinearity"
    expect(of_size(model, hidden, hidden), "hidden-matrices", text)
    tables = embeddings(model, hidden, a, b)
    vector = case.nonzero(hidden) * 2
    for word, values in ((a, vector), (b, -vector), (z, 0 * vector)):
        fill([rows_of(table, hidden)[word] for table in tables], values)
    fill(of_size(model, hidden, hidden), torch.eye(hidden))
    fill(of_size(model, hidden), torch.zeros(()))
    opposite, nothing = rows_for(model, [(a, b), (z, z)])
    text = "two words with opposite embeddings cancel each other, as if nothing stood between them"
    expect((opposite - nothing).abs().max() > 1e-3, "linear-first-step", text)


def expect_nonlinear_end(model: nn.Module, hidden: int, words: list[int], case: Case) -> None:
    """The last state must not be linear in the size of W (first word 0), nor in b (W = 0)."""
    a, b, _ = words
    for table in embeddings(model, hidden, a, b):
        fill([rows_of(table, hidden)[a]], torch.zeros(()))
    matrices, biases = of_size(model, hidden, hidden), of_size(model, hidden)
    vector = case.nonzero(hidden) * 2
    pair = torch.tensor([(a, b)])

    def with_matrix(scale: float) -> Tensor:
        fill(biases, torch.zeros(()))
        fill(matrices, scale * 4 * torch.eye(hidden))
        return model(pair).detach()

    def with_bias(scale: float) -> Tensor:
        fill(matrices, torch.zeros(()))
        fill(biases, scale * vector)
        return model(pair).detach()

    text = "the logits are a linear function of the hidden {}: nothing bends them after it"
    expect(not linear(with_matrix), "linear-last-step", text.format("weights"))
    expect(not biases or not linear(with_bias), "linear-last-step", text.format("bias"))


def linear(function: Callable[[float], Tensor]) -> bool:
    """Whether a function of one number rises or falls straight through −1, 0, 1 and 2."""
    back, zero, one, two = (function(x) for x in (-1.0, 0.0, 1.0, 2.0))
    bends = (two - 2 * one + zero).abs().max(), (one + back - 2 * zero).abs().max()
    moves = (one - zero).abs().max().item()
    return moves > 1e-3 and max(bends).item() < 1e-3 * (1 + moves)


def embeddings(model: nn.Module, hidden: int, a: int, b: int) -> list[nn.Parameter]:
    """The tables of which only the rows of the given words take part.

    If there are none, those of which some rows take no part; an output layer's may, too, where a
    softmax follows. If there are none of these, all tables.
    """
    shapes = [(p, tuple(_matrix(p).shape)) for p in model.parameters()]
    tables = [p for p, s in shapes if len(s) == 2 and hidden in s and s != (hidden, hidden)]
    gradients = gradients_of(model(torch.tensor([(a, b)])).square().sum(), tables)
    rows = [set() if g is None else _rows_reached(g, hidden) for g in gradients]
    pairs = list(zip(tables, rows, strict=True))
    own = [table for table, reached in pairs if reached and reached <= {a, b}]
    partly = [t for t, reached in pairs if len(reached) < len(rows_of(t, hidden))]
    return own or partly or tables


def rows_of(table: Tensor, hidden: int) -> Tensor:
    """A view of a table with one row per word, whichever way it is stored."""
    matrix = _matrix(table)
    return matrix if matrix.shape[1] == hidden else matrix.t()


def _rows_reached(gradient: Tensor, hidden: int) -> set[int]:
    return {*rows_of(gradient, hidden).any(1).nonzero().flatten().tolist()}


def _matrix(parameter: Tensor) -> Tensor:
    """A view of a parameter without axes of size 1, where there are too many for a matrix."""
    return parameter.detach().squeeze() if parameter.dim() > 2 else parameter.detach()
