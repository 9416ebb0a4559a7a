"""A call is no event for a model: its weights and its earlier results stay as they are.

And the first call of a new model gives what later ones give.

Other checks call a model before they look at it, to learn which form its results have.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lmlib.checks.calls import MODES, Mode
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.modules import unchanged, unfinished

Answer = Callable[[nn.Module], Tensor]


def expect_first_call(make: Callable[[], nn.Module], answer: Answer) -> None:
    """Demand that a new model's first call changes no weight, and gives what the next one gives."""
    for mode in (Mode(training=True), Mode(training=False)):
        model = make()
        with mode.on(model):
            made = [] if unfinished(model) else model.parameters()
            weights = [parameter.detach().clone() for parameter in made]
            first = answer(model)
            text = f"{mode}, the first call changes a parameter of the model"
            expect(unchanged(model, weights), "parameter-changed", text)
            _expect_same(first, answer(model), f"{mode}, the first call of a new model")


def expect_results_kept(
    model: nn.Module, call: Callable[[], Sequence[Tensor]], names: Sequence[str]
) -> None:
    """Demand that a call of the model leaves what the call before returned as it is."""
    for mode in (MODES[0], MODES[-1]):
        with mode.on(model):
            results = call()
            kept = [result.clone() for result in results]
            call()
        for name, before, after in zip(names, kept, results, strict=True):
            text = f"{mode}, what a call returned holds other numbers after the next call: {name}"
            expect(torch.equal(before, after), "result-changed", text)


def _expect_same(first: Tensor, later: Tensor, what: str) -> None:
    at = (later - first).abs().argmax()
    numbers = f"{first.flatten()[at]:.6g}, and the same call again {later.flatten()[at]:.6g}"
    expect_close(later, first, "first-call", f"{what} gives {numbers}", rtol=1e-4, atol=1e-5)
