"""Figures of the course. Importing this imports matplotlib, which `import lmlib` does not."""

from lmlib.plots.curves import gradient_by_distance, growth, masks, state_heatmap, training_curves
from lmlib.plots.drawing import arrow, box, cell, frame, label, loop, node, sheet
from lmlib.plots.networks import draw_rolled, draw_stacked, draw_unrolled
from lmlib.plots.style import COLOR_OF, COLORS, INK, MUTED, style

__all__ = [
    "COLORS",
    "COLOR_OF",
    "INK",
    "MUTED",
    "arrow",
    "box",
    "cell",
    "draw_rolled",
    "draw_stacked",
    "draw_unrolled",
    "frame",
    "gradient_by_distance",
    "growth",
    "label",
    "loop",
    "masks",
    "node",
    "sheet",
    "state_heatmap",
    "style",
    "training_curves",
]
