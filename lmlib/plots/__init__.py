"""Figures of the course. Importing this imports matplotlib, which `import lmlib` does not."""

from lmlib.plots.curves import gradient_by_distance, growth, masks, state_heatmap, training_curves
from lmlib.plots.networks import draw_stacked, draw_unrolled
from lmlib.plots.style import COLORS, INK, MUTED, style

__all__ = [
    "COLORS",
    "INK",
    "MUTED",
    "draw_stacked",
    "draw_unrolled",
    "gradient_by_distance",
    "growth",
    "masks",
    "state_heatmap",
    "style",
    "training_curves",
]
