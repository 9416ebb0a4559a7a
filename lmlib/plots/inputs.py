"""What the figures ask of their input."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox
from torch import Tensor

from lmlib.arguments import check_number, shown

Place = Patch | tuple[float, float]


def check_axes(ax: Axes | None) -> None:
    """Raise TypeError unless ax is axes of matplotlib, or None for new ones."""
    if ax is not None and not isinstance(ax, Axes):
        raise TypeError(f"ax is {shown(ax)}; it must be matplotlib axes, as plt.subplots() makes")


def check_named(name: str, values: Mapping[str, Any]) -> None:
    """Raise TypeError unless the values are a dict of named things, ValueError if it is empty."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{name} are {shown(values)}; give a dict from a name to what it names")
    if not values:
        raise ValueError(f"{name} are empty; give at least one")


def check_history(name: str, history: Sequence[Mapping[str, float]], figure: str) -> None:
    """Raise unless the history is a list of rows with an epoch and the figure."""
    try:
        len(history)  # rows that come one by one would be gone after this look
        lacking = [row for row in history if not {"epoch", figure} <= row.keys()]
    except (TypeError, AttributeError):
        raise TypeError(f"the history {name!r} must be a list of dicts, as fit returns") from None
    if lacking or not history:
        had = f"has {sorted(lacking[0])}" if lacking else "is empty"
        raise ValueError(f"the history {name!r} {had}; a row needs 'epoch' and {figure!r}")


def numbers(name: str, values: Any) -> Tensor:
    """Return numbers as a float64 tensor that can be drawn, from any device and without gradient.

    Raises TypeError for what are no real numbers.
    """
    try:
        if isinstance(values, Tensor):
            return _real(values)
        rows = [_real(row) for row in values]
        return torch.stack(rows) if rows else torch.empty(0)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name} must be numbers, in a tensor or a list: {error}") from None


def _real(values: Any) -> Tensor:
    kept = values if isinstance(values, Tensor) else torch.as_tensor(values, dtype=torch.float64)
    if kept.is_complex():
        raise TypeError("complex numbers have no place on an axis")
    return kept.detach().cpu().double()


def check_lengths(**lengths: float) -> None:
    """Raise TypeError for what is no number, ValueError unless it is above 0 and finite."""
    for name, length in lengths.items():
        check_number(name, length, above=0)


def extent_of(shape: Patch) -> Bbox:
    """Return the corners of a shape; raise TypeError for what is none."""
    if not isinstance(shape, Patch):
        raise TypeError(f"shape is {shown(shape)}; it must be one that box, cell or node returned")
    return shape.get_path().transformed(shape.get_patch_transform()).get_extents()


def centre_of(place: Place) -> tuple[float, float]:
    """Return the centre of a shape, or a point as it is; raise TypeError for anything else."""
    if isinstance(place, Patch):
        extent = extent_of(place)
        return (extent.x0 + extent.x1) / 2, (extent.y0 + extent.y1) / 2
    if not isinstance(place, (tuple, list)) or len(place) != 2:
        raise TypeError(f"a place is {shown(place)}; it must be a shape or a point (x, y)")
    for name, value in zip("xy", place, strict=True):
        check_number(name, value)
    return place
