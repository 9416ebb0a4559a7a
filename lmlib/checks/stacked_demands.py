"""What every stack of recurrent layers must do, asked of the class `StackedRNN`."""

import contextlib
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.modules import expect_module
from lmlib.checks.stacked_form import fill, is_matrix, stack, usual
from lmlib.checks.stacked_results import expect_pair
from lmlib.checks.stateful_form import same

CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def _result(result: Any, batch: int, seq: int, hidden: int, layers: int) -> tuple[Tensor, Tensor]:
    """Demand (out [B, T, H], h_n [L, B, H])."""
    expect_pair(result, isinstance(result, tuple | list) and len(result) == 2)
    out = expect_tensor(result[0], (batch, seq, hidden), None, "out")
    return out, expect_tensor(result[1], (layers, batch, hidden), None, "h_n")


def expect_shapes(StackedRNN: Any, case: Case) -> None:
    """Demand (out [B, T, H], h_n [L, B, H]), for one row, one step and one layer, too."""
    for layers, ones in ((2, ()), (1, ()), (3, ()), (2, (0,)), (2, (1,)), (3, (0, 1))):
        batch, seq, size, hidden = case.sizes(4, 4, 12)
        batch, seq = 1 if 0 in ones else batch, 1 if 1 in ones else seq
        model = StackedRNN(size, hidden, layers)
        expect_module(model, "StackedRNN")
        for part in _result(model(case.normal(batch, seq, size)), batch, seq, hidden, layers):
            expect_tensor(part, part.shape, torch.float32)
    expect_module(StackedRNN(input_size=5, hidden_size=7, num_layers=2), "StackedRNN")
    _expect_double(StackedRNN(5, 7, 2), case.normal(3, 4, 5, dtype=torch.float64))


def _expect_double(model: nn.Module, x: Tensor) -> None:
    """Demand results in float64, unless that fails: a state of float32 zeros is honest work."""
    with contextlib.suppress(RuntimeError):
        for part, name in zip(model.double()(x), ("out", "h_n"), strict=True):
            expect_tensor(part, part.shape, torch.float64, name)


def expect_start(StackedRNN: Any, case: Case) -> None:
    """Demand the same form with h0, at one row and one step too; and h0 stays as it is."""
    for layers, ones in ((2, ()), (1, ()), (3, ()), (2, (0,)), (2, (1,)), (3, (0, 1))):
        batch, seq, size, hidden = case.sizes(4, 4, 12)
        batch, seq = 1 if 0 in ones else batch, 1 if 1 in ones else seq
        model, x = stack(StackedRNN, size, hidden, layers, False), case.normal(batch, seq, size)
        h0, before = torch.stack([case.normal(layers, batch, hidden)] * 2)
        first = _result(model(x.clone(), h0), batch, seq, hidden, layers)
        for part in first:
            expect_tensor(part, part.shape, torch.float32)
        expect(torch.equal(h0, before), "h0-changed", "h0 holds other numbers after the call")
        text = "the same call with h0 gives another result later"
        expect_close(model(x.clone(), h0=h0)[0], first[0], "not-repeatable", text, **CLOSE)
        model(x.clone(), h0.clone().requires_grad_())  # fails if h0 is written to, even unchanged


def expect_top(StackedRNN: Any, case: Case) -> None:
    """Demand that out ends in h_n[-1], and that each layer ends in a state of its own."""
    for layers in (2, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model = usual(StackedRNN, size, hidden, layers, case)
        out, h_n = model(case.normal(batch, seq, size))
        for layer in range(layers - 1):
            gap = (h_n[layer] - h_n[layer + 1]).abs().max()
            text = f"h_n[{layer}] and h_n[{layer + 1}] are equal: two layers end in one state"
            expect(gap > 1e-6, "layers-equal", text)
        places = [layer for layer in range(layers) if same(out[:, -1], h_n[layer])]
        for layer in places:
            text = f"with {layers} layers, out[:, -1] is not h_n[-1] but h_n[{layer}]"
            expect(layer == layers - 1, "not-the-top", text)
        expect(places, "not-the-last", "out[:, -1] differs from h_n[-1]")


def expect_counts(StackedRNN: Any, case: Case) -> None:
    """Demand as many numbers in weights and in biases as the layers have."""
    for layers in (1, 2, 3, 5):
        size, hidden = case.sizes(2, 4, 15)
        parameters = list(stack(StackedRNN, size, hidden, layers).parameters())
        for what, found, wanted in (
            ("weights", [p for p in parameters if is_matrix(p)], [_weights(size, hidden, layers)]),
            (
                "biases",
                [p for p in parameters if not is_matrix(p)],
                [layers * hidden * k for k in (1, 2)],
            ),
        ):
            count = sum(p.numel() for p in found)
            allowed = " or ".join(map(str, wanted))
            text = f"StackedRNN({size}, {hidden}, {layers}) has {count} numbers in {what}"
            text += " (with two axes)" if what == "weights" else " (with one axis)"
            expect(count in wanted, f"count-{what}", f"{text}; {allowed} were expected")


def _weights(size: int, hidden: int, layers: int) -> int:
    return hidden * size + hidden * hidden + (layers - 1) * 2 * hidden * hidden


def expect_biases(StackedRNN: Any, case: Case) -> None:
    """Demand the tanh of the biases where all weights are 0."""
    for layers in (1, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model, b = stack(StackedRNN, size, hidden, layers), case.uniform(0.2, 0.4)
        fill(model, 0.0, b)
        out, h_n = model(case.normal(batch, seq, size))
        sums = [b * count for count in _biases_of_a_layer(model, layers * hidden)]
        for states, name in ((h_n, "h_n"), (out, "out")):
            _expect_tanh_of_one(sums, states, f"all biases {b}, no weights: a unit of {name}")


def _biases_of_a_layer(model: nn.Module, units: int) -> tuple[int, ...]:
    """One or two, or either if the model has another number of them: `counts` judges that."""
    numbers = sum(p.numel() for p in model.parameters() if not is_matrix(p))
    return tuple(count for count in (1, 2) if count * units == numbers) or (1, 2)


def _expect_tanh_of_one(sums: list[float], states: Tensor, what: str) -> None:
    """Demand that all states are the tanh of the same one of these sums."""
    values = [torch.tensor(each).tanh() for each in sums]
    wanted = min(values, key=lambda value: (states - value).abs().max())
    at = (states - wanted).abs().argmax()
    text = f"{what} is {states.flatten()[at]:.6g}, not {wanted:.6g}"
    expect_close(states, wanted.expand_as(states), "wrong-bias", text, **CLOSE)
