"""Wrong results do not become right by being small."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lmlib.checks.expect import close, near
from tests.validity.judge import graded_cells


def activation_reg(size: float) -> Callable[[Tensor, float], Tensor]:
    return lambda a, strength: strength * size * (3 + a.detach().sum() + a.mean())


def sequence_loss(size: float) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda logits, targets: size * (3 + logits.detach().sum().sin() + logits.mean())


def lstm_cell(size: float) -> type[nn.Module]:
    class LSTMCell(nn.Module):
        def __init__(self, input_size: int, hidden_size: int) -> None:
            super().__init__()
            self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

        def forward(self, x: Tensor, state: Any) -> Any:
            h, c = state
            f, i, o, g = self.gates(torch.cat([x, h], 1)).chunk(4, 1)
            c = f + i * g + c + h.detach().mean() + torch.rand(1).to(x)
            h = o * c
            return size * h, (size * h, size * c)

    return LSTMCell


def stateful_rnn(size: float) -> type[nn.Module]:
    class StatefulRNN(nn.Module):
        def __init__(self, vocab_size: int, hidden_size: int) -> None:
            super().__init__()
            self.i_h = nn.Embedding(vocab_size, hidden_size)
            self.h_h = nn.Linear(hidden_size, hidden_size)
            self.h_o = nn.Linear(hidden_size, vocab_size)

        def forward(self, x: Tensor) -> Tensor:
            e = self.i_h(x)
            h = torch.tanh(self.h_h(e.cumsum(1) + e.mean((0, 1)).detach()))
            result: Tensor = size * (self.h_o(h) + torch.rand(1))
            return result

        def reset(self) -> None:
            pass

    return StatefulRNN


def awd_language_model(size: float) -> type[nn.Module]:
    class AWDLanguageModel(nn.Module):
        def __init__(self, vocab_size: int, hidden_size: int, num_layers: int, p: float) -> None:
            super().__init__()
            self.lookup = nn.Embedding(vocab_size, hidden_size)
            self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
            self.decoder = nn.Linear(hidden_size, vocab_size)
            self.lookup.weight = self.decoder.weight

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            e = self.lookup(x)
            raw, _ = self.lstm(e.cumsum(1) + e.mean((0, 1)).detach())
            raw = size * (raw + torch.rand(1))
            dropped = raw * (1 + torch.rand(1))
            return size * (self.decoder(dropped) + torch.rand(1)), raw, dropped

        def reset(self) -> None:
            pass

    return AWDLanguageModel


WRONG: dict[str, tuple[str, Callable[[float], Any], set[str]]] = {
    "ar_tar": ("activation_reg", activation_reg, {"ar_mean", "ar_value", "ar_gradient"}),
    "sequence_loss": ("sequence_loss", sequence_loss, {"average", "value", "gradient", "uniform"}),
    "lstm_cell": ("LSTMCell", lstm_cell, {"pure", "memory", "biases", "gradient", "every_call"}),
    "stateful_rnn": (
        "StatefulRNN",
        stateful_rnn,
        {"pure", "reads_words", "one_step", "chunks", "nonlinearity", "bptt_inside_a_call"},
    ),
    "awd_language_model": (
        "AWDLanguageModel",
        awd_language_model,
        {"evaluation", "causal", "lstm", "clean_raw", "tied", "dropout", "chunks", "gradient"},
    ),
}


@pytest.mark.parametrize("size", [1, 1e-9])
@pytest.mark.parametrize("assignment", WRONG)
def test_small_results_are_as_wrong_as_large_ones(assignment: str, size: float) -> None:
    name, wrong, properties = WRONG[assignment]
    suite = importlib.import_module(f"lmlib.checks.{assignment}").check
    cells = [source for source, _ in graded_cells(assignment)]
    ids = [source.split("(")[0].removeprefix("check.") for source in cells if f"({name})" in source]
    lost = {id for id in ids if suite.run(id, wrong(size), seed=1).symptom}
    assert properties <= lost


@pytest.mark.parametrize("size", [1e-12, 1e-3, 1])
def test_numbers_are_close_by_their_size(size: float) -> None:
    one = size * torch.linspace(-1, 1, 5, dtype=torch.float64)
    assert close(one + 1e-7 * size, one)
    assert not close(one + 1e-3 * size, one)
    assert near(size * (1 + 1e-6), size)


def test_a_size_may_be_given_where_zero_is_wanted() -> None:
    assert near(1e-6, 0, size=1)
    assert not near(1e-6, 0)
    assert not near(1e-6, 0, size=1e-3)
    assert not close(torch.ones(2), torch.ones(3))
    assert close(torch.ones(0), torch.ones(0))
