"""Properties of `AWDLanguageModel`: a stateful LSTM with dropout on its output and tied words."""

from typing import Any

import torch
from torch.nn import functional as F

from lmlib.checks.awd_demands import expect_dropped, expect_tied
from lmlib.checks.awd_form import (
    equal_lstm,
    fill_lstm,
    model_of,
    read,
    read_anew,
    rows_of,
    tied_matrix,
)
from lmlib.checks.awd_training import (
    expect_first_word_learns,
    expect_outputs_learn,
    expect_true_slopes,
    training_loss,
)
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.masks import share_of
from lmlib.checks.modules import expect_logits, expect_module, expect_rows_apart
from lmlib.checks.remote import graph_size
from lmlib.checks.suite import Suite

check = Suite("awd_language_model", "AWDLanguageModel")


@check.property("the model returns logits, raw and dropped, at any sizes")
def outputs(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, batch in ((1, 3), (2, 1), (3, 4)):
        vocab, hidden, seq = case.sizes(3, 5, 12)
        for rows, lengths in ((batch, (seq, 2)), (5, (1,))):
            model = AWDLanguageModel(vocab, hidden, num_layers, 0.3)
            expect_module(model, "AWDLanguageModel")
            for length in lengths:
                found = read(model, case.integers(0, vocab, rows, length))
                for name, size in (("logits", vocab), ("raw", hidden), ("dropped", hidden)):
                    expect_tensor(getattr(found, name), (rows, length, size), torch.float32, name)
    expect_module(AWDLanguageModel(vocab_size=5, hidden_size=7, num_layers=1, p=0.1), "…")


@check.property("the parameters are one matrix of words, a bias, and num_layers LSTM layers")
def parameters(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (1, 2, 3):
        model, V, H = model_of(AWDLanguageModel, case, num_layers)
        count = sum(p.numel() for p in model.parameters())
        wanted = [V * H + V + num_layers * (8 * H * H + biases * H) for biases in (8, 4)]
        text = f"{num_layers} layer(s), V = {V}, H = {H}: {count} parameters, not {wanted[0]}"
        if count not in wanted:
            expect(count - V * H not in wanted, "not-tied", f"{text}; V · H = {V * H} too many")
            expect(count + V not in wanted, "no-output-bias", f"{text}; V = {V} are missing")
            expect(False, "parameter-count", text)


@check.property("in evaluation nothing is dropped: dropped is raw, and reading again repeats it")
def evaluation(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 2)
    model.eval()
    x = case.integers(0, V, 6, 8)
    first = read_anew(model, x)
    text = "in evaluation, dropped and raw are different"
    expect_close(first.dropped, first.raw, "drops-in-eval", text)
    model.reset()
    text = "in evaluation, reading the same text after reset() gives other logits"
    expect_close(read(model, x).logits, first.logits, "not-repeatable", text, atol=1e-5)


@check.property("rows stay apart; a word changes the outputs from its place on, and only those")
def causal(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 2)
    model.eval()
    x, other = (case.integers(0, V, 4, 5) for _ in range(2))
    expect_rows_apart(lambda words: read_anew(model, words).logits, x, other)
    expect_rows_apart(lambda words: read_anew(model, words.flip(0)).logits.flip(0), x, other)
    before = read_anew(model, x).logits
    for at in (0, 2, 4):
        changed = x.clone()
        changed[:, at] = (x[:, at] + 1) % V
        after = read_anew(model, changed).logits
        text = f"another word at place {at} changes the logits before it"
        expect_close(after[:, :at], before[:, :at], "sees-the-future", text, atol=1e-5)
        moved = (after != before)[:, [at, -1]].any(-1).all()
        text = f"another word at place {at} does not change the logits there, or at the end"
        expect(moved, "word-ignored", text)


@check.property("raw is what an LSTM of num_layers gives for the words")
def lstm(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (1, 2, 3):
        model, V, H = model_of(AWDLanguageModel, case, num_layers)
        weight = case.uniform(0.1, 0.3)
        fill_lstm(model, weight, V, H)
        x = case.integers(0, V, 3, 5)
        table = rows_of(tied_matrix(model, V, H).detach(), H)
        raw = read_anew(model.eval(), x).raw
        wanted = equal_lstm(table[x], weight, num_layers).expand_as(raw)
        text = f"{num_layers} layer(s) with all weights {weight} and no biases give another raw"
        expect_close(raw, wanted, "not-an-lstm", text, rtol=1e-4, atol=1e-5)


@check.property("nothing is dropped before raw: it is the same in training and in evaluation")
def clean_raw(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 3, case.uniform(0.3, 0.6))
    x = case.integers(0, V, 4, 6)
    raw = read_anew(model.train(), x).raw
    zeros = share_of(raw == 0)
    expect(zeros < 0.05, "raw-dropped", f"in training, a share of {zeros:.2f} of raw is zero")
    wanted = read_anew(model.eval(), x).raw
    text = "in training, raw differs from raw in evaluation: something is dropped before it"
    expect_close(raw, wanted, "dropped-too-early", text, rtol=1e-4, atol=1e-5)


@check.property("logits are dropped · Eᵀ + b with the matrix E that embeds the words")
def tied(AWDLanguageModel: Any, case: Case) -> None:
    model, V, H = model_of(AWDLanguageModel, case, 1)
    x = case.integers(0, 3, 4, 6)  # not all words: E's other rows get gradient as output rows
    expect_logits(read_anew(model, x).logits)
    expect_tied(model, x, V, H)


@check.property("in training, each element of dropped is 0 with probability p, else raw / (1 − p)")
def dropout(AWDLanguageModel: Any, case: Case) -> None:
    for p in (0.0, case.uniform(0.1, 0.3), case.uniform(0.6, 0.8)):
        model, V, _ = model_of(AWDLanguageModel, case, 1, p)
        x = case.integers(0, V, 30, 50)  # at least 30,000 elements: .02 is over 6 standard errors
        expect_dropped(model.train(), x, p)


@check.property("three calls on parts of a text give what one call on all of it gives")
def chunks(AWDLanguageModel: Any, case: Case) -> None:
    for training in (False, True):
        model, V, _ = model_of(AWDLanguageModel, case, 2)
        model.train(training)
        x = case.integers(0, V, 3, 12)
        whole = read_anew(model, x).raw
        alone = read_anew(model, x[:, 4:8]).raw
        model.reset()
        first, second, third = (read(model, part).raw for part in x.split(4, dim=1))
        how = "in training" if training else "in evaluation"
        text = f"{how}, the second call starts anew, as if nothing had been read before"
        expect(not torch.allclose(second, alone, atol=1e-5), "state-lost", text)
        text = f"{how}, three calls of 4 words give another raw than one call of 12"
        parts = torch.cat([first, second, third], dim=1)
        expect_close(parts, whole, "chunks-differ", text, rtol=1e-4, atol=1e-5)


@check.property("reset() returns the model to its start, and allows another batch size")
def reset(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 2)
    model.eval()
    x, other = case.integers(0, V, 3, 6), case.integers(0, V, 3, 4)
    first = read(model, x).raw
    read(model, other)
    text = "after reset() the model still remembers what it read before"
    expect_close(read_anew(model, x).raw, first, "reset-keeps", text, rtol=1e-4, atol=1e-5)
    rows = read_anew(model, x[:2]).raw
    expect_close(rows, first[:2], "reset-keeps", text, rtol=1e-4, atol=1e-5)


@check.property("the state is cut from its history: training goes on call after call")
def history(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 2)
    model.reset()
    sizes = [graph_size(read(model, case.integers(0, V, 3, 4)).logits) for _ in range(4)]
    text = f"the autograd graph behind the logits has {sizes[1]} nodes in call 2, {sizes[3]} in 4"
    expect(sizes[3] <= sizes[1], "history-grows", text)
    model.reset()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(3):
        found, targets = read(model, case.integers(0, V, 3, 4)), case.integers(0, V, 3, 4)
        loss = F.cross_entropy(found.logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        training_loss(loss, found).backward()
        optimizer.step()


@check.property("gradients reach all that took part, from logits, raw and dropped")
def gradient(AWDLanguageModel: Any, case: Case) -> None:
    model, V, H = model_of(AWDLanguageModel, case, 2)
    x = case.integers(0, V, 3, 5)
    expect_outputs_learn(model, x, V, case)
    expect_first_word_learns(model.eval(), V, H)
    expect_true_slopes(model.train(), x, case)
