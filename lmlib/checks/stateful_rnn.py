"""Properties of `StatefulRNN`: one step for every word, a state kept without its history."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import expect_gradients, expect_logits, expect_module
from lmlib.checks.stateful_calls import expect_pure, expect_words_read
from lmlib.checks.stateful_form import (
    expect_few_parameters,
    expect_one_layer,
    expect_same_step,
    weighted_sum,
)
from lmlib.checks.stateful_gradient import expect_true_slope, expect_words_learn
from lmlib.checks.stateful_models import PASTS, fresh, go_through
from lmlib.checks.stateful_state import (
    expect_kept,
    expect_moved,
    expect_no_history,
    expect_own_state,
    expect_remembered,
    expect_restored,
    expect_start,
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
    vocab, several, many = *case.sizes(2, 10, 20), *case.sizes(1, 257, 300)
    for hidden in (several, 1):
        models = fresh(StatefulRNN, vocab, hidden, case, lenient=False)
        for batch, seq in (case.sizes(2, 4, 9), (1, 5), (4, 1), (1, 1), (many, 2)):
            model = next(models)
            for which in ("the result", "the result of a second call"):
                found = model(case.integers(0, vocab, batch, seq))
                expect_tensor(found, (batch, seq, vocab), torch.float32, which)


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(StatefulRNN: Any, case: Case) -> None:
    hidden = case.sizes(1, 24, 32)[0]
    for vocab in (*case.sizes(1, 9, 15), hidden):  # also as many words as units
        models = fresh(StatefulRNN, vocab, hidden, case)
        for training in (True, False):
            expect_logits(next(models).train(training)(case.integers(0, vocab, 5, 8)))


@check.property("each model has a state of its own")
def two_models(StatefulRNN: Any, case: Case) -> None:
    expect_own_state(StatefulRNN, case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0], case)


@check.property("rows do not mix, nothing is random, x and the parameters stay as they were")
def pure(StatefulRNN: Any, case: Case) -> None:
    expect_pure(*_models(StatefulRNN, case, pure=False), case)


@check.property("a word changes the logits at its place and after it, but none before it")
def reads_words(StatefulRNN: Any, case: Case) -> None:
    expect_words_read(*_models(StatefulRNN, case), case)


@check.property("one set of weights serves every step: one embedding, one layer, one output layer")
def one_step(StatefulRNN: Any, case: Case) -> None:
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    models = fresh(StatefulRNN, vocab, hidden, case)
    expect_few_parameters(next(models), vocab, hidden)
    expect_same_step(models, vocab, case)
    expect_one_layer(models, vocab, case)


@check.property("a call remembers the calls before: the same words get other logits")
def remembers(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case, pure=False)  # x itself, not a copy of it
    expect_remembered(models, vocab, case)
    expect_moved(models, vocab, case)


@check.property("several calls give the logits of one long call")
def chunks(StatefulRNN: Any, case: Case) -> None:
    expect_kept(*_models(StatefulRNN, case), case)


@check.property("reset() brings back the start, for any batch size, and keeps the weights")
def reset_restores(StatefulRNN: Any, case: Case) -> None:
    models, vocab = _models(StatefulRNN, case)
    expect_start(StatefulRNN, vocab, case)
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
    expect_trainable(*_models(StatefulRNN, case), case)


@check.property("a state is relu or tanh of a linear function of the state before and the word")
def nonlinearity(StatefulRNN: Any, case: Case) -> None:
    expect_step(StatefulRNN, case)


@check.property("the graph behind the logits stays as small as one call, whatever came before")
def truncated_between_calls(StatefulRNN: Any, case: Case) -> None:
    expect_no_history(*_models(StatefulRNN, case), case)


@check.property("inside a call the gradient reaches back to its first word")
def bptt_inside_a_call(StatefulRNN: Any, case: Case) -> None:
    expect_words_learn(StatefulRNN, case)
    for past in PASTS[:2]:  # a reset() that makes new weights is another property's affair
        expect_true_slope(StatefulRNN, past, case)
