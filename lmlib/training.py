"""Train a language model."""

import math
import time
import warnings
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

import torch
from torch import Tensor, nn

from lmlib.checkpoint import Settings, check_settings, restore, save
from lmlib.data import Batch
from lmlib.evaluation import check_batches, evaluate, reset
from lmlib.losses import (
    activation_reg,
    cross_entropy,
    precise,
    split_output,
    temporal_activation_reg,
)
from lmlib.optimizer import HELP, adam, expect_finite, set_rates, training_device
from lmlib.progress import tqdm
from lmlib.schedule import Momenta, one_cycle

History = list[dict[str, float]]


def fit(
    model: nn.Module,
    train: Sequence[Batch],
    valid: Sequence[Batch] | None = None,
    *,
    epochs: int,
    lr: float,
    weight_decay: float = 0.01,
    momenta: Momenta = (0.95, 0.85, 0.95),
    alpha: float = 0.0,
    beta: float = 0.0,
    clip: float | None = None,
    bfloat16: bool = False,
    device: torch.device | str | None = None,
    progress: bool = True,
    checkpoint: str | Path | None = None,
) -> History:
    """Train with Adam on a one-cycle schedule; return one row of figures for each epoch.

    Batches are read in their order, and a kept state is reset before each pass. `alpha` and
    `beta` weigh AR and TAR, for models that return (logits, raw, dropped); `clip` bounds the
    gradient's norm; `bfloat16` trains with products in that type, which is faster where the
    processor has it; where it has not, a warning says so, and float32 is used. With a `checkpoint`
    file each epoch is saved, and the same call goes on after the last saved one. Returned losses
    are in nats, times in seconds.

    Raises FloatingPointError as soon as the loss is not finite; ValueError for settings outside
    their range, another call's checkpoint, a device that is not there, batches whose rows do not
    suit a kept state, and penalties on a model that returns no activations; TypeError for wrong
    types; IndexError for a word or target outside the vocabulary; RuntimeError where gradients
    are off. Source: fastai's `fit_one_cycle`.
    """
    settings: Settings = {
        **{"epochs": epochs, "lr": lr, "weight_decay": weight_decay, "momenta": momenta},
        **{"alpha": alpha, "beta": beta, "clip": clip, "bfloat16": bfloat16},
    }
    settings = check_settings(settings, checkpoint)
    lr, weight_decay, momenta = (settings[k] for k in ("lr", "weight_decay", "momenta"))
    device = training_device(model, device)
    train = _to(device, check_batches("train", train, model))
    valid = [] if valid is None else _to(device, check_batches("valid", valid, model))
    settings["batches"] = len(train)
    optimizer = adam(model.to(device), lr, weight_decay)
    history: History = restore(checkpoint, model, optimizer, settings) if checkpoint else []
    if bfloat16 and not trains_in_bfloat16(device):
        warnings.warn(f"{device} cannot train in bfloat16; float32 is used instead", stacklevel=2)
        bfloat16 = False
    steps = range(len(history) * len(train), epochs * len(train))
    rates = (one_cycle(step / (epochs * len(train)), lr, momenta) for step in steps)
    with tqdm(total=epochs, initial=len(history), disable=not progress, unit="epoch") as bar:
        for epoch in range(len(history) + 1, epochs + 1):
            start = time.perf_counter()
            row = {"epoch": float(epoch)}
            row["train_loss"] = train_epoch(
                model, train, optimizer, rates, alpha, beta, clip, bfloat16
            )
            expect_finite(model, epoch)
            row |= evaluate(model, valid) if valid else {}
            row["seconds"] = time.perf_counter() - start
            history.append(row)
            if checkpoint:
                save(checkpoint, model, optimizer, history, settings)
            bar.set_postfix({k: f"{v:.3f}" for k, v in row.items() if k != "epoch"})
            bar.update()
    return history


def trains_in_bfloat16(device: torch.device) -> bool:
    """Tell whether an LSTM can be trained in bfloat16 there: many processors cannot."""
    lstm = nn.LSTM(1, 1, device="meta").to_empty(device=device)  # draws no random numbers
    try:
        with torch.autocast(device.type, torch.bfloat16):
            out, _ = lstm(torch.zeros(1, 1, 1, device=device))
        out.sum().backward()
    except RuntimeError:
        return False
    return True


def train_epoch(
    model: nn.Module,
    batches: Sequence[Batch],
    optimizer: torch.optim.Optimizer,
    rates: Iterable[tuple[float, float]],
    alpha: float = 0.0,
    beta: float = 0.0,
    clip: float | None = None,
    bfloat16: bool = False,
) -> float:
    """Take one step for each batch, at the given rates; return the mean cross entropy, in nats.

    Raises FloatingPointError as soon as the loss is not finite.
    """
    model.train()
    reset(model)
    total = 0.0
    for step, ((x, y), (lr, momentum)) in enumerate(zip(batches, rates, strict=False), 1):
        with torch.autocast(x.device.type, torch.bfloat16) if bfloat16 else nullcontext():
            out = model(x)
        loss, penalty = training_loss(out, y, alpha, beta)
        whole = loss + penalty
        if not math.isfinite(value := whole.item()):
            raise FloatingPointError(
                f"the loss is {value} at step {step} of {len(batches)}, with lr {lr:.3g}; {HELP}"
            )
        total += loss.item()
        optimizer.zero_grad()
        whole.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        set_rates(optimizer, lr, momentum)
        optimizer.step()
    reset(model)
    return total / len(batches)


def training_loss(
    out: Tensor | tuple[Tensor, Tensor, Tensor], targets: Tensor, alpha: float, beta: float
) -> tuple[Tensor, Tensor | float]:
    """Return the cross entropy of a model's output, and the penalties AR and TAR apart from it.

    Raises ValueError for penalties without the activations that they weigh.
    """
    logits, taps = split_output(out)
    loss = cross_entropy(precise(logits), targets)
    if not (alpha or beta):
        return loss, 0.0
    if len(taps) != 2:
        raise ValueError(
            f"alpha is {alpha} and beta is {beta}, but this model returns no activations to weigh; "
            "set both to 0, or let it return (logits, raw, dropped)"
        )
    raw, dropped = (precise(tap) for tap in taps)
    return loss, activation_reg(dropped, alpha) + temporal_activation_reg(raw, beta)


def _to(device: torch.device, batches: list[Batch]) -> list[Batch]:
    return [(x.to(device), y.to(device)) for x, y in batches]
