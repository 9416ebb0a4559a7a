"""AWD language models from outside: three outputs, one tied matrix, an LSTM of any making.

All of it in float32, so that a state of `torch.zeros` is as good as any other.
"""

import contextlib
import weakref
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.lstm_form import fill
from lmlib.checks.modules import copy_parameters, of_size


class Outputs(NamedTuple):
    """What a model returns: [B, T, V], [B, T, H], [B, T, H]."""

    logits: Tensor
    raw: Tensor
    dropped: Tensor


def model_of(Model: Any, case: Case, num_layers: int, p: float = 0.4) -> tuple[Any, int, int]:
    """A model with random parameters, and its V (odd) and H, with V and 8 less than H / 2.

    H divides neither 24 nor V: so H² divides the sizes of the LSTM's matrices and of nothing else.
    """
    vocab_size, hidden_size = case.pick((7, 9, 11), 1)[0], case.sizes(1, 20, 23)[0]
    model: nn.Module = Model(vocab_size, hidden_size, num_layers, p)
    fill_at_random(model, case)
    return model, vocab_size, hidden_size


def twins_of(Model: Any, case: Case, num_layers: int, p: float = 0.4) -> tuple[Any, Any, int]:
    """Two models with the same random parameters that have read nothing, and their V."""
    model, vocab_size, hidden_size = model_of(Model, case, num_layers, p)
    twin = Model(vocab_size, hidden_size, num_layers, p)
    copy_parameters(model, twin)
    return model, twin, vocab_size


def fill_at_random(model: nn.Module, case: Case) -> None:
    for parameter in model.parameters():
        fill([parameter], case.normal(*parameter.shape) * 0.3)


READ: weakref.WeakSet[Any] = weakref.WeakSet()  # models that have read something


def read(model: nn.Module, x: Tensor) -> Outputs:
    """Let the model read a copy of x, from the state that it keeps; `outputs` judges the form."""
    given = x.clone()
    READ.add(model)
    result = model(given)
    expect(torch.equal(given, x), "input-changed", "x holds other words after the call")
    match result:
        case Tensor() as logits, (Tensor() as raw, Tensor() as dropped):
            result = logits, raw, dropped
        case {**named} if len(named) == 3:
            result = tuple(named.values())
        case (Tensor() as logits, raw, dropped) if logits.shape[::2] == x.shape != logits.shape[:2]:
            result = logits.transpose(1, 2), raw, dropped  # as cross_entropy wants them
    return three_of(result, x)


def three_of(result: Any, x: Tensor) -> Outputs:
    """Demand logits, raw and dropped, each with the axes batch and seq of x in front."""
    three = isinstance(result, tuple | list) and len(result) == 3
    expect(three, "not-three", "the model does not return three things: logits, raw, dropped")
    for value, name in zip(result, Outputs._fields, strict=True):
        expect(isinstance(value, Tensor), "not-a-tensor", f"{name} is no tensor")
        text = f"{name} has shape {list(value.shape)}; its first axes should be those of x, "
        text += f"{list(x.shape)}, and one more should follow"
        expect(value.dim() == 3 and value.shape[:2] == x.shape, "wrong-shape", text)
        expect_tensor(value, value.shape, torch.float32, name)
    return Outputs(*result)


def read_anew(model: Any, x: Tensor) -> Outputs:
    """Let the model read x from the start."""
    restart(model)
    return read(model, x)


def restart(model: Any) -> None:
    """Reset a model; one that has read nothing needs none, so a missing reset() costs nothing."""
    if model in READ:
        model.reset()
    else:
        with contextlib.suppress(Exception):
            model.reset()


def tied_matrix(model: nn.Module, vocab_size: int, hidden_size: int) -> nn.Parameter:
    """The one matrix of words; stored [V, H], or the other way round."""
    found = of_size(model, vocab_size, hidden_size)
    text = f"there are {len(found)} parameters of shape [{vocab_size}, {hidden_size}], not one"
    expect(len(found) == 1, "not-tied", text)
    return found[0]


def word_matrix(model: nn.Module, vocab_size: int, hidden_size: int) -> nn.Parameter:
    """The matrix that embeds the words, tied or not."""
    found = of_size(model, vocab_size, hidden_size)
    if len(found) == 1:
        return found[0]
    raw = read_anew(model, torch.zeros(1, 1, dtype=torch.int64)).raw
    gradients = torch.autograd.grad(raw.sum(), found, allow_unused=True) if found else ()
    embeds = [p for p, g in zip(found, gradients, strict=True) if g is not None and g.any()]
    text = f"{len(embeds)} parameters of shape [{vocab_size}, {hidden_size}] embed the words"
    expect(len(embeds) == 1, "not-tied", text)
    return embeds[0]


def rows_of(table: Tensor, hidden_size: int) -> Tensor:
    """A table with one row per word."""
    return table if table.shape[1] == hidden_size else table.t()
