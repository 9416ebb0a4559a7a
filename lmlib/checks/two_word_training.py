"""What a model learns from: true gradients, from its own random start."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import fill, gradients_of, of_size
from lmlib.checks.two_word_models import made

STEP = 2e-3  # of float32 parameters


def expect_true_gradients(TwoWordModel: Any, case: Case) -> None:
    """Compare each parameter's gradient with what small moves of that parameter do."""
    (vocab,), (hidden,) = case.sizes(1, 8, 12), case.sizes(1, 13, 20)
    model, weights = made(TwoWordModel, vocab, hidden), case.nonzero(3, vocab, dtype=torch.float64)
    _calm(model, vocab, hidden, case)
    ends = torch.tensor([(0, vocab - 1), (0, vocab - 1), (vocab - 1, 0)])
    twins = case.integers(1, vocab - 1, 3, 1).repeat(1, 2)
    others = torch.tensor(case.pick(range(1, vocab - 1), vocab - 2))
    pairs = torch.stack([others.roll(1), others], dim=1)  # a second word has the larger slope
    for x in (ends, twins, *pairs.split(3)):

        def value(x: Tensor = x) -> Tensor:
            return (model(x).double() * weights[: len(x)]).sum()

        once, again = value().item(), value().item()
        text = f"the same call gives {once:.3f} at first and then {again:.3f}"
        expect(abs(once - again) <= 1e-4 * (1 + abs(once)), "not-repeatable", text)
        parameters = list(model.parameters())
        for parameter, gradient in zip(parameters, gradients_of(value(), parameters), strict=True):
            _expect_slopes(value, parameter, gradient, case)


def _calm(model: nn.Module, vocab: int, hidden: int, case: Case) -> None:
    """Keep what φ is given within ±(0.2 … 0.8), far from where a relu or a clamp bends.

    The embeddings outweigh the state, also where φ doubles what it is given. Their sizes are
    uneven, so that no two of them cancel in a model of another form.
    """
    near = 0.0015 * case.normal(hidden, hidden)
    fill(of_size(model, hidden, hidden), torch.eye(hidden) / 8 + near)
    fill(of_size(model, hidden), 0.01 * case.nonzero(hidden))
    fill(of_size(model, vocab), case.normal(vocab))
    for table in of_size(model, vocab, hidden):
        drawn = case.normal(*table.shape)
        fill([table], 2.8 * drawn.sign() + 2.4 * drawn.tanh())


def _expect_slopes(value: Any, parameter: Tensor, gradient: Tensor | None, case: Case) -> None:
    given = torch.zeros_like(parameter) if gradient is None else gradient
    for _ in range(5):
        direction = case.normal(*parameter.shape)
        found = (given * direction).sum().item()
        slope = _slope(value, parameter, direction, STEP)
        off = 0.03 * (0.3 + given.norm().item())
        for step in (STEP / 2, STEP / 4, STEP / 8):
            if abs(slope - found) > off:  # unless φ bends in between, a shorter step says the same
                shorter = _slope(value, parameter, direction, step)
                off = max(off, 3 * abs(slope - shorter))
                slope = shorter
        if abs(slope - found) > off:  # at a bend the gradient is that of one side
            sides = sorted(_slopes(value, parameter, direction, STEP / 8))
            slope = min(max(found, sides[0]), sides[1])
        text = f"moving the parameter of shape {list(parameter.shape)} along a line changes the"
        text += f" result by {slope:.2f}, but its gradient says {found:.2f}"
        expect(abs(slope - found) <= off, "wrong-gradient", text)


def _slope(value: Any, parameter: Tensor, direction: Tensor, step: float) -> float:
    return sum(_slopes(value, parameter, direction, step)) / 2


def _slopes(value: Any, parameter: Tensor, direction: Tensor, step: float) -> tuple[float, float]:
    """How fast the value grows along a direction, ahead of where it is and behind."""
    start, values = parameter.detach().clone(), []
    with torch.no_grad():
        for place in (step, 0, -step):
            parameter.copy_(start + place * direction)
            values.append(value().item())
        parameter.copy_(start)
    ahead, here, behind = values
    return (ahead - here) / step, (here - behind) / step


def expect_learning(TwoWordModel: Any, case: Case) -> None:
    """(2a + b) mod 6, best of twenty starts at two rates: small weights often find no way."""
    pairs = torch.cartesian_prod(torch.arange(6), torch.arange(6))
    targets = (2 * pairs[:, 0] + pairs[:, 1]) % 6
    best = 0.0
    for rate in (0.01, 0.03) * 10:
        torch.manual_seed(case.seed())
        model = made(TwoWordModel, 6, 48)
        best = max(best, _accuracy_after_training(model, pairs, targets, rate))
        if best > 0.95:
            break
    expect(best > 0.95, "does-not-learn", f"after 300 steps {best:.0%} of the pairs are right")
    learnt = [parameter.detach().clone() for parameter in model.parameters()]
    fill(model.parameters(), torch.zeros(()))
    logits = model(pairs)
    for parameter, values in zip(model.parameters(), learnt, strict=True):
        fill([parameter], values)  # a later model may share them
    text = "with V = 6 and all parameters at 0, pairs of words still give different logits"
    expect((logits == logits[:1]).all(), "knows-the-table", text)


def _accuracy_after_training(model: nn.Module, x: Tensor, y: Tensor, rate: float) -> float:
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for step in range(301):
        logits = model(x)
        accuracy = (logits.argmax(1) == y).double().mean().item()
        if step == 300 or accuracy == 1:
            break
        optimizer.zero_grad()
        F.cross_entropy(logits, y).backward()
        optimizer.step()
    return accuracy
