"""An LSTM of any making, recognised by what it gives when all its weights are one number.

And as this says nothing of single weights: by how its gates and its weights count.
"""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import fresh, model_of, rows_of, word_matrix
from lmlib.checks.awd_read import read
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.modules import fill, gradients_of, of_size


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
    matrices = biases = 0
    for parameter in model.parameters():
        count = parameter.numel()
        if count % hidden_size**2 == 0:
            matrices += count
            fill([parameter], weight)
        elif count not in (vocab_size, vocab_size * hidden_size):
            biases += count
            fill([parameter], bias)
    text = f"no parameter has a size that is a multiple of hidden_size² = {hidden_size**2}"
    expect(matrices, "parameter-count", text)
    return bias * 2 * hidden_size * biases / matrices  # one or two biases for 2H weights a gate


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


def expect_gates(Model: Any, case: Case) -> None:
    """Demand that four gates look at a word, each in a way of its own.

    After the same first word, the slopes of a unit by the second one are mixtures of its gates'
    weights, in other shares for each word: their rank is the number of gates.
    """
    model, V, H = model_of(Model, case, 1)
    for table in of_size(model, V, H):
        fill([table], 3 * table.detach())  # words that are far apart
    reader = fresh(model.eval())
    raw = read(reader, _pairs(V)).raw[:, 1]
    if not raw.requires_grad:
        return  # `gradient` says so
    tables, ways = of_size(reader, V, H), []
    for unit in case.pick(range(H), 6):
        found = gradients_of(raw[:, unit].sum(), tables, retain_graph=True)
        slopes = [rows_of(slope, H)[1:] for slope in found if slope is not None]
        if not slopes:
            return  # `gradient` says so
        singular = torch.linalg.svdvals(torch.cat(slopes).double())
        ways.append(int((singular > 1e-5 * singular[0]).sum()))
    text = f"the gates of a unit react to a word in {min(ways)} to {max(ways)} different ways"
    expect(ways.count(4) > 4, "gates-shared", f"{text}, those of an LSTM in 4")


def expect_weights_apart(Model: Any, case: Case) -> None:
    """Demand that weights do not only count together: hardly two have the same gradient."""
    for num_layers in (1, 3):
        model, V, H = model_of(Model, case, num_layers)
        reader = fresh(model.eval())
        raw = read(reader, _pairs(V)).raw
        if not raw.requires_grad:
            return  # `gradient` says so
        matrices = [p for p in reader.parameters() if p.numel() % H**2 == 0]
        for gradient in gradients_of((raw * case.nonzero(*raw.shape)).sum(), matrices):
            if gradient is not None:
                numbers = gradient[gradient != 0]
                apart = len(numbers.unique())
                text = f"{len(numbers)} weights of a matrix get only {apart} different gradients"
                expect(apart > 0.9 * len(numbers) or not apart, "weights-alike", text)


def _pairs(vocab_size: int) -> Tensor:
    """The first word, before each of the others."""
    others = torch.arange(1, vocab_size)
    return torch.stack([torch.zeros_like(others), others], dim=1)
