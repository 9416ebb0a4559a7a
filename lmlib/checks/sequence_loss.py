"""Properties of `sequence_loss`, judged against `F.cross_entropy` on one row per word."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lmlib.checks import Case, Suite, beside, expect, expect_close, expect_tensor, kit
from lmlib.checks.kit import MODES, TRAINING, call_each, slope_each

Pair = tuple[Tensor, Tensor]
DTYPES = (torch.float64, torch.float32)
check = Suite("sequence_loss", "sequence_loss", "rows")


def reference(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


# What plain mistakes compute; a message names the one that agrees with the student's number.
MISTAKES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "the sum over all words": lambda z, y: reference(z, y) * y.numel(),
    "a sum over steps, averaged over sequences": lambda z, y: reference(z, y) * y.size(1),
    "the loss of a softmax of the logits": lambda z, y: reference(z.softmax(2), y),
    "the loss if words with id 0 do not count": lambda z, y: reference(z[y > 0][None], y[y > 0]),
    "the loss with the wrong sign": lambda z, y: -reference(z, y),
    "the loss in bits": lambda z, y: reference(z, y) / math.log(2),
    "the perplexity": lambda z, y: reference(z, y).exp(),
    "the loss without a softmax": lambda z, y: -z.gather(2, y[..., None]).mean(),
    "the loss if all steps' probabilities add up to 1": lambda z, y: (
        -z.log_softmax(1).gather(2, y[..., None]).mean()
    ),
    "the loss with axis 1 taken for the words": lambda z, y: (
        F.cross_entropy(z, y) if z.size(1) == z.size(2) else torch.tensor(math.nan)
    ),
    "the loss of logits transposed, then cut into rows": lambda z, y: reference(
        z.transpose(1, 2).reshape(z.shape), y
    ),
    "the loss of logits cut into [batch, vocab, seq]": lambda z, y: reference(
        z.reshape(len(z), -1, z.size(1)).transpose(1, 2), y
    ),
}


def example(case: Case, *sizes: int, low: int = 0) -> Pair:
    """Random logits in float64, and targets from `low` on; the first and the last one occur."""
    batch, seq, vocab = sizes
    targets = case.integers(low, vocab, batch, seq)
    targets[0, 0], targets[-1, -1] = low, vocab - 1
    return case.normal(batch, seq, vocab, dtype=torch.float64), targets


def number(loss: Any) -> Tensor:
    return kit.one_number(loss, "the loss")


def losses(sequence_loss: Any, pairs: list[Pair]) -> list[Tensor]:
    return [*map(number, beside(call_each, sequence_loss, pairs, TRAINING))]


def unit_of(sequence_loss: Any, case: Case, *sizes: int) -> float:
    """By what a loss of equal logits is too large or too small, which `uniform` judges."""
    logits, targets = example(case, *sizes)
    unit = losses(sequence_loss, [(0 * logits, targets)])[0].item() / math.log(logits.size(2))
    return unit if math.isfinite(unit) and abs(unit) > 1e-6 else 1.0


def expect_loss(found: Tensor, pair: Pair, id: str, where: str = "", unit: float = 1) -> None:
    """Demand the reference's loss; else name the mistake that the number speaks for."""
    rtol = 1e-4 if pair[0].dtype == torch.float32 else 1e-6

    def same(wanted: Tensor) -> bool:
        return torch.allclose(found, wanted.double(), rtol, atol=1e-6)

    wanted = unit * reference(*pair)
    where = where or f"for shape {list(pair[0].shape)}"
    text = f"{where} the loss is {found:.5g}; {wanted:.5g} was expected"
    named = [f": it is {what}" for what, mistake in MISTAKES.items() if same(mistake(*pair))]
    expect(same(wanted), id, text + "".join(named[:1]))


@check.property("rows holds one row of logits per word: sequence after sequence, step after step")
def rows_step(rows: Any, case: Case) -> None:
    batch, seq, vocab = case.sizes(3)
    logits = case.normal(batch, seq, vocab)
    found = expect_tensor(rows(logits), (batch * seq, vocab), logits.dtype, "the result")
    by_hand = torch.stack([logits[b, t] for b in range(batch) for t in range(seq)])
    expect_close(found, by_hand, "scrambled", "the rows are not the words' logits in reading order")


@check.property("the loss is one number: a tensor without axes, in the dtype of the logits")
def form(sequence_loss: Any, case: Case) -> None:
    for dtype, sizes in product(DTYPES, (case.sizes(3, 3, 9), (1, 1, 5), (1, 4, 3))):
        logits, targets = example(case, *sizes)
        expect_tensor(sequence_loss(logits.to(dtype), targets), (), dtype, "the loss")


@check.property("equal logits for all V words cost ln V")
def uniform(sequence_loss: Any, case: Case) -> None:
    shapes = [case.sizes(3, 3, 9), (1, 7, 3), (7, 1, 3), (3, 4, 2), (2, 3, 400), (90, 7, 3)]
    pairs = [(0 * logits, y) for logits, y in (example(case, *shape) for shape in shapes)]
    for found, pair in zip(losses(sequence_loss, pairs), pairs, strict=True):
        expect_loss(found, pair, "uniform", f"for shape {list(pair[0].shape)} and equal logits,")


@check.property("each prediction is compared with its own target, and every position counts")
def pairing(sequence_loss: Any, case: Case) -> None:
    batch, seq, vocab = case.sizes(3, 5, 9)
    targets = case.integers(1, vocab - 1, batch, seq)  # no word that may be taken for padding
    right = 30.0 * F.one_hot(targets, vocab).double()
    corners = list(product((0, batch - 1), (0, seq - 1)))
    wrong = [right.clone() for _ in corners]
    for logits, (b, t) in zip(wrong, corners, strict=True):
        logits[b, t] = logits[b, t].roll(1)
    found, *costs = losses(sequence_loss, [(logits, targets) for logits in (right, *wrong)])
    where = "if all predictions are right and sure,"
    expect_loss(found, (right, targets), "mispaired", where)
    for cost, (b, t) in zip(costs, corners, strict=True):
        text = f"one wrong prediction, at step {t} of sequence {b}, costs {cost:.3f}"
        expect(abs(cost) > 1e-3, "position-ignored", text)


@check.property("the loss is the mean of −log p(target) over all words")
def value(sequence_loss: Any, case: Case) -> None:
    shapes = [case.sizes(3, 3, 9), (1, 7, 3), (7, 1, 3), (3, 4, 2), (1, 1, 3)]
    shapes += [(95, 5, 6), (4, 150, 5), (3, 2, 400)]
    for grad, dtype in product((True, False), DTYPES):
        drawn = [example(case, *each) for each in shapes]
        pairs = [(logits.to(dtype), targets) for logits, targets in drawn]
        found_each = beside(call_each, sequence_loss, pairs, (True, grad))
        for found, pair in zip(found_each, pairs, strict=True):
            many = isinstance(found, Tensor) and found.numel() > 1
            expect(not many, "not-averaged", "the losses of the words are not averaged")
            expect_loss(number(found), pair, "value")


@check.property("sizes that happen to be equal change nothing")
def equal_sizes(sequence_loss: Any, case: Case) -> None:
    few, many = sorted(case.sizes(2, 4, 8))
    shapes = {"seq = vocab": (few, many, many), "batch = seq = vocab": (many, many, many)}
    shapes |= {"batch = seq": (many, many, few), "batch = vocab": (many, few, many)}
    for what, sizes in shapes.items():
        unit, pair = unit_of(sequence_loss, case, *sizes), example(case, *sizes, low=1)
        (found,) = losses(sequence_loss, [pair])
        expect_loss(found, pair, "equal-sizes", f"with {what} = {many},", unit)


@check.property("any memory layout works: transposed or sliced logits and targets")
def layout(sequence_loss: Any, case: Case) -> None:
    pair = example(case, *case.sizes(3, 4, 9))
    (usual,) = losses(sequence_loss, [pair])
    for what, loss in beside(kit.call_in_layouts, sequence_loss, pair).items():
        found = number(loss)
        text = f"{what} in memory, the same numbers cost {found:.4f} instead of {usual:.4f}"
        expect_close(found, usual, "layout", text)


@check.property("logits and targets are left as they were, and not kept for the next call")
def untouched(sequence_loss: Any, case: Case) -> None:
    batch, seq, vocab = case.sizes(3, 4, 9)
    for mode, dtype, rows in product(MODES, DTYPES, (batch, 1)):
        (logits, targets), second = (example(case, rows, seq, vocab) for _ in range(2))
        first = logits.to(dtype), targets
        kit.expect_pure(sequence_loss, first, second, ["logits", "targets"], mode)


@check.property("the gradient belongs to the loss")
def gradient(sequence_loss: Any, case: Case) -> None:
    for sizes in (case.sizes(3, 3, 9), [1, 1, 4], [1, 4, 3], [4, 1, 3], [2, 60, 3]):
        unit = unit_of(sequence_loss, case, *sizes)
        drawn = [example(case, *sizes, low=1) for _ in DTYPES]
        pairs = [(z.to(dtype), y) for (z, y), dtype in zip(drawn, DTYPES, strict=True)]
        found_each = beside(slope_each, sequence_loss, pairs)
        for (_, found, early), (logits, targets) in zip(found_each, pairs, strict=True):
            what = f"for {logits.dtype} logits of shape {sizes}"
            expect(not early, "early-gradient", "the call itself runs backward")
            expect(found is not None, "no-gradient", f"{what} no gradient arrives at them")
            surplus = logits.softmax(2) - F.one_hot(targets, logits.size(2))
            wanted = 3 * unit * surplus / targets.numel()
            text = f"{what} the gradient is not that of the loss"
            expect_close(found, wanted, "wrong-gradient", text, rtol=1e-4, atol=1e-5)


@check.property("logits as large as ±1000 give a finite loss of the right size")
def extreme(sequence_loss: Any, case: Case) -> None:
    """One word that stands out everywhere, and words whose logits are all large or all small."""
    sizes = case.sizes(3, 3, 9)
    unit = unit_of(sequence_loss, case, *sizes)
    logits, targets = example(case, *sizes, low=1)
    right, signs = 1000.0 * F.one_hot(targets, sizes[2]), torch.ones(*sizes[:2], 1)
    signs[0] = -1
    examples = {
        "1000 for the right word and 0 for the others": right,
        "−1000 for the right word and 0 for the others": -right,
        "1000 for a wrong word and 0 for the others": right.roll(1, 2),
        "1000 more or less for all words at once": logits + 1000 * signs,
    }
    for dtype in DTYPES:
        pairs = [(z.to(dtype), targets) for z in examples.values()]
        found_each = zip(examples, pairs, beside(slope_each, sequence_loss, pairs), strict=True)
        for what, pair, (loss, slope, _) in found_each:
            found, wanted = number(loss).item(), unit * reference(*pair).item()
            text = f"with logits of {what} ({dtype}) the "
            loss_is = f"{text}loss is {found:.5g}; {wanted:.5g} was expected"
            expect(math.isfinite(found), "not-finite", loss_is)
            expect(abs(found - wanted) < 1e-2 * abs(unit), "clipped", loss_is)
            finite = slope is None or slope.isfinite().all()  # `gradient` says if there is none
            expect(finite, "not-finite", f"{text}gradient is not finite")
