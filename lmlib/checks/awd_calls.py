"""What a call of an AWD language model may depend on: its own row, and words up to a place."""

from typing import Any

import torch

from lmlib.checks.awd_form import read_anew, restart
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import expect_rows_apart


def expect_causal(model: Any, V: int, case: Case) -> None:
    """Change other rows, and one word after another; the parameters stay as they are."""
    restart(model.eval())
    weights = [p.detach().clone() for p in model.parameters()]
    x, other = (case.integers(0, V, 4, 5) for _ in range(2))
    read_anew(model, x)
    kept = all(map(torch.equal, model.parameters(), weights))
    expect(kept, "parameter-changed", "a call changes a parameter of the model")
    expect_rows_apart(lambda words: read_anew(model, words).logits, x, other)
    expect_rows_apart(lambda words: read_anew(model, words.flip(0)).logits.flip(0), x, other)
    before, after = read_anew(model, x).logits, {}
    for at in (0, 2, 4):
        changed = x.clone()
        changed[:, at] = (x[:, at] + 1) % V
        after[at] = read_anew(model, changed).logits
        text = f"another word at place {at} changes the logits before it"
        expect_close(after[at][:, :at], before[:, :at], "sees-the-future", text, atol=1e-5)
    for at, logits in after.items():
        moved = (logits != before)[:, [at, -1]].any(-1).all()
        text = f"another word at place {at} does not change the logits there, or at the end"
        expect(moved, "word-ignored", text)
