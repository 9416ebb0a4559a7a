"""What functions ask of their arguments: an error says what was got and what is allowed."""

import math
from collections.abc import Iterable, Set
from numbers import Integral, Real
from reprlib import repr as shown

import torch
from torch import Tensor, nn


def check_sizes(least: int = 1, most: float = math.inf, **sizes: int) -> None:
    """Raise TypeError for what is no whole number, ValueError for one outside [least, most]."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, (int, Integral)):
            raise TypeError(f"{name} is {shown(value)}; it must be a whole number")
        if not least <= value <= most:
            allowed = f"from {least} to {most}" if math.isfinite(most) else f"at least {least}"
            raise ValueError(f"{name} is {value}; it must be {allowed}")


def check_number(
    name: str,
    value: float,
    *,
    above: float = -math.inf,
    least: float = -math.inf,
    below: float = math.inf,
    most: float = math.inf,
) -> None:
    """Raise TypeError for what is no number, ValueError unless it is finite and in its bounds."""
    if isinstance(value, bool) or not isinstance(value, (float, int, Real)):  # float is quickest
        raise TypeError(f"{name} is {shown(value)}; it must be a number")
    if not (above < value < below and least <= value <= most):
        bounds = {"above": above, "at least": least, "below": below, "at most": most}
        allowed = [f"{word} {bound}" for word, bound in bounds.items() if math.isfinite(bound)]
        allowed += ["finite"] if math.inf == below == most else []
        raise ValueError(f"{name} is {value}; it must be {' and '.join(allowed)}")


def check_text(name: str, value: object) -> None:
    """Raise TypeError unless the value is a string."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {shown(value)}; it must be a string")


def check_strings(name: str, values: object, hint: str = "text.split()") -> list[str]:
    """Return the values as a list; raise TypeError unless they are many strings, in an order."""
    if isinstance(values, str):
        raise TypeError(f"{name} are one string; give a list of strings, such as {hint}")
    if isinstance(values, Set) and not hasattr(values, "mapping"):  # a dict's keys have an order
        raise TypeError(f"{name} are a set, which has no order; give a list, such as sorted(…)")
    if not isinstance(values, Iterable):
        raise TypeError(f"{name} are {shown(values)}; give a list of strings, such as {hint}")
    strings = list(values)
    for value in strings:
        if not isinstance(value, str):
            raise TypeError(f"{name} hold {shown(value)}; they must all be strings")
    return strings


def check_tensor(name: str, value: object) -> None:
    """Raise TypeError unless the value is a tensor."""
    if not isinstance(value, Tensor):
        kind = type(value).__name__
        raise TypeError(f"{name} must be a tensor, got {kind}; torch.tensor({name}) makes one")


def check_ids(name: str, value: Tensor) -> None:
    """Raise TypeError unless the value is a tensor of int64."""
    check_tensor(name, value)
    if value.dtype != torch.int64:
        raise TypeError(f"{name} are {value.dtype}; they must be word ids, torch.int64")


def check_floats(name: str, value: Tensor) -> None:
    """Raise TypeError unless the value is a tensor of floating-point numbers."""
    check_tensor(name, value)
    if not value.is_floating_point():
        raise TypeError(f"{name} is {value.dtype}; it must hold floating-point numbers")


def check_shape(name: str, value: Tensor, *sizes: int | str) -> None:
    """Raise ValueError unless the tensor has these sizes; a name stands for any from 1."""
    pairs = zip(value.shape, sizes, strict=False)
    if value.dim() != len(sizes) or not all(
        n > 0 if isinstance(size, str) else n == size for n, size in pairs
    ):
        allowed = ", ".join(map(str, sizes))
        raise ValueError(
            f"the shape of {name} is {list(value.shape)}; allowed is [{allowed}], not empty"
        )


def device_of(model: nn.Module) -> torch.device:
    """Return the device of the model's parameters.

    Raises TypeError for what is no model, ValueError for one without parameters or values.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model is {shown(model)}; give a model, such as LMModel4(30, 64)")
    first = next(model.parameters(), None)
    if first is None:
        raise ValueError(f"the model {type(model).__name__} has no parameters; give one that has")
    if first.is_meta:
        raise ValueError('the model lies on "meta", without values; make it on another device')
    return first.device
