"""How an LSTM cell does its work: by how many products, and by whose code."""

import contextlib
import itertools
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.calls import MODES, Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.lstm_demands import expect_four_gates
from lmlib.checks.lstm_form import cell_of, data
from lmlib.checks.lstm_gates import expect_digits, ranks, read_slopes
from lmlib.checks.lstm_order import arguments
from lmlib.checks.lstm_results import step
from lmlib.checks.operations import repeat
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
    inputs, hidden = case.sizes(2, 80, 99)
    is_usual = _has_four_gates(Cell, case)
    for mode, rows in itertools.product(MODES, (1, 3)):
        cell = cell_of(Cell, inputs, hidden, case, pure=False)  # numbers that no mode has seen
        with mode.on(cell):
            _expect_few_products(cell, inputs, hidden, rows, is_usual, case, str(mode))


def _expect_few_products(
    cell: Any, inputs: int, hidden: int, rows: int, is_usual: bool, case: Case, mode: str
) -> None:
    seen, *others = ([tensor / 5 for tensor in data(case, rows, inputs, hidden)] for _ in range(3))
    _, noted = operations_of(cell, *arguments(cell, *(tensor.clone() for tensor in seen)))
    wanted = [torch.stack(step(cell, *other)).detach() for other in others]
    if is_usual:
        x, h, c = (torch.cat(parts) for parts in zip(*others, strict=True))
        expect_digits(cell, x, h)
        along = case.normal(8, inputs + hidden, dtype=torch.float64)
        what = f"{mode}, sizes {inputs} and {hidden}"
        _expect_gates(cell, x, h, c, along, torch.cat(wanted, dim=1), what)
    try:
        made, products, in_pieces, beside = repeat(noted, seen, others, rows * hidden)
    except Exception as error:
        text = f"{mode}, the operations of one call cannot be done once more: {error}"
        raise Symptom("other-operations", text) from None
    text = f"{mode}, one step of {rows} row(s) takes {products} products of weights with x or h"
    most = rows * hidden * min(inputs, hidden) * 15 // 16  # less than x or h in one gate
    text += f", and in pieces others of {in_pieces} numbers" * (in_pieces > most)
    expect(products <= 2 and in_pieces <= most, "too-many-products", text)
    weights = hidden * (inputs + hidden)
    text = f"{mode}, one step names {beside} numbers and tensors; they could stand for many of "
    text += f"the {weights} weights of a gate"
    expect(beside <= weights // 6, "products-in-pieces", text)
    text = f"{mode}, the operations of one call, done with other numbers, do not give what the "
    text += "cell gives for these"
    pairs = zip(made, wanted, strict=True)
    same = all(_is_among(tensors, new, is_usual) for tensors, state in pairs for new in state)
    expect(same, "other-operations", text)


def _has_four_gates(Cell: Any, case: Case) -> bool:
    """Whether a small cell is an LSTM in float64; if not, `refactored_step` says so."""
    with contextlib.suppress(Symptom):
        expect_four_gates(Cell, case)
        return True
    return False


def _expect_gates(
    cell: Any, x: Tensor, h: Tensor, c: Tensor, along: Tensor, state: Tensor, what: str
) -> None:
    """Demand that four gates make the new h and c, as they do in a small cell."""
    gates, slopes = read_slopes(cell, x, h, along)
    new_c = gates.forget * c + gates.written
    wanted = torch.stack([gates.shown * new_c.tanh(), new_c])
    same = torch.allclose(state, wanted, 1e-4, 1e-6)
    four = (ranks(slopes) == 4).double().mean() > 0.9  # of many units, some have too flat a gate
    expect(same and four, "call-differs", f"{what}, the new h and c are not those of four gates")


def _is_among(made: list[Tensor], wanted: Tensor, exact: bool) -> bool:
    """Whether some tensor holds these numbers, in whatever shape, to the last digits or nearly."""
    rtol, atol = (1e-7, 1e-9) if exact else (1e-4, 1e-5)
    shaped = (part.reshape_as(wanted) for part in made if part.dtype == wanted.dtype)
    return any(torch.allclose(part, wanted, rtol, atol) for part in shaped)


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
