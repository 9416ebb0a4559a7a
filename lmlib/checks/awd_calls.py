"""What a call of an AWD language model may depend on: its own row, and words up to a place."""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks.awd_form import fresh, restart
from lmlib.checks.awd_read import read
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import expect_rows_apart


def expect_causal(model: Any, V: int, case: Case) -> None:
    """Change other rows, and one word after another; the parameters stay as they are."""
    restart(model)
    model.eval()
    weights = [p.detach().clone() for p in model.parameters()]
    x, other = (case.integers(0, V, 4, 5) for _ in range(2))
    read(model, x)
    kept = all(map(torch.equal, model.parameters(), weights))
    expect(kept, "parameter-changed", "a call changes a parameter of the model")

    def raw_of(words: Tensor) -> Tensor:
        return read(fresh(model), words).raw

    expect_rows_apart(raw_of, x, other)
    expect_rows_apart(lambda words: raw_of(words.flip(0)).flip(0), x, other)
    before, after = raw_of(x), {}
    for at in (0, 2, 4):
        changed = x.clone()
        changed[:, at] = (x[:, at] + 1) % V
        after[at] = raw_of(changed)
        text = f"another word at place {at} changes raw before it"
        expect_close(after[at][:, :at], before[:, :at], "sees-the-future", text, atol=1e-5)
    for at, raw in after.items():
        moved = (raw != before)[:, [at, -1]].any(-1).all()
        text = f"another word at place {at} does not change raw there, or at the end"
        expect(moved, "word-ignored", text)
