"""What the checks of stateful models share: a state that is kept, cut from its history, reset.

A model reads words, int64 [batch, seq], and returns a tensor [batch, seq, …] or a tuple of such.
"""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from lmlib.checks import Case, Symptom, beside, expect, kit, probe
from lmlib.checks.kit import EVALUATION, MODES, TRAINING, Mode, call_each, fill, read_weights, same

PLANS = {str(mode): (mode,) for mode in MODES} | {
    "when train() and eval() take turns": (TRAINING, Mode(False, False))
}


def by_word(matrix: Tensor, vocab: int) -> Tensor:
    """A matrix of words with one row for each; a convolution's has a third axis."""
    matrix = matrix.squeeze()
    return matrix if len(matrix) == vocab else matrix.t()


# --- probes --------------------------------------------------------------------------------------


@probe
def make(Model: Any, args: tuple[Any, ...], numbers: Tensor | None) -> Any:
    """A new model, with these numbers in its parameters."""
    model = Model(*args)
    if any(is_lazy(p) for p in model.parameters()):  # a first call makes them
        model(torch.zeros(1, 1, dtype=torch.int64))
        model.reset()
    if numbers is not None:
        fill(model, numbers)
    return model


@probe
def graph_sizes(model: nn.Module, inputs: Sequence[Tensor], training: bool) -> list[int]:
    """How many autograd nodes lie behind the first result of each call."""
    model.train(training)
    sizes = []
    for x in inputs:
        result = model(x.clone())
        seen: set[Any] = set()
        queue = [(result if isinstance(result, Tensor) else result[0]).grad_fn]
        while queue:
            node = queue.pop()
            if node is not None and node not in seen:
                seen.add(node)
                queue += [following for following, _ in node.next_functions]
        sizes.append(len(seen))
    return sizes


@probe
def train_on(
    model: nn.Module, inputs: Sequence[Tensor], picks: Sequence[Sequence[Tensor]]
) -> tuple[int, str]:
    """A step of training after each call, with Σ pick · result as its loss.

    Returns how many backward passes ran through, and what stopped the next one.
    """
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for step, (x, weights) in enumerate(zip(inputs, picks, strict=True)):
        result = model(x.clone())
        results = [result] if isinstance(result, Tensor) else result
        loss = sum((pick * r).sum() for pick, r in zip(weights, results, strict=False))
        optimizer.zero_grad()
        try:
            loss.backward()
        except RuntimeError as error:
            return step, str(error)
        optimizer.step()
    return len(inputs), ""


# --- new models ----------------------------------------------------------------------------------


class Fresh:
    """New models of one kind with the same weights, which have read nothing: call it for one.

    `part` says which of several results is looked at. Where new models cannot be called or know
    what others read, each is reset: `expect_own` and `expect_reset` judge that, and it shall cost
    no other points.
    """

    def __init__(
        self, Model: Any, args: tuple[Any, ...], case: Case, part: int = 0, gain: float = 1.0
    ) -> None:
        self.Model, self.args, self.part, self.vocab = Model, args, part, args[0]
        drawn = beside(read_weights, beside(make, Model, args, None))
        expect(drawn, "no-parameters", "the model's parameters() are empty")
        self.weights = [self._draw(weight, case, gain) for weight in drawn]
        self.weights = beside(read_weights, self.unread())  # what shares memory is the same
        self.unready = False
        x = case.integers(0, self.vocab, 2, 3)
        try:
            results = [self.read(self(), [x])[0] for _ in range(2)]
            self.unready = not same(*results)
        except Exception:
            self.unready = True

    def __call__(self) -> Any:
        model = self.unread()
        if self.unready:
            model.reset()
        return model

    def unread(self) -> Any:
        """A new model as it is made."""
        numbers = torch.cat([weight.flatten() for weight in self.weights])
        return beside(make, self.Model, self.args, numbers)

    def read(self, model: Any, parts: Sequence[Tensor], mode: Mode = EVALUATION) -> list[Tensor]:
        """What a model gives for one part of a text after another."""
        results = beside(call_each, model, [(x,) for x in parts], mode)
        found = [r if isinstance(r, Tensor) else r[self.part] for r in results]
        for x, r in zip(parts, found, strict=True):
            text = f"for x of shape {list(x.shape)} the result has shape {list(r.shape)}"
            expect(r.shape[:2] == x.shape, "wrong-shape", text)
        return found

    def _draw(self, weight: Tensor, case: Case, gain: float) -> Tensor:
        """Random weights of a usual size: an unusual start is no wrong model."""
        if not kit.is_matrix(weight):
            return 0.1 * case.normal(*weight.shape)
        size = 1.0 if self.vocab in weight.shape else max(weight.shape) ** -0.5
        return gain * size * case.normal(*weight.shape)


# --- judgements ----------------------------------------------------------------------------------


def expect_repeatable(models: Fresh, what: str, case: Case) -> None:
    """Demand that calls change nothing but the state, and the same from two equal models."""
    for mode in MODES:
        x, other = (case.integers(0, models.vocab, 3, 4) for _ in range(2))
        kit.expect_untouched(models(), (x,), (other,), ["x"], mode)
    parts = [case.integers(0, models.vocab, 3, words) for words in (4, 5)]
    for mode in (TRAINING, EVALUATION):
        first, again = (models.read(models(), parts, mode) for _ in range(2))
        count = sum(weight.numel() for weight in models.weights)
        text = f"{mode}, two fresh models give different {what} for the same words, though the "
        text += f"{count:,} numbers in their parameters() are the same"
        expect(all(map(same, again, first)), "not-repeatable", text)


def expect_rows_apart(models: Fresh, what: str, case: Case) -> None:
    """Read two parts of a text with other rows beside a row, and alone."""
    parts = [case.integers(0, models.vocab, 5, words) for words in (4, 5)]
    whole = models.read(models(), parts)
    for row in (0, 4):
        others = [x.roll(1, 0) for x in parts]
        for x, other in zip(parts, others, strict=True):
            other[row] = x[row]
        found = models.read(models(), others)
        alike = all(same(a[row], b[row]) for a, b in zip(found, whole, strict=True))
        expect(alike, "rows-mixed", f"other rows of the batch change the {what} of a row")
        found = models.read(models(), [x[row : row + 1] for x in parts])
        alike = all(same(a[0], b[row]) for a, b in zip(found, whole, strict=True))
        expect(alike, "rows-mixed", f"a row alone gets other {what} than in a batch")


def expect_words_read(models: Fresh, what: str, case: Case) -> None:
    """Change one place after another: what is there and after it must change, and no more."""
    seq = 5
    x = case.integers(0, models.vocab, 3, seq)
    (base,) = models.read(models(), [x])
    moved = []
    for t in range(seq):
        changed = x.clone()
        changed[:, t] = (x[:, t] + 1 + case.integers(0, models.vocab - 1, 3)) % models.vocab
        (found,) = models.read(models(), [changed])
        changes = (found - base).abs().amax(dim=(0, 2)) > 1e-5
        moved.append(changes.nonzero().flatten().tolist())
    for t, places in enumerate(moved):
        text = f"another word at place {t} changes the {what} before it: at the places {places}"
        expect(min(places, default=t) >= t, "sees-the-future", text)
    for t, places in enumerate(moved):
        text = f"another word at place {t} does not change the {what} at any place"
        expect(places, "input-ignored", text)
        text = f"another word at place {t} changes the {what} at the places {places}, but not at "
        expect(t in places, "input-ignored", f"{text}place {t}")
        still = sorted({*range(t, seq)} - {*places})
        expect(not still, "past-ignored", f"{text}the later places {still}")


def expect_own(models: Fresh, case: Case) -> None:
    """Demand that two living models share neither weights nor what they have read."""
    model, other = models.unread(), models.unread()
    beside(fill, other, torch.zeros(sum(weight.numel() for weight in models.weights)))
    apart = all(map(torch.equal, beside(read_weights, model), models.weights))
    text = "two models share weights: new ones for one of them are new ones for the other"
    expect(apart, "parameters-shared", text)
    x = case.integers(0, models.vocab, 3, 4)
    alone, model, other = models(), models(), models()
    (first,), (second,), _ = (models.read(each, [x]) for each in (alone, alone, model))
    models.read(other, [x.flip(0)])
    shared = not same(models.read(model, [x])[0], second)
    text = "two models share their state: what one reads changes what the other gives next"
    expect(not shared, "state-shared", text)
    fresh = models.read(models.unread(), [x])[0]
    expect(same(fresh, first), "state-shared", f"{text}, even a new one")


def expect_remembered(models: Fresh, what: str, case: Case) -> None:
    """Demand a trace of the call before, in every mode."""
    for mode in MODES:
        x = case.integers(0, models.vocab, 3, 4)
        first, second = models.read(models(), [x, x], mode)
        text = f"{mode}, the same words give the same {what} in the next call: the first call left "
        expect(not same(first[:, 0], second[:, 0]), "forgets", f"{text}no trace")


def expect_kept(models: Fresh, rows: int, what: str, case: Case) -> None:
    """Demand that calls of any length go on where the one before ended, in every mode."""
    few, some, many = *case.sizes(2, 2, 6), *case.sizes(1, 36, 48)
    lengths = [few, *case.pick((1, 1, many), 3), some]
    x = case.integers(0, models.vocab, rows, sum(lengths))
    wanted = models.read(models(), [x])[0].split(lengths, 1)
    parts = x.split(lengths, 1)
    for plan, modes in PLANS.items():
        model = models()
        for k, (part, mode) in enumerate(zip(parts, cycle(modes), strict=False)):
            (found,) = models.read(model, [part], mode)
            text = f"{plan}, with {rows} row(s), call {k + 1} of calls of {lengths[: k + 1]} words "
            text += f"gives other {what} than one call of all these words in evaluation"
            expect(same(found, wanted[k]), "chunks-differ", text)


def expect_reset(models: Fresh, what: str, case: Case) -> None:
    """Demand the start anew after reset(), for other batch sizes too, and nothing else changed."""
    batches = [case.integers(0, models.vocab, *shape) for shape in ((3, 4), (3, 4), (5, 2), (1, 2))]
    model = models.unread()
    for training in (False, True):
        model.train(training)
        model.reset()
        model.reset()
        text = "reset() switches the model between training and evaluation"
        expect(model.training == training, "reset-changes-mode", text)
    for mode in (TRAINING, EVALUATION):
        model = models()
        models.read(model, [batches[1]], mode)
        for x in batches:
            model.reset()
            kept = all(map(torch.equal, beside(read_weights, model), models.weights))
            expect(kept, "reset-weights", "reset() changes the weights of the model")
            try:
                (again,) = models.read(model, [x], mode)
            except Symptom:
                raise
            except Exception as error:
                text = f"after reset() a call of {len(x)} row(s) fails: {str(error)[:80]}"
                raise Symptom("batch-size-kept", text) from error
            text = f"{mode}, after reset() the {what} are not those of a new model"
            expect(same(again, models.read(models(), [x])[0]), "not-reset", text)
    models.read(models.unread(), batches[:1])  # before any reset()


def expect_cut(models: Fresh, sizes: Sequence[int], case: Case) -> None:
    """Demand that training goes on call after call, and that no graph holds an earlier one.

    `sizes` are the last axes of what a model returns.
    """
    inputs = [case.integers(0, models.vocab, 3, words) for words in (4, 1, 6, 4)]
    picks = [[case.nonzero(*x.shape, size) for size in sizes] for x in inputs]
    steps, error = beside(train_on, models(), inputs, picks)
    text = f"backward() after call {steps + 1} fails: {error[:60]}"
    expect(steps == len(inputs), "backward-fails", text)
    for training in (True, False):
        for rows, words in ((3, 4), (3, 1), (1, 4), (1, 1), (3, 24), (64, 2)):
            inputs = [case.integers(0, models.vocab, rows, words) for _ in range(5)]
            _, *nodes = beside(graph_sizes, models(), inputs, training)
            text = f"{Mode(training, True)}, calls 2 to 5 of {rows} row(s) and {words} word(s) "
            text += f"leave graphs of {nodes} nodes behind the logits: they grow"
            expect(max(nodes) <= min(nodes), "graph-grows", text)


def expect_all_learn(
    models: Fresh,
    picks: Mapping[str, Sequence[Tensor]],
    x: Tensor,
    spared: Sequence[int] = (),
    most: float = 0.99,
) -> None:
    """Demand gradient for each parameter, in a first call and in a later one.

    `picks` holds the weights of the results that make a loss, by the loss's name. Parameters of the
    sizes `spared` are not looked at. A share `most` of a parameter may be without gradient: units
    of a relu may be off, and rows of an embedding are not read.
    """
    for past in ("a first call", "a later call"):
        for name, weights in picks.items():
            model = models()
            frozen = beside(kit.count_frozen, model)
            expect(not frozen, "dead-parameter", f"{frozen} parameter(s) need no gradient")
            if past == "a later call":
                models.read(model, [x], TRAINING)
            found = beside(kit.slopes, model, (x,), weights, True)
            expect(found is not None, "no-gradient", f"no gradient can flow back from {name}")
            pairs = zip(models.weights, found[1], strict=True)
            learning = [pair for pair in pairs if pair[0].numel() not in spared]
            text = f"no gradient can flow back from {name} to any parameter"
            expect(any(g is not None and g.any() for _, g in learning), "no-gradient", text)
            for weight, gradient in learning:
                zeros = 1.0 if gradient is None else (gradient == 0).double().mean().item()
                much = "" if zeros == 1 else f"a share of {zeros:.2f} of "
                text = f"in {past}, {much}a parameter of shape {list(weight.shape)} gets no "
                text += f"gradient from {name}"
                enough = 0.99 if models.vocab in weight.shape else most
                expect(zeros <= enough, "dead-parameter", text)


def expect_words_reached(
    models: Fresh, said: Sequence[int], picks: Sequence[Tensor], training: bool, what: str
) -> None:
    """Demand that the last result of a call sends gradient to the embedding of each of its words.

    Before it another call is read, of the last word of the vocabulary alone.
    """
    model, where = models(), Mode(training, True)
    models.read(model, [torch.full((1, 3), models.vocab - 1)], where)
    found = beside(kit.slopes, model, (torch.tensor([said]),), picks, training)
    expect(found is not None, "no-gradient", f"{where}, no gradient can flow back from the {what}")
    tables = [g for g in found[1] if g is not None and kit.is_matrix(g) and models.vocab in g.shape]
    reached = max((by_word(g, models.vocab)[said].any(1).sum().item() for g in tables), default=0)
    text = f"{where}, a call reads {len(said)} word(s), and its last {what} send gradient to the "
    text += f"embeddings of {reached} of them"
    expect(reached == len(said), "words-not-reached", text)
