"""What an LSTM cell returns, read in any form that tells the output, the new h and c apart."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.lstm_order import call_cell


def step(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """The new h and c; the cell gets copies, so that it cannot change what is compared."""
    _, new_h, new_c = three_of(cell, x, h, c)
    return new_h, new_c


def three_of(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
    """The output, which `interface` compares with the new h, and the new h and c."""
    result = parts_of(call_cell(cell, x.clone(), h.clone(), c.clone()))
    return check_form(result, h.shape, h.dtype)


def works_in_float64(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> bool:
    """Whether a cell takes float64 tensors and returns such."""
    try:
        _, state = parts_of(call_cell(cell, x.clone(), h.clone(), c.clone()))
        return all(part.dtype == torch.float64 for part in state)
    except Exception:
        return False


def work_in_float32(cell: nn.Module) -> None:
    """Let a cell that cannot do otherwise work in float32; where digits are needed, it shows."""

    def short(_: nn.Module, given: tuple[Any, ...]) -> Any:
        return _to(torch.float32, given)

    def long(_: nn.Module, given: Any, result: Any) -> Any:
        return _to(torch.float64, result)

    cell.float()
    cell.register_forward_pre_hook(short)
    cell.register_forward_hook(long)


def _to(dtype: torch.dtype, value: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_to(dtype, part) for part in value)
    return value.to(dtype) if isinstance(value, Tensor) else value


def parts_of(result: Any) -> Any:
    """A result as `output, (h, c)`, if it is that in another order; `interface` judges the form."""
    match _without_names(result):
        case Tensor() as output, Tensor() as state if state.dim() == output.dim() + 1:
            return output, tuple(state)
        case Tensor() as h, Tensor() as c:  # as nn.LSTMCell returns them
            return h, (h, c)
        case (Tensor() as h, Tensor() as c), Tensor() as output:
            return output, (h, c)
        case (Tensor() as output, Tensor()), (Tensor() as h, Tensor() as c):
            return output, (h, c)
        case Tensor() as output, Tensor(), (Tensor() as h, Tensor() as c):
            return output, (h, c)
        case Tensor() as output, Tensor() as h, Tensor() as c:
            return output, (h, c)
        case Tensor() as output, (Tensor() as h, Tensor() as c), _:
            return output, (h, c)
        case Tensor() as output, (Tensor() as c, Tensor() as h) if _is_smaller(output, h, c):
            return output, (h, c)
        case Tensor() as output, (Tensor() as h, Tensor() as c):
            output, h, c = _as_rows(output, h, c)
            return output, (h, c)
    return result


def _without_names(result: Any) -> Any:
    """The values of dictionaries in their place, in the order in which they were put in."""
    if isinstance(result, dict):
        result = tuple(result.values())
    return tuple(map(_without_names, result)) if isinstance(result, tuple | list) else result


def _as_rows(*parts: Tensor) -> tuple[Tensor, ...]:
    """Without an axis of size 1 that some of the parts have, and others do not."""
    rows = next((part for part in parts if part.dim() == 2), None)
    if rows is None or any(part.numel() != rows.numel() for part in parts):
        return parts
    return tuple(part if part.dim() == 2 else part.reshape_as(rows) for part in parts)


def _is_smaller(output: Tensor, h: Tensor, c: Tensor) -> bool:
    """Whether h is the output and below c, as o · tanh(c) always is: then the two are swapped."""
    same = output.shape == h.shape == c.shape and torch.equal(output, h)
    return same and bool((h.abs() < c.abs()).all())


def check_result(result: Any, shape: Iterable[int], dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Demand `output, (h, c)` with output = h; return the three tensors."""
    output, h, c = check_form(result, shape, dtype)
    text = "the output and the first part of the new state differ: both should be the new h"
    expect(torch.equal(output, h), "output-not-h", text)
    return output, h, c


def check_form(result: Any, shape: Iterable[int], dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Demand `output, (h, c)`; return the three tensors."""
    pair = isinstance(result, tuple | list) and len(result) == 2
    expect(pair, "not-a-pair", "the cell does not return two things: output, (h, c)")
    output, state = result
    pair = isinstance(state, tuple | list) and len(state) == 2
    text = "what comes second is not a pair (h, c); the output comes first, then the new state"
    expect(pair, "state-not-a-pair", text)
    for value, what in ((output, "the output"), (state[0], "the new h"), (state[1], "the new c")):
        expect_tensor(value, list(shape), dtype, what)
    return output, state[0], state[1]
