"""Properties of `AWDLanguageModel`: a stateful LSTM with dropout on its output and tied words."""

from typing import Any

from lmlib.checks.awd_calls import expect_causal, expect_untouched
from lmlib.checks.awd_demands import (
    expect_clean,
    expect_decoder,
    expect_dropped,
    expect_free_number,
    expect_nothing_dropped,
    expect_seeded,
    expect_tied,
)
from lmlib.checks.awd_form import model_of, read_anew
from lmlib.checks.awd_lstm import expect_lstm, fill_lstm
from lmlib.checks.awd_sizes import expect_count, expect_three, expect_upright
from lmlib.checks.awd_state import (
    expect_kept,
    expect_moved,
    expect_no_history,
    expect_own_state,
    expect_restored,
    expect_start,
    expect_trainable,
)
from lmlib.checks.awd_training import (
    expect_outputs_learn,
    expect_true_slopes,
    expect_words_learn,
)
from lmlib.checks.awd_units import expect_gates, expect_units, expect_weights_apart
from lmlib.checks.calls import Mode
from lmlib.checks.case import Case
from lmlib.checks.modules import expect_logits, expect_module
from lmlib.checks.suite import Suite

check = Suite("awd_language_model", "AWDLanguageModel")


@check.property("the model returns logits, raw and dropped, at any sizes")
def outputs(AWDLanguageModel: Any, case: Case) -> None:
    expect_three(AWDLanguageModel, case)
    expect_module(
        AWDLanguageModel(vocab_size=5, hidden_size=7, num_layers=1, p=0.1), "AWDLanguageModel"
    )


@check.property("the parameters are one matrix of words, a bias, and num_layers LSTM layers")
def parameters(AWDLanguageModel: Any, case: Case) -> None:
    expect_count(AWDLanguageModel, case)


@check.property("each model has a state of its own")
def two_models(AWDLanguageModel: Any, case: Case) -> None:
    expect_own_state(AWDLanguageModel, case)


@check.property("reset() returns the model to its start, and allows another batch size")
def reset(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (2, 1, 3):
        model, V, _ = model_of(AWDLanguageModel, case, num_layers, 0.0)
        expect_restored(model, V, case)
    expect_start(model, V, case)


@check.property("in evaluation nothing is dropped: dropped is raw, and reading again repeats it")
def evaluation(AWDLanguageModel: Any, case: Case) -> None:
    expect_nothing_dropped(AWDLanguageModel, case)


@check.property("rows stay apart; a word changes the outputs from its place on, and only those")
def causal(AWDLanguageModel: Any, case: Case) -> None:
    model, V, _ = model_of(AWDLanguageModel, case, 2)
    expect_untouched(model, V, case)
    expect_causal(model, V, case)


@check.property("raw is what an LSTM of num_layers gives for the words")
def lstm(AWDLanguageModel: Any, case: Case) -> None:
    expect_lstm(AWDLanguageModel, case)
    expect_gates(AWDLanguageModel, case)
    expect_units(AWDLanguageModel, case)
    expect_weights_apart(AWDLanguageModel, case)


@check.property("nothing is dropped before raw: it is the same in training and in evaluation")
def clean_raw(AWDLanguageModel: Any, case: Case) -> None:
    expect_clean(AWDLanguageModel, case, case.uniform(0.3, 0.6))


@check.property("logits are dropped · Eᵀ + b with the matrix E that embeds the words")
def tied(AWDLanguageModel: Any, case: Case) -> None:
    model, V, H = model_of(AWDLanguageModel, case, 1)
    x = case.integers(0, 3, 4, 6)  # not all words: E's other rows get gradient as output rows
    expect_logits(read_anew(model, x).logits)
    expect_tied(model, x, V, H)
    expect_decoder(AWDLanguageModel, case)
    expect_upright(AWDLanguageModel, case)


@check.property("in training, each element of dropped is 0 with probability p, else raw / (1 − p)")
def dropout(AWDLanguageModel: Any, case: Case) -> None:
    shapes = ((2, True, 40, 40), (3, True, 1500, 1), (1, True, 1, 1000), (3, False, 60, 20))
    for p in (0.4, case.uniform(0.1, 0.3), case.uniform(0.6, 0.8), 0.0):
        for num_layers, grad, batch, seq in shapes:
            model, V, _ = model_of(AWDLanguageModel, case, num_layers, p)
            expect_dropped(model, case.integers(0, V, batch, seq), p, Mode(True, grad))
    model, V, _ = model_of(AWDLanguageModel, case, 1)
    expect_free_number(model, case.integers(0, V, 4, 6))
    expect_seeded(model, case.integers(0, V, 4, 6), case)


@check.property("several calls on parts of a text give what one call on all of it gives")
def chunks(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, rows in ((1, 1), (3, 3), (4, 2), (2, 64)):
        model, V, H = model_of(AWDLanguageModel, case, num_layers)
        expect_kept(model, V, rows, case)
    expect_moved(model, V, case)
    fill_lstm(model, 0.1, 1.0, V, H)  # gates almost open: memories grow far beyond 1
    expect_kept(model, V, 3, case)


@check.property("the state is cut from its history: training goes on call after call")
def history(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, rows in ((1, 1), (3, 3), (2, 64)):
        model, V, _ = model_of(AWDLanguageModel, case, num_layers)
        expect_no_history(model, V, rows, case)
    expect_trainable(model, V, case)


@check.property("gradients reach all that took part, from logits, raw and dropped")
def gradient(AWDLanguageModel: Any, case: Case) -> None:
    model, V, H = model_of(AWDLanguageModel, case, 2)
    x = case.integers(0, V, 3, 5)
    expect_outputs_learn(model, x, V, H, case)
    expect_words_learn(AWDLanguageModel, case)
    expect_true_slopes(model.train(), x, case)
