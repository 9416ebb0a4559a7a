"""Properties of the two penalties on activations: AR, and TAR along the time axis."""

from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor, near
from lmlib.checks.gradients import expect_gradient
from lmlib.checks.penalties import (
    activations,
    expect_form,
    expect_mean,
    expect_square,
    expect_strength,
    penalty,
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
    for low in (1, 2, 4):
        a = activations(case, low) + 1
        squares = [value * value for value in a.flatten().tolist()]
        found, wanted = penalty(activation_reg, a), sum(squares) / len(squares)
        text = f"for shape {list(a.shape)} the penalty is {found:.4f}; {wanted:.4f} was expected"
        expect(near(found, wanted), "ar-value", text)


@check.property("the gradient of activation_reg is right")
def ar_gradient(activation_reg: Any, case: Case) -> None:
    alpha = case.uniform(0.5, 3)
    expect_gradient(lambda a: activation_reg(a, alpha), activations(case), case)


@check.property("temporal_activation_reg returns one number as a tensor, in the input's dtype")
def tar_form(temporal_activation_reg: Any, case: Case) -> None:
    expect_form(temporal_activation_reg, case)


@check.property("beta scales the temporal penalty")
def tar_strength(temporal_activation_reg: Any, case: Case) -> None:
    expect_strength(temporal_activation_reg, case, "beta")


@check.property("only changes along the time axis cost anything, in every sequence")
def tar_axis(temporal_activation_reg: Any, case: Case) -> None:
    batch, steps, hidden = case.sizes(3)
    still = case.normal(batch, 1, hidden, dtype=torch.float64).expand(batch, steps, hidden)
    found = penalty(temporal_activation_reg, still)
    text = f"activations that stay the same from step to step cost {found:.3f}"
    expect(near(found, 0), "still-costs", text)
    moving = case.normal(1, steps, hidden, dtype=torch.float64)
    found = penalty(temporal_activation_reg, moving)
    expect(found > 1e-6, "single-sequence", f"a batch of one sequence that changes costs {found}")
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
    for low in (2, 4):
        a = activations(case, low)
        squares = [
            (a[b, t + 1, j] - a[b, t, j]).item() ** 2
            for b in range(a.shape[0])
            for t in range(a.shape[1] - 1)
            for j in range(a.shape[2])
        ]
        found, wanted = penalty(temporal_activation_reg, a), sum(squares) / len(squares)
        text = f"for shape {list(a.shape)} the penalty is {found:.4f}; {wanted:.4f} was expected"
        expect(near(found, wanted), "tar-value", text)


@check.property("a single time step costs 0")
def tar_one_step(temporal_activation_reg: Any, case: Case) -> None:
    for batch in (1, case.sizes(1)[0]):
        a = case.normal(batch, 1, 4)
        result = expect_tensor(temporal_activation_reg(a, 1.5), (), a.dtype, "the penalty")
        text = f"with a single time step the penalty is {result.item()}"
        expect(result.item() == 0, "one-step", text)


@check.property("the gradient of temporal_activation_reg is right")
def tar_gradient(temporal_activation_reg: Any, case: Case) -> None:
    beta = case.uniform(0.5, 3)
    expect_gradient(lambda a: temporal_activation_reg(a, beta), activations(case), case)


@check.property("the activations are left as they were")
def untouched(activation_reg: Any, temporal_activation_reg: Any, case: Case) -> None:
    for function in (activation_reg, temporal_activation_reg):
        a = activations(case)
        before = a.clone()
        function(a, 2.0)
        expect_close(a, before, "input-changed", "the activations hold other values after the call")
