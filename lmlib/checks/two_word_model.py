"""Properties of `TwoWordModel`: one embedding, one hidden layer used twice, one output layer.

The parameters get random numbers; then the equation with the same numbers must give the same
logits and gradients. Where it doesn't, the equations of plain mistakes are tried as well.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks import Case, Suite, beside, expect, expect_tensor, kit, probe
from lmlib.checks.kit import EVALUATION, MODES, TRAINING, Mode, call_each, same

check = Suite("two_word_model", "TwoWordModel", "step")

# --- the reference -------------------------------------------------------------------------------

Function = Callable[[Tensor], Tensor]
# The logits for the embeddings a and b of two words, by the layers w and u and the nonlinearity f.
Form = Callable[[Tensor, Tensor, Function, Function, Function], Tensor]


def asked(a: Tensor, b: Tensor, w: Function, f: Function, u: Function) -> Tensor:
    """U h + c after h ← f(W (h + e) + b) for the first word, then for the second."""
    return u(f(w(f(w(a)) + b)))


FORMS: list[tuple[str, Form]] = [
    ("", asked),
    ("words-reversed", lambda a, b, w, f, u: asked(b, a, w, f, u)),
    ("embedding-added-late", lambda a, b, w, f, u: u(f(w(f(w(a))) + b))),
    ("embedding-added-late", lambda a, b, w, f, u: u(f(w(f(w(0 * a) + a)) + b))),
    ("embedding-added-late", lambda a, b, w, f, u: u(f(w(f(a)) + b))),
    ("no-nonlinearity", lambda a, b, w, f, u: u(w(w(a) + b))),
    ("linear-first-step", lambda a, b, w, f, u: u(f(w(w(a) + b)))),
    ("linear-last-step", lambda a, b, w, f, u: u(w(f(w(a)) + b))),
    ("nonlinearity-early", lambda a, b, w, f, u: u(w(f(w(f(a)) + b)))),
    ("first-skips-layer", lambda a, b, w, f, u: u(f(w(f(a) + b)))),
    ("extra-step", lambda a, b, w, f, u: asked(f(w(a)), b, w, f, u)),
    ("extra-step", lambda a, b, w, f, u: u(f(w(f(w(f(w(a)) + b)))))),
    ("starts-elsewhere", lambda a, b, w, f, u: asked(a + 1, b, w, f, u)),
    ("embedding-bent", lambda a, b, w, f, u: asked(f(a), f(b), w, f, u)),
    ("residual", lambda a, b, w, f, u: u(f(w(a)) + f(w(f(w(a)) + b)))),
    ("other-nonlinearity", lambda a, b, w, f, u: asked(a, b, w, torch.sigmoid, u)),
    ("other-nonlinearity", lambda a, b, w, f, u: asked(a, b, w, F.gelu, u)),
    ("other-nonlinearity", lambda a, b, w, f, u: asked(a, b, w, F.leaky_relu, u)),
    ("probabilities", lambda a, b, w, f, u: asked(a, b, w, f, u).softmax(-1)),
    ("log-probabilities", lambda a, b, w, f, u: asked(a, b, w, f, u).log_softmax(-1)),
    ("one-sign", lambda a, b, w, f, u: asked(a, b, w, f, u).relu()),
]
MISTAKES = {
    "words-reversed": "the second word is read first",
    "embedding-added-late": "the embedding is added after the hidden layer, not before it",
    "no-nonlinearity": "there is no nonlinearity, so the hidden layer could be left out",
    "linear-first-step": "there is no nonlinearity between the first word and the second",
    "linear-last-step": "there is no nonlinearity between the second word and the output layer",
    "nonlinearity-early": "the nonlinearity stands before the hidden layer, not after it",
    "first-skips-layer": "the first word does not go through the hidden layer by itself",
    "extra-step": "the hidden layer is used three times",
    "starts-elsewhere": "the state is 1 before the first word, not 0",
    "embedding-bent": "the embeddings go through the nonlinearity before they are added",
    "residual": "the state after the first word is added to the last state",
    "other-nonlinearity": "the nonlinearity is neither ReLU nor tanh",
    "probabilities": "the result is the softmax of the logits",
    "log-probabilities": "the result is the logarithm of the softmax of the logits",
    "one-sign": "the result is never negative, as if a ReLU stood after the output layer",
}


def by_size(weights: list[Tensor], vocab: int, hidden: int) -> dict[str, list[Tensor]]:
    """The parameters for each role; a table has a row for each word then."""
    roles = {(hidden, hidden): "hidden × hidden", (hidden,): "hidden", (vocab,): "vocab"}
    roles |= {(vocab, hidden): "vocab × hidden", (hidden, vocab): "vocab × hidden"}
    found: dict[str, list[Tensor]] = {role: [] for role in [*roles.values(), "other"]}
    for weight in weights:
        weight = weight.squeeze()
        role = roles.get(tuple(weight.shape), "other")
        found[role].append(weight.t() if weight.shape == (hidden, vocab) else weight)
    return found


def matching(
    logits: Tensor, x: Tensor, weights: list[Tensor], vocab: int, hidden: int
) -> tuple[str, Tensor]:
    """The form that gives these logits with these parameters, and what it gives.

    The sizes do not say which of two tables is the embedding, nor whether the hidden matrix is
    stored transposed: all ways are tried.
    """
    roles = by_size(weights, vocab, hidden)
    (square,), tables = roles["hidden × hidden"], roles["vocab × hidden"]
    bias, output_bias = (sum(roles[name], torch.zeros(())) for name in ("hidden", "vocab"))
    ways = product(FORMS, (torch.relu, torch.tanh), (square, square.t()), (1, -1))
    for (id, form), phi, matrix, order in ways:
        embedding, output = tables[::order][0], tables[::order][-1]

        def layer(h: Tensor, matrix: Tensor = matrix) -> Tensor:
            return h @ matrix.t() + bias

        def last(h: Tensor, output: Tensor = output) -> Tensor:
            return h @ output.t() + output_bias

        wanted = form(embedding[x[:, 0]], embedding[x[:, 1]], layer, phi, last)
        if same(logits, wanted):
            return id, wanted
    return "wrong-logits", logits


# --- models and their logits ---------------------------------------------------------------------


def made(TwoWordModel: Any, vocab: int, hidden: int) -> Any:
    model = TwoWordModel(vocab, hidden)
    model(torch.zeros(1, 2, dtype=torch.int64))  # makes lazy layers
    return model


def filled(model: Any, case: Case) -> list[Tensor]:
    """Write random numbers into all parameters; return them."""
    weights = [0.6 * case.normal(*weight.shape) for weight in beside(kit.read_weights, model)]
    beside(kit.fill, model, torch.cat([torch.empty(0), *(weight.flatten() for weight in weights)]))
    return weights


def all_pairs(vocab: int) -> Tensor:
    return torch.cartesian_prod(torch.arange(vocab), torch.arange(vocab))


def logits_of(model: Any, x: Tensor, vocab: int, mode: Mode) -> Tensor:
    """The logits [pairs, vocab], also in a form that `shapes` does not accept."""
    (logits,) = beside(call_each, model, [(x,)], mode)
    logits = logits[0] if isinstance(logits, tuple | list) and logits else logits
    if isinstance(logits, Tensor):
        logits = logits[:, -1] if logits.dim() == 3 else logits
        logits = logits.t() if logits.shape == (vocab, len(x)) != (len(x), vocab) else logits
    return expect_tensor(logits, [len(x), vocab], None).float()


# --- properties ----------------------------------------------------------------------------------


@check.property("step gives relu(weight · (h + e) + bias) for every row")
def one_step(step: Any, case: Case) -> None:
    batch, hidden = case.sizes(2, 3, 9)
    (h, e), weight = case.normal(2, batch, hidden), case.normal(hidden, hidden)
    bias = case.normal(hidden)
    found = beside(kit.call_with_layer, step, weight, bias, h, e)
    found = expect_tensor(found, h.shape, h.dtype, "the new state")
    wanted = F.relu(F.linear(h + e, weight, bias))
    expect(same(found, wanted), "step-value", "the new state is another one")


@check.property("the model takes word pairs [batch, 2] and returns logits [batch, vocab_size]")
def shapes(TwoWordModel: Any, case: Case) -> None:
    kit.expect_module(TwoWordModel(vocab_size=5, hidden_size=7), "TwoWordModel(…)")
    for batch in (3, 1, 99):
        vocab, hidden = sorted(case.sizes(2, 10, 20))
        model, x = TwoWordModel(vocab, hidden), case.integers(0, vocab, batch, 2)
        for mode in MODES:
            (result,) = beside(call_each, model, [(x,)], mode)
            expect_tensor(result, (batch, vocab), torch.float32, f"for {batch} pairs the result")


@check.property("there are just one embedding, one hidden layer and one output layer")
def parameters(TwoWordModel: Any, case: Case) -> None:
    vocab, hidden = case.sizes(2, 5, 12)
    model = made(TwoWordModel, vocab, hidden)
    weights = beside(kit.read_weights, model)
    roles = by_size(weights, vocab, hidden)
    for role, least, most, id in (
        ("hidden × hidden", 1, 1, "hidden-matrices"),
        ("vocab × hidden", 1, 2, "vocab-matrices"),
        ("hidden", 0, 1, "hidden-biases"),
        ("vocab", 0, 1, "vocab-biases"),
    ):
        count, allowed = len(roles[role]), f"{least}" if least == most else f"{least} or {most}"
        text = f"there are {count} parameters of size {role}; {allowed} would be expected"
        expect(least <= count <= most, id, text)
    sizes = [list(weight.shape) for weight in roles["other"]]
    text = f"a parameter has size {sizes[:1]}, with vocab_size {vocab} and hidden_size {hidden}"
    expect(not sizes, "other-parameters", text)
    frozen = beside(kit.count_frozen, model)
    expect(not frozen, "frozen", f"{frozen} parameter(s) need no gradient: they can't be trained")


@check.property("the same words give the same logits; nothing else matters or is changed")
def pure(TwoWordModel: Any, case: Case) -> None:
    vocab, hidden = case.sizes(2, 6, 12)
    model, other = (made(TwoWordModel, vocab, hidden) for _ in range(2))
    x, y = all_pairs(vocab), case.integers(0, vocab, vocab**2, 2)
    for mode in MODES:
        filled(model, case)
        seen = beside(kit.traces, model, (x,), (y,), mode)
        expect(not seen["arguments"], "input-changed", f"{mode}, x holds other words after a call")
        expect(not seen["parameters"], "parameters-changed", f"{mode}, a call changes a parameter")
        text = f"{mode}, the logits of a call hold other numbers after the next call"
        expect(not seen["results"], "result-changed", text)
        text = f"{mode}, the same words give other logits after a call with other words"
        expect(all(map(same, seen["again"], seen["first"])), "not-repeatable", text)
        logits = logits_of(model, x, vocab, mode)
        text = f"{mode}, a row alone gets other logits than in a batch"
        alone = logits_of(model, x[-1:], vocab, mode)
        expect(same(alone, logits[-1:]), "rows-mixed", text)
        text = f"{mode}, the same words give other logits than in evaluation"
        expect(same(logits, logits_of(model, x, vocab, EVALUATION)), "modes-differ", text)
    filled(other, case)
    text = "the logits change with the parameters of another model of the same size"
    expect(same(logits_of(model, x, vocab, mode), logits), "models-share", text)


@check.property("both words and their order change the logits")
def words_matter(TwoWordModel: Any, case: Case) -> None:
    vocab, hidden = case.sizes(2, 6, 12)
    model = made(TwoWordModel, vocab, hidden)
    filled(model, case)
    logits = logits_of(model, all_pairs(vocab), vocab, EVALUATION)
    table = logits.view(vocab, vocab, vocab)  # [first word, second word, next word]
    for id, text, other in (
        ("first-ignored", "the logits stay the same whatever the first word is", table[:1]),
        ("second-ignored", "the logits stay the same whatever the second word is", table[:, :1]),
        ("order-ignored", "two words give the same logits in either order", table.transpose(0, 1)),
    ):
        expect((table - other).abs().max() > 1e-4, id, text)


@check.property("the logits are those of h ← φ(W (h + e) + b)", depends=["parameters"])
def recurrence(TwoWordModel: Any, case: Case) -> None:
    for _ in range(2):
        vocab, hidden = case.sizes(2, 5, 12)
        model, x = made(TwoWordModel, vocab, hidden), all_pairs(vocab)
        for mode in MODES:
            weights = filled(model, case)
            form, _ = matching(logits_of(model, x, vocab, mode), x, weights, vocab, hidden)
            text = f"{mode}, the equation gives other logits with these parameters, "
            text += "with ReLU as with tanh"
            expect(not form, form, MISTAKES.get(form, text))


@check.property("every parameter gets the gradient of its part", depends=["parameters"])
def gradients(TwoWordModel: Any, case: Case) -> None:
    vocab, hidden = case.sizes(2, 8, 12)
    model = made(TwoWordModel, vocab, hidden)
    weights = [weight.requires_grad_() for weight in filled(model, case)]
    first, second = torch.tensor(case.pick(range(vocab), vocab)).tensor_split(2)
    x = torch.cartesian_prod(first, second)
    logits = logits_of(model, x, vocab, TRAINING)
    form, reference = matching(logits, x, weights, vocab, hidden)
    expect(form != "wrong-logits", "waits", "needs `recurrence` first")
    pick = case.nonzero(*logits.shape)
    wanted = torch.autograd.grad((pick * reference).sum(), weights)
    seen = beside(kit.slopes, model, (x,), (pick,), True)
    expect(seen, "no-gradient", "no gradient can flow back from the logits")
    for mine, right in zip(seen[1], wanted, strict=True):
        shape = list(right.shape)
        text = f"no gradient reaches the parameter of shape {shape}"
        expect(mine is not None and mine.any(), "dead-parameter", text)
        tables = by_size([mine, right], vocab, hidden)["vocab × hidden"]
        if tables:
            rows, needed = (table.any(1) for table in tables)
            lost = (needed & ~rows).nonzero().flatten().tolist()
            text = f"no gradient reaches the rows of words {lost} in the embedding; "
            text += f"{first.tolist()} were first words, {second.tolist()} second ones"
            expect(not lost, "word-ignored", text)
        text = f"the gradient of the parameter of shape {shape} is not that of the equation"
        expect(same(mine, right), "wrong-gradient", text)


@probe
def train(TwoWordModel: Any, sizes: tuple[int, int], x: Tensor, y: Tensor, seed: int) -> Any:
    """The logits of a new model after 200 steps of Adam, or fewer if all of them are right."""
    torch.manual_seed(seed)
    model = TwoWordModel(*sizes)
    logits = model(x)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        optimizer.zero_grad()
        F.cross_entropy(logits, y).backward()
        optimizer.step()
        logits = model(x)
        if (logits.argmax(1) == y).all():
            break
    return logits


@check.property("from its own random start it learns (2a + b) mod 6")
def learns(TwoWordModel: Any, case: Case) -> None:
    x = all_pairs(6)
    y = (2 * x[:, 0] + x[:, 1]) % 6
    best = 0.0
    for _ in range(8):  # small weights do not always find a way
        logits = beside(train, TwoWordModel, (6, 48), x, y, case.seed())
        best = max(best, (logits.argmax(1) == y).double().mean().item())
        if best == 1:
            return
    expect(best > 0.95, "does-not-learn", f"after 200 steps {best:.0%} of the pairs are right")
