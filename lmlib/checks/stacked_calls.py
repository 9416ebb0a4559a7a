"""A stack in calls of every kind, against weights that are read from the stack itself.

In a single step, layer l ends in tanh(W_x · state below + W_h · h0[l] + b). So enough random rows
tell all the weights of a layer, however it keeps them, and a loop can follow any other call.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.calls import MODES, Mode, situations
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close
from lmlib.checks.stacked_form import in_best_dtype, is_matrix, stack, worst_layer


class Call(NamedTuple):
    """One call of a stack; its text begins a message."""

    mode: Mode
    x: Tensor
    h0: Tensor | None

    def __str__(self) -> str:
        rows, steps, _ = self.x.shape
        start = "without h0" if self.h0 is None else "from h0"
        zeros = ", one step all zeros" if (self.x == 0).any() else ""
        return f"{self.mode}, {start}, with {rows} row(s) of {steps} step(s){zeros}"


def read_layers(
    model: nn.Module, x: Tensor, h0: Tensor, tolerance: float = 1e-4
) -> tuple[Tensor, ...]:
    """[below + before + 1, hidden] of every layer: what its sums are made of, by least squares."""
    _, h_n = model(x[:, None], h0.clone())
    text = f"h_n has shape {list(h_n.shape)}; {list(h0.shape)} was expected"
    expect(h_n.shape == h0.shape, "wrong-shape", text)
    below, found = x.double(), []
    for layer, (before, state) in enumerate(zip(h0.double(), h_n.detach().double(), strict=True)):
        known = torch.cat([below, before, torch.ones_like(below[:, :1])], dim=1)
        sums = state.clamp(-1 + 1e-9, 1 - 1e-9).atanh()
        weights = torch.linalg.lstsq(known, sums).solution
        text = f"in one step, h_n[{layer}] is not tanh of a weighted sum of what lies below and h0"
        expect_close(known @ weights, sums, "not-one-step", text, rtol=tolerance, atol=tolerance)
        found.append(weights)
        below = state
    return tuple(found)


def follow(layers: tuple[Tensor, ...], x: Tensor, h0: Tensor) -> tuple[Tensor, Tensor]:
    """The outputs and last states of layers that were read, by a loop over layers and steps."""
    states, last = x.double(), []
    one = torch.ones(len(x), 1, dtype=torch.float64)
    for weights, h in zip(layers, h0.double(), strict=True):
        column = []
        for below in states.unbind(1):
            h = torch.tanh(torch.cat([below, h, one], dim=1) @ weights)
            column.append(h)
        states = torch.stack(column, dim=1)
        last.append(h)
    return states, torch.stack(last)


def expect_calls(StackedRNN: Any, layers: int, case: Case) -> None:
    """Demand that one set of weights explains every call, whatever was called before."""
    size, hidden = case.sizes(2, 3, 9)
    for pair in ((size, hidden), (hidden, hidden), (size, 1)):
        _expect_calls(StackedRNN, layers, *pair, case)


def _expect_calls(StackedRNN: Any, layers: int, size: int, hidden: int, case: Case) -> None:
    model, dtype = in_best_dtype(stack(StackedRNN, size, hidden, layers, pure=False), size)
    other = stack(StackedRNN, size, hidden, layers).to(dtype)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.2 * case.normal(*parameter.shape))
    rows = 6 * (size + hidden)
    x, h0 = case.normal(rows, size, dtype=dtype), case.normal(layers, rows, hidden, dtype=dtype)
    weights = read_layers(model, x, h0)
    tolerance = 1e-6 if dtype == torch.float64 else 1e-3
    for call in _calls(layers, size, hidden, case):
        call = call._replace(x=call.x.to(dtype), h0=None if call.h0 is None else call.h0.to(dtype))
        with call.mode.on(other):
            other(call.x.clone())
        _expect_call(model, weights, call, tolerance)
    if hidden > 1:  # else nothing tells a matrix from a bias
        _expect_own_numbers(model, weights, tolerance)
        if layers == 1:  # upper ones read a tanh, which no x makes smaller
            _expect_large_weights(model, x[:, None], h0, tolerance)


def _expect_own_numbers(model: nn.Module, weights: tuple[Tensor, ...], tolerance: float) -> None:
    """Demand that sums are made with the numbers that the matrices hold, wherever they stand."""
    used = torch.cat([layer[:-1].flatten() for layer in weights]).sort().values
    held = [p.detach().double().flatten() for p in model.parameters() if is_matrix(p)]
    text = "in one step the model multiplies by other numbers than its matrices hold"
    expect(held, "other-weights", "the model has no matrix among its parameters()")
    wanted = torch.cat(held).sort().values
    expect_close(used, wanted, "other-weights", text, rtol=0, atol=10 * tolerance)


def _expect_large_weights(model: nn.Module, x: Tensor, h0: Tensor, tolerance: float) -> None:
    """Demand that 1024 times larger weights make the same of x and h0 that are as much smaller."""
    wanted = model(x, h0.clone())[1].detach()
    with torch.no_grad():
        for parameter in filter(is_matrix, model.parameters()):
            parameter.mul_(1024)  # a power of 2, so no digit is lost
    for mode in (MODES[0], MODES[-1]):
        with mode.on(model):
            found = model(x / 1024, h0 / 1024)[1].detach()
        layer, text = worst_layer(found, wanted, tolerance)
        text = f"{mode}, with weights 1024 times as large, x and h0 as much smaller, {text}"
        expect(layer is None, "call-differs", text)


def _calls(layers: int, size: int, hidden: int, case: Case) -> Iterator[Call]:
    """Short calls of all kinds; then many steps, many rows, as many of both, large ones, zeros."""
    for number, (mode, rows, steps) in enumerate(situations(case)):
        start = case.normal(layers, rows, hidden) if (number + number // 4 + layers) % 2 else None
        yield Call(mode, case.normal(rows, steps, size), start)
    many = case.sizes(1, 70, 120)[0]
    for mode in (MODES[0], MODES[-1]):
        for rows, steps, scale in ((2, many, 1), (many, 3, 1), (4, 4, 1), (4, 3, 10)):
            start = case.normal(layers, rows, hidden) * scale
            yield Call(mode, case.normal(rows, steps, size) * scale, start)
        yield Call(mode, case.normal(3, 4, size), torch.zeros(layers, 3, hidden))
        kept = torch.tensor([1, 1, 0, 1, 1])[:, None]
        yield Call(mode, case.normal(3, 5, size) * kept, None)


def _expect_call(
    model: nn.Module, weights: tuple[Tensor, ...], call: Call, tolerance: float
) -> None:
    zeros = torch.zeros(len(weights), len(call.x), weights[0].shape[1])
    wanted_out, wanted = follow(weights, call.x, zeros if call.h0 is None else call.h0)
    given = [tensor.clone() for tensor in (call.x, call.h0) if tensor is not None]
    with call.mode.on(model):
        out, h_n = model(*given)
    same = torch.equal(given[0], call.x) and (call.h0 is None or torch.equal(given[1], call.h0))
    expect(same, "input-changed", f"{call}: x or h0 holds other numbers after the call")
    layer, text = worst_layer(h_n.detach().double(), wanted, tolerance)
    expect(
        layer is None, "call-differs", f"{call}, the states are not those of the equations: {text}"
    )
    text = f"{call}: the last states fit the weights, but out is another one"
    expect_close(out.detach(), wanted_out, "call-differs", text, rtol=tolerance, atol=tolerance)
