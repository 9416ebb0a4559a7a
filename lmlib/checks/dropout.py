"""Properties of `Dropout`: inverted dropout with the mask drawn anew at every training call."""

import itertools
from typing import Any

import torch
from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor
from lmlib.checks.masks import (
    dropped,
    expect_no_copies,
    expect_scaled,
    expect_single_elements,
    share_of,
)
from lmlib.checks.suite import Suite

check = Suite("dropout", "Dropout", "keep_mask")
MANY = 120_000  # enough elements that a share is within .01 of p by almost seven standard errors


@check.property("keep_mask has ones with probability 1 − p and zeros elsewhere")
def mask_step(keep_mask: Any, case: Case) -> None:
    p = case.pick((0.2, 0.3, 0.7), 1)[0]
    x = case.normal(MANY, dtype=torch.float64)
    mask = expect_tensor(keep_mask(x, p), x.shape, x.dtype, "the mask")
    expect(((mask == 0) | (mask == 1)).all(), "mask-values", "the mask holds more than 0 and 1")
    share = share_of(mask)
    text = f"with p = {p:.3g}, a share of {share:.2f} of the mask is 1"
    expect(abs(share - (1 - p)) < 0.01, "mask-share", text)


@check.property("Dropout is a module without parameters, and p is 0.5 unless you say otherwise")
def interface(Dropout: Any, case: Case) -> None:
    for layer in (Dropout(), Dropout(0.25), Dropout(p=0.25)):
        expect(isinstance(layer, nn.Module), "not-a-module", "Dropout() is not an nn.Module")
        count = len(list(layer.parameters()))
        expect(count == 0, "has-parameters", f"Dropout has {count} trainable parameter(s)")
    x = case.nonzero(MANY)
    usual, quarter = (share_of(dropped(layer.train(), x)) for layer in (Dropout(), Dropout(0.25)))
    text = f"Dropout() drops a share of {usual:.2f}; without an argument it should be 0.50"
    expect(abs(usual - 0.5) < 0.01 or abs(quarter - 0.25) > 0.01, "default-p", text)


@check.property("p outside 0 ≤ p < 1 is a ValueError, raised when the layer is made")
def bad_p(Dropout: Any, case: Case) -> None:
    for p in (0.0, case.uniform(0.01, 0.98), 0.999):
        try:
            Dropout(p)
        except ValueError:
            expect(False, "rejects-good-p", f"Dropout({p}) raised a ValueError; {p} is allowed")
    for p in (1.0, 1.5, -0.1, case.uniform(1.01, 9), case.uniform(-9, -0.01)):
        try:
            Dropout(p)
        except ValueError:
            continue
        except Exception as error:
            text = f"Dropout({p}) raised {type(error).__name__}; a ValueError was promised"
            expect(False, "wrong-error", text)
        expect(False, "accepts-bad-p", f"Dropout({p}) was accepted")


@check.property("in training, each element becomes zero with probability p")
def rate(Dropout: Any, case: Case) -> None:
    for p in (0.1, 0.25, 0.8, case.uniform(0.05, 0.9)):
        share = share_of(dropped(Dropout(p).train(), case.nonzero(MANY)))
        text = f"with p = {p:.3g}, a share of {share:.2f} of the elements became zero"
        swapped = abs(share - (1 - p)) < 0.01 < abs(share - p)
        expect(not swapped, "rate-swapped", text)
        expect(abs(share - p) < 0.01, "wrong-rate", text)


@check.property("the elements that survive are x / (1 − p)")
def survivors(Dropout: Any, case: Case) -> None:
    for p in (0.0, 0.1, 0.25, 1 / 3, 0.5, 0.8, case.uniform(0.05, 0.85)):
        for dtype in (torch.float32, torch.float64):
            x = case.nonzero(*case.sizes(2, 20, 40), dtype=dtype)
            out = expect_tensor(Dropout(p).train()(x.clone()), x.shape, dtype)
            expect_scaled(out, x, p)


@check.property("in evaluation, x comes back as it is, also when a parent module was switched")
def evaluation(Dropout: Any, case: Case) -> None:
    p, x = case.uniform(0.3, 0.7), case.nonzero(*case.sizes(2, 20, 40))
    layer = Dropout(p)
    parent = nn.Sequential(nn.Identity(), nn.Sequential(layer))
    for switch, model in ((layer, layer), (parent, parent), (parent, layer)):
        switch.train().eval()
        out = expect_tensor(model(x.clone()), x.shape, x.dtype, "the result in evaluation")
        how = "after parent.eval()" if switch is parent else "after eval()"
        expect((out != 0).all(), "drops-in-eval", f"{how} elements still become zero")
        expect_close(out, x, "changes-in-eval", f"{how} the result is not x")
        switch.train()
        text = "after train() nothing is dropped any more"
        expect((model(x.clone()) == 0).any(), "stuck-in-eval", text)


@check.property("every call draws a new mask")
def fresh_mask(Dropout: Any, case: Case) -> None:
    p, x = case.uniform(0.3, 0.6), case.nonzero(MANY)
    layer = Dropout(p).train()
    first, second = dropped(layer, x), dropped(layer, x)
    other = dropped(Dropout(p).train(), x)
    for mask, who in ((second, "the next call"), (other, "another layer")):
        same = share_of(first == mask)
        text = f"a call and {who} drop the same elements"
        expect(same < 0.99, "same-mask", text)
        text = f"{who} repeats part of a mask: {same:.0%} of it agrees with the first"
        expect(abs(same - p * p - (1 - p) ** 2) < 0.02, "related-masks", text)


@check.property("every element is dropped on its own, not in rows, columns or fixed numbers")
def independence(Dropout: Any, case: Case) -> None:
    p = case.uniform(0.3, 0.6)
    layer = Dropout(p).train()
    for shape in ((MANY,), (300, 400), (40, 60, 50)):
        expect_no_copies(dropped(layer, case.nonzero(*shape)).double())
    expect_single_elements(dropped(layer, case.nonzero(300, 400)).double())
    counts = torch.tensor([dropped(layer, torch.ones(10, 10)).sum() for _ in range(200)])
    spread = counts.double().var().item() / (100 * p * (1 - p))
    expect(spread > 0.4, "fixed-count", "each call drops exactly the same number of elements")


@check.property("torch.manual_seed makes the result repeatable")
def seeded(Dropout: Any, case: Case) -> None:
    x, layer, seed = case.nonzero(20, 30), Dropout(0.5).train(), case.seed()
    torch.manual_seed(seed)
    first = dropped(layer, x)
    torch.manual_seed(seed)
    same = torch.equal(first, dropped(layer, x))
    expect(same, "not-seeded", "after the same torch.manual_seed two calls drop differently")
    torch.manual_seed(seed + 1)
    differs = not torch.equal(first, dropped(layer, x))
    expect(differs, "seed-ignored", "after another torch.manual_seed the mask stays the same")


@check.property("x is left as it was")
def input_untouched(Dropout: Any, case: Case) -> None:
    for p in (0.0, 0.5):
        layer = Dropout(p)
        for mode in (True, False):
            x = case.nonzero(*case.sizes(3))
            before = x.clone()
            layer.train(mode)(x)
            text = "the tensor that was passed in holds other values after the call"
            expect(torch.equal(x, before), "input-changed", text)


@check.property("the gradient is the factor that each element of x was multiplied by")
def gradient(Dropout: Any, case: Case) -> None:
    p, shape = case.uniform(0.2, 0.7), case.sizes(2, 8, 14)
    for mode in (True, False):
        x = case.nonzero(*shape, dtype=torch.float64).requires_grad_()
        out = Dropout(p).train(mode)(x * 1)
        expect(out.requires_grad, "no-gradient", "the result is cut off from x: no gradient")
        weight = case.nonzero(*shape, dtype=torch.float64)
        (grad,) = torch.autograd.grad((out * weight).sum(), x, allow_unused=True)
        text = "no gradient arrives at x"
        expect(grad is not None and grad.any(), "no-gradient", text)
        text = f"in {'training' if mode else 'evaluation'} the gradient and the output disagree"
        expect_close(grad, (out / x).detach() * weight, "wrong-gradient", text)


@check.property("any shape, any floating dtype and any memory layout go in and come out the same")
def any_shape(Dropout: Any, case: Case) -> None:
    layer = Dropout(case.uniform(0.2, 0.5))
    inputs = [case.nonzero(*case.sizes(dims)) for dims in range(5)]
    inputs += [case.nonzero(*case.sizes(2)).t(), case.nonzero(*case.sizes(3))[:, ::2]]
    dtypes = (torch.float32, torch.float64, torch.bfloat16)
    for x, dtype, mode in itertools.product(inputs, dtypes, (True, False)):
        what = f"the result for shape {list(x.shape)} and {dtype}"
        typed = x.to(dtype)
        out = expect_tensor(layer.train(mode)(typed), x.shape, dtype, what)
        factors = (out / typed)[out != 0]
        text = f"{what} holds elements of x in other places"
        expect(len(factors) == 0 or factors.max() - factors.min() < 0.1, "misplaced", text)
