"""Two-word models that are ready to be looked at."""

from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect
from lmlib.checks.modules import give_copies, only_training_is_random, unfinished


def made(TwoWordModel: Any, vocab: int, hidden: int, copies: bool = True) -> Any:
    """A model that has all its parameters, in evaluation if only its training is random."""
    model = named(TwoWordModel, vocab, hidden)
    if isinstance(model, nn.Module):
        model.register_forward_hook(
            lambda _, given, result: logits_in(result, len(given[0]), vocab)
        )
        if copies:
            give_copies(model)
    x = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    if unfinished(model):
        model(x.clone())
    noisy = only_training_is_random(lambda training: model.train(training)(x.clone()))
    model.train(not noisy)
    return model


def named(TwoWordModel: Any, vocab: int, hidden: int) -> Any:
    """A model whose sizes are given by name if it knows the names: `shapes` judges their order."""
    try:
        return TwoWordModel(vocab_size=vocab, hidden_size=hidden)
    except TypeError:
        return TwoWordModel(vocab, hidden)


def logits_in(result: Any, rows: int, vocab: int) -> Tensor:
    """The logits [rows, vocab] of a result in another form, which `shapes` alone judges."""
    if isinstance(result, tuple | list) and result:
        result = result[0]
    text = f"the result is {type(result).__name__}, not a tensor"
    expect(isinstance(result, Tensor), "not-a-tensor", text)
    if result.dim() == 3:  # one row of logits for each word, or all rows for each word
        return result[-1] if result.shape[:2] == (2, rows) != (rows, 2) else result[:, -1]
    if result.shape == (vocab, rows) != (rows, vocab):
        return result.t()
    if result.dim() == 1:  # the rows one after the other, or only one row
        return result.reshape(rows, -1) if len(result) % rows == 0 else result[None]
    return result
