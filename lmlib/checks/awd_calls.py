"""What a call of an AWD language model may depend on, and what it may not touch."""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks.awd_form import fresh, read_seeded, restart
from lmlib.checks.awd_read import parts_of, read
from lmlib.checks.calls import MODES
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import expect_rows_apart, unchanged


def expect_causal(model: Any, V: int, case: Case) -> None:
    """Change other rows, and one word after another."""
    model.eval()
    x, other = (case.integers(0, V, 4, 5) for _ in range(2))

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


def expect_untouched(model: Any, V: int, case: Case) -> None:
    """Demand that a call leaves x, the parameters and what the call before gave as they were."""
    for mode in MODES:
        weights = [p.detach().clone() for p in model.parameters()]
        twin, x = fresh(model), case.integers(0, V, 4, 5)
        given = x.clone()
        restart(model)
        with mode.on(model), mode.on(twin):
            seed = case.seed()
            torch.manual_seed(seed)
            found = parts_of(model(given), x)
            repeats = torch.allclose(found.raw, read_seeded(twin, x, seed).raw)
            before = [part.detach().clone() for part in found]
            read(model, case.integers(0, V, 4, 5))
        expect(torch.equal(given, x), "input-changed", f"{mode}, x holds other words after a call")
        kept = unchanged(model, weights)
        text = f"{mode}, a call changes a parameter of the model"
        expect(kept or not repeats, "parameter-changed", text)  # else chance is to blame
        text = f"{mode}, what a call gave is overwritten in the next one"
        expect(all(map(torch.equal, found, before)), "result-changed", text)
