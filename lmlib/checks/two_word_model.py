"""Properties of `TwoWordModel`: one embedding, one hidden layer used twice, one output layer."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from lmlib.checks.calls import MODES
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import (
    expect_effect,
    expect_gradients,
    expect_logits,
    expect_module,
    expect_rows_apart,
    start_anew,
)
from lmlib.checks.suite import Suite
from lmlib.checks.two_word_calls import (
    expect_nothing_left,
    expect_nothing_remembered,
    expect_own_gradients,
    expect_own_parameters,
    expect_words_matter,
)
from lmlib.checks.two_word_form import (
    expect_layers,
    expect_nonlinear_between,
    expect_nonlinear_end,
    expect_two_passes,
)
from lmlib.checks.two_word_models import made, named
from lmlib.checks.two_word_rows import expect_just_two_rows, expect_no_special_word
from lmlib.checks.two_word_step import expect_affine_output, expect_one_step
from lmlib.checks.two_word_training import expect_learning, expect_true_gradients

check = Suite("two_word_model", "TwoWordModel", "step")


def _model(TwoWordModel: Any, case: Case, copies: bool = True) -> tuple[nn.Module, int, int]:
    """A model so wide that no unit matters, and its V and H; in float32, as its state may be."""
    vocab_size, hidden_size = case.sizes(1, 7, 12)[0], case.sizes(1, 40, 48)[0]
    model = made(TwoWordModel, vocab_size, hidden_size, copies)
    start_anew(model, case, vocab_size, gain=2.0)
    if copies:  # else the first call is to be looked at
        expect_effect(model(torch.cartesian_prod(*[torch.arange(vocab_size)] * 2)))
    return model, vocab_size, hidden_size


def _words(case: Case, vocab_size: int, count: int = 3) -> list[int]:
    """Some words, but neither the first nor the last of the vocabulary."""
    return case.pick(range(1, vocab_size - 1), count)


@check.property("step gives relu(weight · (h + e) + bias) for every row")
def one_step(step: Any, case: Case) -> None:
    batch, hidden = case.sizes(2, 3, 9)
    h, e = (case.normal(batch, hidden) for _ in range(2))
    layer = nn.Linear(hidden, hidden)
    found = expect_tensor(step(layer, h, e), (batch, hidden), h.dtype, "the new state")
    wanted = F.relu(F.linear(h + e, layer.weight, layer.bias))
    expect(torch.allclose(found, wanted, atol=1e-5), "step-value", "the new state is another one")


@check.property("the model takes word pairs [batch, 2] and returns logits [batch, vocab_size]")
def shapes(TwoWordModel: Any, case: Case) -> None:
    sizes = [sorted(case.sizes(2, 10, 20)) for _ in range(2)] + [case.sizes(2, 10, 20)] * 2
    for batch, (vocab_size, hidden_size) in zip((3, 1, 99, 5), sizes, strict=True):
        model = TwoWordModel(vocab_size, hidden_size)
        expect_module(model, "TwoWordModel")
        for mode in MODES:
            x = case.integers(0, vocab_size, batch, 2)
            with mode.on(model):
                expect_tensor(model(x), (batch, vocab_size), torch.float32, "the result")
    expect_module(TwoWordModel(vocab_size=5, hidden_size=7), "TwoWordModel")


@check.property("there are just one embedding, one hidden layer and one output layer")
def parameters(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    expect_layers(model, vocab, hidden)


@check.property("rows do not mix, nothing is remembered, and neither x nor a parameter changes")
def pure(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case, copies=False)
    x = case.integers(0, vocab, 13, 2)
    expect_nothing_left(model, x)
    expect_nothing_remembered(model, x)
    for size in (2, 13, 300):  # not V, whatever it is
        x, other = (case.integers(0, vocab, size, 2) for _ in range(2))
        expect_rows_apart(model, x, other)
        expect_rows_apart(lambda words: model(words.flip(0)).flip(0), x, other)
    expect_own_parameters(model, lambda: named(TwoWordModel, vocab, hidden), x)
    expect_own_gradients(model, x, other)


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    expect_logits(model(case.integers(0, vocab, 30, 2)))
    expect_affine_output(TwoWordModel, case)


@check.property("only the two given words decide: their embeddings get gradient, no others")
def two_words(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    expect_just_two_rows(model, vocab, hidden, _words(case, vocab), case)
    expect_no_special_word(model, vocab, hidden)


@check.property("every parameter takes part: each gets gradient")
def all_learn(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    for mode, rows in ((model.training, 20), (False, 600)):
        logits = model.train(mode)(case.integers(0, vocab, rows, 2))
        expect_gradients(model, (logits * case.nonzero(*logits.shape)).sum())


@check.property("both words and their order matter, and not just as a sum of two effects")
def words_matter(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    expect_words_matter(model, _words(case, vocab, 4))


@check.property("the first word passes the hidden layer twice, the second once")
def passes(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    expect_two_passes(model, vocab, hidden, _words(case, vocab))


@check.property("each step ends with the nonlinearity")
def nonlinearity(TwoWordModel: Any, case: Case) -> None:
    for demand in (expect_nonlinear_between, expect_nonlinear_end):
        model, vocab, hidden = _model(TwoWordModel, case)
        demand(model, hidden, _words(case, vocab), case)


@check.property("both words go through one and the same step, and the state starts at zero")
def recurrence(TwoWordModel: Any, case: Case) -> None:
    expect_affine_output(TwoWordModel, case)  # or no state can be read from the logits
    expect_one_step(TwoWordModel, case)


@check.property("gradients are true, and it learns (2a + b) mod 6 for all 36 pairs of words")
def learns(TwoWordModel: Any, case: Case) -> None:
    expect_true_gradients(TwoWordModel, case)
    expect_learning(TwoWordModel, case)
