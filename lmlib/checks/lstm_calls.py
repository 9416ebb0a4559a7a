"""An LSTM cell in calls of every kind, against the equations and against its own usual call."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.calls import MODES, Mode, situations
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.lstm_form import (
    State,
    biases_of,
    cell_of,
    data,
    expect_number,
    expect_weights_count,
    new_cell,
)
from lmlib.checks.lstm_order import call_cell
from lmlib.checks.lstm_results import parts_of, step, three_of
from lmlib.checks.modules import fill
from lmlib.checks.symptom import Symptom

USUAL = MODES[0]


class Call(NamedTuple):
    """How a cell is called; its text begins a message."""

    mode: Mode
    state: State
    special: str = ""

    def __str__(self) -> str:
        return f"{self.mode}, with {len(self.state[0])} row(s){self.special}"


def expect_calls(Cell: Any, case: Case) -> None:
    """Demand the equations in all modes, for one row and many, small states and large ones."""
    inputs, hidden = case.sizes(2, 4, 8)
    if _is_usual(Cell, inputs, hidden, case):
        for sizes in ((5, 5), (3, 1), (1, 4), (40, 50)):
            _expect_equations(Cell, *sizes, 2, case)
        _expect_equations(Cell, inputs, hidden, None, case)
        _expect_large_weights(Cell, inputs, hidden, case)
        _expect_finite(new_cell(Cell, inputs, hidden), inputs, hidden, case)
    cell, other = (cell_of(Cell, inputs, hidden, case, pure=False) for _ in range(2))
    _expect_one_cell(cell, other, _calls(inputs, hidden, case))
    expect_weights_count(Cell, case)


def _is_usual(Cell: Any, inputs: int, hidden: int, case: Case) -> bool:
    """Whether a plain call follows the equations; if not, `memory` and `output` say so."""
    try:
        _expect_equations(Cell, inputs, hidden, 1, case)
    except Symptom:
        return False
    return True


def _expect_finite(cell: nn.Module, inputs: int, hidden: int, case: Case) -> None:
    """In float32, e^100 is infinite: gates that are 0 or 1 and a large c must not mind."""
    x, h, c = (each[:3].float() for each in data(case, 3, inputs, hidden))
    fill(cell.parameters(), 1.0)
    for rows, memory in ((_large(x), c * 1000), (x, c * 1000)):
        _, (new_h, new_c) = parts_of(call_cell(cell, rows, h, memory))
        text = "in float32, with a gate at 0 or 1 or with a large c, the new {} is not finite"
        for name, new in (("c", new_c), ("h", new_h)):
            expect(new.isfinite().all(), "call-differs", text.format(name))


def _expect_large_weights(Cell: Any, inputs: int, hidden: int, case: Case) -> None:
    """Demand that 1024 times larger weights make the same of x and h that are as much smaller."""
    cell, (x, h, c) = cell_of(Cell, inputs, hidden, case), data(case, 4, inputs, hidden)
    fill(biases_of(cell, inputs, hidden), 0)
    wanted = torch.stack(step(cell, x, h, c)).detach()
    for parameter in cell.parameters():
        fill([parameter], parameter * 1024)  # a power of 2, so no digit is lost
    for mode in (MODES[0], MODES[-1]):
        with mode.on(cell):
            found = torch.stack(step(cell, x / 1024, h / 1024, c)).detach()
        what = f"{mode}, with weights 1024 times as large, x and h as much smaller, a unit"
        expect_number("call-differs", what, found, "without that, it", wanted)


def _calls(inputs: int, hidden: int, case: Case) -> Iterator[Call]:
    for mode, rows, _ in list(situations(case))[::2]:  # several rows, and one, in every mode
        yield Call(mode, data(case, rows, inputs, hidden))
    for mode in (MODES[0], MODES[-1]):
        x, h, c = data(case, 3, inputs, hidden)
        yield Call(mode, (_large(x), h, c), " and a large x")
        yield Call(mode, (x, _large(h), c), " and a large h")
        yield Call(mode, (x, h, c * 60), " and a large c")
        yield Call(mode, (x, h * 0, c * 0), ", from zeros")
        yield Call(mode, data(case, case.sizes(1, 65, 90)[0], inputs, hidden))


def _large(rows: Tensor) -> Tensor:
    """Three rows that sum up to 200, −200 and 200: their gates are as good as 0 or 1."""
    size = rows.abs()
    return size / size.sum(1, keepdim=True) * torch.tensor([[200.0], [-200.0], [200.0]])


def _expect_equations(Cell: Any, inputs: int, hidden: int, count: int | None, case: Case) -> None:
    """Weights w, biases 0: every gate sees w (Σ x + Σ h), whatever the layout."""
    cell = cell_of(Cell, inputs, hidden, case, pure=False)
    biases = biases_of(cell, inputs, hidden)
    weight = round(case.uniform(0.06, 0.14) * case.pick((1, -1), 1)[0], 2)
    fill(cell.parameters(), weight)
    fill(biases, 0)
    for call in islice(_calls(inputs, hidden, case), count):
        x, h, c = call.state
        s = weight * torch.cat([x, h], dim=1).sum(1, keepdim=True)
        with call.mode.on(cell):
            new_h, new_c = (result.detach() for result in step(cell, x, h, c))
        what = f"sizes {inputs} and {hidden}, every weight {weight}, {call}: the new"
        wanted = s.sigmoid() * c + s.sigmoid() * s.tanh()
        expect_number("call-differs", f"{what} c", new_c, "f · c + i · g", wanted)
        wanted = s.sigmoid() * wanted.tanh()
        expect_number("call-differs", f"{what} h", new_h, "o · tanh(c)", wanted)


def _expect_one_cell(cell: nn.Module, other: nn.Module, calls: Iterator[Call]) -> None:
    """With random weights, each call gives what the usual call gives for these rows in a batch."""
    for call in calls:
        batch = [torch.cat([given, given.flip(0) / 2, given / 3]) for given in call.state]
        rows = len(call.state[0])
        with USUAL.on(cell):
            wanted = torch.stack(three_of(cell, batch[0], batch[1], batch[2]))[:, :rows].detach()
        with call.mode.on(other):
            step(other, *call.state)
        with call.mode.on(cell):
            found = torch.stack(three_of(cell, *call.state)).detach()
        text = f"{call}, the result is not that of the same rows in a batch, in training"
        expect_close(found, wanted, "call-differs", text)
