"""What dropout does to an input of any shape, dtype and memory layout."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.dropout_calls import answers
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.masks import dropped, share_of, tolerance

DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
SINGLE = ((1,), (1, 1), (1, 1, 1), (1, 1, 1, 1))  # shapes of one element


def shapes(case: Case) -> list[tuple[int, ...]]:
    """One to five axes, with an axis of size 1 in every place; about a thousand elements each."""
    a, b = case.sizes(2, 30, 50)
    flat = [(a * b,), (1, a * b), (a * b, 1), (a, b)]
    deep = [(1, a, b), (a, 1, b), (a, b, 1), (2, a, b), (a, 2, b), (1, 1, a, b), (2, 1, b, a)]
    return [*flat, *deep, (2, 3, a, b), (1, 2, 3, a, b), (a, 2, 1, b, 1)]


def layouts(case: Case) -> dict[str, Tensor]:
    """Inputs whose memory is not in reading order, or holds an element only once for many."""
    a, b = case.sizes(2, 30, 50)
    return {
        "transposed": case.nonzero(a, b).t(),
        "every other column": case.nonzero(a, 2 * b)[:, ::2],
        "axes permuted": case.nonzero(2, a, b).permute(2, 0, 1),
        "channels last": case.nonzero(2, a, b, 3).permute(0, 3, 1, 2),
        "one row, expanded": case.nonzero(1, b).expand(a, b),
    }


def inputs(case: Case) -> Iterator[tuple[str, Tensor]]:
    """Every shape and layout in float32, one shape in every dtype; no element is 0.

    What holds a single element is called often, so only one such input joins the scalar; scalars
    are float32, since a p that is itself a tensor turns scalars, and no others, into its dtype.
    """
    for shape in (*shapes(case), ()):
        yield f"shape {list(shape)}", case.nonzero(*shape)
    for name, x in layouts(case).items():
        yield f"shape {list(x.shape)} ({name})", x
    (single,) = case.pick(SINGLE, 1)
    yield f"shape {list(single)}", case.nonzero(*single)
    for dtype in DTYPES:
        shape = (1, *case.sizes(2, 30, 50))
        yield f"shape {list(shape)} and {dtype}", case.nonzero(*shape, dtype=dtype)


class Usual(NamedTuple):
    """What a layer does to a plain matrix: other properties judge all that."""

    numel: int
    share: float  # that becomes zero in training
    factor: float  # of the elements that are kept
    factor_in_eval: float
    drops_in_eval: bool
    in_place: bool
    fresh: bool  # masks


def _factor_of(out: Tensor, x: Tensor) -> float:
    """By what the elements of x that are kept are multiplied, as a rule."""
    return ((out / x)[out != 0]).median().item()


def usual_ways(layer: Any, x: Tensor) -> Usual:
    """Look at a layer's ways with a plain matrix."""
    in_eval = expect_tensor(layer.eval()(x.clone()), x.shape, x.dtype)
    out = expect_tensor(layer.train()(x.clone()), x.shape, x.dtype)
    given = x.clone()
    zeros, others = dropped(layer, x), layer(given) == 0
    fresh, in_place = not torch.equal(zeros, others), not torch.equal(given, x)
    factors, drops = (_factor_of(out, x), _factor_of(in_eval, x)), bool((in_eval == 0).any())
    return Usual(x.numel(), share_of(zeros), *factors, drops, in_place, fresh)


def expect_dropped(layer: Any, xs: Sequence[tuple[str, Tensor]], p: float, usual: Usual) -> None:
    """Demand of training what `_expect_usual` says; an element on its own is tried often."""

    def row(x: Tensor) -> list[Tensor]:
        """The tensor itself where that does no harm: a copy may lie in memory in another way."""
        if x.numel() == 1:
            return [x.clone() for _ in range(28)]
        return [x.clone() if usual.in_place else x]

    before = [(what, x.clone()) for what, x in xs]
    found = answers(layer, lambda: [row(x) for _, x in xs])
    for (what, x), (given, outs) in zip(before, found, strict=True):
        outs = [expect_tensor(o, x.shape, x.dtype, f"the result for {what}") for o in outs]
        same = usual.in_place or all(torch.equal(one, x) for one in given)
        expect(same, "input-changed", f"x of {what} holds other values after the call")
        if x.numel() > 1 or usual.fresh:
            _expect_usual(torch.stack(outs), x, p, usual, what)


def _expect_usual(out: Tensor, x: Tensor, p: float, usual: Usual, what: str) -> None:
    """Zeros as often as usual and factor · x elsewhere, as exactly as the dtype allows."""
    factor, share, count = usual.factor, share_of(out == 0), out.numel()
    text = f"for {what}, a share of {share:.2f} becomes zero in training; p is {p:.2f}"
    expect(0 < share < 1, "not-dropped", text)
    _expect_own_coins(out[0] == 0, what)
    off = tolerance(p, count) + tolerance(p, usual.numel)
    expect(abs(share - usual.share) < off, "not-dropped", text)
    factors = (out.double() / x.double())[out != 0]
    low, high = factors.min().item(), factors.max().item()
    exact = max(1e-5, 4 * torch.finfo(x.dtype).eps) / (1 - p)
    text = f"the result for {what} holds elements of x elsewhere"
    expect(high - low < 0.1 or not _only_moved(out[0], factor * x), "misplaced", text)
    text = f"for {what} and p = {p:.2f} the survivors are multiplied by {low:.3f} to {high:.3f}"
    expect(max(abs(f - factor) for f in (low, high)) < exact, "wrong-scale", text)


def _only_moved(out: Tensor, x: Tensor) -> bool:
    """Whether elements that are not zero are elements of x."""
    some = out[out != 0][:50, None].double()
    return bool(((some - x.flatten().double()).abs().amin(1) < 0.02).all())


def _expect_own_coins(mask: Tensor, what: str) -> None:
    """Slices of a mask must differ, also where x holds one slice in memory for all of them."""
    for axis, size in enumerate(mask.shape):
        if mask.numel() - mask.numel() // size < 60:
            continue  # too few for equal slices to be no accident
        slices = mask.movedim(axis, 0)
        text = f"for {what}, elements along axis {axis} are dropped together"
        expect(not (slices == slices[:1]).all(), "mask-shared", text)


def expect_kept(layer: Any, xs: Sequence[tuple[str, Tensor]], usual: Usual) -> None:
    """In evaluation, demand factor · x; if the factor is 1, then bit by bit."""
    factor = usual.factor_in_eval
    found = answers(layer, lambda: [[x.clone()] for _, x in xs])
    for (what, x), (_, (out,)) in zip(xs, found, strict=True):
        out = expect_tensor(out, x.shape, x.dtype, f"the result for {what}")
        text = f"in evaluation the result for {what} is not x"
        if usual.drops_in_eval:  # another property judges that; and the rest is kept
            x, out = x[out != 0], out[out != 0]
        same = torch.equal(out, x) if factor == 1 else torch.allclose(out, factor * x, rtol=0.05)
        expect(same, "changes-in-eval", text)
