"""What a dropped tensor shows: where its zeros are, and what became of the rest."""

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.remote import each


def dropped(layer: Any, x: Tensor, new: list[Any] | None = None) -> Tensor:
    """Where a call put zeros; `x` must hold none. `new` as in `lmlib.checks.remote.each`."""
    (out,) = each(layer, [x.clone()], new)
    return expect_tensor(out, x.shape, x.dtype) == 0


def chosen(out: Tensor) -> Tensor:
    """Where a result holds 0 or, if nowhere, a number that many elements have in its place.

    For what is not about the number: `rate` and `survivors` judge that.
    """
    zeros = out == 0
    if zeros.any() or out.numel() < 100:
        return zeros
    alike = out == out.flatten().mode().values
    return alike if share_of(alike) > 0.02 else zeros


def chosen_by_each(layer: Any, xs: Sequence[Tensor]) -> list[Tensor]:
    """The same for a row of calls."""
    outs = each(layer, [x.clone() for x in xs])
    return [chosen(expect_tensor(out, x.shape, x.dtype)) for out, x in zip(outs, xs, strict=True)]


def drops(layer: Any, x: Tensor) -> bool:
    """Whether any of many calls drops an element."""
    return any(bool(mask.any()) for _ in range(30) for mask in chosen_by_each(layer, [x]))


def works(Dropout: Any, *xs: Tensor) -> bool:
    """Whether a new layer takes all xs; `any_shape` judges shapes and dtypes that are refused."""
    try:
        outs = each(Dropout, [x.clone() for x in xs], new=[0.5])
        return all(out.shape == x.shape for out, x in zip(outs, xs, strict=True))
    except Exception:
        return False


def taken(Dropout: Any, xs: Sequence[Tensor]) -> list[Tensor]:
    """The inputs that a layer takes."""
    return list(xs) if works(Dropout, *xs) else [x for x in xs if works(Dropout, x)]


def zero_if_taken(Dropout: Any) -> tuple[float, ...]:
    """p = 0 for the properties that `bad_p` is not, unless a layer refuses it."""
    try:
        Dropout(0.0)
    except ValueError:
        return ()
    return (0.0,)


def fit_for(Dropout: Any, x: Tensor) -> Tensor:
    """A matrix, or with one axis more if a layer takes no matrix."""
    return x[None] if not works(Dropout, x) and works(Dropout, x[None]) else x


def share_of(mask: Tensor) -> float:
    """Which share of a mask is set."""
    return mask.double().mean().item()


def tolerance(p: float, count: int) -> float:
    """Seven standard errors of a share: a right one is further off once in 10¹¹ draws."""
    return 7 * math.sqrt(p * (1 - p) / count)


def expect_scaled(out: Tensor, x: Tensor, p: float, how: str = "") -> None:
    """Demand `out` = x / (1 − p) wherever it is not zero, and name the factor otherwise."""
    where = f"with p = {p:.3g}{how}"
    kept = out != 0
    whole = (kept | (x == 0)).all()  # an activation may be 0 by chance
    expect(p > 0 or whole, "drops-at-zero", f"{where} some elements still become zero")
    factors = (out / x)[kept]
    expect(len(factors), "wrong-rate", f"{where} not one element of {x.numel()} survived")
    low, high = factors.min().item(), factors.max().item()
    text = f"{where} the survivors are multiplied by anything from {low:.6g} to {high:.6g}"
    expect(high - low < 1e-3 * abs(high), "uneven-survivors", text)
    text = f"{where} the elements that survive are just x: their sum has shrunk"
    expect(p == 0 or abs(low - 1) > 1e-3, "not-rescaled", text)
    text = f"{where} the elements that survive are multiplied by {low:.6g}; "
    text += f"1 / (1 - p) is {1 / (1 - p):.6g}"
    expect(abs(low * (1 - p) - 1) < 1e-5, "wrong-scale", text)
