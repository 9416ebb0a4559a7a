"""AWD language models from outside: three outputs, one tied matrix, an LSTM of any making.

All of it in float32, so that a state of `torch.zeros` is as good as any other.
"""

import contextlib
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.awd_read import Outputs, read
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import copy_parameters, fill, of_size

# How each model was made, without its parameters.
MADE: weakref.WeakKeyDictionary[Any, Callable[[], Any]] = weakref.WeakKeyDictionary()
# Whether reset() leaves models of a class that cannot be called.
SPOILED: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()


def model_of(Model: Any, case: Case, num_layers: int, p: float = 0.4) -> tuple[Any, int, int]:
    """A model with random parameters, and its V (odd) and H, with V and 8 less than H.

    H divides neither 24 nor V: so H² divides the sizes of the LSTM's matrices and of nothing else.
    """
    vocab_size, hidden_size = case.pick((7, 9, 11), 1)[0], case.sizes(1, 20, 23)[0]
    model = filled(Model, case, vocab_size, hidden_size, num_layers, p)
    return model, vocab_size, hidden_size


def filled(Model: Any, case: Case, *sizes: Any) -> Any:
    """A model with random parameters, of which `fresh` makes more."""
    make = partial(Model, *sizes)
    model = make()
    fill_at_random(model, case)
    MADE[model] = make
    return model


def fresh(model: Any, reset: bool = True) -> Any:
    """A model with the same parameters that has read nothing.

    Where a check compares calls, it takes one for each: what reset() forgets is one property's
    affair. If all models share a state, or have none before reset(), it is reset here.
    """
    before = torch.get_rng_state()
    torch.manual_seed(0)  # what is no parameter starts the same, too
    made = MADE[model]()
    torch.set_rng_state(before)
    MADE[made] = MADE[model]
    if reset:
        restart(made)
    copy_parameters(model, made)
    made.train(model.training)
    return made


def fill_at_random(model: nn.Module, case: Case) -> None:
    for parameter in model.parameters():
        fill([parameter], case.normal(*parameter.shape) * 0.3)


def restart(model: Any) -> None:
    """Reset a model if it can be: what stays is one property's affair, and matters to few."""
    kind = type(model)
    if kind not in SPOILED:
        SPOILED[kind] = _reset_spoils(kind)
    if not SPOILED[kind]:
        with contextlib.suppress(Exception):
            model.reset()


def _reset_spoils(Model: Any) -> bool:
    """Whether new models can be called, but not after reset()."""
    x = torch.zeros(2, 3, dtype=torch.int64)
    with contextlib.suppress(Exception):
        Model(5, 4, 1, 0.0)(x)
        model = Model(5, 4, 1, 0.0)
        model.reset()
        try:
            model(x)
        except Exception:
            return True
    return False


def read_seeded(model: Any, x: Tensor, seed: int) -> Outputs:
    """Let the model read x where chance shall make no difference to another such call."""
    torch.manual_seed(seed)
    return read(model, x)


def read_anew(model: Any, x: Tensor) -> Outputs:
    """Reset the model if it can be, and let it read x: for what no state has a share in."""
    restart(model)
    return read(model, x)


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
    reader = fresh(model)
    raw = read(reader, torch.zeros(1, 1, dtype=torch.int64)).raw
    twins = of_size(reader, vocab_size, hidden_size)
    gradients = torch.autograd.grad(raw.sum(), twins, allow_unused=True) if found else ()
    embeds = [p for p, g in zip(found, gradients, strict=True) if g is not None and g.any()]
    text = f"{len(embeds)} parameters of shape [{vocab_size}, {hidden_size}] embed the words"
    expect(len(embeds) == 1, "not-tied", text)
    return embeds[0]


def rows_of(table: Tensor, hidden_size: int) -> Tensor:
    """A table with one row per word."""
    return table if table.shape[1] == hidden_size else table.t()
