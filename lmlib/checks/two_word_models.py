"""Two-word models that are ready to be looked at."""

from typing import Any

import torch
from torch import nn

from lmlib.checks.modules import give_copies, only_training_is_random, unfinished


def made(TwoWordModel: Any, vocab: int, hidden: int, copies: bool = True) -> Any:
    """A model that has all its parameters, in evaluation if only its training is random."""
    model = TwoWordModel(vocab, hidden)
    if copies and isinstance(model, nn.Module):
        give_copies(model)
    x = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    if unfinished(model):
        model(x.clone())
    noisy = only_training_is_random(lambda training: model.train(training)(x.clone()))
    model.train(not noisy)
    return model
