"""Properties of `StatefulRNN`: one step for every word, a state kept without its history."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import expect_gradients, expect_logits, expect_module
from lmlib.checks.remote import graph_size
from lmlib.checks.stateful_form import (
    expect_causal,
    expect_one_layer,
    expect_same_step,
    same,
    slopes,
    twins,
)
from lmlib.checks.stateful_nonlinear import expect_nonlinear
from lmlib.checks.suite import Suite

check = Suite("stateful_rnn", "StatefulRNN", "read")


def _models(StatefulRNN: Any, case: Case, count: int = 2) -> tuple[list[Any], int]:
    """Fresh models with equal weights, wide enough that no unit decides alone, and their V."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    return twins(StatefulRNN, vocab, hidden, count), vocab


def _weighted(logits: Tensor, case: Case) -> Tensor:
    return (logits * case.nonzero(*logits.shape, dtype=logits.dtype)).sum()


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
    for batch, seq in (case.sizes(2, 2, 9), (1, 5), (4, 1), (1, 1)):
        vocab, hidden = case.sizes(2, 10, 20)
        model = StatefulRNN(vocab, hidden)
        expect_module(model, "StatefulRNN")
        x = case.integers(0, vocab, batch, seq)
        expect_tensor(model(x), (batch, seq, vocab), torch.float32, "the result")
    expect_module(StatefulRNN(vocab_size=5, hidden_size=7), "StatefulRNN")


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(StatefulRNN: Any, case: Case) -> None:
    (model, _), vocab = _models(StatefulRNN, case)
    expect_logits(model(case.integers(0, vocab, 5, 8)))


@check.property("rows do not mix, nothing is random, x and the parameters stay as they were")
def pure(StatefulRNN: Any, case: Case) -> None:
    (model, twin, *others), vocab = _models(StatefulRNN, case, 6)
    weights = [p.detach().clone() for p in model.parameters()]
    parts = [case.integers(0, vocab, 5, 4) for _ in range(2)]
    before = [x.clone() for x in parts]
    first = [model(x) for x in parts]
    text = "x holds other words after the call"
    expect(all(map(torch.equal, parts, before)), "input-changed", text)
    kept = [p.shape == w.shape and torch.equal(p, w) for p, w in _pairs(model, weights)]
    expect(all(kept), "parameter-changed", "a call changes a parameter of the model")
    text = "two fresh models with the same weights give different logits for the same words"
    expect(all(map(same, first, map(twin, parts))), "not-repeatable", text)
    for row, other, alone in zip((0, 4), others[::2], others[1::2], strict=True):
        for x, logits in zip(parts, first, strict=True):
            changed = case.integers(0, vocab, 5, 4)
            changed[row] = x[row]
            text = "other rows of the batch change the logits of a row"
            expect(same(logits[row], other(changed)[row]), "rows-mixed", text)
            text = "a row alone gets other logits than in a batch"
            expect(same(logits[row], alone(x[row : row + 1])[0]), "rows-mixed", text)


def _pairs(model: nn.Module, weights: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    return list(zip(model.parameters(), weights, strict=True))


@check.property("a word changes the logits at its place and after it, but none before it")
def reads_words(StatefulRNN: Any, case: Case) -> None:
    seq = 5
    models, vocab = _models(StatefulRNN, case, seq + 1)
    x = case.integers(0, vocab, 3, seq)
    base = models[-1](x)
    moved = torch.zeros(seq, seq, dtype=torch.bool)
    for t in range(seq):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1 + case.integers(0, vocab - 1, 3)) % vocab
        moved[t] = (models[t](changed) - base).detach().abs().amax(dim=(0, 2)) > 1e-5
    expect_causal(moved)


@check.property("one set of weights serves every step: one embedding, one layer, one output layer")
def one_step(StatefulRNN: Any, case: Case) -> None:
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    model = StatefulRNN(vocab, hidden)
    count = sum(p.numel() for p in model.parameters())
    most = 2 * vocab * hidden + vocab + 2 * hidden * hidden + 2 * hidden
    text = f"for V = {vocab}, H = {hidden} there are {count:,} parameters; {most:,} are enough"
    expect(count <= most, "too-many-parameters", text)
    expect_same_step(StatefulRNN, vocab, hidden, case)
    expect_one_layer(StatefulRNN, vocab, hidden, case)


@check.property("a call remembers the calls before: the same words get other logits")
def remembers(StatefulRNN: Any, case: Case) -> None:
    for training in (True, False):
        (model, _), vocab = _models(StatefulRNN, case)
        model.train(training)
        x = case.integers(0, vocab, 3, 4)
        first, second = model(x), model(x)
        text = "the same call gives the same logits the second time: the first left no trace"
        expect(not same(first[:, 0], second[:, 0]), "forgets", f"{text} ({_mode(training)})")


def _mode(training: bool) -> str:
    return "training mode" if training else "evaluation mode"


@check.property("several short calls give the logits of one long call")
def chunks(StatefulRNN: Any, case: Case) -> None:
    for training, lengths in ((True, [4, 4, 4]), (False, case.sizes(4, 1, 6)), (True, [1] * 4)):
        (model, whole), vocab = _models(StatefulRNN, case)
        model.train(training), whole.train(training)
        x = case.integers(0, vocab, 3, sum(lengths))
        wanted = whole(x)
        for part, logits in zip(x.split(lengths, 1), wanted.split(lengths, 1), strict=True):
            text = f"calls of {lengths} words give other logits than one call of {sum(lengths)}"
            expect(same(model(part), logits), "chunks-differ", f"{text} ({_mode(training)})")


@check.property("reset() brings back the start, for any batch size, and keeps the weights")
def reset_restores(StatefulRNN: Any, case: Case) -> None:
    (model, twin), vocab = _models(StatefulRNN, case)
    x, y = case.integers(0, vocab, 3, 4), case.integers(0, vocab, 5, 2)
    model.reset()  # before any call: nothing to forget yet
    first, small = model(x), twin(y)
    weights = [p.detach().clone() for p in model.parameters()]
    model(x)
    model.reset()
    kept = all(torch.equal(p, w) for p, w in _pairs(model, weights))
    expect(kept, "reset-weights", "reset() changes the weights of the model")
    text = "after reset() the logits are not those of the first call"
    expect(same(model(x), first), "not-reset", text)
    model.reset()
    try:
        again = model(y)
    except RuntimeError as error:
        text = f"after reset() a batch of 5 rows instead of 3 fails: {str(error)[:80]}"
        expect(False, "batch-size-kept", text)
    expect(same(again, small), "not-reset", text)


@check.property("every parameter takes part: each gets gradient")
def all_learn(StatefulRNN: Any, case: Case) -> None:
    (model, _), vocab = _models(StatefulRNN, case)
    expect_gradients(model, _weighted(model(case.integers(0, vocab, 4, 9)), case))


@check.property("four training steps in a row, without reset, run through")
def training_steps(StatefulRNN: Any, case: Case) -> None:
    (model, _), vocab = _models(StatefulRNN, case)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for step in range(1, 5):
        loss = _weighted(model(case.integers(0, vocab, 3, 4)), case)
        optimizer.zero_grad()
        try:
            loss.backward()
        except RuntimeError as error:
            text = f"backward() after call {step} fails: {str(error)[:60]}"
            expect(False, "backward-fails", text)
        optimizer.step()


@check.property("the graph behind the logits stays as small as one call, whatever came before")
def truncated_between_calls(StatefulRNN: Any, case: Case) -> None:
    for training in (True, False):
        (model, _), vocab = _models(StatefulRNN, case)
        model.train(training)
        sizes = [graph_size(model(case.integers(0, vocab, 3, 4))) for _ in range(6)]
        text = f"calls 2 to 6 leave graphs of {sizes[1:]} nodes behind the logits: they grow"
        grows = max(sizes[1:]) > min(sizes[1:])
        expect(not grows, "graph-grows", f"{text} ({_mode(training)})")


@check.property("inside a call the gradient reaches back to its first word")
def bptt_inside_a_call(StatefulRNN: Any, case: Case) -> None:
    for _ in range(6):  # a kink of relu can spoil a slope: any of six directions may prove it
        slope, found, tolerance = slopes(StatefulRNN, case)
        if abs(slope - found) <= tolerance * (1 + abs(slope)):
            return
    text = f"the last logits change by {slope:.5f} along a direction, their gradient says"
    expect(False, "gradient-cut", f"{text} {found:.5f}")


@check.property("each step ends with a nonlinearity")
def nonlinearity(StatefulRNN: Any, case: Case) -> None:
    expect_nonlinear(StatefulRNN, case)
