"""Whether the states of a recurrent model are tanh or relu of a linear function of its inputs."""

import torch
from torch import Tensor

from lmlib.checks.expect import expect

NEITHER = (
    "what the output layer gets after a word is neither relu nor tanh of a linear function of what "
    "it got before (zeros at the start) and of the word"
)


def expect_tanh(inputs: Tensor, h: Tensor, tolerance: float) -> Tensor:
    """Demand a linear atanh(h); return its coefficients."""
    expect(h.abs().max() < 1, "other-step", NEITHER)
    a = h.atanh()
    lines = torch.linalg.pinv(inputs) @ a
    rest = (a - inputs @ lines) * (1 - h * h)
    expect(rest.abs().max() < tolerance, "other-step", NEITHER)
    return lines


def expect_relu(inputs: Tensor, unit: Tensor, tolerance: float) -> Tensor:
    """Where a unit is on, it is linear; where it is off, the same function is not positive.

    Its coefficients are returned, or zeros if what it was on for does not tell them.
    """
    on = unit > 0
    if on.sum() <= 2 * inputs.shape[1]:
        return torch.zeros(inputs.shape[1], dtype=unit.dtype)
    known = torch.linalg.pinv(inputs[on], rtol=1e-2) @ inputs[on]
    line = torch.linalg.pinv(inputs[on]) @ unit[on]
    rest = (inputs[on] @ line - unit[on]).abs().max()
    expect(rest < tolerance, "other-step", NEITHER)
    sure = ~on & ((inputs - inputs @ known).norm(dim=1) < tolerance)
    expect((inputs[sure] @ line < tolerance * 1e2).all(), "other-step", NEITHER)
    return line if tells(inputs, on) else torch.zeros_like(line)


def tells(inputs: Tensor, on: Tensor) -> bool:
    """Whether these steps are many, and different enough for only one line to fit them."""
    rows = inputs[on]
    return len(rows) > 2 * rows.shape[1] and bool(torch.linalg.matrix_rank(rows) == rows.shape[1])
