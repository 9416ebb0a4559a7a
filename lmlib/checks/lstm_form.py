"""The LSTM's equations, recognised from outside: no names, no layout, no gate order.

With c = 0 the new c is i · g; c = 1 adds f to it; and h' / tanh(c') is o. So the gates can be
read from any cell, and filling all weights with one number makes every layout compute the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.leniency import seed_calls, stay_in_evaluation
from lmlib.checks.lstm_results import step, work_in_float32, works_in_float64
from lmlib.checks.modules import only_training_is_random
from lmlib.checks.symptom import Symptom

State = tuple[Tensor, Tensor, Tensor]  # x, h and c


class Gates(NamedTuple):
    """What a cell does with its memory, each [batch, hidden]."""

    forget: Tensor
    written: Tensor  # i · g
    shown: Tensor  # o


def cell_of(
    Cell: Any, input_size: int, hidden_size: int, case: Case, pure: bool = True
) -> nn.Module:
    """A cell in float64 with random parameters, whatever it started with.

    If `pure`, chance is forgiven: random in training only, it stays in evaluation, and else it
    draws the same in every call.
    """
    cell: nn.Module = Cell(input_size, hidden_size).double()
    sizes = (input_size, hidden_size, hidden_size)
    x, h, c = (torch.ones(2, size, dtype=torch.float64) for size in sizes)
    if not works_in_float64(cell, x, h, c):
        work_in_float32(cell)
    for parameter in cell.parameters():
        fill([parameter], case.normal(*parameter.shape, dtype=torch.float64) * 0.4)
    if pure:
        noisy = only_training_is_random(lambda mode: torch.cat(step(cell.train(mode), x, h, c)))
        cell.train()
        (stay_in_evaluation if noisy else seed_calls)(cell)
    return cell


def data(case: Case, batch: int, input_size: int, hidden_size: int) -> State:
    """x, h and c of a batch, in float64."""
    x = case.nonzero(batch, input_size, dtype=torch.float64)
    h, c = (case.nonzero(batch, hidden_size, dtype=torch.float64) for _ in range(2))
    return x, h, c


def biases_of(cell: nn.Module, input_size: int, hidden_size: int) -> list[nn.Parameter]:
    """The parameters that still count when x and h are zero."""
    x, h = (torch.zeros(2, size, dtype=torch.float64) for size in (input_size, hidden_size))
    found = _counting(cell, x, h, torch.ones_like(h))
    count = sum(parameter.numel() for parameter in found)
    if count > 8 * hidden_size:
        swapped = _counting(cell, x, torch.ones_like(h), h)
        text = "the new c is made of the old h instead of the old c"
        few = sum(parameter.numel() for parameter in swapped) <= 8 * hidden_size
        expect(not few, "state-swapped", text)
        text = f"where x and h are 0, {count} numbers of the parameters still count; the biases "
        text += f"are {4 * hidden_size} or {8 * hidden_size}. "
        text += "Does a gate look at c, or is a bias a part of a matrix?"
        raise Symptom("gate-sees-c", text)
    return found


def _counting(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> list[nn.Parameter]:
    """The parameters that change what a cell makes of x, h and c."""
    before = torch.cat(step(cell, x, h, c))
    text = "the same call gives another result the second time"
    expect_close(torch.cat(step(cell, x, h, c)), before, "not-repeatable", text)
    found = []
    for parameter in cell.parameters():
        values = parameter.detach().clone()
        fill([parameter], values + 1)
        if not torch.equal(before, torch.cat(step(cell, x, h, c))):
            found.append(parameter)
        fill([parameter], values)
    return found


def equal_gates(Cell: Any, case: Case) -> Iterator[tuple[nn.Module, State, Tensor, str]]:
    """Cells whose gates all see the same number s [batch, 1], x, h and c, and what was set."""
    inputs, hidden = case.sizes(2, 4, 8)
    cell = cell_of(Cell, inputs, hidden, case)
    biases = biases_of(cell, inputs, hidden)
    for weight in (0, 0.1, -case.uniform(0.05, 0.15), case.uniform(0.15, 0.3)):
        x, h, c = data(case, 4, inputs, hidden)
        fill(cell.parameters(), weight)
        fill(biases, 0)
        setting = f"with every weight {weight} and every bias 0"
        yield cell, (x, h, c), weight * torch.cat([x, h], dim=1).sum(1, keepdim=True), setting


def expect_number(id: str, what: str, found: Tensor, formula: str, wanted: Tensor) -> None:
    """Demand equality; show both numbers where they are furthest apart."""
    wanted = wanted.expand_as(found)
    at = (found - wanted).abs().argmax()
    text = f"{what} is {found.flatten()[at]:.4f}; {formula} is {wanted.flatten()[at]:.4f}"
    expect_close(found, wanted, id, text)


def read_gates(cell: nn.Module, x: Tensor, h: Tensor) -> Gates:
    """Read f, i · g and o for a batch of points."""
    _, written = step(cell, x, h, torch.zeros_like(h))
    new_h, new_c = step(cell, x, h, torch.ones_like(h))
    return Gates(new_c - written, written, new_h / new_c.tanh())


def expect_digits(cell: nn.Module, x: Tensor, h: Tensor) -> None:
    """Demand that float64 work is not done in float32: no slope could be read from it."""
    c = torch.full_like(h, 1 / 3)
    gates, state = read_gates(cell, x, h), step(cell, x, h, c)
    for name, given in zip("xhc", (x, h, c), strict=True):
        short, moved = (
            step(cell, *(change(t) if t is given else t for t in (x, h, c)))
            for change in (lambda t: t.float().double(), lambda t: t + 1)
        )
        text = f"of {name}, a float64 tensor, only as many digits count as float32 has"
        counts = not torch.equal(torch.cat(moved), torch.cat(state))
        same = torch.equal(torch.cat(short), torch.cat(state))
        expect(not (counts and same), "rounded", text)
    text = "x, h and c are float64, and the new ones have no more digits than float32"
    for seen in (*state, gates.shown, gates.shown.logit()):
        rounded = seen.isfinite().all() and (seen - seen.float()).abs().max() < 1e-11
        constant = seen.max() - seen.min() < 1e-6  # as 1 for a gate that is missing
        expect(constant or not rounded, "rounded", text)


def slopes(cell: nn.Module, x: Tensor, h: Tensor) -> Tensor:
    """How logit f, logit o and i · g of each unit move with each input: [hidden, 3 · B, n]."""
    inputs, steps = x.size(1), 1e-5 * torch.eye(x.size(1) + h.size(1), dtype=torch.float64)
    points = torch.cat([x, h], dim=1)[:, None]
    ends = []
    for moved in (points + steps, points - steps):  # [B, n, n]
        flat = moved.flatten(0, 1)
        gates = read_gates(cell, flat[:, :inputs], flat[:, inputs:])
        values = torch.stack([gates.forget.logit(), gates.shown.logit(), gates.written])
        ends.append(values.unflatten(1, moved.shape[:2]))
    rows = ((ends[0] - ends[1]) / 2e-5).permute(3, 0, 1, 2).flatten(1, 2)
    rows = rows.nan_to_num()  # a gate outside 0…1 has no logit
    return rows / rows.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def fill(parameters: Iterable[Tensor], values: Tensor | float) -> None:
    """Overwrite parameters in place."""
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(torch.as_tensor(values).to(parameter.dtype).expand_as(parameter))
