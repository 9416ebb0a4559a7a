"""Train the same models on the same batches with fastai's Learner.

The networks are plain PyTorch: those of lmlib whose forward pass is a plain loop or PyTorch's
own layer. fastai gets no slower version of a model than the course would write by hand.
"""

import warnings
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib import RECIPES, LMModel3, LMModel5, published_batches
from lmlib.recipes import BATCH_SIZE, HIDDEN_SIZE


class PlainLMModel4(LMModel3):
    """LMModel4 with the loop left to autograd."""

    def forward(self, x: Tensor) -> Tensor:
        return self.h_o(self.read(x))


class PlainLMModel5(LMModel5):
    """LMModel5 with PyTorch's recurrent layer."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        plain = nn.RNN(hidden_size, hidden_size, 2, batch_first=True)
        plain.load_state_dict(self.rnn.state_dict())  # one seed gives both libraries one start
        self.rnn = plain  # type: ignore[assignment]


PLAIN: dict[int, type[nn.Module]] = {4: PlainLMModel4, 5: PlainLMModel5}


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross entropy over all positions."""
    return F.cross_entropy(logits.flatten(0, -2), targets.flatten())


def prepare(number: int) -> Any:
    """Return fastai's DataLoaders over the samples that LMModel`number` reads, in their order."""
    from fastai.data.core import DataLoaders

    parts: list[Any] = []
    for batches in published_batches(number)[:2]:
        xs, ys = (torch.cat(part) for part in zip(*batches, strict=True))
        parts.append(list(zip(xs, ys, strict=True)))
    # With a kept state both parts hold full batches only; models 1 and 2 have a smaller last one.
    return DataLoaders.from_dsets(*parts, bs=BATCH_SIZE, shuffle=False, drop_last=number >= 3)


def learner(number: int, loaders: Any) -> Any:
    """Return a Learner for a new LMModel`number`."""
    from fastai.callback.rnn import ModelResetter, RNNCallback, RNNRegularizer
    from fastai.learner import Learner
    from fastai.metrics import accuracy

    recipe = RECIPES[number]
    vocab_size = len(published_batches(number)[2])
    model = PLAIN.get(number, recipe.model)(vocab_size, HIDDEN_SIZE)
    callbacks = [ModelResetter()] if number >= 3 else []
    if number == 7:
        callbacks += [RNNCallback(), RNNRegularizer(alpha=recipe.alpha, beta=recipe.beta)]
    return Learner(loaders, model, loss_func=loss, metrics=accuracy, cbs=callbacks)


def train(number: int, learn: Any, epochs: int | None = None) -> tuple[float, float]:
    """Train by the published recipe; return validation loss and accuracy after the last epoch."""
    import fastai.callback.schedule  # noqa: F401  # gives Learner its fit_one_cycle

    recipe = RECIPES[number]
    with warnings.catch_warnings(), learn.no_bar(), learn.no_logging():
        warnings.simplefilter("ignore")
        learn.fit_one_cycle(
            epochs or recipe.epochs, recipe.lr, wd=recipe.weight_decay, moms=recipe.momenta
        )
    _, valid_loss, accuracy = learn.recorder.values[-1]
    return valid_loss, accuracy
