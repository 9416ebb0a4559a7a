"""What the drawings of the course are made of: boxes, cells, nodes, arrows, loops and labels.

A shape is drawn around its centre and returned, so that an arrow can lead from shape to shape.
Lengths are in the units of the sheet; a colour is whatever matplotlib knows.
"""

from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch, Patch, Rectangle
from matplotlib.path import Path

from lmlib.plots.inputs import Place, centre_of, check_lengths, extent_of
from lmlib.plots.style import INK, MUTED

TINT = 0.1  # a stronger ground would take too much contrast from the text on it


def sheet(width: float, height: float, inches: float = 5.0) -> Axes:
    """Return an empty sheet: x from 0 to `width`, which is `inches` wide, y from 0 to `height`.

    Raises TypeError for what is no number, ValueError for one that is not above 0.
    """
    check_lengths(width=width, height=height, inches=inches)
    _, ax = plt.subplots(figsize=(inches, inches * height / width))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.axis("off")
    return ax


def label(ax: Axes, x: float, y: float, text: str, color: str = INK, **options: Any) -> None:
    """Write text around a point, or raise TypeError or ValueError; options are of `Axes.text`."""
    centre_of((x, y))
    ax.text(x, y, text, **{"ha": "center", "va": "center", "color": color, **options})


def box(
    ax: Axes,
    x: float,
    y: float,
    text: str = "",
    color: str = INK,
    width: float = 1.2,
    height: float = 0.8,
    **options: Any,
) -> Patch:
    """Draw a box with round corners: it computes. Options are the text's. Raises as `sheet`."""
    check_lengths(width=width, height=height)
    shape = FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height,
        boxstyle=f"round,pad=0,rounding_size={0.2 * min(width, height)}",
    )  # fmt: skip
    return _add(ax, shape, x, y, text, color, TINT, options)


def cell(
    ax: Axes,
    x: float,
    y: float,
    text: str = "",
    color: str = INK,
    width: float = 1.0,
    height: float = 0.8,
    tint: float = TINT,
    **options: Any,
) -> Patch:
    """Draw a cell with sharp corners: it holds a value. `tint` fills it, 0 to 1. Else as `box`."""
    check_lengths(width=width, height=height)
    shape = Rectangle((x - width / 2, y - height / 2), width, height)
    return _add(ax, shape, x, y, text, color, tint, options)


def node(
    ax: Axes, x: float, y: float, text: str, color: str = INK, size: float = 0.7, **options: Any
) -> Patch:
    """Draw a small circle: an operation such as + or ×. Options and errors are those of `box`."""
    check_lengths(size=size)
    return _add(ax, Ellipse((x, y), size, size), x, y, text, color, TINT, options)


def frame(ax: Axes, left: float, bottom: float, width: float, height: float) -> Patch:
    """Draw a dashed frame from its lower left corner: what belongs together. Raises as `sheet`."""
    check_lengths(width=width, height=height)
    centre_of((left, bottom))
    shape = Rectangle((left, bottom), width, height, fill=False, ec=MUTED, ls="--", lw=1.2)
    return ax.add_patch(shape)


def arrow(
    ax: Axes,
    *places: Place,
    color: str = INK,
    bend: float = 0.0,
    line: str = "-",
    width: float = 1.6,
) -> None:
    """Draw an arrow from place to place: points, or shapes, at whose edges it starts and ends.

    `bend` curves it. Through more than two places it runs straight, from centre to centre.
    Raises ValueError for fewer than two, TypeError for what is no place.
    """
    if len(places) < 2:
        raise ValueError(f"got {len(places)} places; an arrow leads through 2 or more")
    check_lengths(width=width)
    centres = [centre_of(place) for place in places]
    if len(places) > 2:
        _add_arrow(ax, color, line, width, path=Path(centres))
        return
    shapes = [place if isinstance(place, Patch) else None for place in places]
    _add_arrow(
        ax, color, line, width, posA=centres[0], posB=centres[1], patchA=shapes[0],
        patchB=shapes[1], connectionstyle=f"arc3,rad={bend}",
    )  # fmt: skip


def loop(ax: Axes, shape: Patch, color: str = INK, size: float = 1.2) -> None:
    """Draw an arrow that leaves a shape on its right, goes out `size` far, and returns to it.

    Raises TypeError for what is no shape; else as `sheet`.
    """
    check_lengths(size=size)
    extent = extent_of(shape)
    right, (_, y) = extent.x1, centre_of(shape)
    inner, outer = 0.22 * extent.height, 0.9 * extent.height
    curve = [
        (right, y + inner),
        (right + 4 / 3 * size, y + outer),
        (right + 4 / 3 * size, y - outer),
        (right, y - inner),
    ]
    _add_arrow(ax, color, "-", 1.6, path=Path(curve, [Path.MOVETO] + [Path.CURVE4] * 3))


def _add(
    ax: Axes, shape: Patch, x: float, y: float, text: str, color: str, tint: float,
    options: dict[str, Any],
) -> Patch:  # fmt: skip
    shape.set(facecolor=to_rgba(color, tint), edgecolor=color, linewidth=1.8)
    label(ax, x, y, text, **options)
    return ax.add_patch(shape)


def _add_arrow(ax: Axes, color: str, line: str, width: float, **course: Any) -> None:
    look: dict[str, Any] = {"color": color, "linestyle": line, "linewidth": width}
    ends: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 13, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(**course, **look, **ends))
