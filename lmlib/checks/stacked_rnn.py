"""Properties of `StackedRNN`: layers with weights and states of their own, one above the other."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.gradients import expect_gradient
from lmlib.checks.modules import expect_gradients, expect_module, expect_rows_apart
from lmlib.checks.stacked_form import (
    closed_form,
    expect_parameter_slope,
    fill,
    in_best_dtype,
    worst_layer,
)
from lmlib.checks.stateful_form import expect_causal, same
from lmlib.checks.suite import Suite

check = Suite("stacked_rnn", "StackedRNN", "step")
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def _result(result: Any, batch: int, seq: int, hidden: int, layers: int) -> tuple[Tensor, Tensor]:
    """Demand (out [B, T, H], h_n [L, B, H])."""
    text = f"the model returns {type(result).__name__}; a pair (out, h_n) was expected"
    expect(isinstance(result, tuple | list) and len(result) == 2, "not-a-pair", text)
    out = expect_tensor(result[0], (batch, seq, hidden), None, "out")
    return out, expect_tensor(result[1], (layers, batch, hidden), None, "h_n")


@check.property("step gives tanh(W_x x + W_h h + b) for every row")
def one_step(step: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 3, 9)
    x, h, b = case.normal(batch, size), case.normal(batch, hidden), case.normal(hidden)
    W_x, W_h = case.normal(hidden, size), case.normal(hidden, hidden)
    found = expect_tensor(step(x, h, W_x, W_h, b), (batch, hidden), torch.float32, "the new state")
    wanted = torch.tanh(torch.einsum("bi,hi->bh", x, W_x) + torch.einsum("bi,hi->bh", h, W_h) + b)
    expect_close(found, wanted, "step-value", "the new state is another one")


@check.property("from x [B, T, in] the model makes out [B, T, H] and h_n [L, B, H]")
def shapes(StackedRNN: Any, case: Case) -> None:
    for layers, ones in ((2, ()), (1, ()), (3, ()), (2, (0,)), (2, (1,)), (3, (0, 1))):
        batch, seq, size, hidden = case.sizes(4, 4, 12)
        batch, seq = 1 if 0 in ones else batch, 1 if 1 in ones else seq
        model = StackedRNN(size, hidden, layers)
        expect_module(model, "StackedRNN")
        for start in ((), (case.normal(layers, batch, hidden),)):
            result = model(case.normal(batch, seq, size), *start)
            for part in _result(result, batch, seq, hidden, layers):
                expect_tensor(part, part.shape, torch.float32)
    model = StackedRNN(input_size=5, hidden_size=7, num_layers=2)
    _result(model(case.normal(3, 4, 5), h0=case.normal(2, 3, 7)), 3, 4, 7, 2)


@check.property("the same call gives the same result; rows do not mix; x and h0 are left alone")
def pure(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    model, dtype = in_best_dtype(StackedRNN(size, hidden, 2), size)
    x, h0 = case.normal(batch, seq, size, dtype=dtype), case.normal(2, batch, hidden, dtype=dtype)
    x_before, h0_before = x.clone(), h0.clone()
    first = model(x)
    expect(torch.equal(x, x_before), "input-changed", "x holds other numbers after the call")
    second = model(x)
    text = "the same call gives another result the second time"
    expect_close(second[0], first[0], "not-repeatable", text, **CLOSE)
    given = model(x, h0)
    expect(torch.equal(h0, h0_before), "h0-changed", "h0 holds other numbers after the call")
    expect_close(model(x, h0)[0], given[0], "not-repeatable", text, **CLOSE)
    expect_rows_apart(lambda rows: model(rows)[0], x, case.normal(*x.shape, dtype=dtype))
    last = case.normal(*x.shape, dtype=dtype)
    last[-1] = x[-1]
    text = "other rows of the batch change the result of the last row"
    expect_close(model(last)[0][-1], first[0][-1], "rows-mixed", text, **CLOSE)


@check.property("a step changes the output at its place and after it, but none before it")
def causal(StackedRNN: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 4, 9)
    model, dtype = in_best_dtype(StackedRNN(size, hidden, 2), size)
    x = case.normal(batch, 5, size, dtype=dtype)
    base = model(x)[0]
    moved = torch.zeros(5, 5, dtype=torch.bool)
    for t in range(5):
        changed = x.clone()
        changed[:, t] += case.nonzero(batch, size, dtype=dtype)
        moved[t] = (model(changed)[0] - base).detach().abs().amax(dim=(0, 2)) > 1e-6
    expect_causal(moved)


@check.property("the last output is the top layer's last state, and each layer has its own")
def output_is_top_state(StackedRNN: Any, case: Case) -> None:
    for layers in (2, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model = StackedRNN(size, hidden, layers)
        out, h_n = model(case.normal(batch, seq, size))
        for layer in range(layers - 1):
            gap = (h_n[layer] - h_n[layer + 1]).abs().max()
            text = f"h_n[{layer}] and h_n[{layer + 1}] are equal: two layers end in one state"
            expect(gap > 1e-6, "layers-equal", text)
        places = [layer for layer in range(layers) if same(out[:, -1], h_n[layer])]
        text = f"with {layers} layers, out[:, -1] is not h_n[-1] but h_n[{places[:1]}]"
        expect(not places or places == [layers - 1], "not-the-top", text)
        expect(places, "not-the-last", "out[:, -1] differs from h_n[-1]")


@check.property("every layer has weights of its own, and one or two biases")
def counts(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 2, 3):
        size, hidden = case.sizes(2, 4, 15)
        parameters = list(StackedRNN(size, hidden, layers).parameters())
        for what, found, wanted in (
            ("weights", [p for p in parameters if p.dim() > 1], [_weights(size, hidden, layers)]),
            (
                "biases",
                [p for p in parameters if p.dim() == 1],
                [layers * hidden * k for k in (1, 2)],
            ),
        ):
            count = sum(p.numel() for p in found)
            allowed = " or ".join(map(str, wanted))
            text = f"StackedRNN({size}, {hidden}, {layers}) has {count} numbers in {what}"
            expect(count in wanted, f"count-{what}", f"{text}; {allowed} were expected")


def _weights(size: int, hidden: int, layers: int) -> int:
    return hidden * size + hidden * hidden + (layers - 1) * 2 * hidden * hidden


def _compare(StackedRNN: Any, case: Case, seq: int, layers: int, start: bool, id: str) -> None:
    """All weights w, no bias: every unit of a layer holds the same number, which a loop finds."""
    batch, size, hidden = case.sizes(3, 4, 9)
    model, w = StackedRNN(size, hidden, layers), case.uniform(0.1, 0.2)
    fill(model, w, 0.0)
    x = case.normal(batch, seq, size)
    x = torch.cat([x, -x, x / 2])  # sums of both signs, so that a relu on the way shows
    h0 = case.normal(layers, len(x), hidden) if start else torch.zeros(layers, len(x), hidden)
    out, h_n = model(x, h0.clone()) if start else model(x)
    wanted_out, wanted = closed_form(x, h0, w)
    layer, text = worst_layer(h_n, wanted)
    text = f"all weights {w}, no bias, {seq} steps, {layers} layers: {text}"
    expect(layer is None, id, text)
    expect_close(out, wanted_out, id, f"all weights {w}, no bias: out is another one", **CLOSE)


@check.property("from zero, the states are tanh(W_x x + W_h h), layer above layer")
def states_from_zero(StackedRNN: Any, case: Case) -> None:
    _compare(StackedRNN, case, 1, 1, False, "one-layer-one-step")
    _compare(StackedRNN, case, 4, 1, False, "one-layer")
    _compare(StackedRNN, case, 1, 2, False, "one-step")
    for layers in (2, 3):
        _compare(StackedRNN, case, 4, layers, False, "several-layers")


@check.property("from h0, layer l starts with the state h0[l]")
def states_from_h0(StackedRNN: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 4, 9)
    model, x = StackedRNN(size, hidden, 2), case.normal(batch, 1, size)
    h0 = case.nonzero(2, batch, hidden)
    text = "with h0 the result is the same as without it"
    expect(not same(model(x, h0)[1], model(x)[1]), "h0-ignored", text)
    for seq, layers in ((1, 1), (1, 2), (4, 3)):
        _compare(StackedRNN, case, seq, layers, True, "wrong-start")


@check.property("each layer adds its bias before the tanh")
def biases(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model, b = StackedRNN(size, hidden, layers), case.uniform(0.2, 0.4)
        fill(model, 0.0, b)
        out, h_n = model(case.normal(batch, seq, size))
        biases = sum(p.numel() for p in model.parameters() if p.dim() == 1) // (hidden * layers)
        wanted = torch.tensor(b * biases).tanh()
        found = [round(h[0, 0].item(), 4) for h in h_n]
        text = f"all biases {b}, no weights: the layers end at {found}, not at {wanted:.4f}"
        expect_close(h_n, wanted.expand_as(h_n), "wrong-bias", text, **CLOSE)
        expect_close(out, wanted.expand_as(out), "wrong-bias", text, **CLOSE)


@check.property("two calls, with the state handed over, give the result of one")
def chunks(StackedRNN: Any, case: Case) -> None:
    batch, size, hidden, first, second = case.sizes(5, 3, 9)
    for layers, lengths in ((2, [first, second]), (3, [1, second])):
        model = StackedRNN(size, hidden, layers)
        x = case.normal(batch, sum(lengths), size)
        out, h_n = model(x)
        before, after = x.split(lengths, dim=1)
        out_1, h = model(before)
        out_2, h_2 = model(after, h)
        text = f"a call of {lengths[0]} steps and one of {lengths[1]} with its h_n differ from one"
        expect_close(torch.cat([out_1, out_2], 1), out, "chunks-differ", text, **CLOSE)
        expect_close(h_2, h_n, "chunks-differ", text, **CLOSE)


@check.property("every parameter of every layer takes part: each gets gradient")
def all_learn(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    for layers in (1, 3):
        model = StackedRNN(size, hidden, layers)
        out, _ = model(case.normal(batch, seq, size))
        expect_gradients(model, (out * case.nonzero(*out.shape)).sum())


@check.property("gradients are those of the function, back to the first step and to h0")
def gradients(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 8)
    model, dtype = in_best_dtype(StackedRNN(size, hidden, 2), size)
    x, h0 = case.normal(batch, seq, size, dtype=dtype), case.normal(2, batch, hidden, dtype=dtype)
    weights = case.nonzero(batch, hidden, dtype=dtype), case.nonzero(2, batch, hidden, dtype=dtype)

    def value(x: Tensor, h0: Tensor) -> Tensor:
        out, h_n = model(x, h0)
        return (out[:, -1] * weights[0]).sum() + (h_n * weights[1]).sum()

    _expect_reaches(value, x, h0)
    expect_parameter_slope(model, lambda: value(x, h0), case, dtype)
    if dtype == torch.float64:
        expect_gradient(lambda x: value(x, h0), x, case)
        expect_gradient(lambda h0: value(x, h0), h0, case)


def _expect_reaches(value: Callable[[Tensor, Tensor], Tensor], x: Tensor, h0: Tensor) -> None:
    leaves = [x.clone().requires_grad_(), h0.clone().requires_grad_()]
    loss = value(*(leaf * 1 for leaf in leaves))
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the result")
    to_x, to_h0 = torch.autograd.grad(loss, leaves, allow_unused=True)
    steps = [] if to_x is None else to_x.abs().sum((0, 2)).nonzero().flatten().tolist()
    text = f"the gradient of the last output reaches only the steps {steps} of 0 … {x.shape[1] - 1}"
    expect(len(steps) == x.shape[1], "gradient-cut", text)
    for layer in range(2):
        reached = to_h0 is not None and bool(to_h0[layer].any())
        expect(reached, "h0-gradient", f"no gradient reaches h0[{layer}]")
