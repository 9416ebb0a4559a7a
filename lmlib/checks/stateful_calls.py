"""A stateful model's calls: nothing random, no row for another, and all else stays as it was."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import unchanged
from lmlib.checks.stateful_form import expect_axes, expect_causal, same
from lmlib.checks.steady import expect_results_kept


def expect_pure(models: Iterator[Any], vocab: int, case: Case) -> None:
    """Read two parts of a text with equal models: as they are, again, with other rows, alone."""
    model = next(models).train()
    weights = [p.detach().clone() for p in model.parameters()]
    parts = [case.integers(0, vocab, 5, words) for words in (4, 5)]
    before = [x.clone() for x in parts]
    first = [model(x) for x in parts]
    text = "x holds other words after the call"
    expect(all(map(torch.equal, parts, before)), "input-changed", text)
    kept = unchanged(model, weights)
    expect(kept, "parameter-changed", "a call changes a parameter of the model")
    for training in (True, False):
        again, once_more = (list(map(next(models).train(training), parts)) for _ in range(2))
        _expect_equal(model, again, once_more)
    for row in (0, 4):
        others = [x.roll(1) for x in parts]
        for x, other in zip(parts, others, strict=True):
            other[row] = x[row]
        for given, at, text in (
            (others, row, "other rows of the batch change the logits of a row"),
            ([x[row : row + 1] for x in parts], 0, "a row alone gets other logits than in a batch"),
        ):
            found = map(next(models).train(), given)
            alike = [same(whole[row], part[at]) for whole, part in zip(first, found, strict=True)]
            expect(all(alike), "rows-mixed", text)
    model = next(models)
    expect_results_kept(model, lambda: [model(case.integers(0, vocab, 3, 4))], ["the logits"])


def _expect_equal(model: Any, first: list[Tensor], again: list[Tensor]) -> None:
    """Demand the same logits from two fresh models."""
    count = sum(p.numel() for p in model.parameters())
    text = "two fresh models give different logits for the same words, "
    text += f"though the {count:,} numbers in their parameters() are the same"
    expect(all(map(same, first, again)), "not-repeatable", text)


def expect_words_read(models: Iterator[Any], vocab: int, case: Case) -> None:
    """Change one place after another, and see which logits move."""
    seq = 5
    x = case.integers(0, vocab, 3, seq)
    model = next(models)
    base, again = model(x), next(models)(x)
    expect_axes(base, x)
    _expect_equal(model, [base], [again])
    moved = torch.zeros(seq, seq, dtype=torch.bool)
    for t in range(seq):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1 + case.integers(0, vocab - 1, 3)) % vocab
        moved[t] = (next(models)(changed) - base).detach().abs().amax(dim=(0, 2)) > 1e-5
    expect_causal(moved)
