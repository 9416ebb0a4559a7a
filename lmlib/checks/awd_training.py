"""Where gradients of an AWD language model go, and whether they are the true ones."""

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import Outputs, read_anew, rows_of, tied_matrix
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.lstm_form import fill
from lmlib.checks.modules import of_size


def training_loss(loss: Tensor, found: Outputs) -> Tensor:
    """Add activation and temporal activation regularisation to a loss."""
    jumps = found.raw[:, 1:] - found.raw[:, :-1]
    return loss + 2 * found.dropped.square().mean() + jumps.square().mean()


def expect_outputs_learn(model: nn.Module, x: Tensor, vocab_size: int, case: Case) -> None:
    """From each of the three outputs, all parameters before it get gradient."""
    last = of_size(model, vocab_size)
    for name in Outputs._fields:
        output = getattr(read_anew(model, x), name)
        text = f"no gradient can flow back from {name}"
        expect(output.requires_grad, "no-gradient", text)
        parameters = [p for p in model.parameters() if name == "logits" or p is not last[0]]
        loss = (output * case.nonzero(*output.shape)).sum()
        gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            text = f"a parameter of shape {list(parameter.shape)} gets no gradient from {name}"
            expect(gradient is not None and gradient.any(), "dead-parameter", text)


def expect_first_word_learns(model: nn.Module, vocab_size: int, hidden_size: int) -> None:
    """The last raw state leads back to each word that was read in this call, and to no other."""
    table = tied_matrix(model, vocab_size, hidden_size)
    x = torch.arange(5)[None]
    loss = read_anew(model, x).raw[:, -1].sum()
    (gradient,) = torch.autograd.grad(loss, [table])
    reached = rows_of(gradient, hidden_size).any(1).nonzero().flatten().tolist()
    text = f"words 0 to 4 were read; the last state sends gradient to words {reached}"
    expect(reached == [0, 1, 2, 3, 4], "words-not-reached", text)


def expect_true_slopes(model: nn.Module, x: Tensor, case: Case) -> None:
    """Along a parameter's gradient each output must grow as fast as the gradient is long.

    In float32, over a step of length 0.02 in one parameter: good to about one percent.
    """
    parameters, seed = list(model.parameters()), case.seed()
    for name in Outputs._fields:
        weights = case.nonzero(*getattr(read_anew(model, x), name).shape)

        def loss(name: str = name, weights: Tensor = weights) -> Tensor:
            torch.manual_seed(seed)  # the same mask every time
            return (getattr(read_anew(model, x), name) * weights).double().sum()

        gradients = torch.autograd.grad(loss(), parameters, allow_unused=True)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                start, length = parameter.detach().clone(), gradient.norm().item()
                ends = []
                for scale in (0.01, -0.01, 0):
                    fill([parameter], start + scale * gradient / (length + 1e-12))
                    ends.append(loss().item())
                _expect_slope((ends[0] - ends[1]) / 0.02, length, name, list(start.shape))


def _expect_slope(slope: float, length: float, name: str, shape: list[int]) -> None:
    text = f"moving a parameter of shape {shape} along its gradient, {name} "
    text += f"should grow by {length:.3f}, and grows by {slope:.3f}"
    expect(abs(slope - length) <= 0.02 * length + 2e-3, "wrong-gradient", text)
