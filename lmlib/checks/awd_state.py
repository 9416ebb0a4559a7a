"""The state of an AWD language model: kept, cut from its history, and its own."""

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks.awd_form import fill_at_random, fresh, read_anew, read_seeded, restart
from lmlib.checks.awd_read import parts_of, read
from lmlib.checks.awd_training import training_loss
from lmlib.checks.calls import PLANS, Mode, lengths_of_calls, read_in_calls
from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect, expect_close
from lmlib.checks.history import expect_cut
from lmlib.checks.modules import copy_parameters, only_training_is_random, unchanged
from lmlib.checks.remote import each, graph_size


def expect_kept(model: Any, vocab_size: int, rows: int, case: Case) -> None:
    """Demand the raw activations of one call from several, whatever their length and mode."""
    lengths = lengths_of_calls(case)
    x = case.integers(0, vocab_size, rows, sum(lengths))
    wanted = torch.split(read(fresh(model.eval()), x).raw, lengths, 1)
    parts = torch.split(x, lengths, 1)
    alone = [read(fresh(model), part[:, :1]).raw for part in parts]
    noisy = only_training_is_random(lambda training: read(fresh(model.train(training)), x).raw)
    model.eval()
    for plan in PLANS:
        if noisy and any(mode.training for mode in PLANS[plan]):
            continue  # `clean_raw` judges it
        reader = fresh(model)
        found = [r.raw for r in read_in_calls(partial(read, reader), reader, parts, plan)]
        for before, k in zip(lengths, range(1, len(parts)), strict=False):
            text = f"{plan}, with {rows} row(s), what follows a call of {before} word(s) is read "
            text += "as if nothing had been read before"
            lost = close(found[k][:, :1], alone[k], atol=1e-5)
            expect(not lost, "state-lost", text)
            text = f"{plan}, with {rows} row(s), after a call of {before} word(s) raw is another "
            text += "one than when all is read in one call"
            expect_close(found[k], wanted[k], "chunks-differ", text, rtol=1e-4, atol=1e-5)


def expect_moved(model: Any, vocab_size: int, case: Case) -> None:
    """Demand that the very same tensor, read again, is read as the words that follow."""
    for training in (True, False):
        x = case.integers(0, vocab_size - 1, 3, 4)
        results = each(fresh(model).train(training), [x, x])
        first, second = (parts_of(result, x).raw for result in results)
        text = f"{Mode(training)}, the same x gives the same raw the second time"
        expect(not close(first, second, atol=1e-5), "state-lost", text)


def expect_no_history(model: Any, vocab_size: int, rows: int, case: Case) -> None:
    """Demand that the graph behind the logits stays as large as one call makes it."""
    for training in (True, False):
        for words in (1, *case.sizes(1, 3, 8), 24):
            with Mode(training).on(model):
                restart(model)
                parts = [case.integers(0, vocab_size, rows, words) for _ in range(4)]
                sizes = [graph_size(read(model, part).logits) for part in parts]
            text = f"{Mode(training)}, calls 2 to 4 of {rows} row(s) and {words} word(s) leave "
            text += f"graphs of {sizes[1:]} nodes behind the logits: they grow"
            expect(max(sizes[1:]) <= min(sizes[1:]), "history-grows", text)
    calls = case.integers(0, vocab_size, 3, 4), case.integers(0, vocab_size, 3, 4)
    model.eval()
    expect_cut(lambda: fresh(model), lambda reader, x: read(reader, x).logits, calls, case)


def expect_trainable(model: Any, vocab_size: int, case: Case) -> None:
    """Let four steps of training follow one another, with AR and TAR on."""
    model = fresh(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for words in (4, 1, 6, 4):
        found = read(model.train(), case.integers(0, vocab_size, 3, words))
        targets = case.integers(0, vocab_size, 3 * words)
        loss = F.cross_entropy(found.logits.flatten(0, 1), targets)
        optimizer.zero_grad()
        training_loss(loss, found).backward()
        optimizer.step()


def expect_own_state(Model: Any, case: Case) -> None:
    """Demand that two living models do not share what they have read."""
    vocab_size, hidden_size = case.sizes(2, 7, 12)
    models = [Model(vocab_size, hidden_size, 2, 0.4).eval() for _ in range(4)]
    model, twin, third, other = models
    fill_at_random(model, case)
    fill_at_random(other, case)
    weights = [p.detach().clone() for p in model.parameters()]
    fill_at_random(third, case)
    own = unchanged(model, weights)
    expect(own, "parameters-shared", "what one model learns changes the weights of another")
    copy_parameters(model, twin)
    copy_parameters(model, third)
    x = case.integers(0, vocab_size, 3, 8)

    seed = case.seed()

    def second_half(model: Any) -> Tensor:
        read_anew(model, x[:, :4])
        return read_seeded(model, x[:, 4:], seed).raw

    alone = second_half(twin)
    if not close(second_half(third), alone, rtol=1e-4, atol=1e-5):
        return  # parameters out of sight are to blame; other properties say so
    read_anew(model, x[:, :4])
    read_anew(other, x)
    text = "two models share their state: what one reads changes what the other gives next"
    expect_close(
        read_seeded(model, x[:, 4:], seed).raw, alone, "state-shared", text, rtol=1e-4, atol=1e-5
    )


def expect_restored(model: Any, vocab_size: int, case: Case) -> None:
    """Demand the first call anew after reset(), in both modes and for fewer rows, too."""
    weights = [p.detach().clone() for p in model.parameters()]
    for training in (True, False):
        model.train(training).reset()
        text = "reset() switches the model between training and evaluation"
        expect(model.training == training, "reset-changes-mode", text)
    same = unchanged(model, weights)
    expect(same, "parameter-changed", "reset() changes a parameter of the model")
    x, other = case.integers(0, vocab_size, 5, 6), case.integers(0, vocab_size, 5, 4)
    read(model.eval(), x)
    text = "after reset() the model still remembers what it read before"
    for training, rows in ((False, 5), (True, 5), (True, 2), (False, 4), (False, 1)):
        model.train(training)
        seed = case.seed()
        first = read_seeded(fresh(model), x[:rows], seed).raw
        model.reset()
        again = read_seeded(model, x[:rows], seed).raw
        read(model, other[:rows])
        expect_close(again, first, "reset-keeps", text, rtol=1e-4, atol=1e-5)


def expect_start(model: Any, vocab_size: int, case: Case) -> None:
    """Demand that a new model reads, before any reset(), what it reads after one."""
    restart(model.eval())  # a state that all models share starts anew
    x = case.integers(0, vocab_size, *case.sizes(1, 257, 300), 3)
    seed = case.seed()
    raw = read_seeded(fresh(model, reset=False), x, seed).raw
    first = read_seeded(fresh(model), x, seed).raw
    text = "a new model gives another raw than one after reset()"
    expect_close(raw, first, "other-start", text, rtol=1e-4, atol=1e-5)
