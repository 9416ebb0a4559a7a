"""What an AWD language model returns, read in any form that tells logits, raw and dropped apart."""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.leniency import kept, with_axes


class Outputs(NamedTuple):
    """What a model returns: [B, T, V], [B, T, H], [B, T, H]."""

    logits: Tensor
    raw: Tensor
    dropped: Tensor


def three_of(result: Any, x: Tensor) -> Outputs:
    """Demand logits, raw and dropped, each with the axes batch and seq of x in front."""
    three = isinstance(result, tuple | list) and len(result) == 3
    expect(three, "not-three", "the model does not return three things: logits, raw, dropped")
    for value, name in zip(result, Outputs._fields, strict=True):
        _expect_axes(value, x, name)
    return Outputs(*result)


def read(model: nn.Module, x: Tensor) -> Outputs:
    """Let the model read a copy of x, from the state that it keeps; later calls leave the result.

    `causal` judges what a call does to x and to the results of the call before.
    """
    return Outputs(*map(kept, parts_of(model(x.clone()), x)))


def parts_of(result: Any, x: Tensor) -> Outputs:
    """The three outputs for x in any form that tells them apart; `outputs` judges the form.

    Where some are missing, the last of those that are there stands for them.
    """
    parts = tuple(result.values()) if isinstance(result, dict) else result
    match parts:
        case Tensor(), Tensor(), Tensor(), *_:  # and a state beside them
            result = parts[:3]
        case ((Tensor(), Tensor(), Tensor()) as three, _):
            result = three
        case Tensor() as logits:
            result = logits, logits, logits
        case Tensor() as logits, Tensor() as raw:
            result = logits, raw, raw
        case Tensor() as logits, (Tensor() as raw, Tensor() as dropped):
            is_state = logits.shape[:2] == x.shape != raw.shape[:2]
            result = (logits, logits, logits) if is_state else (logits, raw, dropped)
    three = isinstance(result, tuple | list) and len(result) == 3
    expect(three, "not-three", "the model does not return three things: logits, raw, dropped")
    found = [with_axes(part, x) for part in result]
    if all(isinstance(part, Tensor) for part in found):
        sizes = [part.shape[-1] for part in found]
        if sizes[0] == sizes[1] != sizes[2]:
            found = [found[2], *found[:2]]  # the logits came last
    for part, name in zip(found[1:], Outputs._fields[1:], strict=True):
        _expect_axes(part, x, name)
    return Outputs(*found)


def _expect_axes(value: Any, x: Tensor, name: str) -> None:
    expect(isinstance(value, Tensor), "not-a-tensor", f"{name} is no tensor")
    text = f"{name} has shape {list(value.shape)}; its first axes should be those of x, "
    text += f"{list(x.shape)}, and one more should follow"
    expect(value.dim() == 3 and value.shape[:2] == x.shape, "wrong-shape", text)
    expect_tensor(value, value.shape, torch.float32, name)
