"""Properties of `Dropout`: inverted dropout with a mask drawn anew at every training call."""

import math
import re
from collections.abc import Sequence
from itertools import cycle, product
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks import Case, Suite, beside, expect, expect_close, expect_tensor, kit, probe
from lmlib.checks.beside import values
from lmlib.checks.kit import EVALUATION, MODES, SILENT, TRAINING, call_each, slope_each

READY_MADE = re.compile(r".*dropout.*", re.IGNORECASE)
# Enough elements that a share is within .025 of p; broadcast by mistake, they would still be few.
MANY_SHAPE = 200, 100
MANY = math.prod(MANY_SHAPE)
check = Suite("dropout", "Dropout", "keep_mask")


def share(mask: Tensor) -> float:
    return mask.double().mean().item()


def is_rate(found: float, p: float) -> bool:
    """Within seven standard errors: a right rate is further off once in 10¹¹ draws."""
    return abs(found - p) < 7 * math.sqrt(p * (1 - p) / MANY)


@probe
def results_or_none(make: Any, p: float, xs: Sequence[Tensor]) -> list[Any]:
    """What a new layer makes of each input in training; None where it fails."""
    layer, found = make(p), []
    for x in xs:
        try:
            found += call_each(layer, [(x,)], TRAINING)
        except Exception:
            found.append(None)
    return found


def fit_for(Dropout: Any, x: Tensor) -> Tensor:
    """`x` with as many axes as a layer takes: that it takes any, `any_shape` alone demands."""
    options = (x, x[None], x[None, None])
    outs = beside(results_or_none, Dropout, 0.5, options)
    return next((x for x, out in zip(options, outs, strict=True) if out is not None), x)


def calls(layer: Any, xs: Sequence[Tensor], mode: tuple[bool, bool] = TRAINING) -> list[Tensor]:
    """What comes out for each input, in its shape and dtype."""
    outs = beside(call_each, layer, [(x,) for x in xs], mode)
    return [expect_tensor(out, x.shape, x.dtype) for out, x in zip(outs, xs, strict=True)]


@check.property("keep_mask has ones with probability 1 − p and zeros elsewhere")
def mask_step(keep_mask: Any, case: Case) -> None:
    (p,) = case.pick((0.2, 0.3, 0.7), 1)
    x = case.normal(*MANY_SHAPE, dtype=torch.float64)
    mask = expect_tensor(keep_mask(given := x.clone(), p), x.shape, x.dtype, "the mask")
    text = "keep_mask writes into the x that it is given: after the call, x is another tensor"
    expect(torch.equal(given, x), "input-changed", text)
    expect(((mask == 0) | (mask == 1)).all(), "mask-values", "the mask holds more than 0 and 1")
    text = f"with p = {p:.3g}, a share of {share(mask):.2f} of the mask is 1"
    expect(is_rate(share(mask), 1 - p), "mask-share", text)


@check.property("Dropout is a module that draws and applies its mask by itself")
def interface(Dropout: Any, case: Case) -> None:
    layer, x = Dropout(0.4), fit_for(Dropout, case.nonzero(5, 6))
    kit.expect_module(layer, "Dropout(…)")
    kit.expect_own_work(layer, (x,), READY_MADE)


@probe
def errors(make: Any, values: Sequence[float]) -> list[str]:
    """The name of the error that each value brings about, or nothing."""
    found = []
    for value in values:
        try:
            make(value)
            found.append("")
        except Exception as error:
            is_value_error = isinstance(error, ValueError)
            found.append("ValueError" if is_value_error else type(error).__name__)
    return found


@check.property("p is a number: 0.5 by default, and a ValueError unless 0 ≤ p < 1", ["interface"])
def bad_p(Dropout: Any, case: Case) -> None:
    good = [0.25, 0, 0.0, case.uniform(0.01, 0.98), 0.99999]
    for p, error in zip(good, beside(errors, Dropout, good), strict=True):
        expect(not error, "rejects-good-p", f"Dropout({p}) raised a {error}; {p} is allowed")
    bad = [1.0, 1, 1.5, -0.1, 1.001, -0.001, case.uniform(1.01, 9), -case.uniform(0.01, 9)]
    for p, error in zip(bad, beside(errors, Dropout, bad), strict=True):
        expect(error, "accepts-bad-p", f"Dropout({p}) was accepted; a ValueError was promised")
        text = f"Dropout({p}) raised {error}; a ValueError was promised"
        expect(error == "ValueError", "wrong-error", text)
    layers = Dropout(), Dropout(p=0.25), Dropout(0.0)
    count = len(beside(kit.read_weights, layers[0]))
    expect(count == 0, "has-parameters", f"Dropout has {count} parameter(s)")
    x = fit_for(Dropout, case.nonzero(4, 500))
    usual, quarter, none = ([share(o == 0) for o in calls(each, [x] * 10)] for each in layers)
    keeps_p = all(abs(found - 0.25) < 0.1 for found in quarter)  # or `rate` says so
    text = f"Dropout() drops a share of {usual[0]:.2f}; without an argument it should be 0.50"
    expect(abs(usual[0] - 0.5) < 0.1 or not keeps_p, "default-p", text)
    text = f"with p = 0 a share of {none[0]:.2f} becomes zero"
    expect(not any(none) or not keeps_p, "drops-at-zero", text)


@check.property("every element has its own coin: no rows, columns, fixed numbers", ["interface"])
def independence(Dropout: Any, case: Case) -> None:
    p = case.uniform(0.3, 0.6)
    layer, small = Dropout(p), fit_for(Dropout, case.nonzero(12, 20))
    masks = torch.stack(calls(layer, [small] * 60)).flatten(1) == 0
    if (masks != masks[0]).any():  # or `fresh_mask` says so
        _expect_own_counts(masks, p, "many calls")
    shapes = MANY_SHAPE, (60, 9, 10), (5, 60, 70), (1, 60, 70), (12, 10, 9, 8)
    xs = [case.nonzero(*sizes) for sizes in shapes]
    outs = beside(results_or_none, Dropout, p, xs)
    for sizes, x, out in zip(shapes, xs, outs, strict=True):
        if out is None:
            continue
        mask = expect_tensor(out, sizes, x.dtype) == 0
        where = f"in a tensor of shape {list(sizes)}"
        text = f"{where} a share of {share(mask):.0f} becomes zero"
        expect(0 < share(mask) < 1, "all-or-none", text)
        for axis, slices in enumerate(_expect_unshared(mask)):
            _expect_own_counts(slices, p, f"{where} the slices along axis {axis}")


def _expect_unshared(mask: Tensor) -> list[Tensor]:
    """Along each axis, two slices must differ; return the slices, each as a row."""
    found = [mask.movedim(axis, 0).flatten(1) for axis in range(mask.dim())]
    for axis, slices in enumerate(found):
        differ = len(slices) == 1 or (slices != slices[0]).any()
        text = f"in a tensor of shape {list(mask.shape)} elements along axis {axis}"
        expect(differ, "mask-shared", f"{text} are dropped together")
    return found


def _expect_own_counts(masks: Tensor, p: float, what: str) -> None:
    """The number of zeros must spread; few masks may have equal numbers by chance."""
    if len(masks) >= 50:
        spread = masks.double().sum(1).var() / (masks.size(1) * p * (1 - p))
        expect(spread > 0.1, "fixed-count", f"{what} all lose the same number of elements")


@check.property("in training, each element becomes zero with probability p", ["interface"])
def rate(Dropout: Any, case: Case) -> None:
    x = fit_for(Dropout, case.nonzero(*MANY_SHAPE))
    ps = (0.1, 0.25, 0.8, 0.004, 0.95, case.uniform(0.41, 0.6))
    layers = [Dropout(p) for p in ps]  # all are there at once
    for p, layer, mode in zip(ps, layers, cycle((TRAINING, SILENT)), strict=False):
        (out,) = calls(layer, [x], mode)
        found = share(mask := out == 0)
        if 0 < found < 1:
            _expect_unshared(mask)  # or a few coins would decide on the share
        text = f"{mode}, with p = {p:.3g}, a share of {found:.3g} of x became zero"
        swapped = is_rate(found, 1 - p) and not is_rate(found, p)
        expect(not swapped, "rate-swapped", f"{text}: p is the share that survives")
        expect(is_rate(found, p), "wrong-rate", text)


@check.property("the elements that survive are x / (1 − p)", ["interface"])
def survivors(Dropout: Any, case: Case) -> None:
    ps = (0.1, 0.25, 1 / 3, 0.5, 0.8, case.uniform(0.05, 0.85))
    x = fit_for(Dropout, case.nonzero(60, 80, dtype=torch.float64))
    kinds = (TRAINING, x.float()), (SILENT, x)
    settings = [(Dropout(p), p, *kind) for p, kind in product(ps, kinds)]
    for layer, p, mode, x in settings:
        (out,) = calls(layer, [x], mode)
        factors, where = (out / x)[out != 0], f"{mode}, with p = {p:.3g}"
        expect(len(factors), "wrong-rate", f"{where} not one of {x.numel()} elements survives")
        expect((out != x).any(), "nothing-drawn", f"{mode} a call gives x back as it is")
        low, high = factors.min().item(), factors.max().item()
        same = out[out != 0].unique()
        text = f"{where} the survivors are all {same[0]:.4g}, whatever x was"
        expect(len(same) > 1, "uneven-survivors", text)
        text = f"{where} the survivors are multiplied by anything from {low:.4g} to {high:.4g}"
        expect(high - low < 1e-3 * abs(high), "uneven-survivors", text)
        text = f"{where} the survivors are just x: their sum has shrunk"
        expect(abs(low - 1) > 1e-3, "not-rescaled", text)
        text = f"{where} the survivors are multiplied by {low:.6g}; "
        text += f"1 / (1 − p) is {1 / (1 - p):.6g}"
        expect(abs(low * (1 - p) - 1) < 1e-5, "wrong-scale", text)


@probe
def after_switches(layer: nn.Module, x: Tensor) -> list[tuple[str, Tensor]]:
    """What a layer returns when it is new, and when it or its parent was switched."""
    parent = nn.Sequential(nn.Identity(), nn.Sequential(layer))
    found = [("in a new layer", layer(x.clone()))]
    for name, module in (("", layer), ("parent.", parent)):
        module.eval()
        found.append((f"after {name}eval()", layer(x.clone())))
        found.append(
            (f"after {name}eval(), x needing a gradient,", layer(x.clone().requires_grad_()))
        )
        with torch.no_grad():
            found.append((f"after {name}eval(), under no_grad,", layer(x.clone())))
        module.train()
        found.append((f"after {name}train()", layer(x.clone())))
    return found


@check.property("in evaluation x comes back as it is, whoever switched the layer", ["interface"])
def evaluation(Dropout: Any, case: Case) -> None:
    x = fit_for(Dropout, case.nonzero(*case.sizes(2, 20, 40), dtype=torch.float64))
    new, *switched = beside(after_switches, Dropout(case.uniform(0.3, 0.7)), x)
    for what, out in (*switched, new):  # the new layer last: it may be like all others
        out = expect_tensor(out, x.shape, x.dtype)
        if "eval" in what:
            expect((out != 0).all(), "drops-in-eval", f"{what} elements still become zero")
            expect(torch.equal(out, x), "changes-in-eval", f"{what} the result is not x")
        else:
            id = "starts-in-eval" if "new" in what else "stuck-in-eval"
            expect((out != x).any(), id, f"{what} the result is x: nothing is dropped")


@probe
def seeded_calls(layer: nn.Module, x: Tensor, seeds: Sequence[int]) -> list[list[Tensor]]:
    """Three calls with one and the same tensor after each seed."""
    layer.train()
    found = []
    for seed in seeds:
        torch.manual_seed(seed)
        given = x.clone()
        found.append([values(layer(given)) for _ in range(3)])
    return found


@check.property("every call draws a new mask", ["interface"])
def fresh_mask(Dropout: Any, case: Case) -> None:
    p, x = case.uniform(0.3, 0.6), fit_for(Dropout, case.nonzero(20, 30))
    layer = Dropout(p)
    outs = [("a call", out) for out in calls(layer, [x] * 4)]
    outs += [("one under no_grad", out) for out in calls(layer, [x] * 2, SILENT)]
    tracked = beside(slope_each, layer, [(x,)] * 2)
    outs += [("one with an x that needs a gradient", out) for out, *_ in tracked]
    (same,) = beside(seeded_calls, layer, x, [case.seed()])
    outs += [("one with the same tensor", out) for out in same]
    outs += [("a call of another layer", out) for out in calls(Dropout(p), [x])]
    for place, (what, out) in enumerate(outs):
        expect((out != x).any(), "nothing-drawn", f"in training {what} gives x back as it is")
        for _, earlier in outs[:place]:
            text = f"{what} drops the same elements as one before it"
            expect(not torch.equal(out, earlier), "same-mask", text)


@check.property("torch.manual_seed makes the result repeatable", ["interface"])
def seeded(Dropout: Any, case: Case) -> None:
    seed, x = case.seed(), fit_for(Dropout, case.nonzero(80, 100))
    once, again = beside(seeded_calls, Dropout(0.5), x, [seed, seed])
    for out in once + again:
        expect_tensor(out, x.shape, x.dtype)
    text = "after the same torch.manual_seed the calls drop differently"
    expect(all(map(torch.equal, once, again)), "not-seeded", text)


@check.property("x is left as it was", ["interface"])
def input_untouched(Dropout: Any, case: Case) -> None:
    x, layer = fit_for(Dropout, case.nonzero(12, 15)), Dropout(0.4)
    other = case.nonzero(*x.shape)
    for mode, dtype in product(MODES, (torch.float32, torch.float64)):
        kit.expect_untouched(layer, (x.to(dtype),), (other.to(dtype),), ["x"], mode)


@check.property(
    "the gradient is the factor that each element of x was multiplied by", ["interface"]
)
def gradient(Dropout: Any, case: Case) -> None:
    sizes = fit_for(Dropout, case.nonzero(9, 14)).shape
    for training, dtype in ((True, torch.float32), (True, torch.float64), (False, torch.float32)):
        xs = [case.nonzero(*sizes, dtype=dtype) for _ in range(2)]
        layer, how = Dropout(case.uniform(0.3, 0.7)), str(TRAINING if training else EVALUATION)
        found = beside(slope_each, layer, [(x,) for x in xs], training)
        for x, (out, slope, _) in zip(xs, found, strict=True):
            out = expect_tensor(out, x.shape, dtype)
            expect(slope is not None, "no-gradient", f"{how} no gradient arrives at x ({dtype})")
            text = f"{how} the gradient is not what x was multiplied by"
            expect_close(slope, 3 / x.numel() * out / x, "wrong-gradient", text)


@check.property("any shape, any floating dtype and any memory layout will do", ["interface"])
def any_shape(Dropout: Any, case: Case) -> None:
    layer, (a, b) = Dropout(case.uniform(0.4, 0.6)), case.sizes(2, 30, 50)
    sizes = [(a, b), (a * b,), (1, b), (a, 1), (2, a, b), (2, 3, a, b), (1, 2, 3, a, b)]
    sizes += [()] * 20 + [(1,)] * 20  # often, since a single element may be dropped or kept
    dtypes = (torch.float64, torch.bfloat16, torch.float16)
    xs = [case.nonzero(*each) for each in sizes]
    xs += [case.nonzero(1, a, b, dtype=dtype) for dtype in dtypes]
    whats, inputs = [f"shape {list(x.shape)} and {x.dtype}" for x in xs], [(x,) for x in xs]
    for what, x, out in zip(whats, xs, beside(call_each, layer, inputs, EVALUATION), strict=True):
        expect_tensor(out, x.shape, x.dtype, f"in evaluation the result for {what}")
    outs = beside(call_each, layer, inputs, TRAINING)
    views = beside(kit.call_in_layouts, layer, (xs[0],))
    usual = (expect_tensor(outs[0], (a, b), torch.float32) / xs[0]).max().double()
    results = [*zip(whats, xs, outs, strict=True)]
    results += [(f"an x that lies {what} in memory", xs[0], out) for what, out in views.items()]
    for what, x, out in results:
        out = expect_tensor(out, x.shape, x.dtype, f"the result for {what}")
        text = f"for {what} nothing or everything is dropped in training"
        expect(x.numel() < 30 or 0 < share(out == 0) < 1, "not-dropped", text)
        factors = (out.double() / x.double())[out != 0]
        text = f"for {what} x is not multiplied by 0 or {usual:.3g}, as a matrix is"
        expect(torch.allclose(factors, usual, rtol=0.02), "wrong-scale", text)
