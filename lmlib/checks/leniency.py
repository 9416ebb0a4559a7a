"""What one property judges shall cost no points in another: other forms of results, and chance."""

import contextlib
import weakref
from typing import Any

import torch
from torch import Tensor, nn


def with_axes(value: Any, x: Tensor) -> Any:
    """A result with the axes of x in front, if they are joined, squeezed or in another order.

    What stands before the places of x is left out: the results of earlier calls, for one.
    """
    if not isinstance(value, Tensor):
        return value
    if value.dim() < 3 and value.numel() % x.numel() == 0:
        return value.reshape(*x.shape, -1)
    if value.dim() != 3 or value.shape[:2] == x.shape:
        return value
    if value.shape[::2] == x.shape:
        return value.transpose(1, 2)  # as cross_entropy wants them
    if value.shape[:2] == x.t().shape:
        return value.transpose(0, 1)
    return value[:, -x.shape[1] :] if len(value) == len(x) else value


def logits_of(result: Any, x: Tensor) -> Any:
    """The logits for x in a result, with the axes of x, without a state beside them."""
    match result:
        case (Tensor() as logits, _) if logits.dim() == 3:
            result = logits
    return with_axes(result, x)


def read_logits(model: nn.Module) -> None:
    """Let a model return its logits with the axes of its input, without a state beside them."""

    model.register_forward_hook(lambda _, given, result: logits_of(result, given[0]))


def call_in_float32_too(function: Any, x: Tensor, *more: Any) -> Any:
    """What a function gives for x, or for x in float32 if it fails for float64.

    In which dtypes it works, one property asks.
    """
    try:
        return function(x, *more)
    except Exception:
        if x.dtype == torch.float64:
            with contextlib.suppress(Exception):
                return function(x.float(), *more)
        raise


def kept(value: Any) -> Any:
    """A copy of what no gradient flows through: a later call may write into its memory."""
    copied = isinstance(value, Tensor) and not value.requires_grad
    return value.clone() if copied else value


def keep_results(model: nn.Module) -> None:
    """Let a model's results stay as they are in later calls."""
    model.register_forward_hook(lambda _, __, result: kept(result))


def seed_calls(model: nn.Module) -> None:
    """Let chance be the same in every call."""

    def seed(*_: Any) -> None:
        torch.manual_seed(0)

    model.register_forward_pre_hook(seed)


def stay_in_evaluation(model: Any) -> None:
    """Keep a model in evaluation, whatever mode it is put in."""
    model.train(False)
    kind, this = type(model), weakref.ref(model)  # in a cycle, a model would outlive its use
    model.train = lambda mode=True: kind.train(this(), False)
