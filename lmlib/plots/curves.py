"""Figures made from numbers: training curves, gradients by distance, masks and states."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from torch import Tensor

from lmlib.plots.style import INK, SIGNED


def training_curves(
    histories: Mapping[str, Sequence[Mapping[str, float]]],
    figure: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Plot one figure of each history (from `lmlib.fit`) against the epoch, a line for each."""
    ax = ax or plt.subplots()[1]
    for name, history in histories.items():
        ax.plot([row["epoch"] for row in history], [row[figure] for row in history], label=name)
    ax.set(xlabel="epoch", ylabel=figure.replace("_", " "))
    if len(histories) > 1:
        ax.legend()
    return ax


def gradient_by_distance(
    norms: Mapping[str, Sequence[float]], cut: int | None = None, ax: Axes | None = None
) -> Axes:
    """Plot gradient norms against the distance in steps, on a log axis, a line for each name.

    A vertical line marks `cut`, the distance at which truncation ends the gradient.
    """
    ax = ax or plt.subplots()[1]
    for name, values in norms.items():
        ax.semilogy(range(len(values)), values, label=name)
    if cut is not None:
        ax.axvline(cut, color=INK, ls="--", lw=1.4)
    ax.set(xlabel="distance in steps", ylabel="gradient norm")
    if len(norms) > 1:
        ax.legend()
    return ax


def masks(tensors: Mapping[str, Tensor]) -> Sequence[Axes]:
    """Show 2-D masks side by side: dropped entries are pale, kept ones are dark."""
    size = (5, 5 / len(tensors) + 0.4)
    _, axes = plt.subplots(1, len(tensors), squeeze=False, figsize=size, layout="constrained")
    for ax, (name, mask) in zip(axes[0], tensors.items(), strict=True):
        ax.imshow((mask != 0).float().numpy(), cmap="Blues", vmin=-0.4, vmax=1.4)
        ax.set(title=name, xticks=[], yticks=[])
    return list(axes[0])


def state_heatmap(
    states: Tensor,
    words: Sequence[str] | None = None,
    ax: Axes | None = None,
    largest: float | None = None,
) -> Axes:
    """Show states [seq, hidden] as a picture: a column for each word, a row for each unit.

    Zero is transparent, ±`largest` has full colour: by default the largest activation. Give it
    to make two pictures comparable.
    """
    if states.dim() != 2:
        raise ValueError(f"states have shape {list(states.shape)}; allowed is [seq, hidden]")
    ax = ax or plt.subplots()[1]
    largest = largest or states.detach().abs().max().item() or 1.0
    picture = ax.imshow(
        states.detach().t().numpy(), aspect="auto", cmap=SIGNED, vmin=-largest, vmax=largest,
        interpolation="none",
    )  # fmt: skip
    ax.figure.colorbar(picture, ax=ax, label="activation")
    ax.set(ylabel="unit", xticks=[], yticks=[])
    if words is not None:
        ax.set_xticks(range(len(words)), words, rotation=60, ha="right")
    return ax


def growth(points: Sequence[Mapping[str, Any]], against: str = "words") -> Sequence[Axes]:
    """Plot seconds and megabytes of training against the text's length or the hidden size.

    `points` are those of `lmlib.results.load("growth")`, medians with their range; `against` is
    "words" or "hidden_size", and the points with the other one at its usual value are shown, on
    log axes.
    """
    if against not in ("words", "hidden_size"):
        raise ValueError(f'against is {against!r}; allowed are "words" and "hidden_size"')
    fixed, value = ("hidden_size", 64) if against == "words" else ("copies", 1)
    chosen = sorted((p for p in points if p[fixed] == value), key=lambda point: point[against])
    xs = [point[against] for point in chosen]
    _, axes = plt.subplots(1, 2, figsize=(5, 2.8), layout="constrained")
    for ax, figure in zip(axes, ("seconds", "training_megabytes"), strict=True):
        ax.loglog(xs, [point[figure]["median"] for point in chosen], marker="o")
        ax.vlines(xs, *zip(*(point[figure]["range"] for point in chosen), strict=True), color="C0")
        ax.set(xlabel=against.replace("_", " "), ylabel=figure.replace("training_", ""))
        ax.set_xticks(xs, [f"{x / 1000:.0f} k" if x >= 10_000 else f"{x}" for x in xs])
        low, high = (math.log10(y) for y in ax.get_ylim())
        ax.set_ylim(10 ** math.floor(low), 10 ** math.ceil(high))  # whole decades
        ax.yaxis.set_major_formatter("{x:g}")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_minor_formatter("")
    return list(axes)
