"""One look for all figures: readable on light and on dark pages, and on a phone."""

import sys
from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap, to_rgba

# Each colour has a contrast of at least 3 : 1 against white and against the dark page (#121212);
# the ink, which writes text, has at least 4 : 1. The grounds stay transparent.
INK = "#767676"
MUTED = "#8f8f8f"
COLORS = ("#2b7fd0", "#d9700f", "#1f9658", "#c0509e", "#8a6fd8", "#1596a3")

# What a layer is made of has one colour in all figures. LMModel1 to LMModel4 are ReLU, LMModel5 is
# tanh, LMModel6 and LMModel7 are LSTM.
COLOR_OF = dict(zip(("LSTM", "tanh", "ReLU", "sigmoid", "GRU"), COLORS, strict=False))

# For numbers of both signs: zero is transparent, so that it is pale on any ground.
SIGNED = LinearSegmentedColormap.from_list(
    "signed",
    [
        (0, to_rgba(COLORS[0])),
        (0.5, to_rgba(COLORS[0], 0)),
        (0.5, to_rgba(COLORS[1], 0)),
        (1, to_rgba(COLORS[1])),
    ],
)


def style() -> None:
    """Set matplotlib's defaults for the course's figures: call it once before you draw.

    In a notebook figures become drawings (SVG), which are sharp on every screen. They carry no
    date and no random names, so that the same figure is the same text.
    """
    if _in_kernel():
        _draw_svg()
    plt.rcParams.update(
        {
            "figure.figsize": (5, 3),
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "savefig.bbox": "tight",
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "axes.edgecolor": MUTED,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=COLORS),
            "lines.linewidth": 2,
            "image.cmap": "viridis",
            "svg.hashsalt": "lmlib",
        }
    )


def _in_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _draw_svg() -> None:
    from matplotlib_inline.config import InlineBackend

    backend = InlineBackend.instance()
    without_date: dict[str, Any] = {**backend.print_figure_kwargs, "metadata": {"Date": None}}
    backend.print_figure_kwargs = without_date
    backend.figure_formats = {"svg"}
