"""How an LSTM cell does its work: by how many products, and by whose code."""

import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.calls import MODES, Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.lstm_form import cell_of, data
from lmlib.checks.lstm_order import arguments, call_cell
from lmlib.checks.lstm_results import check_form, parts_of
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
    With such sizes, a single gate has far more weights than there is else in a step. Two rows
    alone, as other properties judge them, must give what they give among the others.
    """
    (inputs, hidden), rows = case.sizes(2, 50, 64), 30
    joined = inputs + hidden
    for mode in MODES:
        cell = cell_of(Cell, inputs, hidden, case, pure=False)  # numbers that no mode has seen
        (x, h, c), others = data(case, rows, inputs, hidden), data(case, rows, inputs, hidden)
        dtype = next((p.dtype for p in cell.parameters()), x.dtype)
        noted_for = [tensor.to(dtype, copy=True) for tensor in (x, h, c)]
        with mode.on(cell):
            _, noted = operations_of(cell, *arguments(cell, *(t.clone() for t in noted_for)))
            wanted = _state(call_cell(cell, *(tensor.clone() for tensor in others)), h)
            alone = _state(call_cell(cell, *(tensor[:2].clone() for tensor in others)), h[:2])
        try:
            others_for = [tensor.to(dtype) for tensor in others]
            other_numbers = dict(zip(noted_for, others_for, strict=True))
            made, products, singly, beside = repeat(noted, other_numbers, h.numel())
        except Exception as error:
            text = f"{mode}, the operations of one call cannot be done once more: {error}"
            raise Symptom("other-operations", text) from None
        text = f"{mode}, one step takes {products} products of weights with x or h"
        in_pieces = singly > h.numel() * joined // 2  # a gate needs h.numel() * joined
        text += f", and {singly // rows} of single numbers in each row" * in_pieces
        expect(products <= 2 and not in_pieces, "too-many-products", text)
        text = f"{mode}, one step names {beside} numbers and tensors; they could stand for many of "
        text += f"the {hidden * joined} weights of a gate"
        expect(beside <= hidden * joined // 6, "products-in-pieces", text)
        text = f"{mode}, the operations of one call, done with other numbers, do not give what the "
        text += "cell gives for these"
        expect(all(_is_among(made, new) for new in wanted), "other-operations", text)
        text = f"{mode}, two rows alone give another result than among {rows}"
        pairs = zip(wanted, alone, strict=True)
        expect(all(_near(all_rows[:2], new) for all_rows, new in pairs), "rows-mixed", text)


def _state(result: Any, h: Tensor) -> tuple[Tensor, ...]:
    """The new h and c."""
    return check_form(parts_of(result), h.shape, h.dtype)[1:]


def _is_among(made: list[Tensor], wanted: Tensor) -> bool:
    """Whether some tensor holds these numbers, in whatever shape."""
    sized = (tensor for tensor in made if tensor.numel() == wanted.numel())
    return any(_near(tensor.reshape_as(wanted), wanted) for tensor in sized)


def _near(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a.to(b.dtype), b, rtol=1e-4, atol=1e-6)


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
