"""AWD language models of all sizes: what they return, what they hold, and V = H."""

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import filled, fresh, model_of, restart
from lmlib.checks.awd_read import read, three_of
from lmlib.checks.calls import MODES
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import expect_module, gradients_of, of_size


def expect_three(Model: Any, case: Case) -> None:
    """Demand logits, raw and dropped: also of many layers, and of a single unit."""
    vocab, seq = case.sizes(2, 9, 14)
    hidden_sizes = *case.sizes(3, 4, 8), 1
    layers_and_rows = (1, 3), (2, 1), (4, 4), (3, 4)
    for hidden, (num_layers, batch) in zip(hidden_sizes, layers_and_rows, strict=True):
        for rows, lengths in ((batch, (seq, 2)), (5, (1,))):
            model = Model(vocab, hidden, num_layers, 0.3)
            expect_module(model, "AWDLanguageModel")
            restart(model)
            for mode, length in product(MODES, lengths):
                x = case.integers(0, vocab, rows, length)
                with mode.on(model):
                    found = three_of(model(x.clone()), x)
                for name, size in (("logits", vocab), ("raw", hidden), ("dropped", hidden)):
                    expect_tensor(getattr(found, name), (rows, length, size), torch.float32, name)


def expect_count(Model: Any, case: Case) -> None:
    """Demand one matrix of words, one bias for them, and LSTM layers with one or two biases."""
    for num_layers in (1, 2, 3, 4):
        model, V, H = model_of(Model, case, num_layers)
        count = sum(p.numel() for p in model.parameters())
        wanted = [V * H + V + num_layers * (8 * H * H + biases * H) for biases in (8, 4)]
        text = f"{num_layers} layer(s), V = {V}, H = {H}: {count} parameters, not {wanted[0]}"
        if count not in wanted:
            expect(count - V * H not in wanted, "not-tied", f"{text}; V · H = {V * H} too many")
            expect(count + V not in wanted, "no-output-bias", f"{text}; V = {V} are missing")
            expect(False, "parameter-count", text)


def expect_upright(Model: Any, case: Case) -> None:
    """Demand the decoder's matrix the right way round where V = H, and no shape tells it."""
    (size,) = case.sizes(1, 6, 9)
    model = filled(Model, case, size, size, 2, 0.4)
    found = read(fresh(model), case.integers(0, size, 4, 5))
    pairs = list(permutations((part - part[:1] for part in found), 2))  # `outputs` judges the order
    text = f"with V = H = {size}, the logits are not dropped · Eᵀ + b"
    for rows in _embeddings(fresh(model), size):
        right = any(torch.allclose(a, b @ rows.t(), rtol=1e-4, atol=1e-4) for a, b in pairs)
        expect(right, "wrong-logits", text)


def _embeddings(model: nn.Module, size: int) -> Iterator[Tensor]:
    """The square matrices of which a word takes one row, or one column: then turned."""
    raw = read(model, torch.ones(1, 1, dtype=torch.int64)).raw
    squares = of_size(model, size, size)
    gradients = gradients_of(raw.sum(), squares) if raw.requires_grad else []
    for matrix, gradient in zip(squares, gradients, strict=False):
        if gradient is not None:
            for rows, moved in ((matrix, gradient), (matrix.t(), gradient.t())):
                if moved.any(1).sum() == 1:
                    yield rows
