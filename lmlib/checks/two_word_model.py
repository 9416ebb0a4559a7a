"""Properties of `TwoWordModel`: one embedding, one hidden layer used twice, one output layer."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import (
    expect_gradients,
    expect_logits,
    expect_module,
    expect_rows_apart,
    gradients_of,
    of_size,
)
from lmlib.checks.suite import Suite
from lmlib.checks.two_word_form import (
    embeddings,
    expect_nonlinear_between,
    expect_nonlinear_end,
    expect_two_passes,
    fill,
    rows_of,
)

check = Suite("two_word_model", "TwoWordModel", "step")


def _model(TwoWordModel: Any, case: Case) -> tuple[nn.Module, int, int]:
    """A model wide enough for no unit to matter, started anew, and its V and H.

    It stays in float32, since a state or one-hot rows of that dtype are honest work.
    """
    vocab_size, hidden_size = case.sizes(1, 7, 12)[0], case.sizes(1, 40, 48)[0]
    model = TwoWordModel(vocab_size, hidden_size)
    for parameter in model.parameters():
        sizes = [size for size in parameter.shape if size > 1]
        spread = 1.0 if vocab_size in sizes else 2 / hidden_size**0.5
        fill([parameter], (spread if len(sizes) > 1 else 0.1) * case.normal(*parameter.shape))
    return model, vocab_size, hidden_size


def _words(case: Case, vocab_size: int, count: int = 3) -> list[int]:
    """Some words, but neither the first nor the last of the vocabulary."""
    return case.pick(range(1, vocab_size - 1), count)


def _differ(one: Tensor, other: Tensor) -> bool:
    """Whether logits (of size 1 to 10) differ by more than float32 rounds."""
    return (one - other).abs().max().item() > 1e-3


def _logits(model: nn.Module, *pairs: tuple[int, int]) -> Tensor:
    return model(torch.tensor(pairs))


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
    for batch, (vocab_size, hidden_size) in zip((3, 1, *case.sizes(2, 4, 9)), sizes, strict=True):
        model = TwoWordModel(vocab_size, hidden_size)
        expect_module(model, "TwoWordModel")
        x = case.integers(0, vocab_size, batch, 2)
        expect_tensor(model(x), (batch, vocab_size), torch.float32, "the result")
    expect_module(TwoWordModel(vocab_size=5, hidden_size=7), "TwoWordModel")


@check.property("there are just one embedding, one hidden layer and one output layer")
def parameters(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    counts = {
        "hidden × hidden": (len(of_size(model, hidden, hidden)), 1, 1, "hidden-matrices"),
        "vocab × hidden": (len(of_size(model, vocab, hidden)), 1, 2, "vocab-matrices"),
        "hidden": (len(of_size(model, hidden)), 0, 1, "hidden-biases"),
        "vocab": (len(of_size(model, vocab)), 0, 1, "vocab-biases"),
    }
    for size, (count, least, most, id) in counts.items():
        allowed = f"{least}" if least == most else f"{least} or {most}"
        text = f"{count} parameters have the size {size}; {allowed} would be expected"
        expect(least <= count <= most, id, text)
    known = sum(count for count, *_ in counts.values())
    shapes = [list(p.shape) for p in model.parameters()]
    text = f"there are parameters of other sizes: {shapes} for V = {vocab}, H = {hidden}"
    expect(len(shapes) == known, "other-parameters", text)


@check.property("rows do not mix, nothing is remembered, and x is left as it was")
def pure(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    x, other = (case.integers(0, vocab, 6, 2) for _ in range(2))
    before = x.clone()
    first = model(x)
    expect(torch.equal(x, before), "input-changed", "x holds other words after the call")
    text = "the same call gives other logits the second time"
    expect(torch.allclose(first, model(x)), "not-repeatable", text)
    expect_rows_apart(model, x, other)


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    expect_logits(model(case.integers(0, vocab, 30, 2)))


@check.property("only the two given words decide: their embeddings get gradient, no others")
def two_words(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    if len(of_size(model, vocab, hidden)) == 1:  # a tied output layer reaches every row
        return
    first, second, _ = _words(case, vocab)
    for pair in ((first, second), (0, vocab - 1)):
        logits = _logits(model, pair)
        loss = (logits * case.nonzero(*logits.shape)).sum()
        gradients = gradients_of(loss, embeddings(model, hidden, *pair))
        used = [rows_of(gradient, hidden).any(1) for gradient in gradients if gradient is not None]
        rows = sorted({row for mask in used for row in mask.nonzero().flatten().tolist()})
        text = f"for the words {pair[0]} and {pair[1]} the embeddings of {rows} get gradient"
        expect(set(rows) <= set(pair), "other-words", text)
        expect(set(rows) == set(pair), "word-ignored", text)


@check.property("every parameter takes part: each gets gradient")
def all_learn(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    x = case.integers(0, vocab, 20, 2)
    logits = model(x)
    expect_gradients(model, (logits * case.nonzero(*logits.shape)).sum())


@check.property("both words and their order matter, and not just as a sum of two effects")
def words_matter(TwoWordModel: Any, case: Case) -> None:
    model, vocab, _ = _model(TwoWordModel, case)
    a, b, c, d = _words(case, vocab, 4)
    ab, cb, ad, cd, ba = _logits(model, (a, b), (c, b), (a, d), (c, d), (b, a))
    text = f"the first word may be {a} or {c}: the logits stay the same"
    expect(_differ(ab, cb), "first-ignored", text)
    text = f"the second word may be {b} or {d}: the logits stay the same"
    expect(_differ(ab, ad), "second-ignored", text)
    text = f"({a}, {b}) and ({b}, {a}) give the same logits"
    expect(_differ(ab, ba), "order-ignored", text)
    text = "what the first word adds to the logits does not depend on the second word at all"
    expect(_differ(ab - cb, ad - cd), "additive", text)


@check.property("the first word passes the hidden layer twice, the second once")
def passes(TwoWordModel: Any, case: Case) -> None:
    model, vocab, hidden = _model(TwoWordModel, case)
    expect_two_passes(model, hidden, *_words(case, vocab))


@check.property("each step ends with the nonlinearity")
def nonlinearity(TwoWordModel: Any, case: Case) -> None:
    for demand in (expect_nonlinear_between, expect_nonlinear_end):
        model, vocab, hidden = _model(TwoWordModel, case)
        demand(model, hidden, _words(case, vocab), case)


@check.property("it learns (2a + b) mod 6 for all 36 pairs of words")
def learns(TwoWordModel: Any, case: Case) -> None:
    pairs = torch.cartesian_prod(torch.arange(6), torch.arange(6))
    targets = (2 * pairs[:, 0] + pairs[:, 1]) % 6
    best = 0.0
    for _ in range(3):
        torch.manual_seed(case.seed())
        best = max(best, _accuracy_after_training(TwoWordModel(6, 48), pairs, targets))
        if best > 0.95:
            return
    expect(False, "does-not-learn", f"after 300 steps {best:.0%} of the pairs are right")


def _accuracy_after_training(model: nn.Module, x: Tensor, y: Tensor) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for step in range(301):
        logits = model(x)
        accuracy = (logits.argmax(1) == y).double().mean().item()
        if step == 300 or accuracy == 1:
            break
        optimizer.zero_grad()
        F.cross_entropy(logits, y).backward()
        optimizer.step()
    return accuracy
