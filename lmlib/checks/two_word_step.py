"""The step h ← φ(W(h + e) + b), known from its own values for any φ.

The tables begin with unit vectors, so the first logits, less their bias, are the last state. Let
k = φ(b), and let f(x, y) be the state after two words with the vectors x and y. As a word of zeros
leaves the state k, the step for any sum v is f(0, v − k) = φ(Wv + b): the model tells its own φ.
"""

from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.modules import expect_effect, fill, of_size
from lmlib.checks.two_word_form import rows_of
from lmlib.checks.two_word_models import made

PAIRS = 3


class Probe:
    """A small model whose parameters are set to what one wants to know."""

    def __init__(self, TwoWordModel: Any, case: Case) -> None:
        self.H = case.sizes(1, 8, 12)[0]
        self.V = self.H + 2 * PAIRS + 3
        self.model = made(TwoWordModel, self.V, self.H)
        self.tables = [rows_of(t, self.H) for t in of_size(self.model, self.V, self.H)]
        self.offset = torch.zeros(self.V)
        for table in self.tables:
            fill([table], torch.cat([torch.eye(self.H), torch.zeros(self.V - self.H, self.H)]))
        if of_size(self.model, self.V):
            self.offset = case.nonzero(self.V)
            fill(of_size(self.model, self.V), self.offset)

    @property
    def has_bias(self) -> bool:
        return bool(of_size(self.model, self.H))

    def layer(self, weight: Tensor, bias: Tensor) -> None:
        """Set W and b."""
        fill(of_size(self.model, self.H, self.H), weight)
        fill(of_size(self.model, self.H), bias)

    def logits(self, first: Tensor, second: Tensor) -> Tensor:
        """The logits of pairs of words with these vectors [pairs, H], less the output's bias."""
        vectors = torch.cat([first.expand(PAIRS, -1), second.expand(PAIRS, -1)])
        for table in self.tables:
            fill([table[-2 * PAIRS :]], vectors)
        words = torch.arange(self.V - 2 * PAIRS, self.V).view(2, PAIRS).t()
        logits = expect_tensor(self.model(words), (PAIRS, self.V), None)
        return logits.detach().float() - self.offset

    def state(self, first: Tensor, second: Tensor) -> Tensor:
        """f(first, second), as the unit vectors show it."""
        return self.logits(first, second)[:, : self.H]

    def at_bias(self, bias: Tensor) -> Tensor:
        """φ(b), which W = 0 leaves of any words."""
        nothing = torch.zeros(self.H)
        self.layer(torch.zeros(self.H, self.H), bias)
        return self.state(nothing, nothing)

    def phi(self, sums: Tensor) -> Tensor:
        """φ of any numbers, by way of W = 1 and b = 0."""
        nothing = torch.zeros(self.H)
        at_zero = self.at_bias(nothing)
        self.layer(torch.eye(self.H), nothing)
        return self.state(nothing, sums - at_zero)


def expect_affine_output(TwoWordModel: Any, case: Case) -> None:
    """Other words' logits must be products with the state that the unit vectors show."""
    probe = Probe(TwoWordModel, case)
    probe.layer(case.normal(probe.H, probe.H) / probe.H**0.5, case.nonzero(probe.H))
    first, second = (case.nonzero(PAIRS, probe.H) for _ in range(2))
    logits = probe.logits(first, second)
    wanted = logits[:, : probe.H] @ torch.cat([first, second]).t()
    text = (
        "the logits are not just a product of the last state with the output weights, plus a bias"
    )
    expect(close(logits[:, -2 * PAIRS :], wanted), "output-bent", text)


def expect_one_step(TwoWordModel: Any, case: Case) -> None:
    """Demand f(x, y) = φ(W(φ(Wx + b) + y) + b), part by part: first without b, then with it."""
    probe = Probe(TwoWordModel, case)
    weight = case.normal(probe.H, probe.H) / probe.H**0.5
    _expect_step_without_bias(probe, weight, case)
    if probe.has_bias:
        _expect_step_with_bias(probe, weight, case)


def _expect_step_without_bias(probe: Probe, weight: Tensor, case: Case) -> None:
    nothing, x, y, v = torch.zeros(probe.H), *(case.nonzero(PAIRS, probe.H) for _ in range(3))
    at_zero = probe.at_bias(nothing)  # φ(0)
    expect_effect(probe.phi(x))
    probe.layer(weight, nothing)
    text = "a first word of zeros, with a bias of 0, leaves another state than φ(0)"
    expect(close(probe.state(nothing, -at_zero), at_zero), "starts-elsewhere", text)
    by_weights = probe.phi(v @ weight), probe.phi(v @ weight.t())
    probe.layer(weight, nothing)
    found = probe.state(nothing, v - at_zero)
    text = "a step with weights W is not φ(W (h + e)) for the φ that W = 1 shows"
    expect(any(close(found, wanted) for wanted in by_weights), "step-differs", text)
    left = _cancelling(probe, at_zero, x)
    text = "a first word makes the state h, and a second word of −h does not cancel it: the state "
    text += f"is then {(left - at_zero).abs().max():.2g} away from φ(0)"
    expect(close(left, at_zero), "steps-differ", text)
    text = (
        "the second step does not go on from the state that the same step makes of the first word"
    )
    expect(_goes_on(probe, at_zero, x, y), "steps-differ", text)


def _expect_step_with_bias(probe: Probe, weight: Tensor, case: Case) -> None:
    nothing, x, y = torch.zeros(probe.H), *(case.nonzero(PAIRS, probe.H) for _ in range(2))
    bias = case.nonzero(probe.H)
    k = probe.at_bias(bias)
    text = "a bias of b is not the same to φ as a product W (h + e) of that size"
    expect(close(k, probe.phi(bias.expand(PAIRS, -1))), "bias-scaled", text)
    probe.layer(weight, bias)
    text = "the bias moves the state otherwise in the first step than in the second"
    expect(close(probe.state(nothing, -k), k), "biases-differ", text)
    alike = close(_cancelling(probe, k, x), k) and _goes_on(probe, k, x, y)
    expect(alike, "biases-differ", text)


def _cancelling(probe: Probe, k: Tensor, x: Tensor) -> Tensor:
    """The state after x and then −h, where h is what the second step makes of x alone."""
    return probe.state(x, -probe.state(torch.zeros(probe.H), x - k))


def _goes_on(probe: Probe, k: Tensor, x: Tensor, y: Tensor) -> bool:
    """Whether y is added to the state that the same step makes of x."""
    nothing = torch.zeros(probe.H)
    after_first = probe.state(nothing, x - k)
    return close(probe.state(x, y), probe.state(nothing, after_first + y - k))


def close(found: Tensor, wanted: Tensor) -> bool:
    """Whether float32 work of this size can be meant to be equal."""
    size = 1 + wanted.abs().max().item()
    return (found - wanted).abs().max().item() < 2e-4 * size
