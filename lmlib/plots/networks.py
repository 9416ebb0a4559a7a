"""Drawings of recurrent networks, made from their number of steps and layers."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from lmlib.arguments import check_sizes, check_strings
from lmlib.plots.drawing import arrow, box, label, loop, sheet
from lmlib.plots.inputs import Place, check_axes
from lmlib.plots.style import COLORS, MUTED

ROW = 0.75  # from layer to layer; from step to step it is 1
SIZE: dict[str, Any] = {"width": 0.78, "height": 0.4, "fontsize": 10}


def draw_unrolled(
    num_steps: int, words: Sequence[str] | None = None, ax: Axes | None = None, every: bool = True
) -> Axes:
    """Draw one recurrent layer unrolled over `num_steps` words.

    Boxes of one colour share their weights. With `every`, each step predicts a word, else only
    the last one does. Raises what `draw_stacked` raises.
    """
    return draw_stacked(num_steps, 1, words=words, ax=ax, every=every)


def draw_stacked(
    num_steps: int,
    num_layers: int,
    words: Sequence[str] | None = None,
    ax: Axes | None = None,
    every: bool = True,
) -> Axes:
    """Draw `num_layers` recurrent layers over `num_steps` words: time to the right, layers up.

    Each layer has a colour of its own, because its copies share one set of weights. Raises
    ValueError unless both numbers are at least 1 and `words`, if given, are `num_steps`,
    TypeError for wrong types.
    """
    check_sizes(num_steps=num_steps, num_layers=num_layers)
    check_axes(ax)
    if words is None:
        words = [f"$x_{{{t}}}$" for t in range(1, num_steps + 1)]
    words = check_strings("words", words)
    if len(words) != num_steps:
        raise ValueError(f"got {len(words)} words for {num_steps} steps; give one for each")
    width = num_steps + 1
    ax = ax or sheet(width, ROW * (num_layers + 2), inches=max(0.8 * width, min(5, 1.2 * width)))
    label(ax, 0.5, _height(0), "embedding", fontsize=10)
    before: list[Place] = []
    for layer in range(1, num_layers + 1):
        label(ax, 0.5, _height(layer), _state(layer, 0, num_layers))
        before.append((0.75, _height(layer)))
    for t, word in enumerate(words, start=1):
        before = _draw_column(ax, t, word, before, predicts=every or t == num_steps)
    return ax


def draw_rolled(num_layers: int, ax: Axes | None = None) -> Axes:
    """Draw `num_layers` recurrent layers as one column: each returns its state to itself.

    Raises TypeError unless `num_layers` is a whole number, ValueError unless it is at least 1.
    """
    check_sizes(num_layers=num_layers)
    check_axes(ax)
    ax = ax or sheet(4, ROW * (num_layers + 2), inches=4)
    below = box(ax, 1.2, _height(0), "embedding", COLORS[0], width=1.1, height=0.4)
    for layer in range(1, num_layers + 1):
        color = COLORS[layer % len(COLORS)]
        here = box(ax, 1.2, _height(layer), f"layer {layer}", color, width=1.1, height=0.4)
        arrow(ax, below, here)
        loop(ax, here, color, size=0.6)
        label(ax, 2.5, _height(layer), f"its state {_state(layer, None, num_layers)}", ha="left")
        below = here
    arrow(ax, below, box(ax, 1.2, _height(num_layers + 1), "logits", MUTED, width=1.1, height=0.4))
    return ax


def _draw_column(
    ax: Axes, t: int, word: str, before: Sequence[Place], predicts: bool
) -> list[Place]:
    """Draw step `t` with arrows from the states `before` it, and return its own states."""
    below, states = box(ax, t + 0.5, _height(0), word, COLORS[0], **SIZE), list[Place]()
    for layer, last in enumerate(before, start=1):
        color, name = COLORS[layer % len(COLORS)], _state(layer, t, len(before))
        here = box(ax, t + 0.5, _height(layer), name, color, **SIZE)
        arrow(ax, below, here)
        arrow(ax, last, here, color=color)
        states.append(here)
        below = here
    if predicts:
        arrow(ax, below, box(ax, t + 0.5, _height(len(states) + 1), "logits", MUTED, **SIZE))
    return states


def _height(level: int) -> float:
    return ROW * (level + 0.5)


def _state(layer: int, step: int | None, num_layers: int) -> str:
    above = f"^{{({layer})}}" if num_layers > 1 else ""
    below = "" if step is None else f"_{{{step}}}"
    return f"$h{above}{below}$"
