"""Where gradients of an AWD language model go, and whether they are the true ones."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_form import filled, fresh, read_anew, read_seeded, rows_of, word_matrix
from lmlib.checks.awd_read import Outputs
from lmlib.checks.calls import Mode
from lmlib.checks.case import Case
from lmlib.checks.expect import expect, share
from lmlib.checks.modules import fill, gradients_of, of_size


def training_loss(loss: Tensor, found: Outputs) -> Tensor:
    """Add activation and temporal activation regularisation to a loss."""
    jumps = found.raw[:, 1:] - found.raw[:, :-1]
    return loss + 2 * found.dropped.square().mean() + jumps.square().mean()


def expect_outputs_learn(
    model: nn.Module, x: Tensor, vocab_size: int, hidden_size: int, case: Case
) -> None:
    """From each of the three outputs, all parameters before it get gradient."""
    table = word_matrix(model, vocab_size, hidden_size)
    logit_sizes = [*of_size(model, vocab_size), *of_size(model, vocab_size, hidden_size)]
    layers = [p for p in model.parameters() if p.numel() % hidden_size**2 == 0]
    text = f"no parameter has a size that is a multiple of hidden_size² = {hidden_size**2}"
    expect(layers, "parameter-count", text)
    last = {id(parameter) for parameter in logit_sizes} - {id(table)}
    for name in Outputs._fields:
        output = getattr(read_anew(model, x), name)
        text = f"no gradient can flow back from {name}"
        expect(output.requires_grad, "no-gradient", text)
        parameters = [p for p in model.parameters() if name == "logits" or id(p) not in last]
        loss = (output * case.nonzero(*output.shape)).sum()
        gradients = gradients_of(loss, parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            text = f"a parameter of shape {list(parameter.shape)} gets no gradient from {name}"
            expect(gradient is not None and gradient.any(), "dead-parameter", text)
            assert gradient is not None
            dead = (gradient == 0).double().mean().item()
            text = f"a share of {dead:.2f} of a parameter of shape {list(parameter.shape)} gets no "
            in_a_layer = parameter.numel() % hidden_size**2 == 0  # rows of E may be out of sight
            fine = dead < 0.01 or not in_a_layer
            expect(fine, "dead-gate", f"{text}gradient: part of the LSTM takes no part")


def expect_words_learn(Model: Any, case: Case) -> None:
    """The last raw state leads back to each word that was read in this call, and to no other."""
    vocab_size, hidden_size = 91, case.sizes(1, 20, 23)[0]
    model = filled(Model, case, vocab_size, hidden_size, 1, 0.4)
    table = word_matrix(model, vocab_size, hidden_size)
    for training in (True, False):
        for words in (1, *case.sizes(1, 2, 9), 80):
            x = torch.tensor(case.pick(range(vocab_size), words))
            loss = read_anew(model.train(training), x[None]).raw[:, -1].sum()
            (gradient,) = gradients_of(loss, [table])
            expect(gradient is not None, "dead-parameter", "E gets no gradient from raw")
            assert gradient is not None
            reached = rows_of(gradient, hidden_size).any(1)
            text = f"{Mode(training)}, {words} word(s) were read in a call; the last raw sends "
            text += f"gradient to {int(reached[x].sum())} of them, and to "
            others = int(reached.sum() - reached[x].sum())
            fine = reached[x].all() and not others
            expect(fine, "words-not-reached", f"{text}{others} others")


def expect_true_slopes(model: nn.Module, x: Tensor, case: Case) -> None:
    """Along a parameter's gradient each output must grow as fast as the gradient is long.

    In float32, over a step of length 0.02 in one parameter: good to about one percent.
    """
    seed = case.seed()
    model.train(_repeats(model, x, seed))
    for name in Outputs._fields:
        output = getattr(read_seeded(fresh(model), x, seed), name).detach()
        size, weights = output.abs().max().item(), case.nonzero(*output.shape)

        def loss(reader: nn.Module, name: str = name, weights: Tensor = weights) -> Tensor:
            return (getattr(read_seeded(reader, x, seed), name) * weights).double().sum()

        reader = fresh(model)
        gradients = gradients_of(loss(reader), list(reader.parameters()))
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            if gradient is not None:
                start, length = parameter.detach().clone(), gradient.norm().item()
                ends = []
                for scale in (0.01, -0.01):
                    fill([parameter], start + scale * gradient / (length + 1e-12))
                    ends.append(loss(fresh(model)).item())
                fill([parameter], start)
                slope = (ends[0] - ends[1]) / 0.02
                text = f"moving a parameter of shape {list(start.shape)} along its gradient, {name}"
                text += f" should grow by {length:.3f}, and grows by {slope:.3f}"
                fine = abs(slope - length) <= 0.02 * length + 2e-3 * share(size)
                expect(fine, "wrong-gradient", text)


def _repeats(model: nn.Module, x: Tensor, seed: int) -> bool:
    """Whether a seed repeats the mask of training; `dropout` judges it."""
    masks = [read_seeded(fresh(model.train()), x, seed).dropped == 0 for _ in range(2)]
    return torch.equal(*masks)
