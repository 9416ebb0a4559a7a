"""How an LSTM cell does its work: by how many products, and by whose code."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.calls import MODES, Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.lstm_form import cell_of, data
from lmlib.checks.lstm_gates import expect_digits, ranks, read_gates, read_slopes
from lmlib.checks.lstm_order import arguments
from lmlib.checks.lstm_results import step
from lmlib.checks.operations import Repeated, repeat
from lmlib.checks.remote import calls_of, has_ready_made, operations_of
from lmlib.checks.symptom import Symptom

# In names of PyTorch's own, as in lstm_cell or mkldnn_rnn_layer but not in congruences, and a file.
READY_MADE = re.compile(r"lstm|(?<![a-z])gru|rnn_layer|/quantizable/modules/rnn\.py")
Calls = Sequence[tuple[Mode, int]]
USUAL: Calls = ((Mode(True), 3),)
ALL: Calls = (*((mode, 3) for mode in MODES), (Mode(True), 1))


def expect_two_products(Cell: Any, case: Case) -> None:
    """Demand that at most two operations bring the weights of four gates together with x and h.

    These operations are done once more, with other numbers, and give what the cell gives for them.
    With such sizes, a single gate has far more weights than there is else in a step.
    """
    inputs, hidden = case.sizes(1, 175, 185)[0], case.sizes(1, 75, 79)[0]
    for mode, rows in itertools.product(MODES, (1, 3)):
        cell = cell_of(Cell, inputs, hidden, case, pure=False)  # numbers that no mode has seen
        seen, *others = ([part / 5 for part in data(case, rows, inputs, hidden)] for _ in range(3))
        with mode.on(cell):
            _, noted = operations_of(cell, *arguments(cell, *(part.clone() for part in seen)))
            wanted = [torch.stack(step(cell, *other)).detach() for other in others]
            most = 3 * hidden if rows == 1 else 8  # more than two gates and pieces could tell apart
            _expect_gates(cell, others, wanted, most, case, str(mode))
            try:
                repeated = repeat(noted, seen, others, rows * hidden)
            except Exception as error:
                text = f"{mode}, the operations of one call cannot be done once more: {error}"
                raise Symptom("other-operations", text) from None
        _expect_few_products(repeated, rows, inputs, hidden, str(mode))
        text = f"{mode}, the operations of one call, done with other numbers, do not give what the "
        text += "cell gives for these"
        pairs = zip(repeated.made, wanted, strict=True)
        same = all(_is_among(tensors, new) for tensors, state in pairs for new in state)
        expect(same, "other-operations", text)


def _expect_few_products(done: Repeated, rows: int, inputs: int, hidden: int, mode: str) -> None:
    text = f"{mode}, one step of {rows} row(s) takes {done.products} products of weights with x or "
    text += "h"
    most = rows * hidden * min(inputs, hidden) * 15 // 16  # less than x or h in one gate
    text += f", and in pieces others of {done.in_pieces} numbers" * (done.in_pieces > most)
    expect(done.products <= 2 and done.in_pieces <= most, "too-many-products", text)
    weights = hidden * (inputs + hidden)
    text = f"{mode}, one step names {done.beside} numbers and tensors; they could stand for many "
    text += f"of the {weights} weights of a gate"
    expect(done.beside <= weights // 6, "products-in-pieces", text)
    text = f"{mode}, one step of {rows} row(s) adds up {done.added} numbers made of weights and x "
    text += f"or h; a sum for each product of four gates takes {4 * rows * weights}"
    expect(done.added <= 16 * rows * weights, "products-in-sums", text)
    text = f"{mode}, one step of {rows} row(s) takes no product of weights with x or h"
    expect(done.products, "no-products", text)


def _expect_gates(
    cell: Any, others: list[list[Tensor]], found: list[Tensor], most: int, case: Case, mode: str
) -> None:
    """Demand that four gates make the new h and c, and react to `most` directions of x and h.

    The products of another step say nothing.
    """
    x, h, c = (torch.cat(parts) for parts in zip(*others, strict=True))
    sizes = x.size(1), h.size(1)
    expect_digits(cell, x, h)
    state = torch.stack(read_gates(cell, x, h).state(c))
    gated = torch.allclose(torch.cat(found, dim=1), state, 1e-4, 1e-6)
    sizes = x.size(1), h.size(1)
    text = f"{mode}, sizes {sizes[0]} and {sizes[1]}, the new h and c are not those of four "
    text += "gates; only an LSTM's products are counted"
    of_x = torch.arange(sum(sizes)) < sizes[0]
    for looked_at in (of_x, ~of_x, torch.ones_like(of_x)):
        count = most if looked_at.all() else 8
        along = case.normal(count, sum(sizes), dtype=x.dtype) * looked_at
        slopes = read_slopes(cell, x[:2], h[:2], along)
        four = (ranks(slopes) == 4).double().mean() > 0.9  # of many units, some have a flat gate
        apart = ranks(slopes.flatten(0, 1)) == len(along)
        expect(gated and four and apart, "call-differs", text)


def _is_among(made: list[Tensor], wanted: Tensor) -> bool:
    """Whether some tensor holds these numbers, in whatever shape."""
    shaped = (part.reshape_as(wanted) for part in made if part.dtype == wanted.dtype)
    return any(torch.allclose(part, wanted, rtol=1e-7, atol=1e-9) for part in shaped)


def expect_own_work(Cell: Any, case: Case, calls: Calls = USUAL) -> None:
    """Demand that no ready-made LSTM of PyTorch is called, by mode and number of rows."""
    if calls == USUAL and not has_ready_made(Cell):
        return
    inputs, hidden = case.sizes(2, 3, 9)
    cell = Cell(inputs, hidden)
    for mode, rows in calls:
        x, h, c = (tensor.float() for tensor in data(case, rows, inputs, hidden))
        with mode.on(cell):
            _, names = calls_of(cell, *arguments(cell, x, h, c))
        made = ", ".join(sorted(filter(READY_MADE.search, names)))
        expect(not made, "own-work", f"your cell calls PyTorch's own {made}")
