"""Oracles for a stack of recurrent layers whose weights are all one number."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.leniency import seed_calls
from lmlib.checks.modules import (
    give_copies,
    only_training_is_random,
    start_anew,
    unfinished,
)
from lmlib.checks.stacked_results import give_start, needs_start, read_results


def stack(StackedRNN: Any, size: int, hidden: int, layers: int, pure: bool = True) -> nn.Module:
    """A stack with all its parameters, called and read leniently: the form is another property.

    If `pure`, what it does to its inputs is forgiven, and chance, too: random in training only,
    it stays in evaluation, and else it draws the same in every call.
    """
    x, h0 = torch.linspace(-1, 1, 6 * size).view(2, 3, size), torch.zeros(layers, 2, hidden)

    def made() -> Any:
        model = StackedRNN(size, hidden, layers)
        if isinstance(model, nn.Module):
            if pure:
                give_copies(model)
            read_results(model, layers, reorder=pure)
            if unready:
                give_start(model, layers, hidden)
            if unfinished(model):
                model(x.clone())
        return model

    # Other models are tried, for one may keep something of its first call.
    unready = needs_start(StackedRNN(size, hidden, layers), x, h0)
    trial, model = made(), made()
    if isinstance(model, nn.Module):
        noisy = only_training_is_random(lambda training: flat(trial.train(training)(x.clone())))
        model.train(not noisy)
        if pure:
            seed_calls(model)
    return model


def flat(result: Any) -> Tensor:
    """All numbers of out and h_n."""
    return torch.cat([part.flatten() for part in result])


def in_best_dtype(model: nn.Module, size: int) -> tuple[nn.Module, torch.dtype]:
    """The model in float64 if it works there; zeros in float32 are honest work, too."""
    try:
        out, _ = model.double()(torch.zeros(2, 2, size, dtype=torch.float64))
        if out.dtype == torch.float64:
            return model, torch.float64
    except Exception:
        pass
    return model.float(), torch.float32


def usual(
    StackedRNN: Any, size: int, hidden: int, layers: int, case: Case, pure: bool = True
) -> nn.Module:
    """A stack whose parameters have a usual size, whatever the student starts from."""
    model = stack(StackedRNN, size, hidden, layers, pure)
    start_anew(model, case)
    return model


def is_matrix(parameter: Tensor) -> bool:
    """Whether it has two axes or more; a bias may be stored as [1, H]."""
    return sum(size > 1 for size in parameter.shape) > 1


def fill(model: nn.Module, weight: float, bias: float) -> None:
    """Overwrite all matrices with one number, and all vectors with another."""
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(weight if is_matrix(p) else bias)


def closed_form(x: Tensor, h0: Tensor, w: float) -> tuple[Tensor, Tensor]:
    """The outputs and last states if all weights are w: only sums of inputs and states count."""
    hidden = h0.shape[2]
    sums, last = x.double().sum(2), []
    for start in h0.double():
        before, states = start.sum(1), []
        for s in sums.unbind(1):
            state = torch.tanh(w * (s + before))  # the same number in every unit
            before = hidden * state
            states.append(state)
        sums = hidden * torch.stack(states, 1)
        last.append(states[-1])
    out = sums / hidden
    return (
        out[:, :, None].expand(-1, -1, hidden).float(),
        torch.stack(last)[:, :, None].expand(-1, -1, hidden).float(),
    )


def expect_states(StackedRNN: Any, case: Case, seq: int, layers: int, start: bool, id: str) -> None:
    """All weights w, no bias: every unit of a layer holds the same number, which a loop finds."""
    batch, inputs, hidden = case.sizes(3, 4, 9)

    def small(*shape: int) -> Tensor:
        return case.normal(*shape).abs() / 50  # of one sign: large weights magnify no rounding

    for size, w, draw in (
        (inputs, case.uniform(0.1, 0.2), case.normal),
        (hidden, case.uniform(0.6, 0.9), small),
    ):
        model = stack(StackedRNN, size, hidden, layers)
        fill(model, w, 0.0)
        x, h0 = draw(batch, seq, size), draw(layers, batch, hidden) * start
        x = torch.cat([x, -x, x / 2])  # sums of both signs, so that a relu on the way shows
        h0 = torch.cat([h0, -h0, h0 / 2], 1)
        out, h_n = model(x, h0.clone()) if start else model(x)
        wanted_out, wanted = closed_form(x, h0, w)
        layer, found = worst_layer(h_n, wanted)
        text = f"StackedRNN({size}, {hidden}, {layers}), all weights {w}, no bias"
        expect(layer is None, id, f"{text}, {seq} step(s): {found}")
        expect_close(out, wanted_out, id, f"{text}: out is another one", rtol=1e-4, atol=1e-5)


def worst_layer(found: Tensor, wanted: Tensor, tolerance: float = 1e-4) -> tuple[int | None, str]:
    """The first layer whose last states differ, in words; None if all agree."""
    if found.shape != wanted.shape:
        return 0, f"h_n has shape {list(found.shape)}, not {list(wanted.shape)}"
    for layer, (mine, right) in enumerate(zip(found, wanted, strict=True)):
        if not torch.allclose(mine, right, rtol=tolerance, atol=tolerance / 10):
            at = (mine - right).abs().argmax()
            mine, right = mine.flatten()[at], right.flatten()[at]
            return layer, f"a unit of h_n[{layer}] is {mine:.6g}, not {right:.6g}"
    return None, ""
