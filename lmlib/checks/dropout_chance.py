"""What chance does in dropout: how often it drops, what it shares, and what repeats it."""

import itertools
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.dropout_calls import TRACKINGS
from lmlib.checks.expect import expect
from lmlib.checks.masks import (
    chosen,
    chosen_by_each,
    dropped,
    fit_for,
    share_of,
    taken,
    tolerance,
    works,
)
from lmlib.checks.resemblance import expect_free_counts, expect_no_copies, expect_unrelated

MANY = 20_000  # enough elements that a share is within .025 of p
ROW = 40  # calls, of which masks that come again after a while show


def many(Dropout: Any, case: Case, count: int = MANY) -> Tensor:
    """So many elements (a multiple of 100) on one axis, or on as many as the layer takes."""
    x = case.nonzero(count)
    shapes = ((count,), (count // 100, 100), (1, count // 100, 100))
    return next((x.view(s) for s in shapes if works(Dropout, x.view(s))), x)


def expect_rates(Dropout: Any, case: Case) -> None:
    """Each layer drops at its own rate, also when others exist, and without gradients."""
    x = many(Dropout, case)
    usual = 0.1, 0.25, 0.8, case.uniform(0.41, 0.9)
    for p in (*usual, 0.004, case.uniform(0.01, 0.03), case.uniform(0.92, 0.98)):
        share, off = share_of(dropped(Dropout, x, new=[p])), tolerance(p, MANY)
        text = f"with p = {p:.3g}, a share of {share:.3g} of x, shape {list(x.shape)}, became zero"
        expect(not abs(share - (1 - p)) < off < abs(share - p), "rate-swapped", text)
        expect(abs(share - p) < off, "wrong-rate", text)
    for p, layer in [(p, Dropout(p).train()) for p in usual]:
        share = share_of(dropped(layer, x))
        text = f"a layer with p = {p:.3g} drops a share of {share:.2f} once other layers were made"
        expect(abs(share - p) < tolerance(p, MANY), "p-forgotten", text)
    _expect_rate_without_grad(Dropout, 0.25, x)


def _expect_rate_without_grad(Dropout: Any, p: float, x: Tensor) -> None:
    """Training is what `train()` says, whether or not gradients are asked for."""
    layer = Dropout(p).train()
    with torch.no_grad():
        share = share_of(dropped(layer, x))
    text = f"within torch.no_grad() a layer in training drops a share of {share:.2f}; p is {p}"
    expect(abs(share - p) < tolerance(p, MANY), "needs-grad", text)
    share = share_of(dropped(layer, x.requires_grad_()))
    text = f"if x requires a gradient, a share of {share:.2f} is dropped; p is {p}"
    expect(abs(share - p) < tolerance(p, MANY), "refuses-grad", text)


def expect_fresh(Dropout: Any, case: Case) -> None:
    """No call repeats the mask of another call or of another layer."""
    p, x = case.uniform(0.3, 0.6), many(Dropout, case, 8_000)
    layer = Dropout(p).train()
    masks = [
        (f"{which} call{tracking}", chosen(out))
        for tracking in TRACKINGS
        for which, out in zip(("a", "the next"), tracking.each(layer, [x, x]), strict=True)
    ]
    masks.append(("the first call of another layer", chosen(Dropout(p).train()(x.clone()))))
    layer.eval()(x.clone())
    masks.append(("a call after eval() and train()", chosen(layer.train()(x.clone()))))
    y = x.clone()
    same = ("a call", chosen(layer(y))), ("the next one with the same tensor", chosen(layer(y)))
    masks += same if torch.equal(x, y) else ()
    expect_unrelated(masks)
    small = fit_for(Dropout, case.nonzero(20, 30))
    different = {mask.numpy().tobytes() for mask in chosen_by_each(layer, [small] * ROW)}
    text = f"{ROW} calls drop in only {len(different)} different ways"
    expect(len(different) == ROW, "same-mask", text)


def expect_independent(Dropout: Any, case: Case) -> None:
    """Each element has its own coin in one to five axes, and the number of zeros is free."""
    p = case.uniform(0.3, 0.6)
    layer = Dropout(p).train()
    ways = list(itertools.product((layer, Dropout(0.5).train()), TRACKINGS))
    shapes = [(100_000,), (120, 160), (700, 28), (20, 30, 35), (1, 160, 130), (160, 1, 130)]
    shapes += [(30, 9, 9, 9), (1, 24, 30, 30), (5, 4, 10, 10, 10), (30, 30, 1, 1, 24)]
    xs = [case.nonzero(*shape) for shape in shapes]
    outs = list(xs)
    for number, (each_layer, tracking) in enumerate(ways):
        turns = slice(number, None, len(ways))
        outs[turns] = tracking.each(each_layer, xs[turns])
    for out in outs:
        mask = chosen(out).float()
        expect_no_copies(mask)
        expect_free_counts(mask)
    small = case.sizes(2, 8, 12)
    masks = torch.stack(chosen_by_each(layer, [torch.ones(small)] * 20))
    spread = masks.sum((1, 2)).double().var().item() / (small[0] * small[1] * p * (1 - p))
    free = spread > 0.1 or (masks == masks[0]).all()  # one mask for all is not fresh
    expect(free, "fixed-count", "each call drops exactly the same number of elements")


def expect_seeded(Dropout: Any, case: Case) -> None:
    """The same torch.manual_seed repeats a row of calls; another one does not."""
    seed = case.seed()
    xs = [case.nonzero(*shape) for shape in ((MANY,), (), (7,), (20, 30), (5, 6, 7))]
    xs = taken(Dropout, xs) or xs
    layer = Dropout(0.5).train()

    def masks(seed: int) -> list[Tensor]:
        torch.manual_seed(seed)
        return chosen_by_each(layer, (*xs[::-1], xs[-1], xs[0]))

    first = masks(seed)
    layer(xs[-1].clone())
    same = all(map(torch.equal, first, masks(seed)))
    expect(same, "not-seeded", "after the same torch.manual_seed the calls drop differently")
    torch.manual_seed(seed + 1)
    differs = not torch.equal(first[0], chosen(layer(xs[-1].clone())))
    expect(differs, "seed-ignored", "after another torch.manual_seed the mask stays the same")
