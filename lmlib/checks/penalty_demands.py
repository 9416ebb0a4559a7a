"""What both penalties on activations are asked for."""

import contextlib
import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor, near
from lmlib.checks.gradients import expect_gradient
from lmlib.checks.leniency import call_in_float32_too
from lmlib.checks.penalties import activations, number, penalty, situations, some_penalty

DTYPES = (torch.float32, torch.float64)


def expect_form(function: Any, case: Case) -> None:
    """One number, as a tensor of the activations' dtype, for any strength; the same every time."""
    a = activations(case)
    once, _, again = (penalty(function, each) for each in (a, a + 1, a))
    text = f"the same call gives {once:.4f}, and {again:.4f} after another call"
    expect(near(again, once), "not-repeatable", text)
    for dtype in DTYPES:
        for strength in (0.5, 2):
            a = activations(case).to(dtype)
            expect_tensor(function(a, strength), (), dtype, "the penalty")
    expect_tensor(function(activations(case).float(), 0), (), torch.float32, "with 0, it")


def expect_strength(function: Any, case: Case, name: str) -> None:
    """The penalty is proportional to its strength."""
    a = activations(case)
    once = some_penalty(function, a)
    for strength in (0, 2.0, 0.3, 0.0042, 3, case.uniform(1.5, 9)):
        ratio = penalty(function, a, strength) / once
        text = f"{name} = {strength} multiplies the penalty by {ratio:.6g}"
        expect(near(ratio, strength), "strength", text)


def expect_mean(function: Any, case: Case) -> None:
    """More of the same must not cost more; only whole sequences and units may be repeated."""
    a = activations(case)
    number(call_in_float32_too(function, a.clone(), 1.0))
    once, turned = some_penalty(function, a), penalty(function, a.flip(0, 2))
    text = f"with the sequences and the units in another order, {once:.3f} becomes {turned:.3f}"
    expect(near(turned, once), "order-counts", text)
    for axis, what in ((0, "batch size"), (2, "number of units")):
        twice = penalty(function, a.repeat_interleave(2, axis))
        text = f"with twice the {what} and the same values, {once:.3f} becomes {twice:.3f}"
        expect(near(twice, once), "grows", text)


def expect_square(function: Any, case: Case) -> None:
    """Twice the activations, four times the penalty."""
    for a in (activations(case) for _ in range(4)):
        ratio = penalty(function, 2 * a) / some_penalty(function, a)
        text = f"doubling all activations multiplies the penalty by {ratio:.2f}"
        expect(near(ratio, 4), "not-square", text)


def expect_values(
    function: Any, mean_square: Callable[[Tensor], float], id: str, case: Case
) -> None:
    """Demand the mean square in all situations, whoever asks for gradients.

    It is multiplied by what the strength does to usual activations, which another property judges.
    """
    usual, strength = activations(case), case.uniform(0.5, 3)
    factor = penalty(function, usual, strength) / some_penalty(function, usual)
    for drawn, what in situations(case):
        a = drawn.float().double()  # or rounding would be most of a small change in float32
        wanted, mean_of_squares = factor * mean_square(a), a.square().mean().item()
        found = penalty(function, a, strength)
        with torch.no_grad():
            silent = penalty(function, a, strength)
        short = penalty(function, a.float(), strength)
        ways = {"": found, " under no_grad": silent, " in float32": short}
        ways[" with gradients"] = penalty(function, a.requires_grad_(), strength)
        for how, value in ways.items():
            text = f"{what}{how} the penalty is {value:.5g}; {wanted:.5g} was expected"
            digits = 1e-6 * abs(factor) * mean_of_squares if how == " in float32" else 0
            expect(abs(value - wanted) <= 1e-5 * abs(wanted) + digits, id, text)


def expect_slopes(function: Any, case: Case) -> None:
    """Demand in all situations the gradient that belongs to the function's own values.

    Where these are always the same number or none at all, the value is what is wrong.
    """
    for place, (a, what) in enumerate(situations(case)):
        strength = case.pick((0.5, 2.0, 4.0), 1)[0]  # it leaves a number's digits as they are

        def scaled(a: Tensor, strength: float = strength) -> Tensor:
            return number(function(a, strength))

        if place == 0:
            some_penalty(function, a)
        if place == 0 or not _is_fixed(scaled, a):
            expect_gradient(scaled, a, case, f"{what}, ")
            _expect_slopes_in_float32(scaled, a, what)


def _expect_slopes_in_float32(function: Callable[[Tensor], Tensor], a: Tensor, what: str) -> None:
    long, short = (a.to(dtype).requires_grad_() for dtype in (torch.float64, torch.float32))
    value = function(short * 1)
    expect(value.requires_grad, "no-gradient", "no gradient can flow back through float32 numbers")
    found, wanted = (torch.autograd.grad(function(z * 1), z)[0].double() for z in (short, long))
    text = f"{what} the gradient in float32 is another one than in float64"
    same = torch.allclose(found, wanted, atol=1e-5 * (1 + wanted.abs().max().item()))
    expect(same, "wrong-gradient", text)


def _is_fixed(function: Callable[[Tensor], Tensor], a: Tensor) -> bool:
    """Whether a function without a graph gives one value for all activations, or no number."""
    leaf = a.clone().requires_grad_()
    once, twice = function(leaf * 1), function(leaf * 2)
    return not once.isfinite() or (not once.requires_grad and torch.equal(once, twice))


def expect_left_alone(function: Any, case: Case) -> None:
    """Demand that a call, which gives some penalty, changes nothing about activations."""
    some_penalty(function, activations(case))
    kinds = itertools.product(situations(case), (False, True), DTYPES)
    for (a, what), tracked, dtype in kinds:
        given = a.to(dtype, copy=True).requires_grad_(tracked) * 1
        before = given.detach().clone()
        with contextlib.suppress(Exception):  # other properties say what fails here
            function(given, 2.0)
        text = f"{what} the activations are not as they were before the call"
        expect(torch.equal(given, before), "input-changed", text)
        text = f"{what} the activations need {'no' if tracked else 'a'} gradient after the call, "
        text += f"as they did{' not' * (not tracked)} before"
        expect(given.requires_grad == tracked, "input-changed", text)
