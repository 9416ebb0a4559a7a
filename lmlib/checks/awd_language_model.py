"""Properties of `AWDLanguageModel`: a stateful LSTM with dropout on its output and tied words.

All of it in float32, so that a state of `torch.zeros` is as good as any other. Where nothing is
said of dropout, p is 0: what is wrong with dropout shall cost no other points.
"""

from math import sqrt
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks import (
    Case,
    Suite,
    beside,
    expect,
    expect_close,
    expect_tensor,
    kit,
    probe,
    recurrent,
)
from lmlib.checks.kit import EVALUATION, MODES, TRAINING, Mode, call_each, is_matrix, same, slopes
from lmlib.checks.recurrent import Fresh

check = Suite("awd_language_model", "AWDLanguageModel")

RAW = "raw activations"


class Outputs(NamedTuple):
    """What a model returns: [B, T, V], [B, T, H], [B, T, H]."""

    logits: Tensor
    raw: Tensor
    dropped: Tensor


def models_of(Model: Any, case: Case, num_layers: int = 2, p: float = 0.0) -> Fresh:
    """Fresh models of which raw is looked at.

    H is prime and more than V and 8: so H² divides the sizes of the LSTM's matrices, and no others.
    """
    vocab, hidden = case.pick((7, 9, 11), 1)[0], case.pick((13, 17, 19), 1)[0]
    return Fresh(Model, (vocab, hidden, num_layers, p), case, part=1)


def read(models: Fresh, x: Tensor, mode: Mode) -> Outputs:
    """What a new model gives for x."""
    (found,) = beside(call_each, models(), [(x,)], mode)
    return Outputs(*found)


@probe
def read_seeded(models: list[nn.Module], x: Tensor, seeds: list[int]) -> list[Any]:
    """What each model gives in training after `torch.manual_seed` with a seed of its own."""
    results = []
    for model, seed in zip(models, seeds, strict=True):
        torch.manual_seed(seed)
        results.append(model.train()(x.clone()))
    return results


# --- the LSTM ------------------------------------------------------------------------------------


def fill_equal(models: Fresh, weight: float, bias: float) -> float:
    """Make every matrix of the LSTM one number, and every bias another; what a gate then adds."""
    vocab, hidden, *_ = models.args
    weights = biases = 0
    for w in models.weights:
        if w.numel() % hidden**2 == 0:
            weights += w.fill_(weight).numel()
        elif w.numel() not in (vocab, vocab * hidden):
            biases += w.fill_(bias).numel()
    text = f"no parameter has a size that is a multiple of hidden_size² = {hidden**2}"
    expect(weights, "parameter-count", text)
    return bias * 2 * hidden * biases / weights  # one or two biases for 2H weights a gate


def equal_lstm(words: Tensor, weight: float, bias: float, num_layers: int) -> Tensor:
    """What such an LSTM gives for embedded words [B, T, H]."""
    reference = nn.LSTM(words.shape[-1], words.shape[-1], num_layers, batch_first=True)
    for name, parameter in reference.named_parameters():
        nn.init.constant_(parameter, bias / 2 if "bias" in name else weight)  # it has two biases
    raw: Tensor = reference(words)[0]
    return raw.detach()


# --- the decoder ---------------------------------------------------------------------------------


def decoder_of(models: Fresh) -> tuple[list[Tensor], list[Tensor]]:
    """The matrices of the words, one row a word, and the biases of the logits: one of each."""
    vocab, hidden, *_ = models.args
    tables = [w for w in models.weights if w.numel() == vocab * hidden]
    biases = [w.flatten() for w in models.weights if w.numel() == vocab]
    return [recurrent.by_word(table, vocab) for table in tables], biases


def expect_decoded(models: Fresh, found: Outputs, where: str) -> None:
    """Demand logits = dropped · Eᵀ + b."""
    (table,), (bias,) = decoder_of(models)
    wanted, from_raw = (part @ table.t() + bias for part in (found.dropped, found.raw))
    fine = same(found.logits, wanted)
    text = f"{where}, the logits are computed from raw, not from dropped"
    expect(fine or not same(found.logits, from_raw), "logits-from-raw", text)
    expect(fine, "wrong-logits", f"{where}, the logits are not dropped · Eᵀ + b")


# --- dropout -------------------------------------------------------------------------------------


def expect_not_swapped(found: Outputs) -> None:
    """Demand the raw activations before the dropped ones."""
    second, third = ((part == 0).double().mean().item() for part in (found.raw, found.dropped))
    text = f"in training, a share of {second:.2f} of the second result is zero, and {third:.2f} of "
    text += "the third: raw and dropped look as if they were swapped"
    expect(second < 0.05 or third > 0.05, "swapped", text)


def expect_dropped(found: Outputs, p: float, where: str) -> None:
    """Demand dropout of single elements with probability p."""
    expect_not_swapped(found)
    zeros = found.dropped == 0
    share = zeros.double().mean().item()
    expect(p == 0 or share, "never-drops", f"{where}, no element of dropped is zero")
    for axis, name in enumerate(("rows", "steps", "units")):
        if zeros.shape[axis] > 1 and p > 0:  # by chance, p² + (1 − p)² of neighbours are alike
            alike = (zeros == zeros.roll(1, axis)).double().mean().item()
            text = f"{where}, neighbouring {name} are dropped together: {alike:.0%} of them"
            expect(alike < 1 - p * (1 - p), "mask-shared", text)
    # Right work strays this far once in 10^9 calls.
    errors = max(0.02, 6.2 * sqrt(p * (1 - p) / zeros.numel()))
    text = f"{where}, a share of {share:.3f} of dropped is zero"
    expect(abs(share - p) <= errors, "wrong-rate", text)
    kept, raw = found.dropped[~zeros], found.raw[~zeros]
    text = f"{where}, what is left in dropped is not raw / (1 − p), but {(kept / raw).mean():.2f} "
    expect_close(kept, raw / (1 - p), "not-rescaled", f"{text}times raw", rtol=1e-4)


# --- the properties ------------------------------------------------------------------------------


@check.property("the model returns logits, raw and dropped, at any sizes")
def outputs(AWDLanguageModel: Any, case: Case) -> None:
    model = AWDLanguageModel(vocab_size=5, hidden_size=7, num_layers=1, p=0.1)
    kit.expect_module(model, "AWDLanguageModel(…)")
    vocab, seq = case.sizes(2, 9, 14)
    for hidden, num_layers, batch in ((case.sizes(1, 4, 8)[0], 2, 3), (1, 1, 1), (8, 4, 70)):
        models = Fresh(AWDLanguageModel, (vocab, hidden, num_layers, 0.3), case, part=1)
        for mode in MODES:
            inputs = [case.integers(0, vocab, batch, words) for words in (seq, 1)]
            results = beside(call_each, models(), [(x,) for x in inputs], mode)
            for x, result in zip(inputs, results, strict=True):
                text = "the model does not return three things: logits, raw, dropped"
                three = kit.expect_parts(result, 3, "not-three", text)
                sizes = vocab, hidden, hidden
                for name, value, size in zip(Outputs._fields, three, sizes, strict=True):
                    expect_tensor(value, (*x.shape, size), torch.float32, name)


@check.property("one matrix of words, one bias, num_layers LSTM layers")
def parameters(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (1, 2, 3, 4):
        models = models_of(AWDLanguageModel, case, num_layers)
        V, H, *_ = models.args
        count = sum(w.numel() for w in models.weights)
        wanted = [V * H + V + num_layers * (8 * H * H + biases * H) for biases in (8, 4)]
        text = f"{num_layers} layer(s), V = {V}, H = {H}: {count} parameters, not {wanted[0]}"
        expect(count - V * H not in wanted, "not-tied", f"{text}; V · H = {V * H} too many")
        expect(count + V not in wanted, "no-output-bias", f"{text}; V = {V} are missing")
        expect(count in wanted, "parameter-count", text)


@check.property("in evaluation nothing is dropped: dropped is raw", depends=["outputs"])
def evaluation(AWDLanguageModel: Any, case: Case) -> None:
    models = models_of(AWDLanguageModel, case, 2, 0.4)
    for grad in (True, False):
        x, mode = case.integers(0, models.vocab, 3, 4), Mode(False, grad)
        found = read(models, x, mode)
        zeros = (found.dropped == 0).double().mean().item()
        text = f"{mode}, dropped and raw are different"
        text += f": a share of {zeros:.2f} of dropped is zero" if zeros else ""
        expect_close(found.dropped, found.raw, "drops-in-eval", text)


@check.property("raw depends on the words so far in its row, and no others")
def causal(AWDLanguageModel: Any, case: Case) -> None:
    models = models_of(AWDLanguageModel, case)
    recurrent.expect_repeatable(models, RAW, case)
    recurrent.expect_rows_apart(models, RAW, case)
    recurrent.expect_words_read(models, RAW, case)
    recurrent.expect_own(models, case)


@check.property("raw is what an LSTM of num_layers gives for the words", depends=["outputs"])
def lstm(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, words in ((1, 9), (2, 3), (3, 9)):  # also as many words as rows
        weight = case.uniform(0.05, 0.12)
        for bias in (case.uniform(0.1, 0.3), -case.uniform(0.1, 0.3)):
            models = models_of(AWDLanguageModel, case, num_layers)
            total = fill_equal(models, weight, bias)
            x = case.integers(0, models.vocab, 3, words)
            table = next(w for w in models.weights if is_matrix(w) and models.vocab in w.shape)
            words_of_x = recurrent.by_word(table, models.vocab)[x]
            wanted = equal_lstm(words_of_x, weight, total, num_layers)
            raw = read(models, x, EVALUATION).raw
            text = f"{num_layers} layer(s) with all weights {weight} and all biases {bias} give "
            text += "another raw than an LSTM"
            expect_close(raw, wanted, "not-an-lstm", text, rtol=1e-4, atol=1e-5)


@check.property("nothing is dropped before raw", depends=["outputs"])
def clean_raw(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (3, 1):
        models = models_of(AWDLanguageModel, case, num_layers, case.uniform(0.3, 0.6))
        x = case.integers(0, models.vocab, 6, 5)
        found = read(models, x, TRAINING)
        expect_not_swapped(found)
        zeros = (found.raw == 0).double().mean().item()
        expect(zeros < 0.05, "raw-dropped", f"in training, a share of {zeros:.2f} of raw is zero")
        text = "raw differs between training and evaluation, as if something were dropped before it"
        wanted = read(models, x, EVALUATION).raw
        expect_close(found.raw, wanted, "dropped-too-early", text, rtol=1e-4, atol=1e-5)


@check.property("logits are dropped · Eᵀ + b; E also embeds the words", depends=["outputs"])
def tied(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, p, modes in ((1, 0.0, MODES), (2, 0.4, MODES[2:])):
        models = models_of(AWDLanguageModel, case, num_layers, p)
        tables, biases = decoder_of(models)
        text = f"{len(tables)} parameters have a row for each of the words, not one"
        expect(len(tables) == 1, "not-tied", text)
        text = f"{len(biases)} parameters have the size {models.vocab}, not one"
        expect(len(biases) == 1, "no-output-bias", text)
        for mode in modes:
            found = read(models, case.integers(0, models.vocab, 4, 6), mode)
            kit.expect_logits(found.logits)
            expect_decoded(models, found, str(mode))
    vocab, hidden, *_ = models.args
    x = case.integers(0, 3, 4, 6)  # not all words: E's other rows get gradient as output rows
    picks = [case.nonzero(4, 6, vocab), *torch.zeros(2, 4, 6, hidden)]
    found = beside(slopes, models(), (x,), picks, True)
    expect(found is not None, "no-gradient", "no gradient can flow back from the logits")
    (gradient,) = (g for g in found[1] if g is not None and g.numel() == vocab * hidden)
    learns = recurrent.by_word(gradient, vocab).any(1).all()
    expect(learns, "rows-without-gradient", "some rows of E get no gradient from the logits")


@check.property("in training, elements drop out with probability p, alone", depends=["outputs"])
def dropout(AWDLanguageModel: Any, case: Case) -> None:
    shapes = ((2, True, 64, 16), (3, True, 1200, 1), (1, False, 1, 300))
    for p in (case.uniform(0.1, 0.3), case.uniform(0.6, 0.8), 0.0):
        for num_layers, grad, batch, seq in shapes:
            models = models_of(AWDLanguageModel, case, num_layers, p)
            x, mode = case.integers(0, models.vocab, batch, seq), Mode(True, grad)
            where = f"{mode}, with p = {p} and x of shape {[batch, seq]}"
            found, again = beside(call_each, models(), [(x,), (x,)], mode)
            expect_dropped(Outputs(*found), p, where)
            if list(map(len, decoder_of(models))) == [1, 1]:  # `tied` judges that
                expect_decoded(models, Outputs(*found), where)
            different = not torch.equal(found[2] == 0, again[2] == 0)
            expect(p == 0 or different, "same-mask", f"{where}, two calls drop the same elements")
    models = models_of(AWDLanguageModel, case, 1, 0.5)
    seed, x = case.seed(), case.integers(0, models.vocab, 4, 6)
    results = beside(read_seeded, [models() for _ in range(3)], x, [seed, seed, seed + 1])
    one, two, other = (result[2] == 0 for result in results)
    text = "after the same torch.manual_seed two calls drop different elements"
    expect(torch.equal(one, two), "not-seeded", text)
    text = "after another torch.manual_seed a new model drops the same elements"
    expect(not torch.equal(one, other), "not-seeded", text)


@check.property("several calls give what one long call gives")
def chunks(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers, rows in ((3, 3), (1, 1)):
        models = models_of(AWDLanguageModel, case, num_layers)
        recurrent.expect_remembered(models, RAW, case)
        recurrent.expect_kept(models, rows, RAW, case)


@check.property("reset() brings back the start, and no more", depends=["chunks"])
def reset(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (3, 1):
        recurrent.expect_reset(models_of(AWDLanguageModel, case, num_layers), RAW, case)


@check.property("no call's graph holds an earlier call")
def history(AWDLanguageModel: Any, case: Case) -> None:
    for num_layers in (2, 1):
        models = models_of(AWDLanguageModel, case, num_layers)
        vocab, hidden, *_ = models.args
        recurrent.expect_cut(models, (vocab, hidden, hidden), case)


@check.property("gradients reach words and weights, from all three outputs")
def gradient(AWDLanguageModel: Any, case: Case) -> None:
    models = models_of(AWDLanguageModel, case, 2)
    vocab, hidden, *_ = models.args
    zeros = [torch.zeros(3, 5, size) for size in (vocab, hidden, hidden)]
    picks = {
        name: [*zeros[:k], case.nonzero(*zeros[k].shape), *zeros[k + 1 :]]
        for k, name in enumerate(Outputs._fields)
    }
    x = case.integers(0, vocab, 3, 5)
    recurrent.expect_all_learn(models, {"logits": picks.pop("logits")}, x, most=0.2)
    recurrent.expect_all_learn(models, picks, x, spared=[vocab, vocab * hidden], most=0.2)
    vocab = 91
    models = Fresh(AWDLanguageModel, (vocab, hidden, 1, 0.0), case, part=1)
    for training in (True, False):
        for words in (1, case.sizes(1, 4, 9)[0], 40):
            pick = torch.zeros(1, words, hidden)
            pick[:, -1] = 1
            last = [torch.zeros(1, words, vocab), pick, 0 * pick]
            said = [0, *case.pick(range(1, vocab), words - 1)]
            recurrent.expect_words_reached(models, said, last, training, RAW)
