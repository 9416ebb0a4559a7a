"""Properties of `Dropout`: inverted dropout with the mask drawn anew at every training call."""

from typing import Any

import torch
from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.dropout_chance import (
    MANY,
    expect_fresh,
    expect_independent,
    expect_rates,
    expect_seeded,
    many,
)
from lmlib.checks.dropout_gradient import (
    expect_factors_as_gradient,
    expect_gradient_at_zero,
    expect_untouched,
)
from lmlib.checks.dropout_inputs import expect_dropped, expect_kept, inputs, usual_ways
from lmlib.checks.dropout_modes import expect_modes, expect_new_trains, expect_something_done
from lmlib.checks.dropout_scale import expect_survivors
from lmlib.checks.dropout_work import (
    READY_MADE,
    expect_own,
    expect_own_work,
    expect_own_work_everywhere,
)
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.masks import dropped, fit_for, share_of, tolerance
from lmlib.checks.remote import calls_of
from lmlib.checks.suite import Suite

check = Suite("dropout", "Dropout", "keep_mask", ready_made=READY_MADE)


@check.property("keep_mask has ones with probability 1 − p and zeros elsewhere")
def mask_step(keep_mask: Any, case: Case) -> None:
    p = case.pick((0.2, 0.3, 0.7), 1)[0]
    x = case.normal(MANY, dtype=torch.float64)
    mask = expect_tensor(keep_mask(x, p), x.shape, x.dtype, "the mask")
    expect(((mask == 0) | (mask == 1)).all(), "mask-values", "the mask holds more than 0 and 1")
    share = share_of(mask)
    text = f"with p = {p:.3g}, a share of {share:.2f} of the mask is 1"
    expect(abs(share - (1 - p)) < tolerance(p, MANY), "mask-share", text)
    expect_own(calls_of(keep_mask, case.normal(5, 6), p)[1])


@check.property("Dropout is a module without parameters, and p is 0.5 unless you say otherwise")
def interface(Dropout: Any, case: Case) -> None:
    for layer in (Dropout(), Dropout(0.25), Dropout(p=0.25)):
        expect(isinstance(layer, nn.Module), "not-a-module", "Dropout() is not an nn.Module")
        count = len(list(layer.parameters()))
        expect(count == 0, "has-parameters", f"Dropout has {count} parameter(s)")
    x = many(Dropout, case)
    expect_new_trains(Dropout, x)
    usual, quarter = (share_of(dropped(Dropout, x, new=p)) for p in ([], [0.25]))
    text = f"Dropout() drops a share of {usual:.2f}; without an argument it should be 0.50"
    off = tolerance(0.5, MANY)
    expect(abs(usual - 0.5) < off or abs(quarter - 0.25) > off, "default-p", text)
    expect_own_work(Dropout, case)


@check.property("p outside 0 ≤ p < 1 is a ValueError, raised when the layer is made")
def bad_p(Dropout: Any, case: Case) -> None:
    for p in (0, 0.0, 1e-6, case.uniform(0.01, 0.98), 0.999, 1 - 1e-6):
        try:
            Dropout(p)
        except ValueError:
            expect(False, "rejects-good-p", f"Dropout({p}) raised a ValueError; {p} is allowed")
    outside = (case.uniform(1.01, 9), case.uniform(-9, -0.01), 1 + 1e-6, -1e-6)
    for p in (1.0, 1, 1.5, -0.1, *outside, float("inf"), -float("inf")):
        try:
            Dropout(p)
        except ValueError:
            continue
        except Exception as error:
            text = f"Dropout({p}) raised {type(error).__name__}; a ValueError was promised"
            expect(False, "wrong-error", text)
        expect(False, "accepts-bad-p", f"Dropout({p}) was accepted")


@check.property("in training, each element becomes zero with probability p")
def rate(Dropout: Any, case: Case) -> None:
    expect_rates(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("the elements that survive are x / (1 − p)")
def survivors(Dropout: Any, case: Case) -> None:
    expect_survivors(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("in evaluation, x comes back as it is, also when a parent module was switched")
def evaluation(Dropout: Any, case: Case) -> None:
    expect_modes(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("every call draws a new mask")
def fresh_mask(Dropout: Any, case: Case) -> None:
    expect_fresh(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("every element is dropped on its own, not in rows, columns or fixed numbers")
def independence(Dropout: Any, case: Case) -> None:
    expect_independent(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("torch.manual_seed makes the result repeatable")
def seeded(Dropout: Any, case: Case) -> None:
    expect_seeded(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("x is left as it was")
def input_untouched(Dropout: Any, case: Case) -> None:
    expect_untouched(Dropout, case)
    expect_something_done(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("the gradient is the factor that each element of x was multiplied by")
def gradient(Dropout: Any, case: Case) -> None:
    expect_factors_as_gradient(Dropout, case)
    expect_gradient_at_zero(Dropout, case)
    expect_own_work(Dropout, case)


@check.property("any shape, any floating dtype and any memory layout go in and come out the same")
def any_shape(Dropout: Any, case: Case) -> None:
    p = case.pick((case.uniform(0.4, 0.46), case.uniform(0.54, 0.6)), 1)[0]  # p is not 1 − p
    layer, xs = Dropout(p), list(inputs(case))
    usual = usual_ways(layer, fit_for(Dropout, case.nonzero(100, 120)))
    expect_dropped(layer.train(), xs, p, usual)
    expect_kept(layer.eval(), xs, usual)
    expect_own_work(Dropout, case)


@check.property("the layer draws and applies its mask by itself, without PyTorch's dropout")
def own_work(Dropout: Any, case: Case) -> None:
    expect_own_work_everywhere(Dropout, case)
    expect_something_done(Dropout, case)
