"""Ways to demand something; each raises a `Symptom` with its id."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.symptom import Symptom


def expect(condition: object, id: str, text: str) -> None:
    """Raise the symptom `id` unless the condition holds."""
    if not condition:
        raise Symptom(id, text)


def expect_tensor(
    value: Any, shape: Sequence[int], dtype: torch.dtype | None, what: str = "the result"
) -> Tensor:
    """Return `value` if it is a tensor of this shape and dtype (None: any); say what it is."""
    got = "a tuple" if isinstance(value, tuple) else type(value).__name__
    expect(isinstance(value, Tensor), "not-a-tensor", f"{what} is {got}, not a tensor")
    wanted = list(shape)
    found = list(value.shape)
    expect(found == wanted, "wrong-shape", f"{what} has shape {found}; {wanted} was expected")
    text = f"{what} is {value.dtype}; {dtype} was expected"
    expect(dtype in (None, value.dtype), "wrong-dtype", text)
    return value


def expect_close(
    found: Tensor, wanted: Tensor, id: str, text: str, rtol: float = 1e-5, atol: float = 1e-6
) -> None:
    """Raise the symptom `id` unless all elements are `close`."""
    expect(close(found.to(wanted.dtype), wanted, rtol, atol), id, text)


def close(found: Tensor, wanted: Tensor, rtol: float = 1e-5, atol: float = 1e-6) -> bool:
    """Whether all elements agree within the tolerances: `atol` is that for elements of about 1.

    Where all of them are far smaller, so is what they may differ by.
    """
    if found.shape != wanted.shape:
        return False
    sizes = [part.detach().abs().max().item() for part in (found, wanted) if part.numel()]
    return torch.allclose(found, wanted, rtol, atol * min(1.0, 30 * max(sizes, default=1.0)))
