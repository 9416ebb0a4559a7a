"""A stack leaves what it is given as it is, keeps nothing, and treats each row on its own."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import expect_rows_apart
from lmlib.checks.stacked_demands import CLOSE
from lmlib.checks.stacked_form import flat, in_best_dtype, usual
from lmlib.checks.stacked_results import needs_start, read_results
from lmlib.checks.stateful_form import same
from lmlib.checks.steady import expect_first_call, expect_results_kept


def expect_pure(StackedRNN: Any, case: Case) -> None:
    """Demand that nothing is remembered or overwritten, and that rows stay apart."""
    batch, seq, size, hidden = case.sizes(4, 4, 9)
    model, dtype = in_best_dtype(usual(StackedRNN, size, hidden, 2, case, pure=False), size)
    x = case.normal(batch, seq, size, dtype=dtype)
    before = x.clone()
    first = model.train()(x)
    expect(torch.equal(x, before), "input-changed", "x holds other numbers after the call")
    text = "x needs a gradient after the call, as it did not before"
    expect(not x.requires_grad, "input-changed", text)
    expect_results_kept(model, lambda: model(case.normal(*x.shape, dtype=dtype)), ["out", "h_n"])
    model.train()(x.clone().requires_grad_())  # fails if x is written to, even unchanged
    text = "the same call gives another result later"
    expect_close(model(x)[0], first[0], "not-repeatable", text, **CLOSE)
    text += ", in evaluation"
    evaluated = model.eval()(x)[0]
    expect_close(evaluated, model(x)[0], "not-repeatable", text, **CLOSE)
    model.train()
    for rows in (x, case.normal(batch, batch, size, dtype=dtype)):
        expect_rows_apart(lambda x: model(x)[0], rows, case.normal(*rows.shape, dtype=dtype))
    last = case.normal(*x.shape, dtype=dtype)
    last[-1] = x[-1]
    text = "other rows of the batch change the result of the last row"
    expect_close(model(last)[0][-1], first[0][-1], "rows-mixed", text, **CLOSE)
    if same(evaluated, first[0]):
        _expect_new_weights_count(model, x)
    _expect_steady(StackedRNN, x.float(), hidden)
    _expect_repeated(StackedRNN, size, hidden, case)


def _expect_repeated(StackedRNN: Any, size: int, hidden: int, case: Case) -> None:
    """Demand of other numbers of layers, too, that nothing in training is random."""
    for layers in (1, *case.pick((3, 4), 1)):
        model, dtype = in_best_dtype(
            usual(StackedRNN, size, hidden, layers, case, pure=False), size
        )
        x = case.normal(3, 4, size, dtype=dtype)
        first, again = (flat(model.train()(x.clone())) for _ in range(2))
        text = f"with {layers} layer(s), in training, the same call gives another result later"
        expect_close(again, first, "not-repeatable", text, **CLOSE)


def _expect_new_weights_count(model: nn.Module, x: Tensor) -> None:
    """Demand that evaluation, too, computes with the present weights."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.neg_()
    evaluated, trained = (model.train(mode)(x)[0] for mode in (False, True))
    text = "once the weights have changed, evaluation gives another result than training"
    expect_close(evaluated, trained, "weights-kept", text, **CLOSE)


def _expect_steady(StackedRNN: Any, x: Tensor, hidden: int) -> None:
    """Demand that a new stack's first call is like any other."""

    def new() -> nn.Module:
        model: nn.Module = StackedRNN(x.shape[2], hidden, 2)
        read_results(model, 2, reorder=False)
        return model

    h0 = torch.zeros(2, len(x), hidden)
    given = (x, h0) if needs_start(new(), x, h0) else (x,)
    expect_first_call(new, lambda model: flat(model(*given)))
