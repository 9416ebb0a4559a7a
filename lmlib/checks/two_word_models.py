"""Two-word models that are ready to be looked at."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.modules import give_copies, only_training_is_random, unfinished


def made(TwoWordModel: Any, vocab: int, hidden: int, copies: bool = True) -> Any:
    """A model that has all its parameters, in evaluation if only its training is random."""
    model = TwoWordModel(vocab, hidden)
    if isinstance(model, nn.Module):
        model.register_forward_hook(lambda _, given, result: logits_in(result))
        if copies:
            give_copies(model)
    x = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    if unfinished(model):
        model(x.clone())
    noisy = only_training_is_random(lambda training: model.train(training)(x.clone()))
    model.train(not noisy)
    return model


def logits_in(result: Any) -> Any:
    """The logits [batch, vocab] of a result in another form, which `shapes` alone judges."""
    if isinstance(result, tuple | list) and result:
        result = result[0]
    if isinstance(result, Tensor) and result.dim() == 3:  # one row of logits for each word
        result = result[:, -1]
    return result[None] if isinstance(result, Tensor) and result.dim() == 1 else result
