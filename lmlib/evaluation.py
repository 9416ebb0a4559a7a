"""Measure a model: loss, accuracy and perplexity on text it was not trained on."""

import math
import sys
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn

from lmlib.arguments import device_of, shown
from lmlib.data import Batch
from lmlib.losses import cross_entropy, precise, split_output

POSITIONS = 16_384  # words read at once: bounds the memory for logits
LARGEST = math.log(sys.float_info.max)  # the exponential of more is no float
STEPS = 1_024  # words of a row read at once: bounds the memory of what compares them all


@torch.no_grad()
def evaluate(model: nn.Module, batches: Sequence[Batch]) -> dict[str, float]:
    """Return {"loss", "accuracy", "perplexity"} over all targets; the loss is in nats.

    The model reads in eval mode and from a fresh state, and is put back into its mode after it.
    A state that is kept makes many short batches and few long ones the same thing, so short
    ones are joined. Raises ValueError if there are no batches or their rows do not suit a kept
    state, TypeError if they are no pairs of tensors, IndexError for a word or target outside the
    vocabulary, FloatingPointError if the loss is no number.
    """
    batches = check_batches("batches", batches, model)
    device = device_of(model)
    was_training = model.training
    model.eval()
    reset(model)
    loss = hits = count = 0.0
    try:
        for x, y in _joined(batches, stateful=hasattr(model, "reset")):
            out = model(x.to(device))
            logits = precise(split_output(out)[0].flatten(0, -2))
            y = y.to(device).flatten()
            loss += cross_entropy(logits, y, reduction="sum").item()
            hits += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        reset(model)
        model.train(was_training)
    mean = loss / count
    if math.isnan(mean):
        raise FloatingPointError("the loss is nan: the model's weights or scores are not finite")
    perplexity = math.exp(mean) if mean < LARGEST else math.inf
    return {"loss": mean, "accuracy": hits / count, "perplexity": perplexity}


def reset(model: nn.Module) -> None:
    """Reset the kept state of a model that has one."""
    if callable(forget := getattr(model, "reset", None)):
        forget()


def check_batches(name: str, batches: Iterable[Batch], model: nn.Module) -> list[Batch]:
    """Return the batches as a list; raise unless they are what the model can read.

    TypeError is for what are no pairs of tensors, ValueError for none, for inputs and targets
    that do not belong together, or for rows that do not suit a kept state.
    """
    try:
        pairs = list(batches)
    except TypeError:
        raise TypeError(f"{name} is {shown(batches)}; give a list of pairs (x, y)") from None
    if not pairs:
        raise ValueError(f"{name} holds no batches; give more text or a smaller batch")
    for pair in pairs:
        if (
            not isinstance(pair, (tuple, list))
            or [isinstance(t, Tensor) for t in pair] != [True] * 2
        ):
            raise TypeError(f"{name} holds {shown(pair)}; each batch is a pair (x, y) of tensors")
        if min(t.dim() for t in pair) < 1 or len(pair[0]) != len(pair[1]) or not pair[1].numel():
            shapes = f"shapes {list(pair[0].shape)} and {list(pair[1].shape)}"
            raise ValueError(
                f"{name} holds x and y of {shapes}; allowed are as many rows, not none"
            )
    if len({y.dim() for _, y in pairs}) > 1:
        raise ValueError(f"{name} holds targets of one word and of many; give the one or the other")
    if hasattr(model, "reset"):
        expect_equal_rows(pairs)
    return pairs


def expect_equal_rows(batches: Sequence[Batch]) -> None:
    """Raise ValueError unless all batches have as many rows, as a kept state needs."""
    rows = sorted({len(x) for x, _ in batches})
    if len(rows) > 1:
        text = f"batches have {rows[0]} to {rows[-1]} rows; a kept state needs as many in each"
        raise ValueError(f"{text}. lmlib.lane_batches makes such")


def _joined(batches: Sequence[Batch], stateful: bool) -> Iterator[Batch]:
    """Join batches: in time where a state is kept, else as further rows."""
    y = batches[0][1]
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
