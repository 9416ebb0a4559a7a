"""An LSTM cell leaves what it is given as it is, keeps nothing, and treats each row on its own."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.calls import MODES
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.lstm_form import cell_of, data, expect_weights_count
from lmlib.checks.lstm_order import call_cell
from lmlib.checks.lstm_results import check_form, parts_of, step, three_of
from lmlib.checks.modules import fill, unchanged
from lmlib.checks.steady import expect_first_call, expect_results_kept


def expect_pure(Cell: Any, case: Case) -> None:
    """Demand that arguments stay as they are, nothing is remembered, and rows stay apart."""
    inputs, hidden = case.sizes(2, 4, 8)
    cell = cell_of(Cell, inputs, hidden, case, pure=False)
    x, h, c = data(case, 5, inputs, hidden)
    given = [t.clone() for t in (x, h, c)]
    weights = [p.detach().clone() for p in cell.parameters()]
    result = check_form(parts_of(call_cell(cell, *given)), h.shape, h.dtype)
    first = torch.cat(result[1:], dim=1)
    for name, before, after in zip("xhc", (x, h, c), given, strict=True):
        text = f"{name} holds other numbers after the call"
        expect(torch.equal(before, after), "input-changed", text)
    kept = unchanged(cell, weights)
    expect(kept, "parameter-changed", "a call changes a parameter of the cell")
    step(cell, *data(case, 5, inputs, hidden))
    for training in (True, False):
        text = "the same call gives another result later"
        text += "" if training else ", or in evaluation"
        again = torch.cat(step(cell.train(training), x, h, c), dim=1)
        expect_close(again, first, "not-repeatable", text)
    _expect_arguments_kept(cell, x, h, c)
    names = "the output", "h", "c"
    expect_results_kept(cell, lambda: three_of(cell, *data(case, 5, inputs, hidden)), names)
    _expect_rows_apart(cell, (x, h, c), data(case, 5, inputs, hidden), first[0])
    _expect_new_weights_count(cell, x, h, c)
    rows = [t[:3].float() for t in (x, h, c)]

    def answer(cell: nn.Module) -> Tensor:
        return torch.stack([part.double() for part in three_of(cell, *rows)])

    expect_first_call(lambda: Cell(inputs, hidden), answer)
    expect_weights_count(Cell, case)


def _expect_arguments_kept(cell: nn.Module, *arguments: Tensor) -> None:
    """Demand that no mode writes to x, h and c, nor lets them need a gradient."""
    for mode in MODES:
        x, h, c = given = [t.clone() for t in arguments]
        with mode.on(cell):
            call_cell(cell, x, h, c)
        for name, before, after in zip("xhc", arguments, given, strict=True):
            text = f"{mode}, {name} holds other numbers after the call"
            expect(torch.equal(before, after), "input-changed", text)
            text = f"{mode}, {name} needs a gradient after the call, as it did not before"
            expect(not after.requires_grad, "input-changed", text)
    x, h, c = (t.clone().requires_grad_() for t in arguments)
    call_cell(cell.train(), x, h, c)  # fails if one is written to, even unchanged


def _expect_rows_apart(
    cell: nn.Module, own: Sequence[Tensor], others: Sequence[Tensor], first: Tensor
) -> None:
    """Demand row 0's result, whatever the other rows hold, and from that row alone."""
    mixed = [torch.cat([mine[:1], other[1:]]) for mine, other in zip(own, others, strict=True)]
    text = "other rows of the batch change the result of a row"
    expect_close(torch.cat(step(cell, *mixed), dim=1)[0], first, "rows-mixed", text)
    text = "a row alone gives another result than in a batch"
    alone = torch.cat(step(cell, *(t[:1] for t in own)), dim=1)[0]
    expect_close(alone, first, "rows-mixed", text)


def _expect_new_weights_count(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor) -> None:
    """Demand that results are those of the present weights, for the same tensors as before, too."""
    call_cell(cell.train(), x, h, c)
    for parameter in cell.parameters():
        fill([parameter], -parameter)
    _, (again_h, again_c) = parts_of(call_cell(cell, x, h, c))
    evaluated, trained = (torch.cat(step(cell.train(which), x, h, c)) for which in (False, True))
    text = "once the weights have changed, evaluation gives another result than training"
    expect_close(evaluated, trained, "weights-kept", text)
    text = "once the weights have changed, x, h and c give another result than copies of them"
    expect_close(torch.cat([again_h, again_c]), trained, "weights-kept", text)
