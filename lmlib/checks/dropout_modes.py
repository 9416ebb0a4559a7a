"""Which calls of dropout are training, and which are evaluation."""

from typing import Any

from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.dropout_calls import TRACKINGS
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.masks import drops, fit_for
from lmlib.checks.remote import each


def expect_new_trains(Dropout: Any, x: Tensor) -> None:
    """A module is in training from the start."""
    stuck = drops(Dropout().train(), x) and not drops(Dropout(), x)
    expect(not stuck, "starts-in-eval", "a new layer drops nothing before train() is called")


def expect_modes(Dropout: Any, case: Case) -> None:
    """Demand x itself in evaluation, whoever switched, and no effect on another layer."""
    p = case.uniform(0.3, 0.7)
    layer, other = Dropout(p), Dropout(p).train()
    x = fit_for(Dropout, case.nonzero(*case.sizes(2, 20, 40)))
    trains, others = drops(layer.train(), x), drops(other, x)
    parent = nn.Sequential(nn.Identity(), nn.Sequential(layer))
    for switch, model in ((layer, layer), (parent, parent), (parent, layer)):
        switch.train()
        switch.eval()
        text = "after eval() of one layer, another one drops nothing any more"
        expect(not others or drops(other, x), "mode-shared", text)
        how = "after parent.eval()" if switch is parent else "after eval()"
        for tracking in TRACKINGS:
            (out,) = tracking.each(model, [x])
            text = f"{how}{tracking} elements still become zero"
            expect((out != 0).all(), "drops-in-eval", text)
            expect_close(out, x, "changes-in-eval", f"{how}{tracking} the result is not x")
        switch.train()
        text = "after train() nothing is dropped any more"
        text = text if trains else "in training nothing becomes zero"
        expect(drops(model, x), "stuck-in-eval", text)


def expect_something_done(Dropout: Any, case: Case) -> None:
    """Demand that x does not always come back as it is, or nothing: that leaves little to do wrong.

    What has to become of it, other properties say.
    """
    x = fit_for(Dropout, case.nonzero(*case.sizes(2, 20, 40)))
    modes = (True, False)
    outs = (out for mode in modes for out in each(Dropout(0.5).train(mode), [x.clone()]))
    changed = (out.shape != x.shape or (out != x).any() for out in outs if isinstance(out, Tensor))
    text = "in training and in evaluation, x comes back as it is, or no tensor does"
    expect(any(changed), "nothing-done", text)
