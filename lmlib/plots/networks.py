"""Drawings of recurrent networks, made from their number of steps and layers."""

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from lmlib.plots.style import COLORS, INK, MUTED

WIDTH, HEIGHT = 0.62, 0.42  # of a box, in units of the grid


def draw_unrolled(
    num_steps: int, words: Sequence[str] | None = None, ax: Axes | None = None, every: bool = True
) -> Axes:
    """Draw one recurrent layer unrolled over `num_steps` words.

    Boxes of one colour share their weights. With `every`, each step predicts a word, else only
    the last one does.
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
    ValueError unless both numbers are at least 1 and `words`, if given, are `num_steps`.
    """
    if num_steps < 1 or num_layers < 1:
        raise ValueError(f"got {num_steps} steps and {num_layers} layers; both must be ≥ 1")
    words = [f"$x_{{{t + 1}}}$" for t in range(num_steps)] if words is None else list(words)
    if len(words) != num_steps:
        raise ValueError(f"got {len(words)} words for {num_steps} steps; give one for each")
    top = num_layers + 1
    if ax is None:
        _, ax = plt.subplots(figsize=(6, 0.9 * (num_layers + 2)))
    for layer in range(1, num_layers + 1):
        _label(ax, -1, layer, _state(layer, 0, num_layers))
        for t in range(num_steps):
            _box(ax, t, layer, _state(layer, t + 1, num_layers), COLORS[layer % len(COLORS)])
            _arrow(ax, (t - 1 + WIDTH / 2, layer), (t - WIDTH / 2, layer))
            _arrow(ax, (t, layer - 1 + HEIGHT / 2), (t, layer - HEIGHT / 2))
    for t, word in enumerate(words):
        _box(ax, t, 0, word, COLORS[0])
        if every or t == num_steps - 1:
            _arrow(ax, (t, top - 1 + HEIGHT / 2), (t, top - HEIGHT / 2))
            _box(ax, t, top, "logits", MUTED)
    _label(ax, -1, 0, "embedding")
    _frame(ax, num_steps, top)
    return ax


def _state(layer: int, step: int, num_layers: int) -> str:
    above = f"^{{({layer})}}" if num_layers > 1 else ""
    return f"$h{above}_{{{step}}}$"


def _label(ax: Axes, x: float, y: float, text: str) -> None:
    ax.text(x, y, text, ha="center", va="center", color=INK, fontsize=10)


def _box(ax: Axes, x: float, y: float, text: str, color: str) -> None:
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    ax.add_patch(
        FancyBboxPatch(
            corner, WIDTH, HEIGHT, boxstyle="round,pad=0,rounding_size=0.08", fc="none", ec=color,
            lw=2,
        )
    )  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", color=INK, fontsize=10)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.4})


def _frame(ax: Axes, num_steps: int, top: int) -> None:
    ax.set_xlim(-1.5, num_steps - 0.5)
    ax.set_ylim(-0.4, top + 0.4)
    ax.axis("off")
