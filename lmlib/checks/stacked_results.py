"""A stack's calls and results in the usual form: the form itself is one property's affair."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect


def needs_start(model: Any, x: Tensor, h0: Tensor) -> bool:
    """Whether a model fails without h0, and works with it."""

    def works(*given: Tensor) -> bool:
        try:
            model(*(tensor.clone() for tensor in given))
        except Exception:
            return False
        return True

    return not works(x) and works(x, h0)


def give_start(model: nn.Module, layers: int, hidden: int) -> None:
    """Hand zeros to a model wherever it gets no h0."""

    def start(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        x, h0 = given[0], named.get("h0", *given[1:])
        if h0 is None:
            h0 = torch.zeros(layers, len(x), hidden, dtype=x.dtype)
        return (x, h0), {}

    model.register_forward_pre_hook(start, with_kwargs=True)


def read_results(model: nn.Module, layers: int, reorder: bool) -> None:
    """Let a model return (out [B, T, H], h_n [L, B, H]), if it returns both in another form."""
    model.register_forward_hook(partial(_usual_form, layers=layers, reorder=reorder))


def expect_pair(result: Any, pair: bool) -> None:
    """Demand that a result was found to hold out and h_n."""
    text = f"the model returns {type(result).__name__}; a pair (out, h_n) was expected"
    expect(pair, "not-a-pair", text)


def _usual_form(
    _: nn.Module, given: tuple[Any, ...], result: Any, layers: int, reorder: bool
) -> Any:
    parts = tuple(result.values()) if isinstance(result, dict) else result
    if isinstance(result, Tensor) and result.dim() == 3:  # the top state stands for all of h_n
        return result, result[:, -1].expand(layers, -1, -1)
    expect_pair(result, isinstance(parts, tuple | list) and len(parts) >= 2)
    out, h_n = _stacked(parts[0], 1), _stacked(parts[1], 0)
    if not isinstance(out, Tensor) or not isinstance(h_n, Tensor):
        return parts
    texts, states = given[0].shape[:2], torch.Size([layers, len(given[0])])
    if out.shape[:2] == states != texts and h_n.shape[:2] == texts:
        out, h_n = h_n, out
    out, h_n = _turned(out, texts), _turned(h_n, states)
    return (_reordered(out, h_n) if reorder else out), h_n


def _stacked(value: Any, axis: int) -> Any:
    """A list of tensors as one."""
    listed = isinstance(value, tuple | list) and all(isinstance(part, Tensor) for part in value)
    return torch.stack(list(value), axis) if listed and value else value


def _reordered(out: Tensor, h_n: Tensor) -> Tensor:
    """The states [B, T, H] out of [T, B, H] that was viewed, not turned, as [B, T, H].

    They are known by their last step, where out itself does not end in h_n[-1].
    """
    if out.dim() != 3 or h_n.dim() != 3 or out.shape[::2] != h_n.shape[1:]:
        return out
    turned = out.reshape(out.shape[1], out.shape[0], -1).transpose(0, 1)
    wrong, right = ((each[:, -1] - h_n[-1]).abs().max() for each in (out, turned))
    return turned if right < 1e-6 < wrong else out


def _turned(value: Tensor, axes: torch.Size) -> Tensor:
    """A result with these axes in front, if they only stand in the other order."""
    other = value.dim() == 3 and value.shape[:2] == axes[::-1] != axes
    return value.transpose(0, 1) if other else value
