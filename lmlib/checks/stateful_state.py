"""The state of a stateful model: kept from call to call, cut from its history, and reset."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.calls import MODES, PLANS, Mode, lengths_of_calls, read_in_calls
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.history import expect_cut
from lmlib.checks.leniency import logits_of
from lmlib.checks.modules import expect_some_parameters, unchanged
from lmlib.checks.remote import each, graph_size
from lmlib.checks.stateful_form import expect_axes, same, seeded, weighted_sum
from lmlib.checks.stateful_models import made, shares_state, shares_weights

Models = Iterator[Any]  # fresh ones, with equal weights


def expect_own_state(Model: Any, vocab: int, hidden: int, case: Case) -> None:
    """Demand that two living models share neither weights nor what they have read."""
    text = "two models share weights: new ones for one of them are new ones for the other"
    expect(not shares_weights(Model, vocab, hidden, case), "parameters-shared", text)
    text = "two models share their state: what one reads changes what the other says next"
    try:
        shared = shares_state(Model, vocab, hidden, case.integers(0, vocab, 2, 3))
    except Exception:
        made(Model, vocab, hidden)(case.integers(0, vocab, 2, 3))  # works if reset() is to blame
    else:
        expect(not shared, "state-shared", text)


def expect_remembered(models: Models, vocab: int, case: Case) -> None:
    """Demand a trace of the call before, in every mode."""
    for mode in MODES:
        x, seed = case.integers(0, vocab, 3, 4), case.seed()
        model = next(models)
        with mode.on(model):
            first, second = seeded(model, x, seed), seeded(model, x, seed)
        expect_axes(second, x)
        text = f"{mode}, the same call gives the same logits the second time: "
        expect(not same(first[:, 0], second[:, 0]), "forgets", f"{text}the first left no trace")


def expect_moved(models: Models, vocab: int, case: Case) -> None:
    """Demand that the very same tensor, read again, is read as the words that follow."""
    for training in (True, False):
        x = case.integers(0, vocab, 3, 4)
        results = each(next(models).train(training), [x, x])
        first, second = (logits_of(result, x) for result in results)
        text = f"{Mode(training)}, the same x gives the same logits the second time"
        expect(not same(first[:, 0], second[:, 0]), "forgets", text)


def expect_kept(models: Models, vocab: int, case: Case) -> None:
    """Demand the logits of one call from several, whatever their length, rows and mode."""
    few = case.sizes(3, 1, 5)
    for rows, lengths in ((3, lengths_of_calls(case) + [1] * 40), (2, few), (64, few)):
        expect_same_in_parts(models, case.integers(0, vocab, rows, sum(lengths)), lengths)


def expect_same_in_parts(models: Models, x: Tensor, lengths: list[int]) -> None:
    """Let calls of these lengths follow one another, and compare them with a single one."""
    whole = next(models).eval()(x)
    expect_axes(whole, x)
    wanted = torch.split(whole, lengths, 1)
    for plan in PLANS:
        model = next(models)
        parts = [part.contiguous() for part in torch.split(x, lengths, 1)]
        found = read_in_calls(model, model, parts, plan)
        for k, (logits, right) in enumerate(zip(found, wanted, strict=True)):
            expect_axes(logits, parts[k])
            read = lengths[: k + 1]
            text = f"{plan}, with {len(x)} rows, call {k + 1} of calls of {read} words gives other "
            text += f"logits than one call of {sum(read)} words in evaluation"
            expect(same(logits, right), "chunks-differ", text)


def expect_restored(models: Models, vocab: int, case: Case) -> None:
    """Demand the first call anew after reset(), for other batch sizes, too."""
    x, y = case.integers(0, vocab, 3, 4), case.integers(0, vocab, 5, 2)
    first, small = next(models)(x), next(models)(y)
    for training in (True, False):
        model = next(models)
        weights = [p.detach().clone() for p in model.parameters()]
        expect_idle_reset(model)
        model.train(training)
        for batch, wanted in ((x, first), (x, first), (y, small)):
            again = _after_reset(model, batch)
            same_weights = unchanged(model, weights)
            expect(same_weights, "reset-weights", "reset() changes the weights of the model")
            text = f"{Mode(training)}, after reset() the logits are not those of the first call"
            expect(same(again, wanted), "not-reset", text)


def _after_reset(model: Any, batch: Tensor) -> Tensor:
    model.reset()
    try:
        logits: Tensor = model(batch)
    except RuntimeError as error:
        text = f"after reset() a call of {len(batch)} rows fails: {str(error)[:80]}"
        expect(False, "batch-size-kept", text)
    return logits


def expect_idle_reset(model: Any) -> None:
    """Demand that reset() works before any call, and twice, and leaves the mode alone."""
    for training in (False, True):
        mode = model.train(training).training
        model.reset()
        text = "reset() switches the model between training and evaluation"
        expect(model.training == mode, "reset-changes-mode", text)


def expect_start(Model: Any, vocab: int, case: Case) -> None:
    """Demand that a new model can be called before any reset()."""
    hidden = case.sizes(1, 24, 32)[0]
    made(Model, vocab, hidden).reset()  # a state that all models share starts anew
    made(Model, vocab, hidden)(case.integers(0, vocab, 3, 4))


def expect_trainable(models: Models, vocab: int, case: Case) -> None:
    """Let four steps of training follow one another."""
    model = next(models)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for step, words in enumerate((4, 1, 6, 4), 1):
        loss = weighted_sum(model(case.integers(0, vocab, 3, words)), case)
        optimizer.zero_grad()
        try:
            loss.backward()
        except RuntimeError as error:
            text = f"backward() after call {step} fails: {str(error)[:60]}"
            expect(False, "backward-fails", text)
        optimizer.step()


def expect_no_history(models: Models, vocab: int, case: Case) -> None:
    """Demand that the graph behind the logits stays as large as one call makes it."""
    expect_some_parameters(next(models))
    for training in (True, False):
        for rows, words in ((3, 4), (3, 1), (64, 20), (1, 4), (1, 1)):
            model = next(models).train(training)
            sizes = [graph_size(model(case.integers(0, vocab, rows, words))) for _ in range(5)]
            text = f"{Mode(training)}, calls 2 to 5 of {rows} row(s) and {words} word(s) leave "
            text += f"graphs of {sizes[1:]} nodes behind the logits: they grow"
            expect(max(sizes[1:]) <= min(sizes[1:]), "graph-grows", text)
    first, second = case.integers(0, vocab, 3, 4), case.integers(0, vocab, 3, 4)
    expect_cut(lambda: next(models), lambda model, x: model(x), (first, second), case)
