"""Where the nonlinearity of a recurrent model stands, seen from outside, for any split in layers.

The first word's state is φ(W e + b): its logits must bend when e or W grows. With the identity for
W and no biases, words with opposite embeddings must not cancel each other.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.stateful_form import hidden_matrices, in_double, twins

Change = Callable[[nn.Module, float], None]


class Probe:
    """Fresh models of one size with equal weights, changed before they read their words."""

    def __init__(self, Model: Any, case: Case) -> None:
        self.Model, self.vocab, self.hidden = Model, case.sizes(1, 9, 15)[0], 30
        self.words = case.pick(range(1, self.vocab - 1), 3)
        double = in_double(Model, self.vocab, self.hidden)
        self.dtype, self.tolerance = (torch.float64, 1e-8) if double else (torch.float32, 1e-3)
        self.first = self._new(1)[0]
        self.tables = self._word_tables()
        self.first = self._new(1)[0]

    def _new(self, count: int) -> list[nn.Module]:
        return [model.to(self.dtype) for model in twins(self.Model, self.vocab, self.hidden, count)]

    def _word_tables(self) -> list[int]:
        """Which parameters hold embeddings: those of which only the rows of words read learn."""
        a, b, _ = self.words
        named = [(i, p) for i, p in enumerate(self.first.parameters()) if self.vocab in p.shape]
        tables = [(i, p) for i, p in named if p.dim() == 2]
        loss = self.first(torch.tensor([[a, b]])).square().sum()
        gradients = torch.autograd.grad(loss, [p for _, p in tables], allow_unused=True)
        pairs = zip(tables, gradients, strict=True)
        found = [(i, self.by_word(g)) for (i, _), g in pairs if g is not None]
        return [i for i, g in found if not g.any(1).all()] or [i for i, _ in found]

    def by_word(self, table: Tensor) -> Tensor:
        return table.detach() if table.shape[0] == self.vocab else table.detach().t()

    def embedding(self, model: nn.Module, word: int) -> list[Tensor]:
        """Views of what the model knows of a word."""
        parameters = list(model.parameters())
        return [self.by_word(parameters[i])[word] for i in self.tables]

    def logits(self, words: list[list[int]], change: Change, scale: float = 1.0) -> Tensor:
        """The last logits of the words that are not said: a tied output layer may change theirs."""
        model = self._new(1)[0]
        with torch.no_grad():
            for p, q in zip(model.parameters(), self.first.parameters(), strict=True):
                p.copy_(q)
            change(model, scale)
            last = model(torch.tensor(words))[:, -1]
        return last[:, [word for word in range(self.vocab) if word not in self.words]]

    def bend(self, change: Change) -> tuple[float, float]:
        """How far the first word's logits leave a straight line in a scale, and how they move."""
        scales = (-4.0, 0.0, 4.0, 8.0)
        back, zero, one, two = (self.logits([self.words[:1]], change, s) for s in scales)
        bends = (two - 2 * one + zero).abs().max(), (one + back - 2 * zero).abs().max()
        return max(bends).item(), (two - zero).abs().max().item()


def expect_nonlinear(Model: Any, case: Case) -> None:
    """Demand a nonlinearity after the layer, in every step."""
    probe = Probe(Model, case)

    def scale_word(model: nn.Module, scale: float) -> None:
        for row in probe.embedding(model, probe.words[0]):
            row.mul_(scale)

    def scale_weights(model: nn.Module, scale: float) -> None:
        for matrix in hidden_matrices(model, probe.vocab):
            matrix.mul_(scale)

    text = "the logits after the first word are a straight line in the size of {}"
    for what, change in (("its embedding", scale_word), ("the hidden weights", scale_weights)):
        bend, move = probe.bend(change)
        straight = bend <= probe.tolerance and (what == "its embedding" or move > probe.tolerance)
        expect(not straight, "linear-step", text.format(what))
    expect_words_not_cancelling(probe, case)


def expect_words_not_cancelling(probe: Probe, case: Case) -> None:
    a, b, nothing = probe.words
    vector = 2 * case.nonzero(probe.hidden, dtype=probe.dtype)

    def opposite(model: nn.Module, _: float) -> None:
        for word, values in ((a, vector), (b, -vector), (nothing, 0 * vector)):
            for row in probe.embedding(model, word):
                row.copy_(values[: row.numel()])
        for p in model.parameters():
            if p.numel() == probe.hidden:  # a bias
                p.zero_()
        for matrix in hidden_matrices(model, probe.vocab):
            rows, columns = matrix.squeeze().shape
            blocks = torch.eye(probe.hidden).repeat(2, 2)[:rows, :columns]
            matrix.copy_(blocks.reshape(matrix.shape))

    pair, zeros = probe.logits([[a, b], [nothing, nothing]], opposite)
    text = "two words with opposite embeddings cancel each other, as if nothing stood between them"
    expect((pair - zeros).abs().max() > probe.tolerance, "words-cancel", text)
