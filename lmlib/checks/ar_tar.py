"""Properties of the two penalties on activations, AR and TAR, judged against their equations."""

from collections.abc import Callable
from itertools import cycle, product
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lmlib.checks import Case, Suite, beside, expect, expect_close, expect_tensor, kit
from lmlib.checks.kit import MODES, SILENT, TRAINING, call_each, slope_each

Formula = Callable[[Tensor], Tensor]
DTYPES = (torch.float64, torch.float32)
TOY = torch.tensor([[[1.0, 2.0], [3.0, 0.0], [3.0, 4.0]]])
check = Suite("ar_tar", "activation_reg", "temporal_activation_reg", "changes")


def ar(a: Tensor) -> Tensor:
    return a.pow(2).mean()


def tar(a: Tensor) -> Tensor:
    return a.diff(dim=1).pow(2).mean()


class Kind(NamedTuple):
    """One of the two penalties: for messages, and to compare with."""

    id: str
    strength: str
    formula: Formula
    mistakes: dict[str, Formula]


# What plain mistakes compute; a message names the one that agrees with the student's number.
AR_MISTAKES: dict[str, Formula] = {
    "the sum of the squares": lambda a: a.pow(2).sum(),
    "a sum over steps and units, averaged over sequences": lambda a: a.pow(2).sum((1, 2)).mean(),
    "half the mean square": lambda a: a.pow(2).mean() / 2,
    "the root of the mean square": lambda a: a.pow(2).mean().sqrt(),
    "the norm": lambda a: a.norm(),
    "the mean of the absolute values": lambda a: a.abs().mean(),
    "the square of the mean": lambda a: a.mean() ** 2,
    "the mean, not squared": lambda a: a.mean(),
    "the variance": lambda a: a.var(correction=0),
    "the penalty on the changes": tar,
}
TAR_MISTAKES: dict[str, Formula] = {
    "the sum of the squares": lambda a: a.diff(dim=1).pow(2).sum(),
    "the sum of the squares, divided by the steps": lambda a: (
        a.diff(dim=1).pow(2).sum((0, 2)).mean()
    ),
    "the sum of the squares, divided by B · T · H": lambda a: (
        a.diff(dim=1).pow(2).sum() / a.numel()
    ),
    "what the change from the last step to the first adds": lambda a: (
        (a - a.roll(1, 1)).pow(2).mean()
    ),
    "the mean of the absolute changes": lambda a: a.diff(dim=1).abs().mean(),
    "the square of the mean change": lambda a: a.diff(dim=1).mean() ** 2,
    "the right number with the wrong sign": lambda a: -tar(a),
    "the mean square of the activations": ar,
    "the mean square of changes from sequence to sequence": lambda a: a.diff(dim=0).pow(2).mean(),
    "the mean square of changes from unit to unit": lambda a: a.diff(dim=2).pow(2).mean(),
}


AR = Kind("ar-value", "alpha", ar, AR_MISTAKES)
TAR = Kind("tar-value", "beta", tar, TAR_MISTAKES)


def examples(case: Case, *more: tuple[int, int, int]) -> list[Tensor]:
    """Activations of many sizes, the toy first; some are 0, as dropout and padding leave them."""
    B, T, H = case.sizes(3, 3, 9)
    shapes = [(B, T, H), (1, T, H), (B, 2, H), (B, T, 1), (T, T, T), (1, 2, 1), (2, 90, 3), *more]
    drawn = [case.normal(*shape, dtype=torch.float64) for shape in shapes]
    sizes = cycle((1, 0.01, 100))  # of the numbers themselves
    a = case.normal(B, T, H, dtype=torch.float64) + 1
    a[0, T // 2 :], a[:, :, 0] = 0, 0
    return [TOY.double(), *(size * x for size, x in zip(sizes, drawn, strict=False)), a, 0 * a]


def number(penalty: Any) -> Tensor:
    return kit.one_number(penalty, "the penalty")


def penalties(function: Any, inputs: list[Tensor], strength: float = 1) -> list[Tensor]:
    """One number for each of the inputs."""
    return [*map(number, beside(call_each, function, [(a, strength) for a in inputs], TRAINING))]


def expect_form(function: Any, name: str, case: Case) -> None:
    a = case.normal(*case.sizes(3, 3, 9), dtype=torch.float64)
    for dtype, strength in product(DTYPES, (0.5, 2, 0)):
        penalty, what = function(a.to(dtype), strength), f"with {name} = {strength} the penalty"
        expect_tensor(penalty, (), dtype, what)


def expect_strength(function: Any, name: str, case: Case) -> None:
    """Demand that the penalty is proportional to its strength."""
    a = case.normal(*case.sizes(3, 3, 9), dtype=torch.float64)
    (once,) = penalties(function, [a])
    for strength in (0, 2.0, 0.3, 3, case.uniform(1.5, 9)):
        (found,) = penalties(function, [a], strength)
        text = f"with {name} = 1 the penalty is {once:.4g}, "
        text += f"with {name} = {strength} it is {found:.4g}"
        expect_close(found, strength * once, "strength", text)


def agree(found: list[Tensor], formula: Formula, inputs: list[Tensor]) -> list[bool]:
    """Whether the numbers are those of an equation, as far as float32 work can tell."""
    right = []
    for value, a in zip(found, inputs, strict=True):
        wanted, size = formula(a.double()), 0.1 * ar(a.double())
        right.append(bool((value - wanted).abs() <= 1e-5 * torch.max(wanted.abs(), size) + 1e-12))
    return right


def mistake_in(found: list[Tensor], kind: Kind, inputs: list[Tensor]) -> str:
    """The mistake that all the numbers speak for, to be added to a message."""
    for what, wrong in kind.mistakes.items():
        if all(agree(found, wrong, inputs)):
            return f": it is {what}"
    return ""


def expect_values(function: Any, kind: Kind, inputs: list[Tensor]) -> None:
    """Demand the equation's values, with and without gradients, in both dtypes."""
    for dtype, grad in product(DTYPES, (True, False)):
        inputs = [a.to(dtype) for a in inputs]
        given = [(a, 1.0) for a in inputs]
        if grad:
            results = [result for result, *_ in beside(slope_each, function, given)]
        else:
            results = beside(call_each, function, given, SILENT)
        found = [*map(number, results)]
        for a, value, right in zip(inputs, found, agree(found, kind.formula, inputs), strict=True):
            what = "the example" if a.equal(TOY.to(a)) else f"activations of shape {list(a.shape)}"
            text = f"for {what} and {kind.strength} = 1 the penalty is {value:.5g}; "
            text += f"{kind.formula(a):.5g} was expected"
            expect(right, kind.id, text + mistake_in(found[:2], kind, inputs[:2]))
    for what, result in beside(kit.call_in_layouts, function, (inputs[1], 1.0)).items():
        text = f"for activations that lie {what} in memory, the penalty is another one"
        expect(all(agree([number(result)], kind.formula, inputs[1:2])), kind.id, text)


def expect_slopes(function: Any, kind: Kind, case: Case) -> None:
    """Demand the equation's gradient, times what the values themselves are too large or small."""
    for dtype in DTYPES:
        inputs = [a.to(dtype) for a in examples(case)]
        found_each = beside(slope_each, function, [(a, 2.0) for a in inputs])
        for a, (result, found, _) in zip(inputs, found_each, strict=True):
            expect(found is not None, "no-gradient", f"no gradient arrives at {dtype} activations")
            text = f"for shape {list(a.shape)}, some activations 0, the gradient is not finite"
            expect(found.isfinite().all(), "not-finite", text)
            leaf = a.double().requires_grad_()
            value = kind.formula(leaf)
            (wanted,) = torch.autograd.grad(3 * value, leaf)
            unit = (number(result) / value).item() if a.any() else 1
            text = f"for shape {list(a.shape)} ({dtype}) the gradient is not that of the penalty"
            expect_close(found, unit * wanted, "wrong-gradient", text, rtol=1e-3, atol=1e-4)


@check.property("changes holds a[:, t + 1] − a[:, t] for every pair of neighbouring steps")
def changes_step(changes: Any, case: Case) -> None:
    a = case.normal(*case.sizes(3, 3, 9))
    wanted = a.diff(dim=1)
    found = expect_tensor(changes(a), wanted.shape, a.dtype, "the result")
    text = "each change has the wrong sign: where a grows, it is negative"
    expect(not torch.allclose(found, -wanted), "wrong-sign", text)
    text = "the result is not what changes from step to step"
    expect_close(found, wanted, "not-the-changes", text)


@check.property("activation_reg returns one number as a tensor without axes, in the input's dtype")
def ar_form(activation_reg: Any, case: Case) -> None:
    expect_form(activation_reg, "alpha", case)


@check.property("alpha scales the activation penalty")
def ar_strength(activation_reg: Any, case: Case) -> None:
    expect_strength(activation_reg, "alpha", case)


@check.property("the activation penalty is the mean square: 6.5 in the example, 13 with alpha = 2")
def ar_value(activation_reg: Any, case: Case) -> None:
    expect_values(activation_reg, AR, examples(case, (4, 1, 3)))


@check.property("the gradient of activation_reg is right")
def ar_gradient(activation_reg: Any, case: Case) -> None:
    expect_slopes(activation_reg, AR, case)


@check.property("temporal_activation_reg returns one number as a tensor, in the input's dtype")
def tar_form(temporal_activation_reg: Any, case: Case) -> None:
    expect_form(temporal_activation_reg, "beta", case)


@check.property("beta scales the temporal penalty")
def tar_strength(temporal_activation_reg: Any, case: Case) -> None:
    expect_strength(temporal_activation_reg, "beta", case)


@check.property("only changes along the time axis cost anything, in every sequence")
def tar_axis(temporal_activation_reg: Any, case: Case) -> None:
    B, T, H = case.sizes(3, 3, 9)
    still, moving = case.normal(B, 1, H).expand(B, T, H), case.normal(1, T, H)
    inputs = [still, moving, moving.expand(B, T, H)]
    found = penalties(temporal_activation_reg, inputs)
    text = f"activations {[B, T, H]} that stay the same in time cost {found[0]:.4g}"
    why = mistake_in(found[:1], TAR, inputs[:1])
    expect(abs(found[0]) < 1e-6, "still-costs", text + why)
    expect(abs(found[2]) > 1e-6, "always-zero", "activations that change in time cost 0")
    text = f"one sequence that changes costs {found[1]:.4g}, {B} times the same cost {found[2]:.4g}"
    expect(abs(found[1]) > 1e-6, "single-sequence", text)


@check.property("the temporal penalty is the mean square of the changes: 6 in the example")
def tar_value(temporal_activation_reg: Any, case: Case) -> None:
    expect_values(temporal_activation_reg, TAR, examples(case))


@check.property("a single time step costs 0")
def tar_one_step(temporal_activation_reg: Any, case: Case) -> None:
    B, H = case.sizes(2)
    for shape in ((B, 1, H), (1, 1, H), (B, 1, 1)):
        result, what = temporal_activation_reg(case.normal(*shape), 1.5), "with a single time step"
        found = expect_tensor(result, (), None, f"{what} the penalty").item()
        expect(found == 0, "one-step", f"{what} the penalty is {found:.3f}, not 0")


@check.property("the gradient of temporal_activation_reg is right")
def tar_gradient(temporal_activation_reg: Any, case: Case) -> None:
    expect_slopes(temporal_activation_reg, TAR, case)


@check.property("the activations are left as they were")
def untouched(activation_reg: Any, temporal_activation_reg: Any, case: Case) -> None:
    for function, mode, rows in product((activation_reg, temporal_activation_reg), MODES, (3, 1)):
        a, other = (case.normal(rows, 4, 5) for _ in range(2))
        kit.expect_pure(function, (a, 2.0), (other, 2.0), ["activations"], mode)
