"""Masks of independent coins: no line, slice or call resembles another one."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from lmlib.checks.expect import expect
from lmlib.checks.masks import share_of


def expect_free_counts(dropped: Tensor) -> None:
    """Zeros per line of any axis, and per block, must spread as independent coins do."""
    share = share_of(dropped)
    counts = [dropped.sum(axis).flatten() for axis in range(dropped.dim())]
    counts += [dropped.flatten(axis).sum(-1).flatten() for axis in range(1, dropped.dim())]
    for lines in counts:
        if len(lines) >= 30:  # where equal numbers are no accident
            spread = lines.var().item() / (dropped.numel() / len(lines) * share * (1 - share))
            text = f"in a tensor of shape {list(dropped.shape)}, {len(lines)} lines lose the same"
            expect(spread > 0.1, "fixed-count", f"{text} number of elements")


def expect_no_copies(dropped: Tensor) -> None:
    """No slice of a mask may resemble another: correlate it with itself at every distance."""
    share = share_of(dropped)
    shape = list(dropped.shape)
    text = f"in a tensor of shape {shape}, a share of {share:.0f} of the elements is dropped"
    expect(0 < share < 1, "wrong-rate", text)
    for axis, size in enumerate(shape):
        rates, count = dropped.transpose(0, axis).reshape(size, -1).mean(1), dropped.numel() / size
        others = rates[rates > 0]
        even = others.numel() > 1 and others.std() < 3 * math.sqrt(share * (1 - share) / count)
        text = f"in a tensor of shape {shape}, a part of axis {axis} is never dropped"
        never = count * share >= 30 and others.numel() < size and even and others.max() < 1
        expect(not never, "never-dropped", text)
    likeness = {
        axis: _likeness(dropped - share, axis) for axis, size in enumerate(shape) if size > 1
    }
    for axis in sorted(likeness, key=lambda axis: -likeness[axis])[:1]:
        text = f"in a tensor of shape {shape}, elements along axis {axis} are dropped together"
        expect(likeness[axis] < 0.06, "mask-shared", text)


def _likeness(centred: Tensor, axis: int) -> float:
    """How much a mask resembles itself at the most telling distance along an axis, from 0 to 1."""
    size = centred.shape[axis]
    lines = centred.movedim(axis, -1).reshape(-1, size)
    waves = torch.fft.rfft(lines)
    likeness = torch.fft.irfft((waves * waves.conj()).real.sum(0), n=size)
    return float(likeness[1:].abs().max() / likeness[0])


def expect_unrelated(masks: Sequence[tuple[str, Tensor]]) -> None:
    """No two of some named masks may resemble each other, not even shifted or mirrored."""
    for (one, first), (other, second) in itertools.combinations(masks, 2):
        expect(
            not torch.equal(first, second), "same-mask", f"{one} and {other} drop the same elements"
        )
    waves = torch.fft.rfft(torch.stack([_standard(mask) for _, mask in masks]))
    for i, (one, first) in enumerate(masks[:-1]):
        for wave in (waves[i].conj(), waves[i]):  # shifted, mirrored
            likeness = torch.fft.irfft(wave * waves[i + 1 :], n=first.numel()).abs().amax(1)
            for (other, _), strongest in zip(masks[i + 1 :], likeness, strict=True):
                text = f"the masks of {one} and {other} resemble each other more than by chance"
                expect(strongest < 0.09, "related-masks", text)


def _standard(mask: Tensor) -> Tensor:
    """A mask as a vector of length 1 and mean 0, so that products are correlations."""
    centred = mask.float().flatten() - share_of(mask)
    return centred / centred.norm().clamp(min=1e-9)
