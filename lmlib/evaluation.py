"""Measure a model: loss, accuracy and perplexity on text it was not trained on."""

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from lmlib.data import Batch
from lmlib.losses import cross_entropy

POSITIONS = 16_384  # words read at once: bounds the memory for logits
STEPS = 1_024  # words of a row read at once: bounds the memory of what compares them all


@torch.no_grad()
def evaluate(model: nn.Module, batches: Sequence[Batch]) -> dict[str, float]:
    """Return {"loss", "accuracy", "perplexity"} over all targets; the loss is in nats.

    The model reads in eval mode and from a fresh state, and is put back into its mode after it.
    A state that is kept makes many short batches and few long ones the same thing, so short
    ones are joined. Raises ValueError if there are no batches.
    """
    if not batches:
        raise ValueError("there are no batches to evaluate; give more text or a smaller batch")
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    reset(model)
    loss = hits = count = 0.0
    try:
        for x, y in _joined(batches, stateful=hasattr(model, "reset")):
            out = model(x.to(device))
            logits = (out if isinstance(out, Tensor) else out[0]).flatten(0, -2)
            y = y.to(device).flatten()
            loss += cross_entropy(logits, y, reduction="sum").item()
            hits += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        reset(model)
        model.train(was_training)
    mean = loss / count
    return {"loss": mean, "accuracy": hits / count, "perplexity": math.exp(min(mean, 700))}


def reset(model: nn.Module) -> None:
    """Reset the kept state of a model that has one."""
    if callable(forget := getattr(model, "reset", None)):
        forget()


def expect_equal_rows(batches: Sequence[Batch]) -> None:
    """Raise ValueError unless all batches have as many rows, as a kept state needs."""
    rows = sorted({len(x) for x, _ in batches})
    if len(rows) > 1:
        text = f"batches have {rows[0]} to {rows[-1]} rows; a kept state needs as many in each"
        raise ValueError(f"{text}. lmlib.lane_batches makes such")


def _joined(batches: Sequence[Batch], stateful: bool) -> Iterator[Batch]:
    """Join batches: in time where a state is kept, else as further rows."""
    y = batches[0][1]
    if stateful:
        expect_equal_rows(batches)
    alike = len({x.shape[1:] for x, _ in batches}) == 1 or stateful
    if not alike or (stateful and y.dim() == 1):  # one target a batch: its end must stay its end
        yield from batches
        return
    dim = 1 if stateful else 0
    step = POSITIONS // y.numel()
    step = max(1, min(step, STEPS // y.size(1)) if stateful else step)
    for start in range(0, len(batches), step):
        xs, ys = zip(*batches[start : start + step], strict=True)
        yield torch.cat(xs, dim), torch.cat(ys, dim)
