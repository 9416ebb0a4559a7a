"""What the weights of a stateful model are applied to: the past, and the embedding as it is."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import copy_parameters
from lmlib.checks.stateful_form import fill_positive, hidden_matrices, word_matrices


def expect_straight_words(models: Iterator[Any], vocab: int, hidden: int, case: Case) -> None:
    """With embeddings times −2 and weights times −1/2, nothing changes for a first word."""
    usual, x = next(models), torch.arange(vocab)[:, None]
    fill_positive(usual, vocab, hidden, case)
    logits = usual(x)

    def scaled(words: bool) -> Tensor:
        model = next(models)
        copy_parameters(usual, model)
        with torch.no_grad():
            for matrix in hidden_matrices(model, vocab):
                matrix.mul_(-0.5)
            for matrix in word_matrices(model, vocab) if words else ():
                matrix.mul_(-2)
        result: Tensor = model(x)
        return result

    if torch.allclose(scaled(words=False), logits, rtol=1e-4, atol=0):
        return  # no weights lie between an embedding and the state
    text = "with embeddings times −2 and hidden weights times −1/2, a first word leads to another "
    text += "state: the weights are not applied to the embedding itself"
    # The matrix that makes the logits has a factor of −2, too, tied or not.
    expect_close(scaled(words=True) / -2, logits, "bent-embedding", text, rtol=1e-4, atol=0)


def expect_weighted_past(model: nn.Module, vocab: int, hidden: int, case: Case) -> None:
    """The past passes one more hidden matrix than the last word: small ones leave nothing of it."""
    fill_positive(model, vocab, hidden, case)
    with torch.no_grad():
        for matrix in hidden_matrices(model, vocab):
            matrix.mul_(1e-3)
    first, last, *others = case.pick(range(vocab), 8)  # some may be embedded almost alike
    pairs = [(first, last), *((word, last) for word in others), *((first, word) for word in others)]
    logits = model(torch.tensor(pairs)).detach()[:, -1]
    unsaid = [w for w in range(vocab) if w not in (first, last, *others)]  # tied rows differ
    moved = (logits[1:, unsaid] - logits[0, unsaid]).abs()
    past, present = (half.max() for half in moved.chunk(2))
    text = (
        "with very small hidden weights, the word before the last still counts as much as the last"
    )
    expect(past < 0.05 * present, "past-unweighted", text)
