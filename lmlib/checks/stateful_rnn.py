"""Properties of `StatefulRNN`: one step for every word, a state kept without its history.

The reference has the student's own weights. Which parameter is which is found by trying: each order
and each orientation that fits the shapes is one reading, and one of them must give the logits.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations, product
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks import Case, Suite, beside, expect, expect_tensor, kit, recurrent
from lmlib.checks.kit import EVALUATION, TRAINING, call_each, is_matrix, same
from lmlib.checks.recurrent import Fresh, by_word

check = Suite("stateful_rnn", "StatefulRNN", "read")

Phi = Callable[[Tensor], Tensor]
Shown = Callable[..., Tensor]  # what the output layer sees, of h and of φ's argument
LOGITS = "logits"


def models_of(StatefulRNN: Any, case: Case) -> Fresh:
    """Fresh models, wide enough that no unit decides alone."""
    vocab, hidden = case.sizes(1, 9, 15)[0], case.sizes(1, 24, 32)[0]
    return Fresh(StatefulRNN, (vocab, hidden), case)


# --- the reference -------------------------------------------------------------------------------


class Reading(NamedTuple):
    """What a step adds for each word, [V, H]; the matrices of the past and the output; its bias."""

    words: Tensor
    past: Tensor
    output: Tensor
    bias: Tensor


class Slip(NamedTuple):
    """A step that is not the one asked for, and how to say so."""

    id: str
    text: str
    phi: Phi
    bend: Phi = torch.clone
    output: Shown = lambda h, z: h


def slips() -> Iterator[Slip]:
    """Plain mistakes: one of them may give just the logits that were found."""
    yield Slip("linear-step", "there is no nonlinearity: h is a linear function", torch.clone)
    for name in ("sigmoid", "leaky_relu", "gelu", "elu", "silu", "softplus", "relu6"):
        yield Slip("other-step", f"h is made by {name}, not by relu or tanh", getattr(F, name))
    for phi, name in ((torch.relu, "relu"), (torch.tanh, "tanh")):
        text = f"{name} is applied to what the output layer sees, not to the state"
        yield Slip("linear-step", text, torch.clone, output=lambda h, z, phi=phi: phi(h))
        text = f"the output layer sees what comes before {name}, not h"
        yield Slip("other-output", text, phi, output=lambda h, z: z)
        text = "the output layer sees relu(h), not h"
        yield Slip("other-output", text, phi, output=lambda h, z: h.relu())
        for bend in (torch.relu, torch.tanh):
            text = f"the embedding passes {bend.__name__} before the layer"
            yield Slip("bent-embedding", text, phi, bend)


def logits_of(reading: Reading, x: Tensor, phi: Phi, output: Shown) -> Tensor:
    """h = φ(words[x] + past · h) from h = 0, then output · h + bias."""
    h, shown = torch.zeros(len(x), len(reading.past)), []
    for words in reading.words[x].unbind(1):
        z = words + h @ reading.past.t()
        h = phi(z)
        shown.append(output(h, z))
    return torch.stack(shown, 1) @ reading.output.t() + reading.bias


def readings(models: Fresh, bend: Phi) -> Iterator[Reading]:
    """Every way to take the parameters for those of a step; `bend` is done to the embedding."""
    weights, (vocab, hidden) = models.weights, models.args
    tables = [by_word(w, vocab) for w in weights if is_matrix(w) and vocab in w.shape]
    matrices = [w for w in weights if is_matrix(w) and vocab not in w.shape]
    biases = [w.flatten() for w in weights if not is_matrix(w) and w.numel() == hidden]
    output_bias = sum((w.flatten() for w in weights if w.numel() == vocab), torch.zeros(vocab))
    pairs = permutations(tables, 2) if len(tables) == 2 else zip(tables, tables, strict=True)
    # A bias is added to the embedding or to the step, or it has no effect, which `bptt` says.
    uses = product(("step", "embedding", "none"), repeat=len(biases))
    for (embedding, output), (past, *of_words), use in product(
        pairs, arrangements(matrices, hidden), uses
    ):
        width = embedding.shape[1]
        if output.shape[1] != hidden or ("embedding" in use and width != hidden):
            continue
        if of_words and of_words[0].shape != (hidden, width):
            continue
        added = {"step": torch.zeros(hidden), "embedding": torch.zeros(width)}
        for where, bias in zip(use, biases, strict=True):
            added[where] = added.get(where, 0) + bias
        e = bend(embedding + added["embedding"])
        layers = of_words or ([past, torch.eye(hidden)] if width == hidden else [])
        for layer in layers:
            yield Reading(e @ layer.t() + added["step"], past, output, output_bias)


def arrangements(matrices: list[Tensor], hidden: int) -> Iterator[tuple[Tensor, ...]]:
    """(past,) or (past, words): the hidden matrices in each order and orientation."""
    options: Iterable[Any] = permutations(matrices)
    if len(matrices) == 1 and matrices[0].numel() > hidden**2:  # both in one
        (both,) = matrices
        if both.dim() == 3:
            options = permutations(both)
        else:
            both = both if len(both) == hidden else both.t()
            options = both.tensor_split([hidden], 1), both.tensor_split([-hidden], 1)[::-1]
    for option in options:
        for turned in product(*((matrix, matrix.t()) for matrix in option)):
            if len(turned) <= 2 and turned[0].shape == (hidden, hidden):
                yield turned


def expect_few_parameters(weights: list[Tensor], vocab: int, hidden: int) -> None:
    """Demand no more than two word matrices, two hidden ones, and a bias for each layer."""
    count = sum(w.numel() for w in weights)
    tables = [w for w in weights if is_matrix(w) and vocab in w.shape]
    wide = max([hidden, *(w.numel() // vocab for w in tables)])  # an embedding may be wider
    most = vocab * (wide + hidden) + vocab + (wide + hidden) * hidden + 2 * hidden
    text = f"for V = {vocab}, H = {hidden} there are {count:,} parameters; {most:,} are enough"
    expect(count <= most, "too-many-parameters", text)
    text = f"every matrix has {vocab} rows or columns, one a word: none leads from state to state"
    others = [w for w in weights if is_matrix(w) and vocab not in w.shape]
    expect(others, "no-hidden-matrix", text)


def positive(models: Fresh, hidden: int) -> Fresh:
    """Make all weights positive and biases 0: states are small and positive, and fade slowly."""
    for weight in models.weights:
        scale = 0.01 if models.vocab in weight.shape else 0.9 / hidden
        weight.copy_(weight.abs().clamp(0.5, 1.5) * scale * is_matrix(weight))
    return models


# --- the properties ------------------------------------------------------------------------------


@check.property("read returns the state after every word: relu(weight · (h + e) + bias) from h = 0")
def one_read(read: Any, case: Case) -> None:
    batch, seq, hidden = case.sizes(3, 3, 9)
    embedded = case.normal(batch, seq, hidden)
    weight, bias = case.normal(hidden, hidden) / 3, case.normal(hidden)
    found = beside(kit.call_with_layer, read, weight, bias, embedded)
    expect_tensor(found, embedded.shape, torch.float32)
    h = torch.zeros(batch, hidden)
    for t in range(seq):
        h = F.linear(h + embedded[:, t], weight, bias).relu()
        text = f"the state after word {t + 1} is another one"
        expect(torch.allclose(found[:, t], h, atol=1e-5), "read-value", text)


@check.property("the model takes words [batch, seq] and returns logits [batch, seq, vocab_size]")
def shapes(StatefulRNN: Any, case: Case) -> None:
    kit.expect_module(StatefulRNN(vocab_size=5, hidden_size=7), "StatefulRNN(…)")
    vocab, several, many = *case.sizes(2, 10, 20), *case.sizes(1, 257, 300)
    for hidden in (several, 1):
        models = Fresh(StatefulRNN, (vocab, hidden), case)
        for batch, seq in (case.sizes(2, 4, 9), (1, 5), (4, 1), (1, 1), (many, 2)):
            inputs = [(case.integers(0, vocab, batch, seq),) for _ in range(2)]
            results = beside(call_each, models(), inputs, TRAINING)
            for found, which in zip(results, ("", " of a second call"), strict=True):
                what = f"the result{which}"
                expect_tensor(found, (batch, seq, vocab), torch.float32, what)


@check.property("the outputs are logits: of both signs, before any softmax")
def logits(StatefulRNN: Any, case: Case) -> None:
    models = models_of(StatefulRNN, case)
    for mode in (TRAINING, EVALUATION):
        kit.expect_logits(models.read(models(), [case.integers(0, models.vocab, 5, 8)], mode)[0])


@check.property("rows do not mix, nothing is random, nothing is overwritten")
def pure(StatefulRNN: Any, case: Case) -> None:
    models = models_of(StatefulRNN, case)
    recurrent.expect_repeatable(models, LOGITS, case)
    recurrent.expect_rows_apart(models, LOGITS, case)


@check.property("each model has a state of its own")
def two_models(StatefulRNN: Any, case: Case) -> None:
    recurrent.expect_own(models_of(StatefulRNN, case), case)


@check.property("a word changes the logits from its place on")
def reads_words(StatefulRNN: Any, case: Case) -> None:
    recurrent.expect_words_read(models_of(StatefulRNN, case), LOGITS, case)


@check.property("h is relu or tanh of a linear function of word and last h", depends=["logits"])
def one_step(StatefulRNN: Any, case: Case) -> None:
    for gain in (1.0, 3.0):
        vocab, hidden = case.pick((17, 23), 1)[0], case.sizes(1, 9, 14)[0]
        models = Fresh(StatefulRNN, (vocab, hidden), case, gain=gain)
        expect_few_parameters(models.weights, vocab, hidden)
        x = case.integers(0, vocab, 4, 6)
        (found,) = models.read(models(), [x])

        def fits(slip: Slip, found: Tensor = found, x: Tensor = x, models: Fresh = models) -> int:
            """How many words get the right logits, in the reading that is best."""
            best = 0
            for reading in readings(models, slip.bend):
                wanted = logits_of(reading, x, slip.phi, slip.output)
                right = [same(found[:, t], wanted[:, t]) for t in range(x.shape[1])]
                best = max(best, (*right, False).index(False))
            return best

        right = max(fits(Slip("", "", phi)) for phi in (torch.relu, torch.tanh))
        if right == x.shape[1]:
            continue
        for slip in slips():
            expect(fits(slip) < x.shape[1], slip.id, slip.text)
        text = f"the logits after word {right + 1} are not U h + c, with h relu or tanh of a "
        text += "linear function of the word and the h before"
        also = "; those before it are right" if right else ""
        expect(False, "other-step", text + also)


@check.property("inside a call, gradient reaches all words and weights")
def bptt_inside_a_call(StatefulRNN: Any, case: Case) -> None:
    models = models_of(StatefulRNN, case)
    x = case.integers(0, models.vocab, 4, 9)
    picks = {"the logits": [case.nonzero(4, 9, models.vocab)]}
    recurrent.expect_all_learn(models, picks, x)
    vocab, hidden = 121, case.sizes(1, 8, 12)[0]
    models = positive(Fresh(StatefulRNN, (vocab, hidden), case), hidden)
    for training, words in product((True, False), (1, case.sizes(1, 4, 9)[0], 40)):
        unsaid, *others = case.pick(range(1, vocab - 1), words)  # tied, it gets gradient, too
        pick = torch.zeros(1, words, vocab)
        pick[0, -1, unsaid] = 1
        recurrent.expect_words_reached(models, [0, *others], [pick], training, LOGITS)


@check.property("a call remembers the calls before")
def remembers(StatefulRNN: Any, case: Case) -> None:
    recurrent.expect_remembered(models_of(StatefulRNN, case), LOGITS, case)


@check.property("several calls give the logits of one long call", depends=["remembers"])
def chunks(StatefulRNN: Any, case: Case) -> None:
    for rows in (3, 1):
        recurrent.expect_kept(models_of(StatefulRNN, case), rows, LOGITS, case)


@check.property("reset() brings back the start, and no more", depends=["remembers"])
def reset_restores(StatefulRNN: Any, case: Case) -> None:
    recurrent.expect_reset(models_of(StatefulRNN, case), LOGITS, case)


@check.property("no call's graph holds an earlier call", depends=["remembers"])
def truncated_between_calls(StatefulRNN: Any, case: Case) -> None:
    models = models_of(StatefulRNN, case)
    recurrent.expect_cut(models, [models.vocab], case)
