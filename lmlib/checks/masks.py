"""What a dropped tensor shows: where its zeros are, and what became of the rest."""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks.expect import expect, expect_tensor


def dropped(layer: Any, x: Tensor) -> Tensor:
    """Where a call put zeros; `x` must hold none."""
    return expect_tensor(layer(x.clone()), x.shape, x.dtype) == 0


def share_of(mask: Tensor) -> float:
    """Which share of a mask is set."""
    return mask.double().mean().item()


def expect_scaled(out: Tensor, x: Tensor, p: float) -> None:
    """Demand `out` = x / (1 − p) wherever it is not zero, and name the factor otherwise."""
    kept = out != 0
    expect(p > 0 or kept.all(), "drops-at-zero", "with p = 0 some elements still become zero")
    factors = out[kept] / x[kept]
    expect(len(factors), "wrong-rate", f"with p = {p:.3g} not one element of {x.numel()} survived")
    low, high = factors.min().item(), factors.max().item()
    text = f"with p = {p:.3g} the survivors are multiplied by anything from {low:.3f} to {high:.3f}"
    expect(high - low < 1e-3, "uneven-survivors", text)
    text = f"with p = {p:.3g} the elements that survive are just x: their sum has shrunk"
    expect(p == 0 or abs(low - 1) > 1e-3, "not-rescaled", text)
    text = f"with p = {p:.3g} the elements that survive are multiplied by {low:.3f}"
    expect(abs(low * (1 - p) - 1) < 1e-5, "wrong-scale", text)


def expect_single_elements(dropped: Tensor) -> None:
    """Counts per row and per column must spread as those of independent coins do."""
    share = share_of(dropped)
    for axis, lines in ((0, "columns"), (1, "rows")):
        spread = dropped.sum(axis).var().item() / (dropped.shape[axis] * share * (1 - share))
        expect(spread > 0.4, "fixed-count", f"all {lines} lose the same number of elements")


def expect_no_copies(dropped: Tensor) -> None:
    """No slice of a mask may resemble another: correlate it with itself at every distance."""
    share = share_of(dropped)
    expect(0 < share < 1, "wrong-rate", f"a share of {share:.0f} of the elements is dropped")
    centred = dropped - share
    for axis in range(dropped.dim()):
        size = dropped.shape[axis]
        lines = centred.movedim(axis, -1).reshape(-1, size)
        likeness = torch.fft.irfft(torch.fft.rfft(lines).abs().square().sum(0), n=size)
        strongest = likeness[1:].abs().max() / likeness[0]
        shape = list(dropped.shape)
        text = f"in a tensor of shape {shape}, elements along axis {axis} are dropped together"
        expect(strongest < 0.04, "mask-shared", text)
