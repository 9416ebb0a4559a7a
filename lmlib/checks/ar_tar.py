"""Properties of the two penalties on activations: AR, and TAR along the time axis."""

from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near
from lmlib.checks.modules import gradients_of
from lmlib.checks.penalties import activations, mean_square, mean_square_change, penalty
from lmlib.checks.penalty_demands import (
    expect_form,
    expect_left_alone,
    expect_mean,
    expect_slopes,
    expect_square,
    expect_strength,
    expect_values,
)
from lmlib.checks.suite import Suite

check = Suite("ar_tar", "activation_reg", "temporal_activation_reg", "changes")


@check.property("changes holds a[:, t + 1] − a[:, t] for every pair of neighbouring steps")
def changes_step(changes: Any, case: Case) -> None:
    a = activations(case)
    batch, steps, hidden = a.shape
    found = expect_tensor(changes(a), (batch, steps - 1, hidden), a.dtype, "the result")
    by_hand = torch.stack([a[:, t + 1] - a[:, t] for t in range(steps - 1)], dim=1)
    same = torch.allclose(found, by_hand) or torch.allclose(found, -by_hand)
    expect(same, "not-the-changes", "the result is not what changes from step to step")


@check.property("activation_reg returns one number as a tensor without axes, in the input's dtype")
def ar_form(activation_reg: Any, case: Case) -> None:
    expect_form(activation_reg, case)


@check.property("alpha scales the activation penalty")
def ar_strength(activation_reg: Any, case: Case) -> None:
    expect_strength(activation_reg, case, "alpha")


@check.property("the activation penalty is an average, whatever the sizes")
def ar_mean(activation_reg: Any, case: Case) -> None:
    expect_mean(activation_reg, case)


@check.property("the activation penalty is the mean square: 13 in the example")
def ar_value(activation_reg: Any, case: Case) -> None:
    expect_square(activation_reg, case)
    toy = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [3.0, 4.0]]])
    found = penalty(activation_reg, toy, 1) * 2
    expect(near(found, 13), "ar-value", f"in the example, twice the penalty is {found:.3f}")
    expect_values(activation_reg, mean_square, "ar-value", case)
    a = case.normal(3, 1, 4, dtype=torch.float64)
    found, wanted = penalty(activation_reg, a), mean_square(a)
    text = f"with a single time step the penalty is {found:.5g}; {wanted:.5g} was expected"
    expect(near(found, wanted), "ar-value", text)


@check.property("the gradient of activation_reg is right")
def ar_gradient(activation_reg: Any, case: Case) -> None:
    expect_slopes(activation_reg, case)


@check.property("temporal_activation_reg returns one number as a tensor, in the input's dtype")
def tar_form(temporal_activation_reg: Any, case: Case) -> None:
    expect_form(temporal_activation_reg, case)


@check.property("beta scales the temporal penalty")
def tar_strength(temporal_activation_reg: Any, case: Case) -> None:
    expect_strength(temporal_activation_reg, case, "beta")


@check.property("only changes along the time axis cost anything, in every sequence")
def tar_axis(temporal_activation_reg: Any, case: Case) -> None:
    batch, steps, hidden = case.sizes(3, 3, 9)
    usual = penalty(temporal_activation_reg, case.normal(batch, steps, hidden, dtype=torch.float64))
    for rows in (batch, 1):
        still = case.normal(rows, 1, hidden, dtype=torch.float64).expand(rows, steps, hidden)
        found = penalty(temporal_activation_reg, still)
        text = f"activations {list(still.shape)} that stay the same in time cost {found:.3f}"
        expect(near(found, 0, usual), "still-costs", text)
    moving = case.normal(1, steps, hidden, dtype=torch.float64)
    found = penalty(temporal_activation_reg, moving)
    text = f"a batch of one sequence that changes costs {found:.3f}"
    expect(abs(found) > 1e-6, "single-sequence", text)
    a = case.normal(batch, steps, hidden, dtype=torch.float64)
    found, shifted = penalty(temporal_activation_reg, a), penalty(temporal_activation_reg, a + 3)
    text = f"adding 3 to all activations turns the penalty from {found:.3f} into {shifted:.3f}"
    expect(near(shifted, found), "offset-costs", text)


@check.property("the temporal penalty is an average, whatever the sizes")
def tar_mean(temporal_activation_reg: Any, case: Case) -> None:
    expect_mean(temporal_activation_reg, case)


@check.property("the temporal penalty is the mean square of the changes: 6 in the example")
def tar_value(temporal_activation_reg: Any, case: Case) -> None:
    expect_square(temporal_activation_reg, case)
    toy = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [3.0, 4.0]]])
    found = penalty(temporal_activation_reg, toy, 1)
    expect(near(found, 6), "tar-value", f"in the example the penalty is {found:.3f}")
    expect_values(temporal_activation_reg, mean_square_change, "tar-value", case)


@check.property("a single time step costs 0")
def tar_one_step(temporal_activation_reg: Any, case: Case) -> None:
    for dtype in (torch.float32, torch.float64):
        for batch, hidden in ((1, 4), case.sizes(2), (3, 1)):
            a = case.normal(batch, 1, hidden).to(dtype).requires_grad_()
            result = expect_tensor(temporal_activation_reg(a, 1.5), (), None, "the penalty")
            text = f"with a single time step the penalty is {result.item():.3f}"
            expect(result.item() == 0, "one-step", text)
            slopes = gradients_of(result + 0 * a.sum(), [a])[0]
            text = "with a single time step the gradient of the penalty is not 0"
            expect(slopes is not None and not slopes.any(), "one-step-gradient", text)


@check.property("the gradient of temporal_activation_reg is right")
def tar_gradient(temporal_activation_reg: Any, case: Case) -> None:
    expect_slopes(temporal_activation_reg, case)


@check.property("the activations are left as they were")
def untouched(activation_reg: Any, temporal_activation_reg: Any, case: Case) -> None:
    for function in (activation_reg, temporal_activation_reg):
        expect_left_alone(function, case)
