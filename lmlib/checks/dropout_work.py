"""By whose code dropout draws its mask."""

import itertools
import re
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.masks import fit_for, taken
from lmlib.checks.remote import calls_of_each, has_ready_made

# In names of PyTorch's own, as in feature_dropout, but neither in its files nor where it is not.
READY_MADE = re.compile(r"^(?!.*/).*(?<!unsupported_)(?<!softmax_)dropout")


def expect_own_work(Dropout: Any, case: Case) -> None:
    """What PyTorch's dropout does is no work of yours, however well it does it."""
    if not has_ready_made(Dropout):
        return
    x = case.nonzero(5, 6)
    try:
        names = calls_of_each(Dropout, [x], new=[0.4])  # it may draw masks while it is made
    except Exception:  # a layer that takes no matrix
        names = calls_of_each(Dropout, [fit_for(Dropout, x)], new=[0.4])
    expect_own(names)


def expect_own_work_everywhere(Dropout: Any, case: Case) -> None:
    """Demand the same in both modes and of every shape that the layer takes."""
    shapes = ((), (7,), (5, 6), (4, 3, 5), (2, 3, 4, 5))
    p = case.uniform(0.3, 0.6)
    expect_own(calls_of_each(Dropout, [], new=[p]))
    layer = Dropout(p)
    xs = taken(Dropout, [case.nonzero(*shape) for shape in shapes])
    xs = xs or [case.nonzero(5, 6)]  # its error then says what is wrong
    for mode, grad in itertools.product((True, False), repeat=2):
        with torch.set_grad_enabled(grad):
            expect_own(calls_of_each(layer.train(mode), xs))


def expect_own(names: set[str]) -> None:
    """Demand that none of these names is that of a dropout of PyTorch's."""
    found = ", ".join(sorted(filter(READY_MADE.search, names)))
    expect(not found, "own-work", f"your layer calls PyTorch's own {found}")
