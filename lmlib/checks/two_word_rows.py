"""Which rows of the embedding a pair of words uses, and that all rows are used alike."""

import torch
from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import fill, gradients_of, of_size
from lmlib.checks.two_word_form import embeddings, rows_of


def expect_just_two_rows(
    model: nn.Module, vocab: int, hidden: int, words: list[int], case: Case
) -> None:
    """The rows of the two words get gradient, and no others do."""
    if len(of_size(model, vocab, hidden)) == 1:  # a tied output layer reaches every row
        return
    every_word = [[k, vocab - 1 - k] for k in range((vocab + 1) // 2)]
    for pair in (words[:2], *every_word):
        logits = model(torch.tensor([pair]))
        loss = (logits * case.nonzero(*logits.shape)).sum()
        gradients = gradients_of(loss, embeddings(model, hidden, *pair))
        used = [rows_of(gradient, hidden).any(1) for gradient in gradients if gradient is not None]
        rows = sorted({row for mask in used for row in mask.nonzero().flatten().tolist()})
        text = f"for the words {pair[0]} and {pair[1]} the embeddings of {rows} get gradient"
        expect(set(rows) <= set(pair), "other-words", text)
        expect(set(rows) == set(pair), "word-ignored", text)


def expect_no_special_word(model: nn.Module, vocab: int, hidden: int) -> None:
    """Words with equal embeddings are equal, whatever their numbers."""
    alike = (0, vocab // 2, vocab - 1)
    for table in of_size(model, vocab, hidden):
        rows = rows_of(table, hidden)
        for word in alike:
            fill([rows[word]], rows[alike[0]].clone())
    pairs = torch.cartesian_prod(torch.tensor(alike), torch.tensor(alike))
    logits = model(pairs).detach()
    off = (logits - logits[:1]).abs().max().item()
    text = f"the words {alike} have equal embeddings here, but pairs of them give other logits"
    expect(off < 1e-4 * (1 + logits.abs().max().item()), "special-word", text)
