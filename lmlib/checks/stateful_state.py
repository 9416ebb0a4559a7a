"""The state of a stateful model: kept from call to call, cut from its history, and reset."""

from collections.abc import Iterator
from typing import Any

import torch

from lmlib.checks.calls import MODES, PLANS, Mode, lengths_of_calls, read_in_calls
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.remote import graph_size
from lmlib.checks.stateful_form import same, unchanged, weighted_sum

Models = Iterator[Any]  # fresh ones, with equal weights


def expect_remembered(models: Models, vocab: int, case: Case) -> None:
    """Demand a trace of the call before, in every mode."""
    for mode in MODES:
        x = case.integers(0, vocab, 3, 4)
        model = next(models)
        with mode.on(model):
            first, second = model(x), model(x)
        text = f"{mode}, the same call gives the same logits the second time: "
        expect(not same(first[:, 0], second[:, 0]), "forgets", f"{text}the first left no trace")


def expect_kept(models: Models, vocab: int, case: Case) -> None:
    """Demand the logits of one call from several, whatever their length and mode."""
    lengths = lengths_of_calls(case) + [1] * 40
    x = case.integers(0, vocab, 3, sum(lengths))
    whole = next(models).eval()(x)
    text = f"for x of shape {list(x.shape)} the logits have shape {list(whole.shape)}"
    expect(whole.shape[:2] == x.shape, "wrong-shape", text)
    wanted = torch.split(whole, lengths, 1)
    for plan in PLANS:
        model = next(models)
        parts = [part.contiguous() for part in torch.split(x, lengths, 1)]
        found = read_in_calls(model, model, parts, plan)
        for k, (logits, right) in enumerate(zip(found, wanted, strict=True)):
            read = lengths[: k + 1]
            text = f"{plan}, call {k + 1} of calls of {read} words gives other logits "
            text += f"than one call of {sum(read)} words"
            expect(same(logits, right), "chunks-differ", text)


def expect_restored(models: Models, vocab: int, case: Case) -> None:
    """Demand the first call anew after reset(), for other batch sizes, too."""
    x, y = case.integers(0, vocab, 3, 4), case.integers(0, vocab, 5, 2)
    small, model = next(models)(y), next(models)
    weights = [p.detach().clone() for p in model.parameters()]
    model.reset()  # before any call: nothing to forget yet
    first = model(x)
    for training in (True, False):
        model.train(training)(x)
        model.reset()
        kept = unchanged(model, weights)
        expect(kept, "reset-weights", "reset() changes the weights of the model")
        text = f"{Mode(training)}, after reset() the logits are not those of the first call"
        expect(same(model(x), first), "not-reset", text)
        model.reset()
        try:
            again = model(y)
        except RuntimeError as error:
            text = f"after reset() a batch of 5 rows instead of 3 fails: {str(error)[:80]}"
            expect(False, "batch-size-kept", text)
        expect(same(again, small), "not-reset", text)
        model.reset()


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
    for training in (True, False):
        for rows, words in ((3, 4), (3, 1), (3, 20), (1, 4), (1, 1)):
            model = next(models).train(training)
            sizes = [graph_size(model(case.integers(0, vocab, rows, words))) for _ in range(5)]
            text = f"{Mode(training)}, calls 2 to 5 of {rows} row(s) and {words} word(s) leave "
            text += f"graphs of {sizes[1:]} nodes behind the logits: they grow"
            expect(max(sizes[1:]) <= min(sizes[1:]), "graph-grows", text)
