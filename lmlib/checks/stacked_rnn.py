"""Properties of `StackedRNN`: layers with weights and states of their own, one above the other.

Where all matrices hold one number, it does not matter how a stack keeps them: a short loop gives
every state, and its gradients.
"""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch import Tensor

from lmlib.checks import Case, Suite, beside, expect, expect_tensor, kit
from lmlib.checks.kit import MODES, call_each, fill, is_matrix, read_weights, same, size_of, slopes

check = Suite("stacked_rnn", "StackedRNN", "step")
# PyTorch's loops over the steps; its cells, such as rnn_tanh_cell, take one step and are allowed.
READY_MADE = re.compile(r"rnn_tanh|rnn_relu|gru|lstm|RNN|GRU|LSTM|RNNBase")


# --- the reference, and stacks to compare with it ------------------------------------------------


def grid(
    x: Tensor, h0: Tensor, w: Any, b: Any = 0.0, phi: Callable[[Tensor], Tensor] = torch.tanh
) -> Tensor:
    """All states [L, B, T, H] where every weight is w and every layer's bias is b."""
    below, layers = x, []
    for h in h0:
        states = []
        for t in range(x.shape[1]):
            s = w * (below[:, t].sum(1, keepdim=True) + h.sum(1, keepdim=True)) + b
            h = phi(s).expand_as(h)
            states.append(h)
        below = torch.stack(states, dim=1)
        layers.append(below)
    return torch.stack(layers)


def calm(case: Case, hidden: int) -> float:
    """A weight below 1 / H: with larger ones, errors of rounding grow from step to step."""
    return round(case.uniform(0.5, 0.7) / hidden, 4)


def stack(StackedRNN: Any, size: int, hidden: int, layers: int) -> Any:
    """A stack with all its parameters: lazy layers get their shapes in a first call."""
    model = StackedRNN(size, hidden, layers)
    model(torch.zeros(2, 2, size))
    text = "the model has no parameters: PyTorch does not know of its layers or weights"
    expect(beside(read_weights, model), "count-weights", text)
    return model


def random_stack(StackedRNN: Any, size: int, hidden: int, layers: int, case: Case) -> Any:
    """A stack with weights of a usual size, whatever it started with."""
    model = stack(StackedRNN, size, hidden, layers)
    beside(fill, model, case.normal(size_of(model)) / 3)
    return model


def fill_all(model: Any, w: float, b: float) -> None:
    """Write w into all matrices, and b into all biases."""
    weights = beside(read_weights, model)
    parts = [torch.full((p.numel(),), w if is_matrix(p) else b) for p in weights]
    beside(fill, model, torch.cat(parts))


def pair(result: Any) -> tuple[Any, Any]:
    """Demand two results."""
    kind = f"{len(result)} results" if isinstance(result, tuple | list) else type(result).__name__
    text = f"the model returns {kind}; a pair (out, h_n) was expected"
    out, h_n = kit.expect_parts(result, 2, "not-a-pair", text)
    return out, h_n


def out_of(result: Any, x: Tensor, hidden: int) -> Tensor:
    """Demand a pair whose first part is [B, T, H]; return that."""
    wanted = [*x.shape[:2], hidden]
    out, h_n = (list(part.shape) if isinstance(part, Tensor) else None for part in pair(result))
    text = "what comes second has the shape of out, what comes first has not: are they swapped?"
    expect(not (h_n == wanted != out), "results-swapped", text)
    return expect_tensor(result[0], wanted, None, "out")


# --- the properties ------------------------------------------------------------------------------


@check.property("step gives tanh(W_x x + W_h h + b) for every row")
def one_step(step: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 3, 9)
    x, h, b = case.normal(batch, size), case.normal(batch, hidden), case.normal(hidden)
    W_x, W_h = case.normal(hidden, size), case.normal(hidden, hidden)
    found = expect_tensor(step(x, h, W_x, W_h, b), (batch, hidden), torch.float32, "the new state")
    s = x @ W_x.T + h @ W_h.T + b
    slips = {
        "there were no tanh": s,
        "the bias were missing": (s - b).tanh(),
        "the bias were added after the tanh": (s - b).tanh() + b,
        "W_h were not transposed": (x @ W_x.T + h @ W_h + b).tanh(),
    }
    kit.expect_formula("step-value", "the new state", found, "by the equation it", s.tanh(), slips)


@check.property("from x [B, T, in] the model makes out [B, T, H], and something second")
def shapes(StackedRNN: Any, case: Case) -> None:
    names = "batch", "seq", "size", "hidden"
    for layers, one in ((2, ""), (1, ""), (3, "batch"), (2, "seq"), (1, "size"), (2, "hidden")):
        drawn = zip(names, case.sizes(4, 4, 12), strict=True)
        batch, seq, size, hidden = (1 if name == one else n for name, n in drawn)
        model, x = StackedRNN(size, hidden, layers), case.normal(batch, seq, size)
        kit.expect_module(model, "StackedRNN(…)")
        kit.expect_own_work(model, (x,), READY_MADE)
        out_of(model(x), x, hidden)
    StackedRNN(input_size=5, hidden_size=7, num_layers=2)


@check.property("every layer has weights of its own", ["shapes"])
def counts(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 2, 3, 5):
        size, hidden = case.sizes(2, 4, 15)
        parameters = beside(read_weights, stack(StackedRNN, size, hidden, layers))
        weights = sum(p.numel() for p in parameters if is_matrix(p))
        wanted = hidden * (size + hidden) + (layers - 1) * 2 * hidden * hidden
        text = f"StackedRNN({size}, {hidden}, {layers}) has {weights} numbers in its matrices; "
        text += f"{layers} layer(s) with weights of their own have {wanted}"
        expect(weights == wanted, "count-weights", text)


@check.property("nothing is kept, rows do not mix, and x and h0 are left alone", ["shapes"])
def pure(StackedRNN: Any, case: Case) -> None:
    batch, seq, inputs, hidden = case.sizes(4, 4, 9)
    for layers, size in ((1, inputs), (2, hidden), (3, inputs)):
        x, other = case.normal(batch, seq, size), case.normal(batch, seq, size)
        h0 = case.normal(layers, batch, hidden)
        model = random_stack(StackedRNN, size, hidden, layers, case)
        for mode in MODES:
            kit.expect_pure(model, (x,), (other,), ("x",), mode)
            kit.expect_pure(model, (x, h0), (other, -h0), ("x", "h0"), mode)
            calls = [(x,), (x[:1],), (torch.cat([x[:1], other[1:]]),)]
            whole, alone, mixed = (pair(r)[0] for r in beside(call_each, model, calls, mode))
            text = f"{mode}, a row alone gives another result than in a batch"
            expect(same(alone[0], whole[0]), "rows-mixed", text)
            text = f"{mode}, other rows of the batch change the result of a row"
            expect(same(mixed[0], whole[0]), "rows-mixed", text)
        calls = [(x,), (other,), (x,)]
        first, _, later = beside(call_each, StackedRNN(size, hidden, layers), calls, MODES[0])
        text = "the first call of a new model gives another result than the same call later"
        expect(same(pair(first)[0], pair(later)[0]), "not-repeatable", text)


@check.property("the state at each step is made of the inputs up to that step", ["shapes"])
def causal(StackedRNN: Any, case: Case) -> None:
    size, hidden = case.sizes(2, 4, 9)
    model, x = random_stack(StackedRNN, size, hidden, 2, case), case.normal(3, 5, size)
    first, last = x.clone(), x.clone()
    first[:, 0] += 1
    last[:, 4] += 1
    calls = [(x,), (first,), (last,)]
    out, by_first, by_last = (pair(r)[0] for r in beside(call_each, model, calls, MODES[0]))
    text = "another input at the last step changes out at earlier steps"
    expect(same(by_last[:, :4], out[:, :4]), "sees-the-future", text)
    for name, changed in (
        ("first", by_first[:, 0] - out[:, 0]),
        ("last", by_last[:, 4] - out[:, 4]),
    ):
        text = f"another input at the {name} step does not change out at that step"
        expect(changed.abs().max() > 1e-6, "input-ignored", text)
    text = "another input at the first step does not change out at the next one"
    expect((by_first - out)[:, 1].abs().max() > 1e-6, "past-ignored", text)


@check.property("h_n [L, B, H] is every layer's last state; out ends in the top one", ["shapes"])
def output_is_top_state(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 2, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model = random_stack(StackedRNN, size, hidden, layers, case)
        out, h_n = pair(model(case.normal(batch, seq, size)))
        expect_tensor(h_n, (layers, batch, hidden), None, "h_n")
        for layer in range(layers - 1):
            text = f"h_n[{layer}] and h_n[{layer + 1}] are equal: two layers end in one state"
            expect(not same(h_n[layer], h_n[layer + 1]), "layers-equal", text)
            text = f"with {layers} layers, out[:, -1] is not h_n[-1] but h_n[{layer}]"
            expect(not same(h_n[layer], out[:, -1]), "not-the-top", text)
        expect(same(out[:, -1], h_n[-1]), "not-the-last", "out[:, -1] differs from h_n[-1]")


@check.property("from zeros, every state is tanh(W_x · below + W_h · before + b)", ["causal"])
def states_from_zero(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    for layers, steps, id in (
        (1, 1, "one-layer-one-step"),
        (1, seq, "one-layer"),
        (2, 1, "one-step"),
        (3, seq, "several-layers"),
    ):
        size = hidden if layers == 3 else size
        model, x = stack(StackedRNN, size, hidden, layers), case.normal(batch, steps, size)
        h0 = torch.zeros(layers, batch, hidden)
        for w in (calm(case, hidden), -calm(case, hidden)):
            fill_all(model, w, 0.0)
            states = grid(x, h0, w)
            slips = {
                "ReLU stood for tanh": grid(x, h0, w, phi=torch.relu)[-1],
                "sigmoid stood for tanh": grid(x, h0, w, phi=torch.sigmoid)[-1],
                "there were no tanh": grid(x, h0, w, phi=lambda s: s)[-1],
                "the start were ones": grid(x, h0 + 1, w)[-1],
                "it were that of the bottom layer": states[0],
            }
            what = f"{layers} layer(s), {steps} step(s), every weight {w}, no bias: out"
            out = out_of(model(x), x, hidden)
            kit.expect_formula(id, what, out, "by the equations it", states[-1], slips)


@check.property("with h0, each layer starts from a state of its own", ["states_from_zero"])
def states_from_h0(StackedRNN: Any, case: Case) -> None:
    for layers, steps in ((1, 3), (3, 4), (2, 1)):
        batch, size, hidden = case.sizes(3, 4, 9)
        model, h0 = stack(StackedRNN, size, hidden, layers), case.normal(layers, batch, hidden)
        x, w = case.normal(batch, steps, size), calm(case, hidden)
        fill_all(model, w, 0.0)
        kit.expect_own_work(model, (x, h0), READY_MADE)
        out = out_of(model(x, h0.clone()), x, hidden)
        text = "h0 is ignored: out is the same as from zeros"
        expect(not same(out, grid(x, 0 * h0, w)[-1]), "h0-ignored", text)
        slips = {
            "h0 were in reverse order": grid(x, h0.flip(0), w)[-1],
            "all layers started from h0[0]": grid(x, h0[:1].expand_as(h0), w)[-1],
            "all layers started from h0[-1]": grid(x, h0[-1:].expand_as(h0), w)[-1],
            "only the bottom layer started from h0": grid(x, torch.cat([h0[:1], 0 * h0[1:]]), w)[
                -1
            ],
            "h0 had gone through a tanh": grid(x, h0.tanh(), w)[-1],
        }
        what = f"{layers} layer(s), {steps} step(s) from h0, every weight {w}, no bias: out"
        wanted = grid(x, h0, w)[-1]
        kit.expect_formula("wrong-start", what, out, "by the equations it", wanted, slips)
        named = out_of(model(x, h0=h0.clone()), x, hidden)
        expect(same(named, out), "wrong-start", "model(x, h0=h0) and model(x, h0) differ")


@check.property("read in two parts, a text gives the same", ["output_is_top_state"])
def chunks(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    model = random_stack(StackedRNN, size, hidden, 3, case)
    x = case.normal(batch, 2 * seq, size)
    whole, (_, between) = pair(model(x)), pair(model(x[:, :seq]))
    parts = pair(model(x[:, seq:], between))
    text = "the second part, started from h_n of the first, gives another out than in one pass"
    expect(same(parts[0], whole[0][:, seq:]), "chunks-differ", text)
    text = "the second part, started from h_n of the first, ends in another h_n than one pass"
    expect(same(parts[1], whole[1]), "chunks-differ", text)


@check.property("every layer has a bias, added inside the tanh", ["states_from_zero"])
def biases(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 3):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model, x = stack(StackedRNN, size, hidden, layers), case.normal(batch, seq, size)
        b, h0 = case.uniform(0.2, 0.4), torch.zeros(layers, batch, hidden)
        count = sum(p.numel() for p in beside(read_weights, model) if not is_matrix(p))
        text = f"StackedRNN({size}, {hidden}, {layers}) has {count} numbers in its biases; "
        text += f"{layers} layer(s) have {layers * hidden}, or {2 * layers * hidden} with two each"
        expect(count in (layers * hidden, 2 * layers * hidden), "count-biases", text)
        each = count // (layers * hidden)
        fill_all(model, 0.1, b)
        slips = {"there were no bias": grid(x, h0, 0.1)[-1]}
        what = f"{layers} layer(s), every weight 0.1, every bias {b}: out"
        out, wanted = out_of(model(x), x, hidden), grid(x, h0, 0.1, each * b)[-1]
        kit.expect_formula("wrong-bias", what, out, "by the equations it", wanted, slips)


NEEDS = ["biases", "states_from_h0", "output_is_top_state"]


@check.property("in training or not, one row or many, few steps or many: the same equations", NEEDS)
def every_call(StackedRNN: Any, case: Case) -> None:
    size, hidden, layers = case.sizes(3, 2, 6)
    model = stack(StackedRNN, size, hidden, layers)
    for (rows, steps, scale), start, sign in product(
        ((3, 4, 1), (1, 1, 1), (2, 70, 1), (70, 2, 1), (4, 4, 10), (3, 3, 0)), (0, 1), (1, -1)
    ):
        w = sign * calm(case, hidden)
        fill_all(model, w, 0.0)
        x = scale * case.normal(rows, steps, size)
        h0 = start * scale * case.normal(layers, rows, hidden)
        wanted = grid(x, h0, w)
        special = {10: ", large numbers", 0: ", zeros"}.get(scale, "")
        for mode in MODES:
            [found] = beside(call_each, model, [(x, h0) if start else (x,)], mode)
            text = f"{mode}, {rows} row(s) of {steps} step(s) from {'h0' if start else 'zeros'}"
            out, last = out_of(found, x, hidden), found[1]
            for name, mine, right in (("out", out, wanted[-1]), ("h_n", last, wanted[:, :, -1])):
                what = f"{text}{special}, every weight {w}, no bias: {name}"
                kit.expect_formula("call-differs", what, mine, "by the equations it", right, {})


@check.property("gradients reach x at every step, h0, and every parameter", NEEDS)
def gradients(StackedRNN: Any, case: Case) -> None:
    for layers, training in ((2, True), (2, False), (1, True)):
        batch, seq, size, hidden = case.sizes(4, 4, 9)
        model = stack(StackedRNN, size, hidden, layers)
        w, x, h0 = (
            torch.tensor(calm(case, hidden)),
            case.normal(batch, seq, size),
            case.normal(layers, batch, hidden),
        )
        fill_all(model, w.item(), 0.0)
        picks = [case.nonzero(batch, seq, hidden), case.nonzero(layers, batch, hidden)]
        of_last = torch.cat([0 * picks[0][:, 1:], picks[0][:, :1]], dim=1)
        for name, some in (("out", [of_last, 0 * picks[1]]), ("h_n", [0 * of_last, picks[1]])):
            found = beside(slopes, model, (x, h0), some, training)
            back = found and found[0][0] is not None and found[0][0][:, 0].any()
            text = f"no gradient flows from {name} at the last step back to x at the first"
            expect(back, "gradient-cut", text)
        found = beside(slopes, model, (x, h0), picks, training)
        leaves = x, h0, w, b = [t.requires_grad_() for t in (x, h0, w, torch.tensor(0.0))]
        states = grid(x, h0, w, b)
        total = (picks[0] * states[-1]).sum() + (picks[1] * states[:, :, -1]).sum()
        by_x, by_h0, by_w, by_b = torch.autograd.grad(total, leaves)
        for name, mine, right in (("x", found[0][0], by_x), ("h0", found[0][1], by_h0)):
            expect(mine is not None, "no-gradient", f"no gradient reaches {name}")
            text = f"the gradient at {name} is not that of the equations"
            expect(same(mine, right), "wrong-gradient", text)
        arrived = [g for g in found[1] if g is not None]
        none = size_of(model) - sum(map(torch.numel, arrived))
        expect(not none, "dead-parameter", f"{none} numbers of the parameters get no gradient")
        text = "the gradients at the {} do not add up to that of the equations"
        each = sum(g.numel() for g in arrived if not is_matrix(g)) // (layers * hidden)
        for name, matrices, right in (("matrices", True, by_w), ("biases", False, each * by_b)):
            some = [g.flatten() for g in arrived if is_matrix(g) == matrices]
            parts = torch.cat([torch.zeros(1), *some])  # there may be no bias
            off = (parts.sum() - right).abs() / sum(pick.abs().sum() for pick in picks)
            expect(off < 1e-5, "wrong-gradient", text.format(name))
