"""By what dropout multiplies the elements that survive."""

import itertools
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.dropout_calls import TRACKINGS
from lmlib.checks.masks import expect_scaled, fit_for, share_of, zero_if_taken
from lmlib.checks.remote import each


def expect_survivors(Dropout: Any, case: Case) -> None:
    """Demand x / (1 − p) of every p, whatever layer was made last."""
    drawn = case.uniform(0.05, 0.85), case.uniform(0.91, 0.95)
    ps = (0.1, 0.25, 1 / 3, 0.5, 0.8, *drawn, *zero_if_taken(Dropout))  # p = 0.1 in a plain call
    more = fit_for(Dropout, torch.ones(20, 30)).shape[:-2]  # one axis more, or none
    trackings = itertools.cycle(TRACKINGS)
    for p in ps:
        calls = 1 if p < 0.86 else 6  # rows may be dropped as a whole
        for dtype, tracking in zip((torch.float32, torch.float64), trackings, strict=False):
            size = case.pick((1e-4, 1, 1e4), 1)[0]
            x = size * case.nonzero(*more, *case.sizes(2, 60, 80), dtype=dtype)
            out = torch.stack(tracking.each(Dropout, [x] * calls, new=[p]))
            expect_scaled(out, x.expand(calls, *x.shape), p, str(tracking))
    older, _ = Dropout(0.25).train(), Dropout(0.6)
    (out,) = each(older, [x.clone()])
    p = 0.6 if abs(share_of(out == 0) - 0.6) < 0.1 else 0.25  # `rate` judges which it is
    expect_scaled(out, x, p, ", once a layer with another p was made,")
