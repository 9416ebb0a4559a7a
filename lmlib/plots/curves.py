"""Figures made from numbers: training curves, gradients by distance, masks and states."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from torch import Tensor

from lmlib.arguments import check_number, check_shape, check_strings
from lmlib.plots.inputs import check_axes, check_history, check_named, numbers
from lmlib.plots.style import INK, SIGNED


def training_curves(
    histories: Mapping[str, Sequence[Mapping[str, float]]],
    figure: str = "accuracy",
    ax: Axes | None = None,
) -> Axes:
    """Plot one figure of each history (from `lmlib.fit`) against the epoch, a line for each.

    Raises TypeError unless the histories are in a dict, ValueError if there are none, or for a
    figure that one of them does not have: only training with `valid` batches has an accuracy.
    """
    check_named("histories", histories)
    for name, history in histories.items():
        check_history(name, history, figure)
    check_axes(ax)
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

    A vertical line marks `cut`, the distance at which truncation ends the gradient. Raises
    TypeError unless the norms are numbers, by name, ValueError if there are none, or one is
    negative or nan.
    """
    check_named("norms", norms)
    lines = {name: numbers(f"norms of {name!r}", values) for name, values in norms.items()}
    for name, line in lines.items():
        check_shape(f"norms of {name!r}", line, "distances")
        if not bool((line >= 0).all()):
            raise ValueError(f"norms of {name!r} hold nan or a number below 0; norms never are")
    if cut is not None:
        check_number("cut", cut, least=0)
    check_axes(ax)
    ax = ax or plt.subplots()[1]
    for name, line in lines.items():
        ax.semilogy(range(len(line)), line, label=name)
    if cut is not None:
        ax.axvline(cut, color=INK, ls="--", lw=1.4)
    ax.set(xlabel="distance in steps", ylabel="gradient norm")
    if len(norms) > 1:
        ax.legend()
    return ax


def masks(tensors: Mapping[str, Tensor]) -> Sequence[Axes]:
    """Show 2-D masks side by side: dropped entries are pale, kept ones are dark.

    Raises TypeError unless they are numbers, by name, ValueError if there are none or one has
    another shape.
    """
    check_named("masks", tensors)
    pictures = {name: numbers(f"mask {name!r}", mask) for name, mask in tensors.items()}
    for name, picture in pictures.items():
        check_shape(f"mask {name!r}", picture, "rows", "columns")
    size = (5, 5 / len(tensors) + 0.4)
    _, axes = plt.subplots(1, len(tensors), squeeze=False, figsize=size, layout="constrained")
    for ax, (name, picture) in zip(axes[0], pictures.items(), strict=True):
        ax.imshow((picture != 0).float().numpy(), cmap="Blues", vmin=-0.4, vmax=1.4)
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
    to make two pictures comparable. Raises TypeError unless the states are numbers, ValueError for
    another shape, for nan and inf, for another number of words than states, and for a `largest`
    that is not above 0.
    """
    states = numbers("states", states)
    check_shape("states", states, "seq", "hidden")
    if not bool(states.isfinite().all()):
        raise ValueError("states hold nan or inf, which no colour shows")
    words = None if words is None else check_strings("words", words)
    if words is not None and len(words) != len(states):
        raise ValueError(f"got {len(words)} words for {len(states)} states; give one for each")
    if largest is None:
        largest = states.abs().max().item() or 1.0
    check_number("largest", largest, above=0)
    check_axes(ax)
    ax = ax or plt.subplots()[1]
    picture = ax.imshow(
        states.t().numpy(), aspect="auto", cmap=SIGNED, vmin=-largest, vmax=largest,
        interpolation="none",
    )  # fmt: skip
    scale = ax.figure.colorbar(picture, ax=ax, label="activation")
    if bool((states >= 0).all()):
        scale.ax.set_ylim(0, largest)  # a relu leaves nothing negative
    ax.set(ylabel="unit", xticks=[], yticks=[])
    if words is not None:
        ax.set_xticks(range(len(words)), words, rotation=60, ha="right")
    return ax


def growth(points: Sequence[Mapping[str, Any]], against: str = "words") -> Sequence[Axes]:
    """Plot seconds and megabytes of training against the text's length or the hidden size.

    `points` are those of `lmlib.results.load("growth")`, medians with their range; `against` is
    "words" or "hidden_size", and the points with the other one at its usual value are shown, on
    log axes. Raises ValueError for another `against`, or if there is no such point.
    """
    if against not in ("words", "hidden_size"):
        raise ValueError(f'against is {against!r}; allowed are "words" and "hidden_size"')
    fixed, value = ("hidden_size", 64) if against == "words" else ("copies", 1)
    chosen = sorted((p for p in points if p.get(fixed) == value), key=lambda point: point[against])
    if not chosen:
        raise ValueError(f"no point has {fixed} {value}; give those of the growth results")
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
