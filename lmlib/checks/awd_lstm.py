"""An LSTM of any making, recognised by what it gives when all its weights are one number."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import fresh, model_of, rows_of, word_matrix
from lmlib.checks.awd_read import read
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.modules import fill


def expect_lstm(Model: Any, case: Case) -> None:
    """Demand the closed form for one, two and three layers, with biases of both signs.

    With larger weights a state would feed itself, and the rounding of float32 would grow with it.
    """
    for num_layers, words in ((1, 9), (2, 3), (3, 9)):  # also as many words as rows
        weight = case.uniform(0.05, 0.12)
        for bias in (case.uniform(0.1, 0.3), -case.uniform(0.1, 0.3)):
            model, V, H = model_of(Model, case, num_layers)
            total = fill_lstm(model, weight, bias, V, H)
            x = case.integers(0, V, 3, words)
            table = rows_of(word_matrix(model, V, H).detach(), H)
            raw = read(fresh(model.eval()), x).raw
            expect_tensor(raw, (*x.shape, H), torch.float32, "raw")
            wanted = equal_lstm(table[x], weight, total, num_layers).expand_as(raw)
            text = f"{num_layers} layer(s) with all weights {weight} and all biases {bias} "
            text += "give another raw than an LSTM"
            expect_close(raw, wanted, "not-an-lstm", text, rtol=1e-4, atol=1e-5)


def fill_lstm(
    model: nn.Module, weight: float, bias: float, vocab_size: int, hidden_size: int
) -> float:
    """Make every matrix of the LSTM one number, and every bias another; what a gate then adds."""
    matrices = matrices_of(model, hidden_size)
    biases = biases_of(model, vocab_size, hidden_size)
    fill(matrices, weight)
    fill(biases, bias)
    weights, offsets = (sum(p.numel() for p in part) for part in (matrices, biases))
    text = f"no parameter has a size that is a multiple of hidden_size² = {hidden_size**2}"
    expect(weights, "parameter-count", text)
    return bias * 2 * hidden_size * offsets / weights  # one or two biases for 2H weights a gate


def matrices_of(model: nn.Module, hidden_size: int) -> list[nn.Parameter]:
    """The matrices of the LSTM, in pieces of any size."""
    return [p for p in model.parameters() if p.numel() % hidden_size**2 == 0]


def biases_of(model: nn.Module, vocab_size: int, hidden_size: int) -> list[nn.Parameter]:
    """The biases of the LSTM: what is neither a matrix of it nor has to do with the vocabulary."""
    others = {id(p) for p in matrices_of(model, hidden_size)}
    sizes = vocab_size, vocab_size * hidden_size
    return [p for p in model.parameters() if id(p) not in others and p.numel() not in sizes]


def equal_lstm(words: Tensor, weight: float, bias: float, num_layers: int) -> Tensor:
    """What such an LSTM gives for embedded words [B, T, H]: all units are equal, so [B, T, 1]."""
    hidden_size = words.shape[-1]
    total = words.sum(-1)  # what each unit sees, before the weight
    for _ in range(num_layers):
        h = c = torch.zeros(len(words))
        states = []
        for inputs in total.unbind(dim=1):
            s = weight * (inputs + hidden_size * h) + bias
            c = s.sigmoid() * c + s.sigmoid() * s.tanh()
            h = s.sigmoid() * c.tanh()
            states.append(h)
        raw = torch.stack(states, dim=1)
        total = hidden_size * raw
    return raw[..., None]
