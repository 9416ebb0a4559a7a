"""Properties of `StackedRNN`: layers with weights and states of their own, one above the other."""

import itertools
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.modules import expect_gradients
from lmlib.checks.stacked_calls import expect_calls
from lmlib.checks.stacked_demands import (
    CLOSE,
    expect_biases,
    expect_counts,
    expect_shapes,
    expect_start,
    expect_top,
)
from lmlib.checks.stacked_form import expect_states, in_best_dtype, usual
from lmlib.checks.stacked_gradient import expect_true_gradients
from lmlib.checks.stacked_pure import expect_pure
from lmlib.checks.stacked_work import READY_MADE, expect_own_work
from lmlib.checks.stateful_form import expect_causal, same
from lmlib.checks.suite import Suite

check = Suite("stacked_rnn", "StackedRNN", "step", ready_made=READY_MADE)


@check.property("step gives tanh(W_x x + W_h h + b) for every row")
def one_step(step: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 3, 9)
    x, h, b = case.normal(batch, size), case.normal(batch, hidden), case.normal(hidden)
    W_x, W_h = case.normal(hidden, size), case.normal(hidden, hidden)
    found = expect_tensor(step(x, h, W_x, W_h, b), (batch, hidden), torch.float32, "the new state")
    wanted = torch.tanh(torch.einsum("bi,hi->bh", x, W_x) + torch.einsum("bi,hi->bh", h, W_h) + b)
    expect_close(found, wanted, "step-value", "the new state is another one", atol=1e-5)


@check.property("from x [B, T, in] the model makes out [B, T, H] and h_n [L, B, H]")
def shapes(StackedRNN: Any, case: Case) -> None:
    expect_shapes(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("the same call gives the same result; rows do not mix; x and h0 are left alone")
def pure(StackedRNN: Any, case: Case) -> None:
    expect_pure(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("a step changes the output at its place and after it, but none before it")
def causal(StackedRNN: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 4, 9)
    model, dtype = in_best_dtype(usual(StackedRNN, size, hidden, 2, case), size)
    x = case.normal(batch, 5, size, dtype=dtype)
    base = expect_tensor(model(x)[0], (batch, 5, hidden), None, "out")
    moved = torch.zeros(5, 5, dtype=torch.bool)
    for t in range(5):
        changed = x.clone()
        changed[:, t] += case.nonzero(batch, size, dtype=dtype)
        moved[t] = (model(changed)[0] - base).detach().abs().amax(dim=(0, 2)) > 1e-6
    expect_causal(moved)
    expect_own_work(StackedRNN)


@check.property("the last output is the top layer's last state, and each layer has its own")
def output_is_top_state(StackedRNN: Any, case: Case) -> None:
    expect_top(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("every layer has weights of its own, and one or two biases")
def counts(StackedRNN: Any, case: Case) -> None:
    expect_counts(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("from zero, the states are tanh(W_x x + W_h h), layer above layer")
def states_from_zero(StackedRNN: Any, case: Case) -> None:
    for seq, layers, id in ((1, 1, "one-layer-one-step"), (4, 1, "one-layer"), (1, 2, "one-step")):
        expect_states(StackedRNN, case, seq, layers, False, id)
    for layers in (2, 3, 5):
        expect_states(StackedRNN, case, 4, layers, False, "several-layers")
    expect_own_work(StackedRNN)


@check.property("from h0, layer l starts with the state h0[l]")
def states_from_h0(StackedRNN: Any, case: Case) -> None:
    expect_start(StackedRNN, case)
    batch, size, hidden = case.sizes(3, 4, 9)
    model, x = usual(StackedRNN, size, hidden, 2, case), case.normal(batch, 1, size)
    h0 = case.nonzero(2, batch, hidden)
    expect(not same(model(x, h0)[1], model(x)[1]), "h0-ignored", "h0 does not change the result")
    for seq, layers in ((1, 1), (1, 2), (4, 3)):
        expect_states(StackedRNN, case, seq, layers, True, "wrong-start")
    expect_own_work(StackedRNN)


@check.property("each layer adds its bias before the tanh")
def biases(StackedRNN: Any, case: Case) -> None:
    expect_biases(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("two calls, with the state handed over, give the result of one")
def chunks(StackedRNN: Any, case: Case) -> None:
    batch, size, hidden, first, second = case.sizes(5, 3, 9)
    for layers, lengths in ((2, [first, second]), (3, [1, second])):
        model = usual(StackedRNN, size, hidden, layers, case)
        x = case.normal(batch, sum(lengths), size)
        out, h_n = model(x)
        before, after = x.split(lengths, dim=1)
        out_1, h = model(before)
        out_2, h_2 = model(after, h)
        text = f"a call of {lengths[0]} steps and one of {lengths[1]} with its h_n differ from one"
        expect_close(torch.cat([out_1, out_2], 1), out, "chunks-differ", text, **CLOSE)
        expect_close(h_2, h_n, "chunks-differ", text, **CLOSE)
    expect_own_work(StackedRNN)


@check.property("one row or many, one step or a hundred, in training or not: the same equations")
def every_call(StackedRNN: Any, case: Case) -> None:
    for layers in (1, 2):
        expect_calls(StackedRNN, layers, case)
    expect_own_work(StackedRNN)


@check.property("every parameter of every layer takes part: each gets gradient")
def all_learn(StackedRNN: Any, case: Case) -> None:
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    for layers in (1, 3):
        model = usual(StackedRNN, size, hidden, layers, case)
        out, _ = model(case.normal(batch, seq, size))
        expect_gradients(model, (out * case.nonzero(*out.shape)).sum())
    expect_own_work(StackedRNN)


@check.property("gradients are those of the function, back to the first step and to h0")
def gradients(StackedRNN: Any, case: Case) -> None:
    expect_true_gradients(StackedRNN, case)
    expect_own_work(StackedRNN)


@check.property("the steps are your own, or those of nn.RNNCell: no ready-made nn.RNN")
def own_work(StackedRNN: Any, case: Case) -> None:
    both = (True, False)
    for rows, steps in ((3, 6), (1, 1), (2, 40)):
        calls = list(itertools.product((1, 2, 3), both, both, (rows,), (steps,)))
        expect_own_work(StackedRNN, calls)
