"""Properties of `StatefulRNN`: one step for every word, a state kept without its history."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import expect_gradients, expect_logits, expect_module
from lmlib.checks.stateful_calls import expect_pure, expect_words_read
from lmlib.checks.stateful_form import expect_one_layer, expect_same_step, weighted_sum
from lmlib.checks.stateful_gradient import expect_true_slope, expect_words_learn
from lmlib.checks.stateful_models import PASTS, fresh, go_through, shares_state
from lmlib.checks.stateful_state import (
    expect_kept,
    expect_no_history,
    expect_remembered,
    expect_restored,
    expect_trainable,
)
from lmlib.checks.stateful_step import expect_step
from lmlib.checks.suite import Suite

check = Suite("stateful_rnn", "StatefulRNN", "read")


def _models(StatefulRNN: Any, case: Case, pure: bool = True) -> tuple[Iterator[Any], int]:
    """Fresh models with equal weights, wide enough that no unit decides alone, and their V."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    return fresh(StatefulRNN, vocab, hidden, case, pure), vocab


@check.property("read returns the state after every word: relu(weight · (h + e) + bias) from h = 0")
def one_read(read: Any, case: Case) -> None:
    batch, seq, hidden = case.sizes(3, 3, 9)
    embedded, layer = case.normal(batch, seq, hidden), nn.Linear(hidden, hidden)
    found = expect_tensor(read(layer, embedded.clone()), embedded.shape, torch.float32)
    h = torch.zeros(batch, hidden)
    for t in range(seq):
        h = torch.relu(layer(h + embedded[:, t]))
        text = f"the state after word {t + 1} is another one"
        expect(torch.allclose(found[:, t], h, atol=1e-5), "read-value", text)


@check.property("the model takes words [batch, seq] and returns logits [batch, seq, vocab_size]")
def shapes(StatefulRNN: Any, case: Case) -> None:
    expect_module(StatefulRNN(vocab_size=5, hidden_size=7), "StatefulRNN")
    for batch, seq in (case.sizes(2, 4, 9), (1, 5), (4, 1), (1, 1)):
        vocab, hidden = case.sizes(2, 10, 20)
        model = next(fresh(StatefulRNN, vocab, hidden, case, lenient=False))
        x = case.integers(0, vocab, batch, seq)
        expect_tensor(model(x), (batch, seq, vocab), torch.float32, "the result")


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    for training in (True, False):
        model = next(models).train(training)
        expect_logits(model(case.integers(0, vocab, 5, 8)))


@check.property("each model has a state of its own")
def two_models(StatefulRNN: Any, case: Case) -> None:
    text = "two models share their state: what one reads changes what the other says next"
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    expect(not shares_state(StatefulRNN, vocab, hidden), "state-shared", text)


@check.property("rows do not mix, nothing is random, x and the parameters stay as they were")
def pure(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case, pure=False)
    expect_pure(models, vocab, case)


@check.property("a word changes the logits at its place and after it, but none before it")
def reads_words(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_words_read(models, vocab, case)


@check.property("one set of weights serves every step: one embedding, one layer, one output layer")
def one_step(StatefulRNN: Any, case: Case) -> None:
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    models = fresh(StatefulRNN, vocab, hidden, case)
    model = next(models)
    count = sum(p.numel() for p in model.parameters())
    most = 2 * vocab * hidden + vocab + 2 * hidden * hidden + 2 * hidden
    text = f"for V = {vocab}, H = {hidden} there are {count:,} parameters; {most:,} are enough"
    expect(count <= most, "too-many-parameters", text)
    expect_same_step(models, vocab, case)
    expect_one_layer(models, vocab, case)


@check.property("a call remembers the calls before: the same words get other logits")
def remembers(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_remembered(models, vocab, case)


@check.property("several calls give the logits of one long call")
def chunks(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_kept(models, vocab, case)


@check.property("reset() brings back the start, for any batch size, and keeps the weights")
def reset_restores(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_restored(models, vocab, case)


@check.property("every parameter takes part: each gets gradient")
def all_learn(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    for past in PASTS:
        model = next(models)
        go_through(model, past, case.integers(0, vocab, 4, 3))
        logits = model(case.integers(0, vocab, 4, 9))
        expect_gradients(model, weighted_sum(logits, case), f"in {past}, ")


@check.property("four training steps in a row, without reset, run through")
def training_steps(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_trainable(models, vocab, case)


@check.property("a state is relu or tanh of a linear function of the state before and the word")
def nonlinearity(StatefulRNN: Any, case: Case) -> None:
    expect_step(StatefulRNN, case)


@check.property("the graph behind the logits stays as small as one call, whatever came before")
def truncated_between_calls(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_no_history(models, vocab, case)


@check.property("inside a call the gradient reaches back to its first word")
def bptt_inside_a_call(StatefulRNN: Any, case: Case) -> None:
    expect_words_learn(StatefulRNN, case)
    for past in PASTS[:2]:  # a reset() that makes new weights is another property's affair
        expect_true_slope(StatefulRNN, past, case)
