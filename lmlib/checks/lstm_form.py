"""The LSTM's equations, recognised from outside: no names, no layout, no gate order.

Filling all weights with one number makes every layout compute the same.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect, expect_close
from lmlib.checks.leniency import seed_calls, stay_in_evaluation
from lmlib.checks.lstm_order import call_cell
from lmlib.checks.lstm_results import step, work_in_float32, works_in_float64
from lmlib.checks.modules import fill, only_training_is_random, unfinished
from lmlib.checks.symptom import Symptom

State = tuple[Tensor, Tensor, Tensor]  # x, h and c


def new_cell(Cell: Any, input_size: int, hidden_size: int) -> nn.Module:
    """A cell as it starts, with all its parameters: some are made in the first call."""
    cell: nn.Module = Cell(input_size, hidden_size)
    if unfinished(cell):
        sizes = (input_size, hidden_size, hidden_size)
        call_cell(cell, *(torch.zeros(2, size) for size in sizes))
    return cell


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


def expect_weights_count(Cell: Any, case: Case) -> None:
    """Demand that a cell does something: what it leaves undone cannot be wrong."""
    inputs, hidden = case.sizes(2, 4, 8)
    state = data(case, 3, inputs, hidden)
    one, other = (torch.cat(step(cell_of(Cell, inputs, hidden, case), *state)) for _ in range(2))
    text = "cells with other weights give the same new h and c"
    expect(not close(one, other), "weights-ignored", text)


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
        text += "What is not 0 there: c, a column of ones, or x and h after a change?"
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
    text = f"{what} is {found.flatten()[at]:.6g}; {formula} is {wanted.flatten()[at]:.6g}"
    expect_close(found, wanted, id, text)
