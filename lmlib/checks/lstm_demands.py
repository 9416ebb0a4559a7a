"""What every LSTM cell must do, asked of a class: `LSTMCell` or `RefactoredLSTMCell`."""

from typing import Any

import torch

from lmlib.checks.calls import MODES
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.lstm_form import (
    biases_of,
    cell_of,
    data,
    equal_gates,
    expect_number,
    new_cell,
)
from lmlib.checks.lstm_gates import expect_digits, ranks, read_gates, read_slopes
from lmlib.checks.lstm_order import USUAL, order_of
from lmlib.checks.lstm_results import check_result, step
from lmlib.checks.modules import expect_module, fill, unchanged, unfinished


def expect_interface(Cell: Any, name: str, case: Case) -> None:
    """Demand a module that returns output, (h, c) at any sizes."""
    sizes = [case.sizes(2, 2, 9), sorted(case.sizes(2, 2, 9)), [5, 5], [3, 1], [1, 4]]
    for batch, (inputs, hidden) in zip((3, 1, 4, 8, *case.sizes(1, 5, 9)), sizes, strict=True):
        cell = Cell(inputs, hidden)
        expect_module(cell, name)
        finite = unfinished(cell) or all(p.isfinite().all() for p in cell.parameters())
        text = "parameters of a new cell are no finite numbers; were they ever given a value?"
        expect(finite, "not-finite", text)
        x, h, c = (t.float() for t in data(case, batch, inputs, hidden))
        order = order_of(type(cell))
        expect(order == USUAL, "argument-order", f"{USUAL} fails; what works is {order}")
        for mode in MODES:
            with mode.on(cell):
                result = cell(x.clone(), (h.clone(), c.clone()))
            check_result(result, (batch, hidden), torch.float32)
    expect_module(Cell(input_size=3, hidden_size=5), name)


def expect_parameters(Cell: Any, case: Case) -> None:
    """Demand as many numbers as four gates with one or two biases have."""
    for inputs, hidden in (case.sizes(2, 2, 9), case.sizes(2, 2, 9), (5, 5)):
        count = sum(p.numel() for p in new_cell(Cell, inputs, hidden).parameters())
        weights = 4 * (inputs + hidden) * hidden
        text = f"for input size {inputs} and hidden size {hidden} there are {count} parameters; "
        text += f"four gates have {weights + 4 * hidden}, or {weights + 8 * hidden} with two biases"
        good = count in (weights + 4 * hidden, weights + 8 * hidden)
        expect(good, "parameter-count", text)
    cell, other = new_cell(Cell, 3, 5), new_cell(Cell, 3, 5)
    before = [parameter.detach().clone() for parameter in other.parameters()]
    fill(cell.parameters(), 3)
    apart = unchanged(other, before)
    expect(apart, "weights-shared", "another cell's weights change along with those of a cell")


def expect_memory(Cell: Any, case: Case) -> None:
    """Demand c' = f c + i g where all gates see one number: 0, or the sum of x and h times w."""
    for cell, (x, h, c), s, setting in equal_gates(Cell, case):
        _, new_c = step(cell, x, h, c)
        swapped = torch.allclose(new_c, s.sigmoid() * h + s.sigmoid() * s.tanh())
        text = f"{setting}, the new c is made of the old h instead of the old c"
        expect(not swapped, "state-swapped", text)
        _, written = step(cell, x, h, torch.zeros_like(c))
        found, wanted = f"{setting} and c = 0, the new c", s.sigmoid() * s.tanh()
        expect_number("wrong-writing", found, written, "i · g", wanted)
        wanted = s.sigmoid() * c + s.sigmoid() * s.tanh()
        expect_number("wrong-memory", f"{setting}, the new c", new_c, "f · c + i · g", wanted)


def expect_output(Cell: Any, case: Case) -> None:
    """Demand h' = o tanh(c') of the cell's own c' where all gates see one number."""
    for cell, state, s, setting in equal_gates(Cell, case):
        new_h, new_c = step(cell, *state)
        found = f"{setting}, the new h"
        expect_number("wrong-output", found, new_h, "o · tanh(c)", s.sigmoid() * new_c.tanh())


def expect_biases(Cell: Any, case: Case) -> None:
    """Demand that biases do to the gates what x and h do: compare the cell with itself."""
    inputs, hidden = case.sizes(2, 4, 8)
    cell, (x, h, c) = cell_of(Cell, inputs, hidden, case), data(case, 4, inputs, hidden)
    biases = biases_of(cell, inputs, hidden)
    text = "where x and h are 0, no parameter changes the result: no gate has a bias"
    expect(biases, "wrong-bias", text)
    each = max(1, round(sum(bias.numel() for bias in biases) / (4 * hidden)))
    for bias in (-0.6, case.uniform(0.2, 0.9)):
        fill(cell.parameters(), 0)
        fill(biases, bias)
        found = step(cell, x, h, c)
        fill(cell.parameters(), bias)
        fill(biases, 0)
        size = torch.full_like(h[:, :1], each / (inputs + hidden))
        wanted = step(cell, size.expand_as(x), size.expand_as(h), c)
        text = f"biases of {bias} act differently from a sum of {bias * each:.2f} over x and h"
        expect_close(torch.cat(found), torch.cat(wanted), "wrong-bias", text)


def expect_four_gates(Cell: Any, case: Case) -> None:
    """At random weights, read the gates and see how each moves with x, h and c."""
    inputs, hidden = case.sizes(2, 4, 8)
    cell, (x, h, c) = cell_of(Cell, inputs, hidden, case), data(case, 6, inputs, hidden)
    expect_digits(cell, x, h)
    everywhere = torch.eye(inputs + hidden, dtype=x.dtype)
    slopes = read_slopes(cell, x, h, everywhere)
    (new_h, new_c), (wanted_h, wanted_c) = step(cell, x, h, c), read_gates(cell, x, h).state(c)
    text = "the new c is not a straight line in c: a gate changes with c"
    expect_close(new_c, wanted_c, "gate-sees-c", text)
    expect_close(new_h, wanted_h, "gate-sees-c", "h / tanh(c), the output gate, changes with c")
    ways = ranks(slopes)
    text = f"the gates of a unit react to x and h in only {ways.min()} different ways, not 4"
    expect(ways.min() >= 4, "gates-shared", text)
    text = f"the gates of a unit react to x and h in {ways.max()} different ways, not 4"
    expect(ways.max() == 4, "gates-not-affine", text)
    for inputs, hidden, least in ((9, 2, 8), (3, 8, 11)):
        cell, (x, h, _) = cell_of(Cell, inputs, hidden, case), data(case, 6, inputs, hidden)
        rank = int(ranks(read_slopes(cell, x, h, torch.eye(11, dtype=x.dtype)).flatten(0, 1)))
        text = f"the gates of {hidden} units react to {inputs} numbers of x and {hidden} of h in "
        text += f"only {rank} different ways, not {least}"
        expect(rank >= least, "gates-shared", text)
